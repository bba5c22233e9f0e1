"""Passkeys as the second factor beside the PIN: pages, API and evidence, with Chromium's virtual authenticator."""

import base64
import hashlib
import json
import re
import shutil
import uuid

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from browser import Desk
from client import Client, Office, refused
from judges import pdfsig_verdicts
from machine import PASSWORD, ROOT, serving
from paper import letter_pdf

SIGN = "main form[data-passkey-sign] .btn-primary"


@pytest.fixture(scope="module")
def server(cluster, worker, tmp_path_factory):
    """A server with a name: browsers have passkeys for names only."""
    with cluster.copy(f"acceptance_passkeys_{worker}") as database:
        with serving(database, tmp_path_factory.mktemp("data"), name="localhost") as server:
            yield server


@pytest.fixture
def office(server):
    """The organisation as it is without any passkey."""
    server.database.psql("UPDATE signatures.passkey SET removed_at = coalesce(removed_at, now())")
    office = Office(server.url, "BDHN", PASSWORD)
    office.keys()
    return office


class Authenticator:
    """Chromium's virtual authenticator behind one page: the telephone's or the machine's own, with somebody whom it knows."""

    def __init__(self, desk):
        self.line = desk.context.new_cdp_session(desk.page)
        self.line.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        self.id = self.line.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def know(self, person):
        """Whether it knows who touches it."""
        self.line.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": person})

    def credentials(self):
        """Credential id and private key of all that it holds."""
        found = self.line.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]
        return {
            base64.b64decode(one["credentialId"]): serialization.load_der_private_key(base64.b64decode(one["privateKey"]), None)
            for one in found
        }

    def lose(self):
        """Forgets everything that it holds."""
        self.line.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})


def add_passkey(desk, name="Điện thoại", password=PASSWORD):
    """On the profile page; with `password` as the first one."""
    desk.go("/me/passkeys")
    desk.page.fill("#name", name)
    if password:
        desk.page.fill("#password", password)
    desk.press("[data-passkeys] form .btn-primary")
    return desk.must_say(name)


def refusal_on(desk, button):
    """What the page says after a button was pressed in vain."""
    desk.page.locator(button).first.click()
    problem = desk.page.locator("[data-problem]")
    problem.wait_for()
    return problem.inner_text()


def tries_left(person):
    keys = person.items("/signing-keys")
    return [key["tries_left"] for key in keys if key["purpose"] == "signer" and key["state"] == "valid" and key["device"] == "soft"]


def evidence(server, document):
    """The kept answer of the passkey for the signature of a document, and the session that it is for."""
    rows = server.database.psql(f"""
        SELECT json_build_object('session', a.session_id, 'certificate', a.certificate_id, 'nonce', encode(a.nonce, 'hex'),
                   'statement', encode(a.statement, 'hex'), 'client_data', encode(a.client_data, 'hex'),
                   'authenticator_data', encode(a.authenticator_data, 'hex'), 'signature', encode(a.signature, 'hex'),
                   'credential', encode(p.credential_id, 'hex'), 'public_key', encode(p.public_key, 'hex'))
          FROM signatures.passkey_assertion AS a
          JOIN signatures.passkey AS p ON p.tenant_id = a.tenant_id AND p.id = a.passkey_id
          JOIN signatures.signing_item AS i ON i.tenant_id = a.tenant_id AND i.session_id = a.session_id
         WHERE i.document_id = '{document}' AND i.state = 'completed'
         ORDER BY a.id DESC LIMIT 1
    """)
    kept = json.loads(rows[0])
    return {name: value if name in ("session", "certificate") else bytes.fromhex(value) for name, value in kept.items()}


def judge(server, office, document, authenticator):
    """Judges the kept answer as a court's expert would: from the signed file, the record and the authenticator's own key."""
    kept = evidence(server, document)
    session = office.leader.must("GET", f"/signing-sessions/{kept['session']}")
    # What the documents' signatures sign: the hash of the signed attributes, which are in the signed file itself.
    signed = office.leader.download(office.leader.main_file(document)["id"])
    contents = bytes.fromhex(re.findall(rb"/Contents\s*<([0-9A-Fa-f]{1000,})>", signed)[-1].decode())
    info = cms.ContentInfo.load(contents)["content"]["signer_infos"][0]
    digests = [base64.b64decode(item["digest"]) for item in session["items"]]
    assert hashlib.sha256(info["signed_attrs"].untag().dump(force=True)).digest() in digests

    # The challenge, anew from nonce, digests in their order, and the key's id.
    statement = b"".join(bytes([len(part)]) + part for part in [kept["nonce"], *digests]) + uuid.UUID(session["certificate_id"]).bytes
    assert len(kept["nonce"]) == 32 and kept["statement"] == statement
    client = json.loads(kept["client_data"])
    challenge = base64.urlsafe_b64encode(hashlib.sha256(statement).digest()).rstrip(b"=").decode()
    assert (client["type"], client["challenge"], client["origin"]) == ("webauthn.get", challenge, server.url)
    data = kept["authenticator_data"]
    assert data[:32] == hashlib.sha256(b"localhost").digest()
    assert data[32] & 0b101 == 0b101, "somebody was present, and known"
    key = authenticator.credentials()[kept["credential"]].public_key()
    key.verify(kept["signature"], data + hashlib.sha256(kept["client_data"]).digest(), ec.ECDSA(hashes.SHA256()))
    assert key == serialization.load_der_public_key(kept["public_key"])


def test_a_passkey_is_added_and_approves_what_the_pin_signs(chromium, server, office, tmp_path):
    leader = office.leader
    document = office.document("awaiting_signature", letter_pdf())
    with Desk(chromium, server.url) as desk:
        authenticator = Authenticator(desk)
        desk.sit_down(leader).go("/me/passkeys")
        assert desk.violations() == []
        desk.page.fill("#name", "Điện thoại")
        desk.page.fill("#password", "sai-mat-khau")
        assert "Mật khẩu hiện tại không đúng" in refusal_on(desk, "[data-passkeys] form .btn-primary")
        assert all(one["removed_at"] for one in leader.items("/me/passkeys"))
        add_passkey(desk)
        assert [one["name"] for one in leader.items("/me/passkeys") if one["removed_at"] is None] == ["Điện thoại"]
        assert desk.violations() == []
        desk.picture("passkeys")

        desk.go(f"/documents/{document}/sign")
        assert desk.violations() == []
        desk.page.fill("#pin", "135790")
        assert "4" in refusal_on(desk, SIGN)
        # Nobody whom the authenticator knows: nothing is signed, and no PIN is tried.
        authenticator.know(False)
        desk.page.fill("#pin", Office.PIN)
        assert "chưa mất lần thử PIN" in refusal_on(desk, SIGN)
        assert tries_left(leader) == [4]
        assert desk.violations() == []
        desk.picture("sign-with-passkey")
        authenticator.know(True)
        with desk.page.expect_navigation(url=f"**/documents/{document}?tab=signatures"):
            desk.page.locator(SIGN).click()
        assert leader.document(document)["state"] == "signed" and tries_left(leader) == [5]
        judge(server, office, document, authenticator)
    pdf = leader.download(leader.main_file(document)["id"])
    assert pdfsig_verdicts(pdf, tmp_path) == ["Signature is Valid."]


def test_the_place_that_the_signer_chose_is_taken(chromium, server, office):
    document = office.document("awaiting_signature", letter_pdf())
    with Desk(chromium, server.url) as desk:
        Authenticator(desk)
        add_passkey(desk.sit_down(office.leader))
        desk.go(f"/documents/{document}/sign")
        # When the page of the document appears, what lies below it moves: also from under a click.
        desk.page.locator("[data-place]").wait_for()
        desk.page.fill("#pin", Office.PIN)
        desk.page.fill("#x", "1999")
        assert "Vị trí ký ngoài trang" in refusal_on(desk, SIGN)
        desk.page.fill("#x", "30")
        desk.page.fill("#y", "40")
        with desk.page.expect_navigation(url=f"**/documents/{document}?tab=signatures"):
            desk.page.locator(SIGN).click()
    signed = office.leader.download(office.leader.main_file(document)["id"])
    assert b"/Rect [85." in signed.replace(b"/Rect[", b"/Rect ["), "30 mm are 85 points"


def test_one_answer_approves_many_documents_in_their_order(chromium, server, office):
    """By the function that any page of ours may call."""
    documents = [office.document("awaiting_signature", letter_pdf()) for _ in range(3)]
    asked = [{"document_id": one, "version": office.leader.document(one)["version"]} for one in documents]
    with Desk(chromium, server.url) as desk:
        authenticator = Authenticator(desk)
        add_passkey(desk.sit_down(office.leader))
        done = desk.page.evaluate(
            """async ([documents, pin]) => {
                const { id } = await vanthuPasskey.serve("POST", "/signing-sessions", { purpose: "signer", documents });
                const passkey = await vanthuPasskey.approve(id);
                const done = await vanthuPasskey.serve("POST", `/signing-sessions/${id}/completion`, { pin, passkey });
                return [done, await vanthuPasskey.approve(done)];
            }""", [asked, Office.PIN])  # fmt: skip
        assert [item["state"] for item in done[0]["items"]] == ["completed"] * 3
        assert done[1] is None, "nothing is asked of a session that is done"
        for document in documents:
            judge(server, office, document, authenticator)


def test_the_page_for_many_documents_asks_once(chromium, server, office):
    documents = [office.document("awaiting_signature", letter_pdf()) for _ in range(2)]
    path = "/signing?purpose=signer&way=soft" + "".join(f"&document={one}" for one in documents)
    button = 'main form[data-signing="soft"] .btn-primary'
    with Desk(chromium, server.url) as desk:
        authenticator = Authenticator(desk)
        add_passkey(desk.sit_down(office.leader))
        desk.go(path).must_say("trình duyệt sẽ hỏi passkey")
        authenticator.know(False)
        desk.page.fill("#pin", Office.PIN)
        assert "chưa mất lần thử PIN" in refusal_on(desk, button)
        assert tries_left(office.leader) == [5]
        assert desk.page.input_value("#pin") == Office.PIN, "what was typed stays"
        authenticator.know(True)
        with desk.page.expect_navigation(url="**/signing/*-*"):
            desk.page.locator(button).click()
        desk.must_say("Số văn bản đã ký: 2/2")
        for document in documents:
            judge(server, office, document, authenticator)
    # Without script the form does the same in one step, which is no way around.
    third = office.document("awaiting_signature", letter_pdf())
    with Desk(chromium, server.url, script=False) as desk:
        desk.sit_down(office.leader).go(f"/signing?purpose=signer&way=soft&document={third}").must_say("cần bật JavaScript")
        desk.page.fill("#pin", Office.PIN)
        desk.press(button).must_say("Cần xác nhận bằng passkey")
    assert office.leader.document(third)["state"] == "awaiting_signature" and tries_left(office.leader) == [5]


def test_the_api_is_no_way_around(chromium, server, office):
    leader = office.leader
    first, second = (office.document("awaiting_signature", letter_pdf()) for _ in range(2))
    with Desk(chromium, server.url) as desk:
        Authenticator(desk)
        add_passkey(desk.sit_down(leader))
    with refused(409, "passkey_required"):
        leader.sign(first, Office.PIN)
    asked = [{"document_id": one, "version": leader.document(one)["version"]} for one in (first, second)]
    session = leader.must("POST", "/signing-sessions", json={"purpose": "signer", "documents": asked})
    path = f"/signing-sessions/{session['id']}/completion"
    wanted = session["passkey"]
    assert wanted["relying_party_id"] == "localhost" and len(wanted["credential_ids"]) == 1
    with refused(409, "passkey_required"):
        leader.must("POST", path, json={"pin": Office.PIN})
    # Whoever knows PIN and password, but has not the passkey: a key of one's own answers for nothing.
    client = json.dumps({"type": "webauthn.get", "challenge": wanted["challenge"], "origin": server.url}).encode()
    data = hashlib.sha256(b"localhost").digest() + b"\x05" + bytes(4)
    forged = ec.generate_private_key(ec.SECP256R1()).sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))

    def url(content):
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    answer = {"credential_id": wanted["credential_ids"][0], "client_data": url(client), "authenticator_data": url(data), "signature": url(forged)}
    for changed, code in (({}, "passkey_refused"), ({"credential_id": "AAAA"}, "passkey_unknown"), ({"signature": "="}, "passkey_refused")):
        with refused(422, code, "passkey"):
            leader.must("POST", path, json={"pin": Office.PIN, "passkey": answer | changed})
    with refused(422, None, "passkey.signature"):
        leader.must("POST", path, json={"pin": Office.PIN, "passkey": {k: v for k, v in answer.items() if k != "signature"}})
    assert tries_left(leader) == [5]
    assert [leader.document(one)["state"] for one in (first, second)] == ["awaiting_signature"] * 2
    # The thief at an open session: no further passkey, none removed, and a token is not let near them.
    challenge = leader.must("POST", "/me/passkey-challenges", json={"password": PASSWORD})
    assert challenge["proof"] == "passkey"
    kept = leader.items("/me/passkeys")[0]
    with refused(409, "passkey_required"):
        leader.must("POST", f"/me/passkeys/{kept['id']}/removal", json={})
    token = leader.must("POST", "/tokens", json={"name": "máy", "scopes": ["signatures:write", "documents:read"]})["token"]
    machine = Client(server.url, Authorization=f"Bearer {token}")
    for method, where in (("GET", "/me/passkeys"), ("POST", "/me/passkey-challenges")):
        with refused(403):
            machine.must(method, where, **({"json": {}} if method == "POST" else {}))
    with refused(409, "passkey_required"):
        machine.must("POST", path, json={"pin": Office.PIN})


def test_without_script_the_page_says_what_is_needed(chromium, server, office):
    document = office.document("awaiting_signature", letter_pdf())
    with Desk(chromium, server.url) as desk:
        Authenticator(desk)
        add_passkey(desk.sit_down(office.leader))
    with Desk(chromium, server.url, script=False) as desk:
        desk.sit_down(office.leader).go("/me/passkeys").must_say("cần bật JavaScript")
        desk.go(f"/documents/{document}/sign").must_say("cần bật JavaScript")
        desk.page.fill("#pin", Office.PIN)
        desk.press().must_say("Cần xác nhận bằng passkey")
    assert office.leader.document(document)["state"] == "awaiting_signature"
    assert tries_left(office.leader) == [5]


def test_a_clerk_seals_with_a_passkey_and_a_leader_without_stays_as_before(chromium, server, office):
    document = office.document("numbered", letter_pdf())
    with Desk(chromium, server.url) as desk:
        Authenticator(desk)
        add_passkey(desk.sit_down(office.clerk))
        with refused(409, "passkey_required"):
            office.clerk.seal(document, Office.PIN)
        desk.go(f"/documents/{document}/seal")
        assert desk.violations() == []
        desk.page.fill("#pin", Office.PIN)
        with desk.page.expect_navigation(url=f"**/documents/{document}?tab=signatures"):
            desk.page.locator(SIGN).click()
    assert office.clerk.document(document)["state"] == "sealed"


def test_a_passkey_is_removed_by_a_passkey_and_a_lost_one_from_the_shell(chromium, server, office):
    leader = office.leader
    document = office.document("awaiting_signature", letter_pdf())
    with Desk(chromium, server.url) as desk:
        authenticator = Authenticator(desk)
        add_passkey(desk.sit_down(leader), "Máy cũ")
        desk.press("[data-remove]")
        desk.must_say("Chưa có passkey nào").must_say("Máy cũ")
        assert all(one["removed_at"] for one in leader.items("/me/passkeys"))
        authenticator.lose()
        add_passkey(desk, "Máy mới")
        # The same device is not registered twice.
        desk.page.fill("#name", "Lần nữa")
        assert "Thiết bị này đã có passkey" in refusal_on(desk, "[data-passkeys] form .btn-primary")
    login = f"lanhdao@{office.code.lower()}"
    done = server.database.vanthu("account", "remove-passkeys", login)
    assert done.returncode == 0 and done.stdout.strip().endswith(": 1"), done.stderr
    assert server.database.vanthu("account", "remove-passkeys", "ai-do@" + office.code).returncode != 0
    leader.sign(document, Office.PIN)
    assert leader.document(document)["state"] == "signed"


def test_guesses_at_the_password_are_counted(server, office):
    person = office.deputy
    for _ in range(5):
        with refused(422, "wrong_password", "password"):
            person.must("POST", "/me/passkey-challenges", json={"password": "doan-mo"})
    with refused(429, "too_many_attempts"):
        person.must("POST", "/me/passkey-challenges", json={"password": PASSWORD})


def test_where_the_policy_always_wants_a_passkey_nobody_signs_without(chromium, cluster, worker, tmp_path):
    shutil.copytree(ROOT / "Config", tmp_path / "Config")
    path = tmp_path / "Config/signature-policy.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"second_factor": "always"}))
    with cluster.copy(f"acceptance_always_{worker}") as database, serving(
        database, tmp_path / "data", name="localhost", VANTHU_CONFIG_FOLDER=str(tmp_path / "Config")
    ) as server, Desk(chromium, server.url) as desk:
        office = Office(server.url, "BDHN", PASSWORD)
        office.keys()
        document = office.document("awaiting_signature", letter_pdf())
        with refused(409, "passkey_missing"):
            office.leader.sign(document, Office.PIN)
        Authenticator(desk)
        desk.sit_down(office.leader).go(f"/documents/{document}/sign").must_say("Phải có passkey mới ký được")
        assert desk.violations() == []
        desk.page.fill("#pin", Office.PIN)
        assert "Phải có passkey mới ký được" in refusal_on(desk, SIGN)
        assert tries_left(office.leader) == [5]
        add_passkey(desk)
        desk.go(f"/documents/{document}/sign")
        desk.page.fill("#pin", Office.PIN)
        with desk.page.expect_navigation(url=f"**/documents/{document}?tab=signatures"):
            desk.page.locator(SIGN).click()
        assert office.leader.document(document)["state"] == "signed"
