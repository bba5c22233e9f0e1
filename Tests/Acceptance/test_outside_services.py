"""Certificates, OCSP, revocation lists and time stamps of a national CA that is not ours: certomancer over HTTP."""

import asyncio
import base64
import datetime
import io
import json
import re
import shutil

import pytest
from asn1crypto import ocsp, tsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.ades.report import AdESPassed
from pyhanko_certvalidator.registry import SimpleCertificateStore

from client import Office, refused
from devices import b64
from judges import aside, long_lived_verdict, verdict_by_its_own_evidence
from machine import PASSWORD, ROOT, free_port, serving
from outside import POLICY, UTC, OutsidePKI
from paper import letter_pdf
from test_signed_file import bring, form

OCSP, LIST, ROOT_LIST, TSA = "/vn/ocsp/interm", "/vn/crls/interm/latest.crl", "/vn/crls/root/latest.crl", "/vn/tsa/tsa"


@pytest.fixture(scope="module")
def own_database(cluster, worker):
    with cluster.copy(f"acceptance_services_{worker}") as database:
        yield database


@pytest.fixture(scope="module")
def outside(own_database, tmp_path_factory):
    """The CA, which the administrator trusts."""
    leader = own_database.value(
        "SELECT p.full_name FROM platform.account AS a JOIN organisation.person AS p ON p.tenant_id = a.tenant_id AND p.id = a.person_id"
        " JOIN platform.tenant AS t ON t.id = a.tenant_id WHERE t.code = 'BDHN' AND a.login = 'lanhdao'")  # fmt: skip
    organisation = own_database.value("SELECT name FROM platform.tenant WHERE code = 'BDHN'")
    pki = OutsidePKI(tmp_path_factory.mktemp("outside"), leader, organisation)
    for kind, name in (("root", "root"), ("ca", "interm")):
        done = own_database.vanthu(
            "trust", "import", pki.folder / f"{name}.crt", "--kind", kind, "--name", f"NEAC {name}", "--source", "test")
        assert done.returncode == 0, done.stderr
    yield pki
    pki.end()


def configured(folder, services, without_answer):
    shutil.copytree(ROOT / "Config", folder / "Config", dirs_exist_ok=True)
    text = json.dumps({"without_answer": without_answer, "services": services})
    (folder / "Config/time-stamps.json").write_text(text)
    return {
        "VANTHU_CONFIG_FOLDER": str(folder / "Config"), "VANTHU_FETCH_PRIVATE_HOSTS": "127.0.0.1",
        "VANTHU_FETCH_SECONDS": "2", "VANTHU_FETCH_PAUSE_SECONDS": "0"}  # fmt: skip


@pytest.fixture(scope="module")
def server(own_database, outside, tmp_path_factory):
    """Its time stamps come from the CA: the first service is away, the second wants a secret."""
    folder = tmp_path_factory.mktemp("services")
    (folder / "secret").write_text("bí mật\n")
    services = [
        {"id": "away", "address": f"http://127.0.0.1:{free_port()}/tsa", "seconds": 2},
        {"id": "national", "address": outside.url + TSA, "policy": POLICY, "account": "buudien", "secret_file": str(folder / "secret"),
         "seconds": 2},
    ]  # fmt: skip
    with serving(own_database, folder / "data", **configured(folder, services, "refuse")) as server:
        yield server


@pytest.fixture(scope="module")
def house(server):
    return Office(server.url, "BDHN", PASSWORD)


@pytest.fixture(autouse=True)
def peace(outside):
    yield
    outside.mischief.clear()


def chain(outside, name):
    return [outside.certificate(one).dump() for one in (name, "interm")]


def session_of(person, outside, documents, name, purpose="signer"):
    first, *issuers = (b64(one) for one in chain(outside, name))
    asked = [{"document_id": one, "version": person.document(one)["version"]} for one in documents]
    return person.must("POST", "/signing-sessions", json={
        "purpose": purpose, "documents": asked, "certificate": {"device": "token", "certificate": first, "chain": issuers}})  # fmt: skip


def finish(person, outside, session, name):
    key = outside.private_key(name)
    values = [
        {"item_id": item["id"], "value": b64(key.sign(base64.b64decode(item["digest"]), ec.ECDSA(utils.Prehashed(hashes.SHA256()))))}
        for item in session["items"]
    ]
    return person.must("POST", f"/signing-sessions/{session['id']}/completion", json={"values": values})


def sign(person, outside, documents, name="leader", purpose="signer"):
    return finish(person, outside, session_of(person, outside, documents, name, purpose), name)


def newest(person, document):
    return person.download(person.main_file(document)["id"])


def report(database, pdf, folder):
    """What `vanthu verify` says of a file."""
    (folder / "signed.pdf").write_bytes(pdf)
    done = database.vanthu("verify", "--json", folder / "signed.pdf")
    return json.loads(done.stdout)


def stamp_on(signature):
    """The time stamp of a signature value (SignedData); None without one."""
    for attribute in signature.signer_info["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            return attribute["values"][0]["content"]
    return None


def roots(outside):
    return [outside.certificate("root")]


def test_signature_and_seal_of_a_national_ca_get_its_time_stamps_and_evidence(house, own_database, outside, tmp_path):
    document = house.document("awaiting_signature", letter_pdf())
    assert sign(house.leader, outside, [document])["state"] == "done"
    signed = newest(house.leader, document)
    (signature,) = PdfFileReader(io.BytesIO(signed)).embedded_regular_signatures
    assert stamp_on(signature) is not None, "B-T as soon as it is signed"
    user, _, secret = base64.b64decode(outside.credentials.removeprefix("Basic ")).decode().partition(":")
    assert (user, secret) == ("buudien", "bí mật")

    house.clerk.number(document, house.register("outgoing"))
    assert sign(house.clerk, outside, [document], "organisation", "seal")["state"] == "done"
    sealed = newest(house.clerk, document)
    reader = PdfFileReader(io.BytesIO(sealed))
    first, second = reader.embedded_regular_signatures
    assert stamp_on(first) and stamp_on(second), "each has a time stamp of its own"
    (stamp,) = reader.embedded_timestamp_signatures
    assert stamp.signer_cert.dump() == outside.certificate("tsa").dump()
    # Nothing but this CA's roots, and nothing is fetched.
    verdict = long_lived_verdict(sealed, roots(outside))
    assert verdict.ades_subindic == AdESPassed.OK, verdict
    status = verdict_by_its_own_evidence(sealed, roots(outside))
    assert status.bottom_line, status.pretty_print_details()
    store = reader.root["/DSS"]
    assert len(store["/OCSPs"]) == 2 and len(store["/CRLs"]) == 1
    said = report(own_database, sealed, tmp_path)
    assert [one["level"] for one in said["signatures"] if one.get("level")][:2] == ["B-LTA", "B-LTA"], said


def test_a_hundred_signatures_ask_once(house, own_database, outside):
    own_database.psql("DELETE FROM signatures.outside_revocation")
    outside.counts.clear()
    documents = [house.document("awaiting_signature", letter_pdf()) for _ in range(4)]
    assert sign(house.leader, outside, documents)["state"] == "done"
    for document in documents:
        house.clerk.number(document, house.register("outgoing"))
    assert sign(house.clerk, outside, documents, "organisation", "seal")["state"] == "done"
    # One answer for each of two certificates, one list for the two below the root; time stamps of 4 signatures, 4 seals and 4 documents.
    assert (outside.counts[OCSP], outside.counts[ROOT_LIST], outside.counts[LIST]) == (2, 1, 0), outside.counts
    assert outside.counts[TSA] == 12
    kept = own_database.psql("SELECT kind || '|' || count(*) FROM signatures.outside_revocation GROUP BY kind ORDER BY kind")
    assert kept == ["crl|1", "ocsp|2"]


def signed_elsewhere(house, outside, document, name):
    """By pyHanko, with a key of that CA."""
    def work():
        store = SimpleCertificateStore()
        store.register(outside.certificate("interm"))
        signer = signers.SimpleSigner(
            signing_cert=outside.certificate(name), signing_key=outside.key(name), cert_registry=store, prefer_pss=True)
        metadata = signers.PdfSignatureMetadata(
            field_name="vanthu.signer", subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256", certify=True,
            docmdp_permissions=fields.MDPPerm.FILL_FORMS)  # fmt: skip
        out = io.BytesIO()
        writer = IncrementalPdfFileWriter(io.BytesIO(form(house.leader, document)))
        asyncio.run(signers.PdfSigner(metadata, signer).async_sign_pdf(writer, output=out))
        return out.getvalue()

    return aside(work)


@pytest.fixture(scope="module")
def waiting(house):
    """A document that waits for its signature, whatever goes wrong."""
    return house.document("awaiting_signature", letter_pdf())


def redirected(place):
    return lambda body: (302, {"Location": place}, b"")


def of(outside, path, **options):
    """Another service's answer."""
    return lambda body: outside.serve("POST", path, body, **options)


def flipped(outside):
    def act(body):
        status, headers, data = outside.serve("POST", OCSP, body)
        answer = ocsp.OCSPResponse.load(data)
        basic = answer["response_bytes"]["response"].parsed
        at = data.index(basic["signature"].contents) + 20
        return status, headers, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    return act


YESTERDAY = datetime.datetime.now(UTC) - datetime.timedelta(days=1)
WRONG_ANSWERS = {
    "closes the connection": ("unreachable", lambda o: lambda body: None),
    "is slow": ("slow", lambda o: o.hold),
    "says 500": ("refused", lambda o: lambda body: (500, {}, b"")),
    "says try later": ("refused", lambda o: lambda body: (200, {}, ocsp.OCSPResponse({"response_status": "try_later"}).dump())),
    "says garbage": ("malformed", lambda o: lambda body: (200, {}, b"<html>")),
    "says nothing": ("malformed", lambda o: lambda body: (200, {}, b"")),
    "says too much": ("too_large", lambda o: lambda body: (200, {}, b"0" * 100_000)),
    "says what it said yesterday": ("outdated", lambda o: of(o, OCSP, at=YESTERDAY)),
    "speaks of another": ("other_certificate", lambda o: lambda body: o.serve("POST", OCSP, o.question("organisation"))),
    "signs with a stranger's key": ("wrong_signer", lambda o: of(o, "/vn/ocsp/stranger")),
    "has a broken signature": ("wrong_signer", flipped),
    "has expired": ("signer_expired", lambda o: of(o, "/vn/ocsp/expired")),
    "leads elsewhere": ("address", lambda o: redirected(o.url + LIST)),
}


def standing(house, document):
    found = house.leader.document(document)
    return found["state"], found["version"], len(found["files"])


@pytest.mark.parametrize("what", WRONG_ANSWERS)
def test_a_responder_that_is_wrong_forbids_the_signature_and_is_named(house, own_database, outside, waiting, what):
    word, mischief = WRONG_ANSWERS[what]
    outside.mischief[OCSP] = mischief(outside)
    before = standing(house, waiting)
    with refused(503, f"certificate_status_{word}"):
        session_of(house.leader, outside, [waiting], "by-ocsp")
    assert standing(house, waiting) == before
    (kept,) = own_database.psql(
        "SELECT result || '|' || source || '|' || detail FROM signatures.certificate_check ORDER BY id DESC LIMIT 1")
    assert kept == f"status_unknown|none|ocsp {outside.url}{OCSP}: {word}"


@pytest.mark.parametrize(
    ("word", "mischief"),
    [
        ("address", lambda o: redirected("file:///etc/passwd")),
        ("address", lambda o: redirected(f"http://localhost:{o.server.server_port}{LIST}")),
        ("address", lambda o: redirected("http://169.254.169.254/latest/meta-data")),
        ("refused", lambda o: redirected(o.url + LIST)),
        ("wrong_signer", lambda o: lambda body: o.serve("GET", ROOT_LIST)),
        ("outdated", lambda o: lambda body: o.serve("GET", LIST, at=datetime.datetime.now(UTC) - datetime.timedelta(days=14))),
        ("malformed", lambda o: lambda body: (200, {}, b"\x30\x03\x02\x01\x01")),
    ],
)
def test_a_list_that_is_wrong_forbids_the_signature_and_is_named(house, outside, waiting, word, mischief):
    outside.mischief[LIST] = mischief(outside)
    with refused(503, f"certificate_status_{word}"):
        session_of(house.leader, outside, [waiting], "by-list")


def test_a_list_answers_where_the_responder_does_not(house, own_database, outside):
    own_database.psql("DELETE FROM signatures.outside_revocation")
    outside.mischief[OCSP] = lambda body: None
    document = house.document("awaiting_signature", letter_pdf())
    bring(house.leader, document, signed_elsewhere(house, outside, document, "rsa"))
    (kept,) = own_database.psql("SELECT result || '|' || source FROM signatures.certificate_check ORDER BY id DESC LIMIT 1")
    assert kept == "good|crl"


def of_something_else(outside):
    def act(body):
        request = tsp.TimeStampReq.load(body)
        request["message_imprint"]["hashed_message"] = b"\1" * 32
        return outside.serve("POST", TSA, request.dump(force=True))

    return act


def without_nonce(body):
    request = tsp.TimeStampReq.load(body)
    return tsp.TimeStampReq({"version": 1, "message_imprint": request["message_imprint"], "cert_req": True}).dump()


# With the reason that the log gives.
WRONG_STAMPS = {
    "closes the connection": ("unreachable", lambda o: lambda body: None),
    "is slow": ("slow", lambda o: o.hold),
    "says garbage": ("time_stamp_unusable", lambda o: lambda body: (200, {}, b"<html>")),
    "leads elsewhere": ("address", lambda o: redirected(o.url + TSA)),
    "stamps something else": ("time_stamp_unusable", of_something_else),
    "answers without the nonce": ("time_stamp_unusable", lambda o: lambda body: o.serve("POST", TSA, without_nonce(body))),
    "is nobody known": ("certificate verify error", lambda o: of(o, "/vn/tsa/stranger")),
    "is not for time stamps": ("time_stamp_unusable", lambda o: of(o, "/vn/tsa/unfit")),
}


@pytest.mark.parametrize("what", WRONG_STAMPS)
def test_a_time_stamp_that_is_wrong_is_not_taken(house, server, outside, what):
    reason, mischief = WRONG_STAMPS[what]
    document = house.document("awaiting_signature", letter_pdf())
    session = session_of(house.leader, outside, [document], "leader")
    outside.mischief[TSA] = mischief(outside)
    with refused(503, "time_stamp_failed"):
        finish(house.leader, outside, session, "leader")
    assert house.leader.document(document)["state"] == "awaiting_signature"
    log = server.log.read_text()
    assert re.findall(r"timeStampFailed.*national: ([a-z_ ]+)", log)[-1] == reason
    assert "bí mật" not in log and outside.credentials.removeprefix("Basic ") not in log
    outside.mischief.clear()
    assert finish(house.leader, outside, session, "leader")["state"] == "done", "the same value is taken when the service is back"


def test_a_time_stamp_of_another_policy_is_not_taken_and_the_next_service_is_asked(house, server, own_database, outside, tmp_path):
    services = [
        {"id": "other-policy", "address": outside.url + TSA, "policy": "1.2.3.4"},
        {"id": "internal"},
    ]
    settings = configured(tmp_path, services, "refuse") | {"VANTHU_KEY_FILE": str(server.key_file)}
    with serving(own_database, tmp_path / "data", VANTHU_BLOB_FOLDER=str(server.blobs), **settings) as other:
        document = house.document("awaiting_signature", letter_pdf())
        outside.counts.clear()
        sign(Office(other.url, "BDHN", PASSWORD).leader, outside, [document])
        assert outside.counts[TSA] == 1
        (signature,) = PdfFileReader(io.BytesIO(newest(house.leader, document))).embedded_regular_signatures
        authority = stamp_on(signature)["certificates"][0].chosen
        assert authority.issuer != outside.certificate("root").subject, "the internal CA stamped"


def test_signing_may_go_on_without_time_stamps(house, server, own_database, outside, tmp_path):
    services = [{"id": "national", "address": outside.url + TSA}]
    settings = configured(tmp_path, services, "sign") | {"VANTHU_KEY_FILE": str(server.key_file)}
    outside.mischief[TSA] = lambda body: None
    with serving(own_database, tmp_path / "data", VANTHU_BLOB_FOLDER=str(server.blobs), **settings) as other:
        office = Office(other.url, "BDHN", PASSWORD)
        document = office.document("awaiting_signature", letter_pdf())
        sign(office.leader, outside, [document])
        office.clerk.number(document, office.register("outgoing"))
        sign(office.clerk, outside, [document], "organisation", "seal")
        sealed = newest(office.clerk, document)
    reader = PdfFileReader(io.BytesIO(sealed))
    assert [stamp_on(one) for one in reader.embedded_regular_signatures] == [None, None]
    assert reader.embedded_timestamp_signatures == []
    levels = [one["level"] for one in report(own_database, sealed, tmp_path)["signatures"]]
    assert levels == ["B-B", "B-B"]


def test_a_wrong_file_of_services_stops_the_start_and_names_the_field(own_database, tmp_path):
    for service, field in (
        ({"id": "a", "address": "http://tsa.example/", "secret_environment": "X"}, "a: address must be https"),
        ({"id": "a", "address": "ftp://tsa.example/"}, "a: address"),
        ({"id": "a", "address": "https://tsa.example/", "policy": "abc"}, "a: policy"),
        ({"id": "a"}, "address"),
    ):
        settings = configured(tmp_path, [service], "sign")
        done = own_database.vanthu("serve", settings=settings | {"VANTHU_DATA": str(tmp_path / "data")})
        assert done.returncode != 0 and "time-stamps.json is wrong" in done.stderr and field in done.stderr, done.stderr


def test_a_revoked_certificate_signs_no_more(house, own_database, outside):
    document = house.document("awaiting_signature", letter_pdf())
    session = session_of(house.leader, outside, [document], "leader")
    outside.revoke("leader")
    # What is kept was said before, and holds for ten minutes: they pass.
    own_database.psql("UPDATE signatures.outside_revocation SET next_update = now() - interval '1 second'")
    with refused(409, "certificate_revoked"):
        session_of(house.leader, outside, [house.document("awaiting_signature", letter_pdf())], "leader")
    (kept,) = own_database.psql(
        "SELECT result || '|' || source || '|' || root || '|' || (detail ~ 'revoked at') FROM signatures.certificate_check"
        " ORDER BY id DESC LIMIT 1")  # fmt: skip
    assert kept == "revoked|ocsp|NEAC root|true"
    assert session["items"][0]["state"] == "prepared"
