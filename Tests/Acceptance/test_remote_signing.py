"""Signing documents at a remote service: registered, authorised with PIN and OTP or in an app, also when the server ends in between."""

import json
import shutil

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives import serialization

from client import Office, refused
from judges import authorities, pdfsig_verdicts, pyhanko_judgements
from machine import PASSWORD, ROOT, serving
from paper import letter_pdf
from standins.csc import CSC
from standins.national import National
from test_remote_services import AUTHORITY
from tokens import certified, rsa_key, trust
from waiting import wait_until


@pytest.fixture(scope="module")
def own_database(cluster, worker):
    """A database of its own: its internal CA is opened by the secret of one server alone."""
    with cluster.copy(f"acceptance_remote_{worker}") as database:
        yield database


@pytest.fixture(scope="module")
def services(own_database):
    """What the people of the demonstration have at two remote services: the leader's key at each of them."""
    (name,) = own_database.psql(
        "SELECT p.full_name FROM organisation.person p JOIN platform.account a ON a.tenant_id = p.tenant_id AND a.person_id = p.id"
        " JOIN platform.tenant t ON t.id = p.tenant_id WHERE t.code = 'BDHN' AND a.login = 'lanhdao'")
    keys = [rsa_key(), rsa_key()]
    identities = [(key, certified(key, name, AUTHORITY), [AUTHORITY[0]]) for key in keys]
    trust(own_database, AUTHORITY[0])
    with CSC(*identities[0]).running() as csc, National(*identities[1], later=True).running() as national:
        yield csc, national


@pytest.fixture(scope="module")
def installation(own_database, services, tmp_path_factory):
    """A server that knows both services, and whose policy lets the tests' own authority sign."""
    csc, national = services
    folder = tmp_path_factory.mktemp("remote")
    shutil.copytree(ROOT / "Config", folder / "Config")
    (folder / "csc-secret").write_text(csc.secret)
    (folder / "national-secret").write_text(national.sp_password)
    providers = [
        {"id": "csc", "name": "CSC thử", "shape": "csc2", "address": csc.address, "access": "client", "account": csc.client,
         "secret_file": str(folder / "csc-secret")},
        {"id": "sca", "name": "SCA thử", "shape": "national", "address": national.address, "account": national.sp_id,
         "secret_file": str(folder / "national-secret")},
    ]  # fmt: skip
    (folder / "Config/remote-signing.json").write_text(json.dumps({"providers": providers}))
    policy = json.loads((folder / "Config/signature-policy.json").read_text())
    for rule in policy["rules"]:
        rule["kinds"].append("unknown")
    (folder / "Config/signature-policy.json").write_text(json.dumps(policy))
    with serving(own_database, folder / "data", VANTHU_CONFIG_FOLDER=str(folder / "Config"), VANTHU_FETCH_PRIVATE_HOSTS="127.0.0.1") as server:
        yield server


@pytest.fixture
def house(installation):
    return Office(installation.url, "BDHN", PASSWORD)


def certificate(leader, provider, user):
    (made,) = leader.must(
        "POST", "/remote-certificates", json={"purpose": "signer", "provider": provider, "user": user})["ids"]
    (found,) = [one for one in leader.items("/remote-certificates") if one["id"] == made]
    return found


def prepare(leader, documents, found):
    wish = {
        "purpose": "signer", "certificate_id": found["id"], "algorithm": found["algorithms"][0],
        "documents": [{"document_id": one, "version": leader.document(one)["version"]} for one in documents],
    }  # fmt: skip
    return leader.must("POST", "/signing-sessions", json=wish)


def judge(pdf, folder, database):
    """Others find one good signature in it, by the service's certificate, with a time stamp of the internal CA."""
    assert pdfsig_verdicts(pdf, folder) == ["Signature is Valid."]
    root = x509.Certificate.load(AUTHORITY[0].public_bytes(serialization.Encoding.DER))
    (status,) = pyhanko_judgements(pdf, [root, *authorities(database)])
    assert status.bottom_line, status.pretty_print_details()


def states(session):
    return [item["state"] for item in session["items"]]


def test_two_documents_are_signed_with_one_otp(installation, house, services, tmp_path):
    csc, _ = services
    leader = house.leader
    found = certificate(leader, "csc", "")
    assert (found["wants_pin"], found["wants_otp"], found["sends_otp"], found["is_elsewhere"]) == (True, True, True, False)
    assert found["algorithms"][0] == "rsaPSSWithSHA256" and found["batch"] == 5
    assert certificate(leader, "csc", "")["id"] == found["id"], "registering again changes nothing"
    documents = [house.document("awaiting_signature", letter_pdf()) for _ in range(2)]
    session = prepare(leader, documents, found)
    path = f"/signing-sessions/{session['id']}"

    leader.must("POST", path + "/otp")
    with refused(422, "remote_wrong_otp", "otp"):
        leader.must("POST", path + "/remote-signature", json={"pin": csc.pin, "otp": "wrong-otp-1"})
    session = leader.must("GET", path)
    assert states(session) == ["prepared"] * 2 and session["items"][0]["problem"] == "remote_wrong_otp"

    leader.must("POST", path + "/otp")
    otp = csc.otp
    session = leader.must("POST", path + "/remote-signature", json={"pin": csc.pin, "otp": otp})
    assert states(session) == ["completed"] * 2 and session["state"] == "done"
    # Again changes nothing and asks nothing of the service.
    calls = len(csc.calls)
    assert states(leader.must("POST", path + "/remote-signature", json={})) == ["completed"] * 2
    assert len(csc.calls) == calls
    for document in documents:
        assert leader.document(document)["state"] == "signed"
        judge(leader.download(leader.main_file(document)["id"]), tmp_path, installation.database)
    log = installation.log.read_text(errors="replace")
    for secret in (csc.pin, otp, csc.secret, "wrong-otp-1"):
        assert secret not in log


def test_confirmed_in_the_app_while_the_server_was_away(installation, house, services, tmp_path):
    _, national = services
    leader = house.leader
    found = certificate(leader, "sca", national.user)
    assert found["is_elsewhere"] and found["algorithms"][0] == "rsaPKCS1WithSHA256"
    documents = [house.document("awaiting_signature", letter_pdf()) for _ in range(2)]
    session = prepare(leader, documents, found)
    path = f"/signing-sessions/{session['id']}"
    assert states(leader.must("POST", path + "/remote-signature", json={})) == ["prepared"] * 2
    with refused(409, "remote_under_way"):
        leader.must("POST", path + "/remote-signature", json={})

    installation.kill()
    national.confirm()
    installation.start()
    again = Office(installation.url, "BDHN", PASSWORD).leader
    wait_until(lambda: states(again.must("GET", path)) == ["completed"] * 2, "the job finishes what the person began", 90)
    for document in documents:
        assert again.document(document)["state"] == "signed"
        judge(again.download(again.main_file(document)["id"]), tmp_path, installation.database)
    accounts = installation.database.psql(
        "SELECT DISTINCT a.login FROM platform.audit_entry e JOIN platform.account a ON a.tenant_id = e.tenant_id AND a.id = e.account_id"
        f" WHERE e.subject_id = '{documents[0]}' AND e.action = 'document.sign'")
    assert accounts == ["lanhdao"], "the trail names the person"


def test_a_no_in_the_app_is_shown(installation, services):
    _, national = services
    house = Office(installation.url, "BDHN", PASSWORD)
    leader = house.leader
    found = certificate(leader, "sca", national.user)
    document = house.document("awaiting_signature", letter_pdf())
    path = f"/signing-sessions/{prepare(leader, [document], found)['id']}"
    leader.must("POST", path + "/remote-signature", json={})
    national.reject()
    wait_until(lambda: leader.must("GET", path)["items"][0]["problem"] == "remote_declined", "the no is shown", 60)
    assert leader.document(document)["state"] == "awaiting_signature"


def test_nobody_registers_anothers_certificate(installation, services):
    _, national = services
    house = Office(installation.url, "BDHN", PASSWORD)
    wish = {"purpose": "signer", "provider": "sca", "user": national.user}
    with refused(422, "remote_credential_unknown"):
        house.specialist.must("POST", "/remote-certificates", json=wish)
    with refused(422, "remote_credential_unknown"):
        house.leader.must("POST", "/remote-certificates", json={**wish, "user": "009999999999"})
    with refused(404, "remote_provider_unknown", "provider"):
        house.leader.must("POST", "/remote-certificates", json={**wish, "provider": "none"})
    with refused(403, "clerk_only"):
        house.leader.must("POST", "/remote-certificates", json={**wish, "purpose": "seal"})
    assert house.specialist.items("/remote-certificates") == []
    names = [one["id"] for one in house.leader.must("GET", "/remote-providers")["providers"]]
    assert names == ["csc", "sca"]
