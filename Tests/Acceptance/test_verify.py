"""`vanthu verify`: the verdict, the certificate, the time and the level of files that others signed, and of files made to deceive."""

import csv
import json
import subprocess
import sys
import time

import httpx
import pytest

from machine import ROOT, UPLOAD_LIMIT, binary, serving
from strangers import HOUR, REVOKED_LATE, SIGNED, Strangers, paper

SAMPLES = ROOT.parent / "shared/samples/pdf"
# Rows of the manifest that speak of verification; the others say what signing such a file must do.
SPOKEN = ("VALID", "ALLOWED_WARN", "MODIFIED", "INVALID", "NOT_PADES", "NO_SIGNATURE", "ERROR_BOUNDED")
SIGNING = ("SIGNABLE", "NEEDS_PASSWORD", "REFUSE")
MESSAGES = ROOT.parent / "shared/samples/xml-cms"
NOW = "2026-07-01T00:00:00+07:00"


def manifest(words=SPOKEN):
    path = SAMPLES / "manifest.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as rows:
        return [row for row in csv.DictReader(rows, delimiter="\t") if row["expected_verdict"].startswith(words)]


def verify(*arguments, cwd="/"):
    """Exit status, what it printed, and seconds. Anywhere but in the project's folder, without any environment."""
    start = time.monotonic()
    done = subprocess.run(
        [binary(), "verify", *map(str, arguments)], capture_output=True, text=True, cwd=cwd, env={"PATH": "/usr/bin"})
    return done.returncode, done.stdout, done.stderr, time.monotonic() - start


def report(path, *arguments):
    status, out, err, _ = verify("--json", *arguments, path)
    assert out, err
    return status, json.loads(out)


@pytest.fixture(scope="module")
def strangers(tmp_path_factory):
    return Strangers(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def judged(strangers, tmp_path):
    def judge(pdf, at=NOW):
        path = tmp_path / "file.pdf"
        path.write_bytes(pdf)
        return report(path, "--trust", strangers.root_file, "--at", at)
    return judge


@pytest.mark.skipif(not manifest(SIGNING), reason="the samples are not here (../shared/samples/pdf)")
@pytest.mark.parametrize("row", manifest(SIGNING), ids=lambda row: row["file"])
def test_a_known_file_is_said_to_be_signable_or_not(row):
    status, said = report(SAMPLES / row["file"])
    assert said["signing"]["verdict"] == row["expected_verdict"], said["signing"]
    # Without the password nothing can be said of signatures either, and that is no fault of the file.
    asked = row["expected_verdict"] in ("NEEDS_PASSWORD", "SIGNABLE_WITH_PASSWORD")
    assert (said["verdict"] == "NEEDS_PASSWORD") == asked and (status == 2 or not asked), said["verdict"]


def messages():
    path = MESSAGES / "manifest.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as rows:
        return list(csv.DictReader(rows, delimiter="\t"))


@pytest.mark.skipif(not messages(), reason="the samples are not here (../shared/samples/xml-cms)")
@pytest.mark.parametrize("row", messages(), ids=lambda row: row["file"])
def test_a_known_message_gets_its_verdict(row):
    start = time.monotonic()
    status, said = report(MESSAGES / row["file"])
    assert time.monotonic() - start < 3
    if row["expected"] == "VALID?":
        # Genuine, but its detached content may be missing, or its algorithm be old: never called changed or forged.
        assert said["verdict"] in ("VALID", "VALID_FULL", "VALID_WEAK_ALGO", "CRYPTO_VALID_LEVEL_DISPUTED", "INDETERMINATE"), said["reasons"]
        assert said["verdict"] != "INDETERMINATE" or said["reasons"] == ["signed_data_not_found"]
    else:
        assert said["verdict"] == row["expected"], said["reasons"]
        assert (status == 0) == row["expected"].startswith("VALID")
    assert said["signing"] is None


@pytest.mark.skipif(not manifest(), reason="the samples are not here (../shared/samples/pdf)")
@pytest.mark.parametrize("row", manifest(), ids=lambda row: row["file"])
def test_a_known_file_gets_its_verdict(row):
    start = time.monotonic()
    status, said = report(SAMPLES / row["file"])
    assert time.monotonic() - start < 3
    assert said["verdict"] == row["expected_verdict"], said["reasons"]
    assert status == (0 if row["expected_verdict"].startswith(("VALID", "ALLOWED")) else
                      2 if row["expected_verdict"] in ("NO_SIGNATURE", "ERROR_BOUNDED") else 1)


def test_levels_are_those_that_the_file_reaches(strangers, judged):
    basic = strangers.sign(paper())
    timed = strangers.sign(paper(), stamped=SIGNED)
    lasting = strangers.long_term(timed)
    archived = strangers.archived(lasting, SIGNED + 2 * HOUR)
    for pdf, level in ((basic, "B-B"), (timed, "B-T"), (lasting, "B-LT"), (archived, "B-LTA")):
        status, said = judged(pdf)
        signature = next(one for one in said["signatures"] if one["kind"] == "signature")
        assert (status, said["verdict"], signature["level"], signature["trust"]) == (0, "VALID", level, "trusted")
        assert signature["root"] == "Thử nghiệm root"
        assert [step["name"] for step in signature["path"]] == [
            "Thử nghiệm signer", "Thử nghiệm interm", "Thử nghiệm root"]
        stamped = level != "B-B"
        assert signature["time"]["source"] == ("signature_time_stamp" if stamped else "check")
        assert signature["time"]["proven"] is stamped
        known = level in ("B-LT", "B-LTA")
        assert signature["revocation"]["status"] == ("good" if known else "unknown")
        assert signature["revocation"]["source"] == ("document_store" if known else None)
        assert signature["trust_reasons"] == ([] if known else ["revocation_unknown"])


def test_a_document_time_stamp_alone_proves_the_time(strangers, judged):
    minutes = HOUR / 12
    pdf = strangers.archived(strangers.long_term(strangers.sign(paper()), at=SIGNED), SIGNED + minutes)
    _, said = judged(pdf)
    signature = next(one for one in said["signatures"] if one["kind"] == "signature")
    assert signature["time"] == {
        "source": "document_time_stamp", "value": "2026-06-01T10:05:00+07:00", "proven": True}
    assert (signature["level"], signature["revocation"]["status"]) == ("B-LTA", "good")


def test_revocation_by_a_list(strangers, judged):
    pdf = strangers.with_store(
        strangers.sign(paper(), stamped=SIGNED),
        lists=[strangers.list("interm", SIGNED + HOUR), strangers.list("root", SIGNED + HOUR)])
    _, said = judged(pdf)
    assert said["signatures"][0]["level"] == "B-LT"
    assert said["signatures"][0]["revocation"]["kind"] == "crl"


def test_revoked_before_signing(strangers, judged):
    for stamped in (None, SIGNED):
        pdf = strangers.long_term(strangers.sign(paper(), "early", stamped=stamped), "early")
        status, said = judged(pdf)
        assert (status, said["verdict"], said["trust"]) == (1, "VALID", "untrusted")
        assert said["trust_reasons"][0] == (
            "certificate_revoked" if stamped else "revoked_without_proof_of_time")
        assert said["signatures"][0]["revocation"]["status"] == "revoked"
        assert said["signatures"][0]["revocation"]["reason"] == "key_compromise"


def test_revoked_after_signing_counts_only_without_proof_of_the_time(strangers, judged):
    after = REVOKED_LATE + 24 * HOUR
    status, said = judged(strangers.long_term(strangers.sign(paper(), "late", stamped=SIGNED), "late", after))
    signature = said["signatures"][0]
    assert (status, signature["trust"], signature["revocation"]["status"]) == (0, "trusted", "revoked_later")
    assert signature["revocation"]["revoked_at"] == "2026-06-02T10:00:00+07:00"
    status, said = judged(strangers.long_term(strangers.sign(paper(), "late"), "late", after))
    assert (status, said["trust_reasons"][0]) == (1, "revoked_without_proof_of_time")


def test_an_expired_certificate_lives_on_by_its_time_stamp(strangers, judged):
    status, said = judged(strangers.sign(paper(), "short"))
    assert (status, said["trust"], said["trust_reasons"][0]) == (1, "untrusted", "certificate_expired")
    status, said = judged(strangers.long_term(strangers.sign(paper(), "short", stamped=SIGNED), "short"))
    assert (status, said["trust"], said["signatures"][0]["level"]) == (0, "trusted", "B-LT")


def test_stale_and_foreign_evidence_proves_nothing(strangers, judged):
    signed = strangers.sign(paper(), stamped=SIGNED)
    # An answer that had run out before the signature, and one about somebody else.
    old = strangers.response("signer", SIGNED - 2 * HOUR)
    other = strangers.response("rsa", SIGNED + HOUR)
    _, said = judged(strangers.with_store(signed, responses=[old, other], lists=[strangers.list("root", SIGNED)]))
    assert said["signatures"][0]["revocation"]["status"] == "unknown"
    assert said["signatures"][0]["level"] == "B-T"


def test_a_forged_answer_is_not_believed(strangers, judged):
    forged = strangers.response("signer", SIGNED + HOUR)
    basic = forged["response_bytes"]["response"].parsed
    value = bytearray(basic["signature"].native)
    value[-1] ^= 1
    basic["signature"] = bytes(value)
    forged["response_bytes"]["response"] = basic
    signed = strangers.sign(paper(), stamped=SIGNED)
    _, said = judged(strangers.with_store(signed, responses=[forged], lists=[strangers.list("root", SIGNED)]))
    assert said["signatures"][0]["revocation"]["status"] == "unknown"


def test_a_certificate_not_made_for_signing_is_not_trusted(strangers, judged):
    status, said = judged(strangers.sign(paper(), "encipher"))
    assert (status, said["trust"], said["trust_reasons"][0]) == (1, "untrusted", "certificate_not_for_signing")


def test_old_padding_is_verified_and_said(strangers, judged):
    status, said = judged(strangers.sign(paper(), "rsa", pss=False))
    assert (status, said["signatures"][0]["algorithm_remarks"]) == (0, ["rsa_pkcs1_v15"])
    _, said = judged(strangers.sign(paper(), "rsa"))
    assert said["signatures"][0]["algorithm_remarks"] == []


def test_a_root_that_is_not_given_leaves_the_certificate_unknown(strangers, tmp_path):
    path = tmp_path / "file.pdf"
    path.write_bytes(strangers.sign(paper()))
    status, said = report(path)
    assert (status, said["verdict"], said["trust"], said["trust_reasons"][0]) == (
        0, "VALID", "unknown", "root_unknown")
    assert report(path, "--require-trust")[0] == 1


def test_words_in_both_languages(strangers, tmp_path):
    path = tmp_path / "van-ban.pdf"
    path.write_bytes(strangers.long_term(strangers.sign(paper(), stamped=SIGNED)))
    trust = ("--trust", strangers.root_file, "--at", NOW)
    status, out, _, _ = verify(*trust, path)
    assert status == 0 and out.startswith("✓")
    for words in ("Hợp lệ", "Ký thêm: Có thể ký", "Người ký: Thử nghiệm signer", "toàn vẹn", "B-LT", "không bị thu hồi", "dấu thời gian"):
        assert words in out, out
    status, out, _, _ = verify(*trust, "--lang", "en", path)
    for words in ("Valid", "Signer: Thử nghiệm signer", "not revoked (OCSP, kept in the document", "time stamp"):
        assert words in out, out
    assert not [line for line in out.splitlines() if "reason." in line or "verdict." in line]


def test_several_files_and_the_worst_first(strangers, tmp_path):
    good, bad, none = (tmp_path / name for name in ("good.pdf", "bad.pdf", "none.pdf"))
    signed = strangers.sign(paper())
    good.write_bytes(signed)
    bad.write_bytes(signed.replace(b"Cong van", b"Cong vam"))
    none.write_bytes(paper())
    assert verify(good)[0] == 0 and verify(bad)[0] == 1 and verify(none)[0] == 2
    status, out, _, _ = verify("--json", good, bad, none)
    said = json.loads(out)
    assert status == 1 and [one["verdict"] for one in said] == ["VALID", "INVALID_CRYPTO", "NO_SIGNATURE"]
    assert [one["file"] for one in said] == [str(good), str(bad), str(none)]
    assert verify(good, none)[0] == 2


def test_what_cannot_be_read_says_so(tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("Không phải PDF")
    for path, verdict, reason in (
            (text, "ERROR", "unknown_format"), (tmp_path / "absent.pdf", "ERROR", "file_missing"),
            (tmp_path, "ERROR", "file_missing")):
        status, said = report(path)
        assert (status, said["verdict"], said["reasons"]) == (2, verdict, [reason])
    status, _, err, _ = verify("--trust", text, text)
    assert status not in (0, 2) and "holds no certificate" in err


def test_a_large_file_is_verified_within_the_bounds(strangers, tmp_path):
    base = paper()
    # A hundred megabytes of an object that nobody refers to, in an update of its own before the signature.
    filler = b"9 0 obj\n<< /Length 104857600 >>\nstream\n" + bytes(104857600) + b"\nendstream\nendobj\n"
    place, start = len(base) + 1, base.rindex(b"startxref")
    previous = base[start:].split()[1]
    root = base[base.rindex(b"/Root"):].split(b"/Root", 1)[1].split(b"R", 1)[0] + b"R"
    table = len(base) + 1 + len(filler)
    large = base + b"\n" + filler + b"xref\n9 1\n%010d 00000 n \ntrailer\n<< /Size 10 /Root%b /Prev %b >>\nstartxref\n%d\n%%%%EOF\n" % (
        place, root, previous, table)
    path = tmp_path / "large.pdf"
    path.write_bytes(strangers.sign(large))
    start = time.monotonic()
    # Started by a small process: the peak that a child reports begins with the size of whoever forked it, which is here all the tests so far.
    small = "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:]).returncode; " \
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(code)"
    done = subprocess.run(
        [sys.executable, "-c", small, binary(), "verify", "--json", path], capture_output=True, text=True, cwd="/", check=False)
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "VALID") and time.monotonic() - start < 3
    assert int(done.stderr) < 450 << 10, "kilobytes, the program itself included"


def test_anybody_may_have_a_file_verified(vanthu, strangers):
    # No account, no cookie; one of the trusted roots is the server's own, which did not make this one.
    answer = httpx.post(
        f"{vanthu.url}/api/v1/verifications", params={"name": "công văn.pdf"}, content=strangers.sign(paper()))
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["file"], said["verdict"], said["trust"]) == ("công văn.pdf", "VALID", "unknown")
    assert "Thử nghiệm signer" in said["text"]["vi"] and "Signer" in said["text"]["en"]
    assert httpx.post(f"{vanthu.url}/api/v1/verifications", content=b"").status_code == 400
    garbage = httpx.post(f"{vanthu.url}/api/v1/verifications", content=b"khong phai PDF").json()
    assert (garbage["verdict"], garbage["reasons"]) == ("ERROR", ["unknown_format"])
    large = httpx.post(f"{vanthu.url}/api/v1/verifications", content=bytes(UPLOAD_LIMIT + 1))
    assert large.status_code == 413
    assert not [path for path in vanthu.blobs.rglob("*") if path.is_file() and b"Cong van" in path.read_bytes()]


def test_one_address_may_not_ask_without_end(database, tmp_path):
    with serving(database, tmp_path / "paced", VANTHU_OPEN_REQUESTS="3") as server:
        codes = [
            httpx.post(f"{server.url}/api/v1/verifications", content=b"x", headers={"X-Forwarded-For": "203.0.113.9"})
            .status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]


def test_what_is_issued_and_received_is_verified_and_the_report_kept(vanthu, hanoi, headquarters, letter):
    hanoi.keys()
    document = hanoi.specialist.draft("Về việc kiểm tra chữ ký khi nhận", type="CV", signer=hanoi.leader.post)
    hanoi.specialist.attach(document, letter, "Công văn.pdf")
    hanoi.specialist.submit(document)
    hanoi.head.agree(document)
    hanoi.clerk.agree(document)
    hanoi.leader.sign(document, hanoi.PIN)
    hanoi.clerk.number(document, hanoi.register("outgoing"))
    hanoi.clerk.seal(document, hanoi.PIN)
    issued = hanoi.clerk.issue(document, ["TCT"])
    vanthu.wait_for_jobs()
    (delivery,) = [d for d in headquarters.clerk.deliveries() if d["notation"] == issued["notation"]]
    headquarters.clerk.register(delivery["id"], headquarters.register("incoming"))
    vanthu.wait_for_jobs()
    kept = json.loads(vanthu.database.value("""
        SELECT json_agg(json_build_object('tenant', t.code, 'verdict', v.verdict, 'trust', v.trust, 'occasion', v.occasion,
                   'signatures', jsonb_array_length(jsonb_path_query_array(v.report, '$.signatures[*] ? (@.kind == "signature")')),
                   'revocation', v.report #>> '{signatures,0,revocation,status}',
                   'evidence', (SELECT count(*) FROM signatures.verification_evidence AS e
                                 WHERE (e.tenant_id, e.verification_id) = (v.tenant_id, v.id))) ORDER BY t.code)
          FROM signatures.verification AS v
          JOIN platform.tenant AS t ON t.id = v.tenant_id
         WHERE v.sha256 = (SELECT f.sha256 FROM documents.file AS f WHERE f.document_id = '%s' AND f.role = 'main'
                            ORDER BY f.version DESC LIMIT 1)""" % document))
    reports = hanoi.clerk.must("GET", f"/documents/{document}/verifications")["items"]
    assert [(one["occasion"], one["verdict"], one["trust"]) for one in reports] == [("arrival", "VALID", "trusted")]
    # Verified again: asked for twice, done once, kept beside the first one and written into the audit trail.
    coming, same = (
        hanoi.specialist.must("POST", f"/documents/{document}/verifications")["id"] for _ in range(2))
    vanthu.wait_for_jobs()
    after = hanoi.specialist.must("GET", f"/documents/{document}/verifications")["items"]
    assert [one["occasion"] for one in after] in (["again", "arrival"], ["again", "again", "arrival"])
    assert len(after) == (2 if coming == same else 3) and after[0]["id"] == same and after[-1] == reports[0]
    whole = hanoi.specialist.must("GET", f"/verifications/{coming}")
    assert (whole["occasion"], whole["report"]["verdict"], whole["report"]["trust"]) == ("again", "VALID", "trusted")
    first = hanoi.specialist.must("GET", f"/verifications/{reports[0]['id']}")["report"]
    assert [one["level"] for one in whole["report"]["signatures"]] == [one["level"] for one in first["signatures"]]
    assert whole["report"]["signing"] == {"verdict": "REFUSE_TO_SIGN", "reasons": ["fields_locked"]}
    assert vanthu.database.value(
        f"SELECT count(*) FROM platform.audit_entry WHERE action = 'document.verify' AND subject_id = '{document}'") == str(len(after) - 1)
    # Once for the sender, once for the receiver, though the receiver saw the content twice.
    assert [one["tenant"] for one in kept] == ["BDHN", "TCT"]
    for one in kept:
        assert (one["verdict"], one["trust"], one["occasion"], one["signatures"]) == ("VALID", "trusted", "arrival", 2)
        assert one["revocation"] == "good" and one["evidence"] >= 4
