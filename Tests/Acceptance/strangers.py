"""Signatures that share no code with ours: pyHanko signs, with certificates, OCSP responses, CRLs and time stamps by certomancer.

Everything happens at fixed times in this process: no server, no clock.
"""

import concurrent.futures
import copy
import datetime
import io

from asn1crypto import ocsp, pem
from certomancer.registry import CertLabel, CertomancerConfig, KeyLabel, ArchLabel, ServiceLabel
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

UTC = datetime.timezone.utc
SIGNED = datetime.datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
HOUR = datetime.timedelta(hours=1)
# Between these two the certificate `late` is revoked, and before both of them `early`.
REVOKED_EARLY, REVOKED_LATE = SIGNED - 24 * HOUR, SIGNED + 24 * HOUR


def _apart(work):
    """In a thread of its own: pyHanko runs an event loop, and the browsers of other tests may have one in this thread."""
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def _certificate(issuer, usage, *more, ca=None, revoked=None, until="2090-01-01T00:00:00+0000"):
    extensions = [
        {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": usage}}, *more]
    if ca is not None:
        extensions.append({"id": "basic_constraints", "critical": True, "value": {"ca": True, **ca}})
    spec = {
        "issuer": issuer, "validity": {"valid-from": "2020-01-01T00:00:00+0000", "valid-to": until},
        "extensions": extensions}
    if revoked:
        spec["revocation"] = {"revoked-since": revoked.isoformat(), "reason": "key_compromise"}
    return spec


def _listed(repository):
    return {"id": "crl_distribution_points",
            "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": [repository]}}}


SIGNING = ["digital_signature", "non_repudiation"]
CERTIFICATES = {
    "root": _certificate("root", ["key_cert_sign", "crl_sign"], ca={}) | {"subject": "root"},
    "interm": _certificate("root", ["key_cert_sign", "crl_sign"], _listed("root"), ca={"path-len-constraint": 0}),
    "ocsp": _certificate(
        "interm", ["digital_signature"], {"id": "extended_key_usage", "value": ["ocsp_signing"]},
        {"id": "ocsp_no_check"}),
    "tsa": _certificate(
        "root", ["digital_signature"], {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]},
        _listed("root")),
    "signer": _certificate("interm", SIGNING, _listed("interm")),
    "rsa": _certificate("interm", SIGNING, _listed("interm")),
    "short": _certificate("interm", SIGNING, _listed("interm"), until="2026-06-15T00:00:00+0000"),
    "early": _certificate("interm", SIGNING, _listed("interm"), revoked=REVOKED_EARLY),
    "late": _certificate("interm", SIGNING, _listed("interm"), revoked=REVOKED_LATE),
    "encipher": _certificate("interm", ["key_encipherment"], _listed("interm")),
}


class Strangers:
    """An authority with an issuer, a responder, a time stamp authority and people whose certificates met different fates."""

    def __init__(self, folder):
        keys = {}
        for name in CERTIFICATES:
            key = rsa.generate_private_key(65537, 2048) if name in ("rsa", "tsa") else ec.generate_private_key(ec.SECP256R1())
            (folder / f"{name}.pem").write_bytes(key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
            keys[name] = {"path": f"{name}.pem"}
        architecture = {
            "keyset": "vn",
            "entity-defaults": {"country-name": "VN", "organization-name": "Bưu điện thử nghiệm"},
            "entities": {name: {"common-name": f"Thử nghiệm {name}"} for name in CERTIFICATES},
            "certs": copy.deepcopy(CERTIFICATES),
            "services": {
                "ocsp": {"interm": {"for-issuer": "interm", "responder-cert": "ocsp", "signing-key": "ocsp"}},
                "crl-repo": {
                    name: {"for-issuer": name, "signing-key": name, "simulated-update-schedule": "P10D"}
                    for name in ("root", "interm")},
                "time-stamping": {"tsa": {"signing-key": "tsa", "signing-cert": "tsa"}},
            },
        }
        config = CertomancerConfig(
            {"external-url-prefix": "http://test.test",
             "keysets": {"vn": {"path-prefix": str(folder), "keys": keys}},
             "pki-architectures": {"vn": architecture}}, key_search_dir=str(folder))
        self.pki = config.get_pki_arch(ArchLabel("vn"))
        self.root_file = folder / "root.crt"
        self.root_file.write_bytes(pem.armor("CERTIFICATE", self.certificate("root").dump()))

    def certificate(self, name):
        return self.pki.get_cert(CertLabel(name))

    def _key(self, name):
        return self.pki.key_set.get_private_key(KeyLabel(name))

    def response(self, name, at):
        """What the responder says of a certificate at a time."""
        responder = self.pki.service_registry.summon_responder(ServiceLabel("interm"), at_time=at)
        issuer, certificate = self.certificate("interm"), self.certificate(name)
        request = ocsp.OCSPRequest({"tbs_request": {"request_list": [{"req_cert": {
            "hash_algorithm": {"algorithm": "sha1"}, "issuer_name_hash": issuer.subject.sha1,
            "issuer_key_hash": issuer.public_key.sha1, "serial_number": certificate.serial_number}}]}})
        return responder.build_ocsp_response(request)

    def list(self, issuer, at):
        return self.pki.service_registry.get_crl(ServiceLabel(issuer), at_time=at)

    def _stamper(self, at):
        store = SimpleCertificateStore()
        store.register(self.certificate("root"))
        return DummyTimeStamper(self.certificate("tsa"), self._key("tsa"), store, fixed_dt=at)

    def sign(self, pdf, name="signer", stamped=None, field="Ky", pss=True):
        """B-B; with a time, B-T."""
        chain = SimpleCertificateStore()
        chain.register_multiple([self.certificate("interm"), self.certificate("root")])
        signer = signers.SimpleSigner(
            signing_cert=self.certificate(name), signing_key=self._key(name), cert_registry=chain, prefer_pss=pss)
        meta = signers.PdfSignatureMetadata(
            field_name=field, subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256")
        pdf_signer = signers.PdfSigner(meta, signer, timestamper=self._stamper(stamped) if stamped else None)
        return _apart(lambda: pdf_signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))).getvalue())

    def with_store(self, pdf, names=("interm", "ocsp", "root", "tsa"), responses=(), lists=()):
        """A DSS, with the VRI of the last signature."""
        out = io.BytesIO(pdf)
        contents = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[-1].pkcs7_content.hex().encode()
        DocumentSecurityStore.add_dss(
            out, contents, certs=[self.certificate(name) for name in names], ocsps=list(responses), crls=list(lists))
        return out.getvalue()

    def long_term(self, pdf, name="signer", at=SIGNED + HOUR):
        """B-LT: what is needed of every certificate, as of a time."""
        return self.with_store(pdf, responses=[self.response(name, at)], lists=[self.list("root", at)])

    def archived(self, pdf, at):
        """A document time stamp over everything."""
        stamper = signers.PdfTimeStamper(self._stamper(at))
        return _apart(lambda: stamper.timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), "sha256").getvalue())


def paper():
    """A PDF with one page of text."""
    writer = PdfFileWriter()
    content = writer.add_object(generic.StreamObject(stream_data=b"BT /F1 12 Tf 72 720 Td (Cong van) Tj ET"))
    page = PageObject(contents=content, media_box=generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))))
    writer.insert_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
