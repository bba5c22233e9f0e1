"""Signing in two steps on any device, and the process that keeps the keys: restarts, lateness, repetition, and deaths at the wrong moment."""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from client import Office, Refused, refused
from devices import b64, device_certificate, internal_authority
from judges import authorities, pyhanko_judgements
from machine import PASSWORD, ROOT, Server, binary, serving
from paper import letter_pdf
from waiting import wait_until


@pytest.fixture(scope="module")
def own_database(cluster, worker):
    with cluster.copy(f"acceptance_signing_{worker}") as database:
        yield database


@pytest.fixture(scope="module")
def server(own_database, tmp_path_factory):
    with serving(own_database, tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.fixture
def office(server):
    return Office(server.url, "BDHN", PASSWORD)


@pytest.fixture
def device_of(server, office):
    """Makes a key and a certificate of the internal CA for it, in the name and title of a person."""
    office.keys()

    def make(person, key=None):
        issuer = internal_authority(server.database, server.key_file.read_bytes())
        key, certificate = device_certificate(person.me["person"]["full_name"], issuer, key, person.me["post"]["title"])
        return key, [certificate, issuer[0].public_bytes(serialization.Encoding.DER)]

    return make


def wish(person, documents, **more):
    asked = [{"document_id": one, "version": person.document(one)["version"]} for one in documents]
    return {"purpose": "signer", "documents": asked, **more}


def prepare(person, documents, certificate=(), **more):
    """With a device's certificate and those of its issuers; without, with the soft key."""
    if certificate:
        first, *chain = map(b64, certificate)
        more["certificate"] = {"device": "token", "certificate": first, "chain": chain}
    return person.must("POST", "/signing-sessions", json=wish(person, documents, **more))


def complete(person, session, *values):
    said = [{"item_id": item["id"], "value": b64(value)} for item, value in zip(session["items"], values)]
    return person.must("POST", f"/signing-sessions/{session['id']}/completion", json={"values": said})


def hashed(item, key):
    """What a device that gets the hash gives back."""
    return key.sign(base64.b64decode(item["digest"]), ec.ECDSA(utils.Prehashed(hashes.SHA256())))


def test_a_session_survives_kill_9_and_completing_again_changes_nothing(server, office, device_of):
    document = office.document("awaiting_signature", letter_pdf())
    key, certificate = device_of(office.leader)
    session = prepare(office.leader, [document], certificate)
    (item,) = session["items"]
    assert (session["state"], item["state"], item["algorithm"]) == ("open", "prepared", "ecdsaWithSHA256")
    digest = hashes.Hash(hashes.SHA256())
    digest.update(base64.b64decode(item["signed_attributes"]))
    assert digest.finalize() == base64.b64decode(item["digest"])

    server.kill()
    server.start()
    office = Office(server.url, "BDHN", PASSWORD)
    assert office.leader.must("GET", f"/signing-sessions/{session['id']}")["items"] == session["items"]
    done = complete(office.leader, session, hashed(item, key))
    assert (done["state"], done["items"][0]["state"], done["items"][0]["document_state"]) == ("done", "completed", "signed")
    assert complete(office.leader, session, b"not even a signature") == done
    assert len(office.leader.document(document)["signatures"]) == 1

    signed = office.leader.download(office.leader.main_file(document)["id"])
    judgement = pyhanko_judgements(signed, authorities(server.database))[0]
    assert judgement.intact and judgement.valid and judgement.trusted


def test_a_certificate_of_the_internal_ca_needs_no_chain(server, office, device_of):
    document = office.document("awaiting_signature", letter_pdf())
    key, certificate = device_of(office.leader)
    session = prepare(office.leader, [document], certificate[:1])
    assert complete(office.leader, session, hashed(session["items"][0], key))["state"] == "done"
    fingerprint = f"sha256('\\x{certificate[0].hex()}'::bytea)"
    issuer, chain = server.database.value(
        "SELECT a.kind || ' ' || encode(c.chain, 'hex') FROM signatures.certificate AS c JOIN signatures.authority AS a"
        f" ON a.id = c.authority_id WHERE c.fingerprint = {fingerprint}").split()
    assert issuer == "issuing" and bytes.fromhex(chain).startswith(certificate[1]), "completed from our own"


def test_raw_ecdsa_and_pkcs1_values_are_taken(office, device_of):
    first, second = (office.document("awaiting_signature", letter_pdf()) for _ in range(2))
    key, certificate = device_of(office.leader)
    session = prepare(office.leader, [first], certificate)
    r, s = utils.decode_dss_signature(hashed(session["items"][0], key))
    assert complete(office.leader, session, r.to_bytes(32, "big") + s.to_bytes(32, "big"))["state"] == "done"

    key, certificate = device_of(office.leader, rsa.generate_private_key(65537, 2048))
    session = prepare(office.leader, [second], certificate, algorithm="rsaPKCS1WithSHA256")
    value = key.sign(base64.b64decode(session["items"][0]["signed_attributes"]), padding.PKCS1v15(), hashes.SHA256())
    assert complete(office.leader, session, value)["state"] == "done"


def test_a_wrong_value_is_refused_and_the_right_one_taken_after_it(office, device_of):
    document = office.document("awaiting_signature", letter_pdf())
    key, certificate = device_of(office.leader)
    session = prepare(office.leader, [document], certificate)
    for wrong in (hashed(session["items"][0], ec.generate_private_key(ec.SECP256R1())), b"x", b"\0" * 64):
        with refused(422, "wrong_signature", "values"):
            complete(office.leader, session, wrong)
    assert office.leader.document(document)["signatures"] == []
    with refused(422, "wrong_proof"):
        office.leader.must("POST", f"/signing-sessions/{session['id']}/completion", json={"pin": Office.PIN})
    assert complete(office.leader, session, hashed(session["items"][0], key))["state"] == "done"


def test_a_document_that_went_back_is_not_signed(office, device_of):
    document = office.document("awaiting_signature", letter_pdf())
    key, certificate = device_of(office.leader)
    session = prepare(office.leader, [document], certificate)
    office.leader.send_back(document, "Sửa lại câu thứ hai")
    with refused(412, "changed_since_read"):
        complete(office.leader, session, hashed(session["items"][0], key))
    shown = office.leader.must("GET", f"/signing-sessions/{session['id']}")["items"][0]
    assert (shown["state"], shown["problem"], shown["problem_status"]) == ("refused", "changed_since_read", 412)


def test_a_session_that_is_late_or_given_up_signs_nothing(own_database, office, device_of):
    document = office.document("awaiting_signature", letter_pdf())
    key, certificate = device_of(office.leader)
    session = prepare(office.leader, [document], certificate)
    # Time goes by.
    own_database.psql(f"UPDATE signatures.signing_session SET expires_at = now() WHERE id = '{session['id']}'")
    with refused(410, "signing_session_expired"):
        complete(office.leader, session, hashed(session["items"][0], key))
    assert office.leader.must("GET", f"/signing-sessions/{session['id']}")["state"] == "expired"

    given_up = prepare(office.leader, [document], certificate)
    for _ in range(2):
        office.leader.must("DELETE", f"/signing-sessions/{given_up['id']}")
    with refused(409, "signing_session_abandoned"):
        complete(office.leader, given_up, hashed(given_up["items"][0], key))
    assert office.leader.document(document)["signatures"] == []


def test_one_pin_signs_a_batch_and_each_document_has_its_own_outcome(office):
    office.keys()
    documents = [office.document("awaiting_signature", letter_pdf()) for _ in range(3)]
    asked = wish(office.leader, documents)
    office.leader.send_back(documents[1], "Chưa được")
    session = office.leader.must("POST", "/signing-sessions", json=asked)
    assert [item["state"] for item in session["items"]] == ["prepared", "refused", "prepared"]
    path = f"/signing-sessions/{session['id']}/completion"
    with refused(422, "wrong_pin"):
        office.leader.must("POST", path, json={"pin": "135790"})
    done = office.leader.must("POST", path, json={"pin": Office.PIN})
    assert [item["state"] for item in done["items"]] == ["completed", "refused", "completed"]
    assert office.leader.must("POST", path, json={"pin": Office.PIN}) == done
    with refused(422, None, "documents"):
        office.leader.must("POST", "/signing-sessions", json=wish(office.leader, [documents[0], documents[0]]))


def test_only_the_signer_prepares_and_only_with_a_certificate_in_the_own_name(office):
    document = office.document("awaiting_signature", letter_pdf())
    for person in (office.deputy, office.colleague, office.administrator):
        asked = {"purpose": "signer", "documents": [{"document_id": document, "version": 1}]}
        with pytest.raises(Refused) as refusal:
            person.must("POST", "/signing-sessions", json=asked)
        assert refusal.value.status in (403, 404, 409), refusal.value
    key, foreign = device_certificate("Người Khác")
    with refused(422, "certificate_of_another", "certificate"):
        prepare(office.leader, [document], [foreign])
    with refused(422, "certificate_unsuitable", "certificate"):
        prepare(office.leader, [document], [foreign[:-1]])


# The process that keeps the keys

QUESTION = json.dumps(
    {"sign": {"wrapped": "", "binding": {"tenant": [], "key": [], "certificateFingerprint": []}, "_2": []}}
)
"""Something that the signer answers to whoever may ask, if only by saying that it opens no such key."""


def children(process):
    """The signers that a server has started."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if parent == process.pid and b"signer" in words:
            found.append(int(entry.name))
    return found


def test_a_killed_signer_is_a_clear_refusal_and_comes_back_by_itself(own_database, server, office):
    office.keys()
    document = office.document("awaiting_signature", letter_pdf())
    (signer,) = children(server.process)
    # Nobody reads its memory, and it leaves none behind.
    assert "Max core file size        0 " in Path(f"/proc/{signer}/limits").read_text()
    # Stopped, it cannot answer; killed, it is started again.
    os.kill(signer, signal.SIGKILL)
    statuses = []

    def is_signed():
        try:
            office.leader.sign(document, Office.PIN)
            return True
        except Refused as refusal:
            statuses.append((refusal.status, refusal.code))
            return False

    wait_until(is_signed, "the leader can sign again")
    assert set(statuses) <= {(503, "signer_unavailable")}
    assert len(office.leader.document(document)["signatures"]) == 1
    assert wait_until(lambda: children(server.process), "there is a signer again") != [signer]
    keys = [key for key in office.leader.items("/signing-keys") if key["purpose"] == "signer" and key["device"] == "soft"]
    assert keys[0]["tries_left"] == 5


def test_the_signer_ends_with_its_server(own_database, tmp_path):
    server = Server(own_database, tmp_path / "data").start()
    signers = children(server.process)
    assert len(signers) == 1
    server.kill()
    wait_until(lambda: not Path(f"/proc/{signers[0]}/exe").exists(), "the signer has ended with its server")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run the signer as another user")
def test_a_signer_of_its_own_user_answers_the_server_alone(own_database, tmp_path):
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    for folder in (tmp_path, *tmp_path.parents):
        if folder != Path("/tmp") and folder.stat().st_mode & 0o001 == 0:
            folder.chmod(0o711)
    path = data / "signer/socket"
    settings = {
        "VANTHU_DATA": str(data), "VANTHU_SIGNER_SOCKET": str(path), "VANTHU_SIGNER_USER": "daemon", "VANTHU_SIGNER_CLIENT": "www-data",
    }  # fmt: skip
    process = subprocess.Popen(
        [binary(), "signer"], env=own_database.environment | settings, cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        secret = data / "keys/secret"
        wait_until(lambda: path.exists() and secret.exists(), "the signer listens")
        assert secret.owner() == "daemon" and secret.stat().st_mode & 0o777 == 0o600
        for thread in Path(f"/proc/{process.pid}/task").iterdir():
            status = dict(line.split(":\t", 1) for line in (thread / "status").read_text().splitlines() if ":\t" in line)
            assert status["Uid"].split() == [str(secret.stat().st_uid)] * 4

        def as_user(user, *command):
            return subprocess.run(
                ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", *command], capture_output=True, cwd="/"
            )

        # The server's user has no way to the key; whoever is not the server's user is not answered.
        assert as_user("www-data", "cat", str(secret)).returncode != 0
        ask = (
            "import socket, sys\n"
            "line = socket.socket(socket.AF_UNIX); line.settimeout(20); line.connect(sys.argv[1])\n"
            "body = sys.argv[2].encode()\n"
            "try:\n"
            "    line.sendall(bytes(4) + len(body).to_bytes(4, 'big') + body); print(len(line.recv(8)))\n"
            "except OSError: print(0)\n"
        )
        python = shutil.which("python3", path="/usr/bin") or sys.executable
        assert as_user("www-data", python, "-c", ask, str(path), QUESTION).stdout == b"8\n"
        assert as_user("games", python, "-c", ask, str(path), QUESTION).stdout == b"0\n"
    finally:
        process.terminate()
        process.wait(timeout=30)
    assert not path.exists()


def test_the_signer_reads_no_more_than_it_may(server):
    (path,) = (server.data / "signer").iterdir()

    def answer(*pieces):
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(60)
            line.connect(str(path))
            try:
                for piece in pieces:
                    line.sendall(piece)
                line.shutdown(socket.SHUT_WR)
                return line.recv(8)
            except OSError:
                return b""

    assert answer(b"\xff" * 8) == b""
    assert answer(bytes(4) + b"\x7f\xff\xff\xff") == b""
    assert answer(bytes(4) + (5).to_bytes(4, "big") + b"hello") == b""
    assert answer(b"abc") == b""
    # And goes on.
    body = QUESTION.encode()
    assert len(answer(bytes(4) + len(body).to_bytes(4, "big"), body)) == 8
