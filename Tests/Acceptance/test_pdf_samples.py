"""PDFs from elsewhere, many of them broken or malicious on purpose: taken or refused in plain words, quickly, and never a 5xx."""

import time

import pytest

from client import Refused
from judges import pdfsig_verdicts
from machine import ROOT, UPLOAD_LIMIT

SAMPLES = ROOT.parent / "shared/samples/pdf"
FILES = sorted(SAMPLES.glob("*.pdf"))

pytestmark = pytest.mark.skipif(not FILES, reason="the samples are not here (../shared/samples/pdf)")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_strange_pdf_is_taken_or_refused_and_signed_or_not(hanoi, path, tmp_path):
    content = path.read_bytes()
    document = hanoi.specialist.draft(f"Tệp lạ {path.stem}", signer=hanoi.leader.post)
    start = time.monotonic()
    try:
        hanoi.specialist.attach(document, content, path.name)
    except Refused as refusal:
        expected = 413 if len(content) > UPLOAD_LIMIT else 422
        assert refusal.status == expected and refusal.problem["detail"], refusal
        assert hanoi.specialist.document(document)["files"] == []
        return
    finally:
        assert time.monotonic() - start < 15, "a file must not keep the server busy"
    hanoi.specialist.submit(document)
    hanoi.head.agree(document)
    hanoi.clerk.agree(document)
    hanoi.keys()
    start = time.monotonic()
    try:
        hanoi.leader.sign(document, hanoi.PIN)
    except Refused as refusal:
        assert (refusal.status, refusal.code) == (409, "not_signable"), refusal
        assert hanoi.leader.document(document)["signatures"] == []
        return
    finally:
        assert time.monotonic() - start < 15, "a file must not keep the server busy"
    signed = hanoi.leader.download(hanoi.leader.main_file(document)["id"])
    assert signed.startswith(content), "what was there stays as it was; the signature comes after it"
    assert pdfsig_verdicts(signed, tmp_path)[-1] == "Signature is Valid."


def test_the_texts_of_all_of_them_are_read_or_given_up(vanthu, hanoi):
    vanthu.wait_for_jobs(120)
    assert vanthu.status("/readyz") == 200
