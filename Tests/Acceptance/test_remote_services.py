"""Remote signing services through `vanthu remote`: the Cloud Signature Consortium's interfaces and the national one, over real HTTP."""

import json
import os
import subprocess
import sys
import threading

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from machine import ROOT, binary, free_port
from standins.csc import CSC
from standins.national import National
from tokens import certified, rsa_key
from waiting import wait_until

AUTHORITY_KEY = ec.generate_private_key(ec.SECP256R1())
AUTHORITY = certified(AUTHORITY_KEY, "CA công cộng thử"), AUTHORITY_KEY


def identity(key):
    return key, certified(key, "Nguyễn Văn An", AUTHORITY), [AUTHORITY[0]]


RSA = identity(rsa_key())
P256 = identity(ec.generate_private_key(ec.SECP256R1()))


def settings(folder):
    """What the command must be told. Settings of whoever runs the tests must not reach it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VANTHU_")}
    return kept | {"VANTHU_CONFIG_FOLDER": str(folder)}


class Installation:
    """A configuration folder with one remote service, and the command over it."""

    def __init__(self, folder, provider, secret):
        self.folder = folder
        (folder / "secret").write_text(secret + "\n")
        (folder / "secret").chmod(0o600)
        self.provider = {"id": "thu", "name": "Dịch vụ thử", "secret_file": str(folder / "secret"), **provider}
        (folder / "remote-signing.json").write_text(json.dumps({"providers": [self.provider]}))

    def run(self, *command, typed=""):
        environment = settings(self.folder)
        done = subprocess.run(
            [binary(), "remote", *command], env=environment, cwd=ROOT, input=typed, capture_output=True, text=True, timeout=120)
        for secret in ((self.folder / "secret").read_text().strip(), *typed.split()):
            assert secret not in done.stdout + done.stderr
        return done

    def must(self, *command, typed=""):
        done = self.run(*command, typed=typed)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def csc(folder, service, **more):
    return Installation(
        folder,
        {"shape": f"csc{service.version}", "address": service.address, "access": "client", "account": service.client, **more},
        service.secret)  # fmt: skip


def national(folder, service, **more):
    return Installation(
        folder, {"shape": "national", "address": service.address, "account": service.sp_id, **more}, service.sp_password)


VENDOR = {
    "certificate_path": "v1/credentials/get_certificate", "sign_path": "v1/signatures/sign",
    "status_path": "v1/signatures/sign/{transaction}/status",
}  # fmt: skip


def with_otp(installation, service, *options):
    """Rehearses with the PIN and the OTP that the service sends meanwhile."""
    environment = settings(installation.folder)
    process = subprocess.Popen(
        [binary(), "remote", "rehearse", "thu", *options], env=environment, cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
    wait_until(lambda: service.otp or process.poll() is not None, "the service sends an OTP")
    out, err = process.communicate(f"{service.pin}\n{service.otp}\n", timeout=120)
    assert process.returncode == 0, err
    return json.loads(out)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("kind", ["rsa", "rsa without PSS", "p256", "p256 raw"])
def test_csc_signs_a_batch_with_pin_and_otp(tmp_path, version, kind):
    key = RSA if kind.startswith("rsa") else P256
    made = CSC(*key, version=version, pss=kind == "rsa", raw=kind.endswith("raw"))
    with made.running() as service:
        result = with_otp(csc(tmp_path, service), service, "--count", "3")
        assert result["verified"] is True and result["signatures"] == 3 and result["later"] is False
        expected = {"rsa": "rsaPSSWithSHA256", "rsa without PSS": "rsaPKCS1WithSHA256"}.get(kind, "ecdsaWithSHA256")
        assert result["algorithm"] == expected
        authorise = next(body for path, body in service.calls if path.endswith("/authorize"))
        sign = next(body for path, body in service.calls if path.endswith("/signHash"))
        name = "hash" if version == 1 else "hashes"
        assert authorise[name] == sign[name] and authorise["numSignatures"] == 3


def test_csc_version_2_may_sign_later(tmp_path):
    with CSC(*RSA, later=True).running() as service:
        result = with_otp(csc(tmp_path, service), service, "--count", "2")
        assert result["verified"] is True and result["later"] is True
        assert sum(path.endswith("/signPolling") for path, _ in service.calls) == 3


def test_csc_tells_what_a_credential_needs(tmp_path):
    with CSC(*RSA).running() as service:
        (found,) = csc(tmp_path, service).must("certificates", "thu")
        assert found["credential"] == service.credential
        assert found["certificate"] == service.der()
        assert found["chain"] == [service.der(AUTHORITY[0])]
        assert found["batch"] == 5 and found["binds_hashes"] is True
        assert found["authorisation"] == {"pin": True, "otp": True, "sendsOTP": True, "elsewhere": False}


@pytest.mark.parametrize(
    "typed, code", [("000000\n{otp}\n", "remote_wrong_pin"), ("135790\n999999999\n", "remote_wrong_otp")])
def test_csc_refuses_wrong_secrets_without_a_second_try(tmp_path, typed, code):
    with CSC(*RSA).running() as service:
        done = csc(tmp_path, service).run("rehearse", "thu", typed=typed.format(otp="123456"))
        assert done.returncode != 0 and code in done.stderr
        assert sum(path.endswith("/authorize") for path, _ in service.calls) == 1
        assert not any(path.endswith("/signHash") for path, _ in service.calls)


def test_csc_refuses_more_than_the_service_takes(tmp_path):
    with CSC(*RSA).running() as service:
        done = csc(tmp_path, service).run("rehearse", "thu", "--count", "6")
        assert "remote_batch_too_large" in done.stderr
        assert not any(path.endswith("/authorize") for path, _ in service.calls)


def test_a_wrong_client_secret_is_told_as_such(tmp_path):
    with CSC(*RSA).running() as service:
        installation = csc(tmp_path, service)
        (tmp_path / "secret").write_text("wrong-secret")
        assert "remote_access_refused" in installation.run("certificates", "thu").stderr


class LyingCSC(CSC):
    """Gives the signature of another hash."""

    def sign_hash(self, digest, **words):
        return super().sign_hash(bytes(len(digest)), **words)


def test_a_signature_of_something_else_is_found_out(tmp_path):
    with LyingCSC(*P256).running() as service:
        installation = csc(tmp_path, service)
        with pytest.raises(AssertionError):
            with_otp(installation, service)


@pytest.mark.parametrize("vendor", [False, True], ids=["decision", "vendor"])
@pytest.mark.parametrize("nested", [False, True], ids=["flat", "nested"])
def test_national_signs_at_once(tmp_path, vendor, nested):
    if vendor and nested:
        pytest.skip("no vendor is known to nest its options")
    with National(*RSA, vendor=vendor).running() as service:
        more = VENDOR if vendor else {"nests_file_options": nested}
        result = national(tmp_path, service, **more).must("rehearse", "thu", "--user", service.user, "--count", "3")
        assert result["verified"] is True and result["signatures"] == 3
        assert result["algorithm"] == "rsaPKCS1WithSHA256" and result["credential"] == service.serial


@pytest.mark.parametrize("vendor", [False, True], ids=["decision", "vendor"])
def test_national_signs_when_the_person_has_confirmed(tmp_path, vendor):
    with National(*RSA, later=True, vendor=vendor).running() as service:
        installation = national(tmp_path, service, **(VENDOR if vendor else {}))

        def person():
            wait_until(lambda: any(path.endswith("/status") for path, _ in service.calls), "the state is asked for")
            service.confirm()

        threading.Thread(target=person).start()
        result = installation.must("rehearse", "thu", "--user", service.user, "--count", "2")
        assert result["verified"] is True and result["later"] is True


def test_national_tells_that_the_person_said_no(tmp_path):
    with National(*RSA, later=True).running() as service:

        def person():
            wait_until(lambda: service.transactions, "a transaction is there")
            service.reject()

        threading.Thread(target=person).start()
        done = national(tmp_path, service).run("rehearse", "thu", "--user", service.user)
        assert done.returncode != 0 and "remote_declined" in done.stderr


@pytest.mark.parametrize("vendor", [False, True], ids=["decision", "vendor"])
def test_national_refuses_a_wrong_password(tmp_path, vendor):
    with National(*RSA, vendor=vendor).running() as service:
        installation = national(tmp_path, service, **(VENDOR if vendor else {}))
        (tmp_path / "secret").write_text("another-password")
        assert "remote_access_refused" in installation.run("certificates", "thu", "--user", service.user).stderr


def test_a_service_that_is_away_is_asked_again_only_where_that_is_safe(tmp_path):
    installation = Installation(
        tmp_path, {"shape": "national", "address": f"http://127.0.0.1:{free_port()}", "account": "x"}, "a-password")
    assert "remote_unreachable" in installation.run("certificates", "thu", "--user", "1").stderr


@pytest.mark.parametrize(
    "change, named",
    [
        ({"address": "http://sca.example"}, "address must be https"), ({"account": None}, "account"),
        ({"shape": "other"}, "shape"), ({"secret_file": "/nonexistent"}, "secret_file"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_named(tmp_path, change, named):
    provider = {"shape": "national", "address": "https://127.0.0.1:1", "account": "x", **change}
    provider = {key: value for key, value in provider.items() if value is not None}
    done = Installation(tmp_path, provider, "a-password").run("certificates", "thu")
    assert done.returncode != 0 and named in done.stderr


# A service that others wrote: certomancer-csc-dummy, version 1.0.4.

PKI = """
keysets:
  vn:
    path-prefix: keys
    keys:
      root: {path: root.pem}
      rsa: {path: rsa.pem}
      ec: {path: ec.pem}
pki-architectures:
  vn:
    keyset: vn
    entity-defaults: {country-name: VN, organization-name: Thử}
    entities:
      root: {common-name: CA thử}
      rsa: {common-name: Nguyễn Văn An}
      ec: {common-name: Trần Thị Bình}
    certs:
      root:
        subject: root
        issuer: root
        validity: {valid-from: "2020-01-01T00:00:00+0000", valid-to: "2050-01-01T00:00:00+0000"}
        profiles:
          - id: simple-ca
      rsa: &leaf
        subject: rsa
        issuer: root
        validity: {valid-from: "2020-01-01T00:00:00+0000", valid-to: "2050-01-01T00:00:00+0000"}
        extensions:
          - id: key_usage
            critical: true
            smart-value: {schema: key-usage, params: [digital_signature, non_repudiation]}
      ec:
        <<: *leaf
        subject: ec
"""


@pytest.fixture(scope="module")
def dummy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dummy")
    (folder / "keys").mkdir()
    for name, key in {"root": rsa_key(), "rsa": rsa_key(), "ec": ec.generate_private_key(ec.SECP256R1())}.items():
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (folder / "keys" / f"{name}.pem").write_bytes(pem)
    (folder / "pki.yml").write_text(PKI)
    port = free_port()
    with open(folder / "log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "csc_dummy", folder / "pki.yml", str(port), "2"], cwd=folder, stdout=log, stderr=log)

        def is_up():
            assert process.poll() is None, (folder / "log").read_text()
            try:
                return httpx.get(f"http://localhost:{port}/info").status_code == 200
            except httpx.TransportError:
                return False

        try:
            wait_until(is_up, "certomancer-csc-dummy answers")
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.mark.parametrize(
    "credential, algorithm",
    [("vn/rsa", "rsaPSSWithSHA256"), ("vn/rsa", "rsaPSSWithSHA512"), ("vn/rsa", "rsaPKCS1WithSHA256"),
     ("vn/rsa", "rsaPKCS1WithSHA384"), ("vn/ec", "ecdsaWithSHA256")],
)  # fmt: skip
def test_certomancer_signs_hashes_under_a_sad_that_is_bound_to_them(tmp_path, dummy, credential, algorithm):
    installation = Installation(tmp_path, {"shape": "csc1", "address": dummy, "access": "none"}, "unused-secret")
    result = installation.must("rehearse", "thu", "--credential", credential, "--algorithm", algorithm, "--count", "4")
    assert result == {
        "provider": "thu", "credential": credential, "algorithm": algorithm, "signatures": 4, "verified": True, "later": False,
    }  # fmt: skip


def test_certomancers_certificates_come_with_their_chain(tmp_path, dummy):
    installation = Installation(tmp_path, {"shape": "csc1", "address": dummy, "access": "none"}, "unused-secret")
    found = {entry["credential"]: entry for entry in installation.must("certificates", "thu")}
    assert {"vn/rsa", "vn/ec"} <= set(found)
    assert found["vn/rsa"]["algorithms"][0] == "rsaPSSWithSHA256" and found["vn/rsa"]["batch"] == 10
    assert len(found["vn/rsa"]["chain"]) == 1
