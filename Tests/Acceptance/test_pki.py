"""The internal CA as strangers meet it: its lists, answers, time stamps and certificates over HTTP, judged by OpenSSL and pyHanko."""

import asyncio
import base64
import concurrent.futures
import datetime
import io
import re
import subprocess
import urllib.parse

import httpx
import pytest
from asn1crypto import crl, keys, ocsp, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import add_validation_info, validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule
from pyhanko_certvalidator.registry import SimpleCertificateStore

from client import Office, refused
from judges import aside, evidence_in, long_lived_verdict, verdict_by_its_own_evidence
from machine import PASSWORD, serving
from paper import letter_pdf

REQUIRE_OCSP, REQUIRE_CRL = RevocationCheckingRule.OCSP_REQUIRED, RevocationCheckingRule.CRL_REQUIRED


def openssl(*arguments, input=None):
    """What OpenSSL's command says, on both of its outputs, and its status."""
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, input=input)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def pem(der):
    body = base64.encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


class Authorities:
    """The certificates of the internal CA in a folder, as a stranger keeps them."""

    def __init__(self, database, folder):
        rows = database.psql(
            "SELECT kind, id, encode(certificate, 'hex') FROM signatures.authority WHERE state = 'active' ORDER BY id"
        )
        self.folder, self.ids, self.der = folder, {}, {}
        for kind, id, certificate in (row.split("|") for row in rows):
            if kind != "responder":
                self.ids[kind], self.der[kind] = id, bytes.fromhex(certificate)
                (folder / f"{kind}.pem").write_text(pem(self.der[kind]))
        (folder / "chain.pem").write_text(pem(self.der["issuing"]) + pem(self.der["root"]))

    def __truediv__(self, name):
        return self.folder / name


@pytest.fixture(scope="module")
def pki(cluster, worker, tmp_path_factory):
    """A system of its own, where nobody else revokes anything."""
    with cluster.copy(f"acceptance_pki_{worker}") as database, serving(database, tmp_path_factory.mktemp("pki")) as server:
        yield server


@pytest.fixture(scope="module")
def office(pki):
    office = Office(pki.url, "BDHN", PASSWORD)
    office.keys()
    return office


@pytest.fixture(scope="module")
def authorities(pki, office, tmp_path_factory):
    return Authorities(pki.database, tmp_path_factory.mktemp("authorities"))


def certificate_of(server, id):
    """A certificate of somebody's, DER."""
    return bytes.fromhex(server.database.value(f"SELECT encode(certificate, 'hex') FROM signatures.certificate WHERE id = '{id}'"))


def leader_certificate(server, office):
    (key,) = [k for k in office.leader.items("/signing-keys") if k["purpose"] == "signer" and k["state"] == "valid"]
    return certificate_of(server, key["id"])


def addresses(certificate):
    """Where a certificate says that list, answers and its issuer are found."""
    parsed = asn1.Certificate.load(certificate)
    access = {a["access_method"].native: a["access_location"].native for a in parsed.authority_information_access_value}
    (point,) = parsed.crl_distribution_points_value
    return {**access, "crl": point["distribution_point"].native[0]}


def fetch(address):
    return httpx.get(address, timeout=30).raise_for_status()


def test_a_certificate_names_the_post_its_use_and_where_its_status_is_found(pki, office, authorities, tmp_path):
    (tmp_path / "leader.der").write_bytes(certificate := leader_certificate(pki, office))
    _, text = openssl("x509", "-inform", "DER", "-in", tmp_path / "leader.der", "-noout", "-text", "-nameopt", "utf8,sep_comma_plus")
    me = office.leader.me
    for part in (
        f"title={me['post']['title']}", f"CN={me['person']['full_name']}", "Digital Signature, Non Repudiation",
        "1.3.6.1.5.5.7.3.36", "E-mail Protection", "OCSP - URI:", "CA Issuers - URI:", "CRL Distribution Points",
    ):  # fmt: skip
        assert part in text, f"{part} is missing in {text}"
    found = addresses(certificate)
    assert fetch(found["ca_issuers"]).content == authorities.der["issuing"]
    assert fetch(found["crl"]).headers["content-type"] == "application/pkix-crl"


def test_openssl_verifies_the_path_with_the_lists(pki, office, authorities, tmp_path):
    leaf = tmp_path / "leader.pem"
    leaf.write_text(pem(leader_certificate(pki, office)))
    lists = tmp_path / "lists.pem"
    text = ""
    for kind in ("root", "issuing"):
        (tmp_path / "list.der").write_bytes(fetch(f"{pki.url}/pki/{authorities.ids[kind]}.crl").content)
        status, converted = openssl("crl", "-inform", "DER", "-in", tmp_path / "list.der", "-outform", "PEM")
        assert status == 0, converted
        text += converted
    lists.write_text(text)
    status, said = openssl(
        "verify", "-x509_strict", "-crl_check_all", "-CRLfile", lists, "-CAfile", authorities / "root.pem",
        "-untrusted", authorities / "issuing.pem", leaf,
    )  # fmt: skip
    assert status == 0, said


def ask_ocsp(pki, authorities, certificate, folder, *options):
    (folder / "asked.pem").write_text(pem(certificate))
    return openssl(
        "ocsp", "-issuer", authorities / "issuing.pem", "-cert", folder / "asked.pem", "-url", f"{pki.url}/pki/ocsp",
        "-CAfile", authorities / "chain.pem", *options,
    )  # fmt: skip


@pytest.mark.parametrize("options", [[], ["-no_nonce"], ["-sha256"]])
def test_openssl_ocsp_is_told_that_a_certificate_is_good(pki, office, authorities, tmp_path, options):
    certificate = leader_certificate(pki, office)
    if options == ["-sha256"]:
        # The digest stands before the certificate that it is for.
        (tmp_path / "asked.pem").write_text(pem(certificate))
        status, said = openssl(
            "ocsp", "-sha256", "-issuer", authorities / "issuing.pem", "-cert", tmp_path / "asked.pem", "-url",
            f"{pki.url}/pki/ocsp", "-CAfile", authorities / "chain.pem",
        )  # fmt: skip
    else:
        status, said = ask_ocsp(pki, authorities, certificate, tmp_path, *options)
    assert status == 0 and "Response verify OK" in said and "asked.pem: good" in said, said


def test_the_root_answers_for_the_issuing_authority(pki, authorities):
    status, said = openssl(
        "ocsp", "-issuer", authorities / "root.pem", "-cert", authorities / "issuing.pem", "-url", f"{pki.url}/pki/ocsp",
        "-CAfile", authorities / "root.pem",
    )  # fmt: skip
    assert status == 0 and "Response verify OK" in said and "issuing.pem: good" in said, said


def test_a_serial_number_that_was_never_given_is_unknown(pki, authorities):
    status, said = openssl(
        "ocsp", "-issuer", authorities / "issuing.pem", "-serial", "0x1234567890", "-url", f"{pki.url}/pki/ocsp",
        "-CAfile", authorities / "chain.pem",
    )  # fmt: skip
    assert status == 0 and "0x1234567890: unknown" in said, said


def request_of(authorities, certificate, folder, *options):
    (folder / "asked.pem").write_text(pem(certificate))
    status, said = openssl(
        "ocsp", "-issuer", authorities / "issuing.pem", "-cert", folder / "asked.pem", "-reqout", folder / "request.der", *options
    )
    assert status == 0, said
    return (folder / "request.der").read_bytes()


def test_an_answer_to_a_get_may_be_kept_on_the_way(pki, office, authorities, tmp_path):
    request = request_of(authorities, leader_certificate(pki, office), tmp_path, "-no_nonce")
    path = urllib.parse.quote(base64.b64encode(request).decode(), safe="")
    answer = fetch(f"{pki.url}/pki/ocsp/{path}")
    assert answer.headers["content-type"] == "application/ocsp-response"
    seconds = int(re.search(r"max-age=(\d+)", answer.headers["cache-control"]).group(1))
    assert "public" in answer.headers["cache-control"] and 0 < seconds <= 3600
    assert answer.headers["last-modified"].endswith("GMT") and answer.headers["expires"].endswith("GMT")
    response = ocsp.OCSPResponse.load(answer.content)
    assert response["response_status"].native == "successful"
    nonced = base64.b64encode(request_of(authorities, leader_certificate(pki, office), tmp_path)).decode()
    assert fetch(f"{pki.url}/pki/ocsp/{urllib.parse.quote(nonced, safe='')}").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("body", [b"\0", b"not a request", b"\x30\x80", b"\x30\x03\x02\x01\x01"])
def test_what_is_no_request_is_answered_as_such(pki, body):
    answer = httpx.post(f"{pki.url}/pki/ocsp", content=body, headers={"content-type": "application/ocsp-request"})
    assert answer.status_code == 200
    assert ocsp.OCSPResponse.load(answer.content)["response_status"].native == "malformed_request"
    stamp = httpx.post(f"{pki.url}/pki/tsa", content=body, headers={"content-type": "application/timestamp-query"})
    _, said = openssl("ts", "-reply", "-in", "/dev/stdin", "-text", input=stamp.content)
    assert "Status: Rejected." in said and "TST info:\nNot included." in said, said


def test_another_issuers_certificates_are_not_answered_for(pki, authorities, tmp_path):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "k", "-out", tmp_path / "other.pem", "-subj", "/CN=Other")
    status, said = openssl(
        "ocsp", "-issuer", tmp_path / "other.pem", "-serial", "1", "-url", f"{pki.url}/pki/ocsp", "-CAfile", authorities / "chain.pem"
    )
    assert "unauthorized" in said, (status, said)


def test_long_and_unfit_bodies_are_refused_at_the_door(pki):
    post = lambda path, type, size: httpx.post(pki.url + path, content=b"0" * size, headers={"content-type": type}).status_code  # noqa: E731
    assert post("/pki/ocsp", "application/ocsp-request", 20_000) == 413
    assert post("/pki/tsa", "application/timestamp-query", 20_000) == 413
    assert post("/pki/tsa", "application/json", 10) == 415
    assert httpx.get(f"{pki.url}/pki/{'0' * 8}-0000-0000-0000-{'0' * 12}.crl").status_code == 404
    assert httpx.get(f"{pki.url}/pki/nobody.cer").status_code == 404


def stamp(pki, data, folder, *options):
    """Asks for a time stamp with OpenSSL's query; the answer is in reply.tsr."""
    (folder / "data").write_bytes(data)
    status, said = openssl("ts", "-query", "-data", folder / "data", "-cert", *options, "-out", folder / "query.tsq")
    assert status == 0, said
    answer = httpx.post(
        f"{pki.url}/pki/tsa", content=(folder / "query.tsq").read_bytes(), headers={"content-type": "application/timestamp-query"}
    )
    assert answer.headers["content-type"] == "application/timestamp-reply"
    (folder / "reply.tsr").write_bytes(answer.content)


def stamped(pki, data, folder, *options):
    stamp(pki, data, folder, *options)
    return tsp.TimeStampResp.load((folder / "reply.tsr").read_bytes())


@pytest.mark.parametrize("hash", ["-sha256", "-sha384", "-sha512"])
def test_openssl_ts_verifies_a_time_stamp(pki, authorities, tmp_path, hash):
    reply = stamped(pki, b"a document", tmp_path, hash)
    status, said = openssl(
        "ts", "-verify", "-in", tmp_path / "reply.tsr", "-queryfile", tmp_path / "query.tsq", "-CAfile", authorities / "root.pem",
        "-untrusted", authorities / "issuing.pem",
    )  # fmt: skip
    assert status == 0 and "Verification: OK" in said, said
    (signer,) = reply["time_stamp_token"]["content"]["signer_infos"]
    attributes = {a["type"].native for a in signer["signed_attrs"]}
    assert "signing_certificate_v2" in attributes and "signing_certificate" not in attributes


def test_a_weak_hash_gets_no_time_stamp(pki, tmp_path):
    stamp(pki, b"a document", tmp_path, "-sha1")
    _, said = openssl("ts", "-reply", "-in", tmp_path / "reply.tsr", "-text")
    assert "Status: Rejected." in said and "unrecognized or unsupported algorithm" in said, said


def test_tokens_of_many_requests_at_once_are_in_one_order(pki, tmp_path):
    folders = [tmp_path / str(n) for n in range(24)]
    for folder in folders:
        folder.mkdir()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda folder: stamped(pki, b"a document", folder), folders))
    infos = [reply["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed for reply in replies]
    infos.sort(key=lambda info: info["serial_number"].native)
    serials = [info["serial_number"].native for info in infos]
    assert serials == list(range(serials[0], serials[0] + len(serials)))
    times = [info["gen_time"].native for info in infos]
    assert times == sorted(set(times))
    assert all(info["ordering"].native and info["accuracy"]["seconds"].native == 1 for info in infos)


def someone_elses_certificates():
    """A root and a signer that the internal CA knows nothing of: key and certificates as pyHanko takes them."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def made(subject, issuer, key, issuer_key, is_authority):
        name = lambda text: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])  # noqa: E731
        usage = dict.fromkeys(
            ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
             "crl_sign", "encipher_only", "decipher_only"), False,
        )  # fmt: skip
        usage |= {"key_cert_sign": True, "crl_sign": True} if is_authority else {"digital_signature": True, "content_commitment": True}
        builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        builder = builder.not_valid_after(now + datetime.timedelta(days=30))
        builder = builder.add_extension(x509.BasicConstraints(is_authority, None), True).add_extension(x509.KeyUsage(**usage), True)
        return builder.sign(issuer_key, hashes.SHA256())

    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = made("Root", "Root", root_key, root_key, True)
    leaf = made("Signer", "Root", key, root_key, False)
    revoked = x509.CertificateRevocationListBuilder().issuer_name(root.subject).last_update(now - datetime.timedelta(hours=1))
    revoked = revoked.next_update(now + datetime.timedelta(days=7)).add_extension(x509.CRLNumber(1), False)
    revoked = revoked.sign(root_key, hashes.SHA256())
    der = lambda made: made.public_bytes(serialization.Encoding.DER)  # noqa: E731
    plain = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    root, leaf = (asn1.Certificate.load(der(made)) for made in (root, leaf))
    return root, leaf, crl.CertificateList.load(der(revoked)), keys.PrivateKeyInfo.load(plain)


@pytest.mark.parametrize("level", ["B-T", "B-LT", "B-LTA"])
def test_pyhanko_signs_with_our_time_stamps_and_validates_them(pki, authorities, pdf, level):
    root, leaf, revoked, key = someone_elses_certificates()
    ours = asn1.Certificate.load(authorities.der["root"])
    store = SimpleCertificateStore.from_certs([root, leaf])

    def sign():
        context = ValidationContext(trust_roots=[root, ours], crls=[revoked], allow_fetching=True, revocation_mode="require")
        metadata = signers.PdfSignatureMetadata(
            field_name="Sig", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256", validation_context=context,
            embed_validation_info=level != "B-T", use_pades_lta=level == "B-LTA",
        )  # fmt: skip
        signer = signers.SimpleSigner(signing_cert=leaf, signing_key=key, cert_registry=store)
        stamper = timestamps.HTTPTimeStamper(f"{pki.url}/pki/tsa")
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        return signers.sign_pdf(writer, metadata, signer=signer, timestamper=stamper).getvalue()

    signed = aside(sign)
    if level == "B-T":
        (signature,) = PdfFileReader(io.BytesIO(signed)).embedded_regular_signatures
        context = ValidationContext(trust_roots=[root, ours], other_certs=[leaf])
        status = aside(lambda: validate_pdf_signature(signature, signer_validation_context=context))
        assert status.bottom_line and status.timestamp_validity.trusted, status.pretty_print_details()
        return
    status = verdict_by_its_own_evidence(signed, [root, ours])
    assert status.bottom_line and status.timestamp_validity.trusted, status.pretty_print_details()
    if level == "B-LTA":
        verdict = long_lived_verdict(signed, [root, ours])
        assert verdict.ades_subindic == AdESPassed.OK, verdict
    # Evidence about the time stamp's certificate came from our responder.
    dss = PdfFileReader(io.BytesIO(signed)).root["/DSS"]
    assert len(dss["/OCSPs"]) >= 1


def test_pyhanko_extends_a_document_of_ours_by_what_it_fetches_here(pki, office, authorities, pdf):
    """The whole path and every revocation of it comes from the addresses in the certificates."""
    document = office.document("signed", letter_pdf())
    signed = office.clerk.download(office.clerk.main_file(document)["id"])
    roots = [asn1.Certificate.load(authorities.der["root"])]

    def extend():
        signature = PdfFileReader(io.BytesIO(signed)).embedded_regular_signatures[0]
        context = ValidationContext(trust_roots=roots, allow_fetching=True, revocation_mode="require")
        with_evidence = add_validation_info(signature, context, in_place=False).getvalue()
        writer = IncrementalPdfFileWriter(io.BytesIO(with_evidence))
        stamper = signers.PdfTimeStamper(timestamps.HTTPTimeStamper(f"{pki.url}/pki/tsa"))
        context = ValidationContext(trust_roots=roots, allow_fetching=True, revocation_mode="require")
        return stamper.timestamp_pdf(writer, "sha256", context).getvalue()

    extended = aside(extend)
    assert extended.startswith(signed)
    status = verdict_by_its_own_evidence(extended, roots)
    assert status.bottom_line, status.pretty_print_details()
    (archived,) = PdfFileReader(io.BytesIO(extended)).embedded_timestamp_signatures
    context = evidence_in(extended, roots)
    status = aside(lambda: validate_pdf_timestamp(archived, validation_context=context))
    assert status.intact and status.valid and status.trusted, status


@pytest.mark.parametrize("policy", [REQUIRE_OCSP, REQUIRE_CRL])
def test_pyhankos_validator_fetches_issuers_and_status_here(pki, office, authorities, policy):
    """It knows the root alone: issuer, OCSP answers and lists come from the addresses in the certificates."""
    leaf = asn1.Certificate.load(leader_certificate(pki, office))
    root = asn1.Certificate.load(authorities.der["root"])
    backend = RequestsFetcherBackend()
    rule = CertRevTrustPolicy(RevocationCheckingPolicy(ee_certificate_rule=policy, intermediate_ca_cert_rule=policy))
    context = ValidationContext(
        trust_roots=[root], allow_fetching=True, fetcher_backend=backend, revinfo_policy=rule, time_tolerance=datetime.timedelta(seconds=5))
    path = aside(lambda: asyncio.run(CertificateValidator(leaf, validation_context=context).async_validate_usage({"digital_signature", "non_repudiation"})))
    assert [one.subject.human_friendly for one in path][-1] == leaf.subject.human_friendly
    fetched = len(context.ocsps), len(context.crls)
    assert (fetched[0] >= 2) if policy is REQUIRE_OCSP else (fetched[1] >= 2), fetched


def test_a_change_of_post_revokes_the_certificate_in_answers_and_lists(pki, office, authorities, tmp_path):
    deputy = office.deputy
    deputy.make_signing_key(office.PIN)
    (key,) = [k for k in deputy.items("/signing-keys") if k["purpose"] == "signer" and k["state"] == "valid"]
    certificate = certificate_of(pki, key["id"])
    assert "asked.pem: good" in ask_ocsp(pki, authorities, certificate, tmp_path)[1]
    before = crl.CertificateList.load(fetch(f"{pki.url}/pki/{authorities.ids['issuing']}.crl").content)
    office.administrator.must("PUT", f"/posts/{deputy.post}/title", json={"title": "Phó Giám đốc phụ trách"})
    status, said = ask_ocsp(pki, authorities, certificate, tmp_path)
    assert status == 0 and "asked.pem: revoked" in said and "Reason: affiliationChanged" in said, said
    after = crl.CertificateList.load(fetch(f"{pki.url}/pki/{authorities.ids['issuing']}.crl").content)
    number = lambda made: made.crl_number_value.native  # noqa: E731
    assert number(after) > number(before)
    serials = {entry["user_certificate"].native for entry in after["tbs_cert_list"]["revoked_certificates"]}
    assert asn1.Certificate.load(certificate).serial_number in serials
    # The person may revoke the next one, and nobody can revoke it twice.
    made = deputy.make_signing_key(office.PIN)["id"]
    revocation = f"/signing-certificates/{made}/revocation"
    deputy.must("POST", revocation, json={"reason": "key_lost", "note": "mất máy"})
    with refused(409, "certificate_revoked"):
        deputy.must("POST", revocation, json={"reason": "key_lost"})
    assert "Reason: keyCompromise" in ask_ocsp(pki, authorities, certificate_of(pki, made), tmp_path)[1]
    row = pki.database.value(f"SELECT revocation_reason || '|' || revocation_note FROM signatures.certificate WHERE id = '{made}'")
    assert row == "key_lost|mất máy"


def test_every_signature_is_preceded_by_a_kept_check(pki, office):
    office.document("sealed", letter_pdf())
    checks = pki.database.psql("SELECT result, source, root IS NOT NULL FROM signatures.certificate_check ORDER BY id")
    assert checks[-2:] == ["good|internal|t", "good|internal|t"]


def test_the_trust_list_is_imported_listed_and_removed(pki, tmp_path):
    root, leaf, _, _ = someone_elses_certificates()
    (tmp_path / "root.pem").write_text(pem(root.dump()))
    (tmp_path / "leaf.der").write_bytes(leaf.dump())
    words = ["--name", "NEAC", "--source", "https://neac.example, 2026-11-20"]
    refused_leaf = pki.database.vanthu("trust", "import", tmp_path / "leaf.der", "--kind", "root", *words)
    assert refused_leaf.returncode != 0 and "no certificate that can be trusted" in refused_leaf.stderr
    made = pki.database.vanthu("trust", "import", tmp_path / "root.pem", "--kind", "root", *words, "--valid-until", "2026-12-01")
    assert made.returncode == 0 and "trusted: CN=Root" in made.stdout, made.stderr
    again = pki.database.vanthu("trust", "import", tmp_path / "root.pem", "--kind", "root", *words)
    assert "was there" in again.stdout
    listed = pki.database.vanthu("trust", "list").stdout
    assert root.sha256.hex() in listed and "NEAC" in listed and "2026-12-01" in listed
    assert pki.database.vanthu("trust", "remove", root.sha256.hex()[:16]).returncode == 0
    assert root.sha256.hex() not in pki.database.vanthu("trust", "list").stdout
