"""A PDF that was signed elsewhere, by another program (pyHanko), and brought back."""

import asyncio
import concurrent.futures
import io
import json
import shutil

import pytest
from asn1crypto import keys, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from client import Office, etag, refused
from judges import pyhanko_judgements
from machine import PASSWORD, ROOT, serving
from paper import letter_pdf, plain_pdf
from test_remote_services import AUTHORITY
from tokens import certified, rsa_key, trust


@pytest.fixture(scope="module")
def own_database(cluster, worker):
    """A database of its own: its internal CA is opened by the secret of one server alone."""
    with cluster.copy(f"acceptance_outside_{worker}") as database:
        yield database


@pytest.fixture(scope="module")
def server(own_database, tmp_path_factory):
    """A server whose policy lets the tests' authority sign."""
    folder = tmp_path_factory.mktemp("signed-file")
    trust(own_database, AUTHORITY[0])
    shutil.copytree(ROOT / "Config", folder / "Config")
    policy = json.loads((folder / "Config/signature-policy.json").read_text())
    for rule in policy["rules"]:
        rule["kinds"].append("unknown")
    (folder / "Config/signature-policy.json").write_text(json.dumps(policy))
    with serving(own_database, folder / "data", VANTHU_CONFIG_FOLDER=str(folder / "Config"), VANTHU_FETCH_PRIVATE_HOSTS="127.0.0.1") as server:
        yield server


@pytest.fixture(scope="module")
def house(server):
    return Office(server.url, "BDHN", PASSWORD)


class Signer:
    """Somebody with a program of their own."""

    def __init__(self, name, key=None):
        key = key or rsa_key()
        certificate = certified(key, name, AUTHORITY)
        der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        registry = SimpleCertificateStore()
        registry.register(x509.Certificate.load(AUTHORITY[0].public_bytes(serialization.Encoding.DER)))
        self.signer = signers.SimpleSigner(
            signing_cert=x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
            signing_key=keys.PrivateKeyInfo.load(der), cert_registry=registry, prefer_pss=True)  # fmt: skip

    def sign(self, pdf, field="vanthu.signer", change=None, level=fields.MDPPerm.FILL_FORMS, certify=True):
        def work():
            writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
            if change:
                change(writer)
            metadata = signers.PdfSignatureMetadata(
                field_name=field, subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256", certify=certify,
                docmdp_permissions=level)  # fmt: skip
            out = io.BytesIO()
            asyncio.run(signers.PdfSigner(metadata, self.signer).async_sign_pdf(writer, output=out))
            return out.getvalue()

        # pyHanko runs an event loop, and the browsers of other tests may have one in this thread.
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            return thread.submit(work).result()


def form(person, document, purpose="signer"):
    version = person.document(document)["version"]
    answer = person.ask("GET", f"/documents/{document}/form-to-sign", params={"purpose": purpose, "version": version})
    assert answer.status_code == 200, answer.text
    return answer.content


def bring(person, document, pdf, purpose="signer"):
    return person.must(
        "POST", f"/documents/{document}/signed-file", params={"purpose": purpose}, content=pdf,
        headers={"If-Match": etag(person.document(document)["version"]), "Content-Type": "application/pdf"})  # fmt: skip


@pytest.fixture
def document(house):
    return house.document("awaiting_signature", letter_pdf())


@pytest.fixture(scope="module")
def leader(house):
    return Signer(house.leader.me["person"]["full_name"])


def test_signature_and_seal_may_both_come_from_elsewhere(house, document, leader):
    given = form(house.leader, document)
    assert given == form(house.leader, document), "the same bytes every time"
    made = bring(house.leader, document, leader.sign(given))
    assert made["state"] == "signed"
    house.clerk.number(document, house.register("outgoing"))
    organisation = Signer(house.clerk.me["tenant"]["name"], ec.generate_private_key(ec.SECP256R1()))
    sealed = organisation.sign(form(house.clerk, document, "seal"), "vanthu.seal", certify=False)
    assert bring(house.clerk, document, sealed, "seal")["state"] == "sealed"
    pdf = house.clerk.download(house.clerk.main_file(document)["id"])
    assert pdf.startswith(sealed) and len(pdf) > len(sealed), "what was brought, and evidence after it"
    root = x509.Certificate.load(AUTHORITY[0].public_bytes(serialization.Encoding.DER))
    assert all(status.bottom_line for status in pyhanko_judgements(pdf, [root]))


def test_what_was_signed_elsewhere_can_be_sealed_here(house, document, leader):
    bring(house.leader, document, leader.sign(form(house.leader, document)))
    house.clerk.number(document, house.register("outgoing"))
    house.keys()
    house.clerk.seal(document, Office.PIN)
    assert house.clerk.document(document)["state"] == "sealed"


def refuse(house, document, pdf, code, status=422):
    def standing():
        found = house.leader.document(document)
        return found["state"], found["version"], len(found["files"])

    before = standing()
    with refused(status, code):
        bring(house.leader, document, pdf)
    assert standing() == before, "nothing has happened"


def test_another_file_is_refused(house, document, leader):
    given = form(house.leader, document)
    refuse(house, document, leader.sign(form(house.leader, house.document("awaiting_signature", plain_pdf("Van ban khac")))), "signed_file_differs")
    refuse(house, document, given[:-1], "signed_file_differs")
    refuse(house, document, b"no PDF at all", "signed_file_differs")
    spoilt = bytearray(leader.sign(given))
    spoilt[100] ^= 1
    refuse(house, document, bytes(spoilt), "signed_file_differs")


def test_a_file_without_one_good_signature_is_refused(house, document, leader):
    given = form(house.leader, document)
    refuse(house, document, given + b"\n", "signed_file_not_one")
    signed = leader.sign(given)
    # The last bytes of the CMS are those of the signature value.
    start = signed.index(b"/Contents <", len(given)) + len(b"/Contents <")
    size = int(signed[start + 4 : start + 8], 16) + 4
    at = start + 2 * (size - 8)
    broken = bytearray(signed)
    broken[at : at + 2] = b"00" if signed[at : at + 2] != b"00" else b"11"
    refuse(house, document, bytes(broken), "signed_file_invalid")
    refuse(house, document, leader.sign(given, "another", certify=False), "signed_file_not_one")
    refuse(house, document, leader.sign(given, level=fields.MDPPerm.NO_CHANGES), "signed_file_locked")


def test_a_change_signed_along_is_refused(house, document, leader):
    def other_words(writer):
        page = writer.root["/Pages"]["/Kids"][0]
        page["/MediaBox"] = generic.ArrayObject([generic.NumberObject(side) for side in (0, 0, 300, 300)])
        writer.update_container(page)

    given = form(house.leader, document)
    signed = leader.sign(given, change=other_words)
    assert len(PdfFileReader(io.BytesIO(signed)).embedded_signatures) == 1
    refuse(house, document, signed, "signed_file_changed")


def test_only_the_right_person_signs(house, document):
    stranger = Signer("Người Khác")
    refuse(house, document, stranger.sign(form(house.leader, document)), "certificate_of_another")
    with refused(404):
        house.colleague.must(
            "POST", f"/documents/{document}/signed-file", params={"purpose": "signer"}, content=b"%PDF", headers={"If-Match": '"1"'})
