"""What others say of our PDFs: poppler's pdfsig and pdftotext, and pyHanko with its strict rules on later changes."""

import asyncio
import concurrent.futures
import io
import re
import subprocess

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec, RevinfoOnlineFetchingRule, RevocationInfoGatheringSpec, SignatureValidationSpec,
)  # fmt: skip
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager


def text_of(pdf):
    done = subprocess.run(["pdftotext", "-q", "-layout", "-enc", "UTF-8", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def pdfsig_verdicts(pdf, folder):
    """What pdfsig says of each signature, in the order of signing. Of document time stamps it says that it can't verify them."""
    path = folder / "judged.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False)
    signatures = re.split(r"^Signature #\d+:$", done.stdout, flags=re.MULTILINE)[1:]
    return [
        re.search(r"Signature Validation: (.+)", text)[1]
        for text in signatures
        if "Signature Field Name: vanthu-time-" not in text and "Signature Validation: " in text
    ]


def authorities(database):
    """The certificates of the internal CA, which the tests trust."""
    rows = database.psql("SELECT encode(certificate, 'hex') FROM signatures.authority ORDER BY kind DESC")
    return [x509.Certificate.load(bytes.fromhex(row)) for row in rows]


def aside(act):
    """Runs what starts an event loop of its own in a thread of its own: browsers of other tests may have one in this thread."""
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        return thread.submit(act).result()


def long_lived_verdict(pdf, roots):
    """What EN 319 102-1 says of the first signature by what the file itself carries, as pyHanko reads it; nothing is fetched."""
    policy = CertValidationPolicySpec(SimpleTrustManager.build(roots), CertRevTrustPolicy(REQUIRE_REVINFO))
    local = RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
    spec = PdfSignatureValidationSpec(SignatureValidationSpec(policy, local, ts_cert_validation_policy=policy))
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
    return aside(lambda: asyncio.run(ades_lta_validation(signature, spec)))


def evidence_in(pdf, roots):
    """A context that fetches nothing and demands of every path the evidence that the file carries."""
    store = DocumentSecurityStore.read_dss(PdfFileReader(io.BytesIO(pdf)))
    return store.as_validation_context({"trust_roots": roots, "allow_fetching": False, "revocation_mode": "require"})


def verdict_by_its_own_evidence(pdf, roots):
    """What pyHanko says today of the first signature."""
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
    context = evidence_in(pdf, roots)
    return aside(lambda: validate_pdf_signature(signature, signer_validation_context=context))


def pyhanko_judgements(pdf, certificates):
    """What pyHanko says of each signature, in the order of the file."""
    return aside(lambda: _judge(pdf, certificates))


def pyhanko_time_stamps(pdf, certificates):
    """pyHanko's status of each document time stamp, in the order of the file."""

    def judge():
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        roots = [c for c in certificates if c.subject == c.issuer]
        context = ValidationContext(trust_roots=roots, other_certs=certificates, allow_fetching=False)
        return [validate_pdf_timestamp(stamp, context) for stamp in reader.embedded_timestamp_signatures]

    return aside(judge)


def _judge(pdf, certificates):
    """pyHanko's status of each signature. Its standard policy calls every later change suspicious that signing, form filling
    as the signature allows, or added evidence does not explain."""
    reader = PdfFileReader(io.BytesIO(pdf), strict=True)
    roots = [c for c in certificates if c.subject == c.issuer]
    others = [c for c in certificates if c.subject != c.issuer]
    judgements = []
    for signature in reader.embedded_regular_signatures:
        context = ValidationContext(trust_roots=roots, other_certs=others, allow_fetching=False, revocation_mode="soft-fail")
        judgements.append(validate_pdf_signature(signature, signer_validation_context=context))
    return judgements
