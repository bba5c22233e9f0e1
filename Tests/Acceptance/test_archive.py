"""What arrives signed is kept provable: a copy with its evidence beside the file as it arrived, which pyHanko calls B-LTA."""

import json

import pytest

from browser import Form
from client import refused
from judges import authorities, pdfsig_verdicts, pyhanko_judgements, pyhanko_time_stamps, verdict_by_its_own_evidence


@pytest.fixture(scope="module")
def basic(hanoi, letter):
    """A file with one signature of level B-B: it carries neither evidence nor time."""
    document = hanoi.document("signed", letter, "Về việc lưu trữ chữ ký")
    return hanoi.leader.download(hanoi.leader.main_file(document)["id"])


def archived(person, file):
    return person.ask("GET", f"/files/{file['id']}/archive")


def state(vanthu, content):
    return vanthu.database.value(f"""
        SELECT concat_ws('|', a.copy_sha256 IS NOT NULL, a.carried_until > now() + interval '300 days', a.reason, a.renewals)
          FROM signatures.archive AS a JOIN platform.tenant AS t ON t.id = a.tenant_id
         WHERE t.code = 'TCT' AND a.sha256 = sha256('\\x{content.hex()}')""")


def test_what_arrives_gets_a_copy_with_its_evidence(vanthu, headquarters, transport, basic, tmp_path):
    paper = headquarters.clerk.register_paper(headquarters.register("incoming"), "Công văn có chữ ký số")
    headquarters.clerk.attach(paper["id"], basic, "cong-van.pdf")
    vanthu.wait_for_jobs()
    file = headquarters.clerk.main_file(paper["id"])
    assert headquarters.clerk.download(file["id"]) == basic, "as it arrived"
    copy = archived(headquarters.clerk, file).content
    assert copy.startswith(basic) and len(copy) > len(basic)
    assert state(vanthu, basic) == "t|t||1"
    certificates = authorities(vanthu.database)
    assert pdfsig_verdicts(copy, tmp_path) == ["Signature is Valid."]
    (signer,) = pyhanko_judgements(copy, certificates)
    assert signer.bottom_line and signer.modification_level.name == "LTA_UPDATES"
    roots = [c for c in certificates if c.subject == c.issuer]
    # By what is in the file alone: nothing is fetched, and of every path evidence is demanded.
    status = verdict_by_its_own_evidence(copy, roots)
    assert status.bottom_line and status.modification_level.name == "LTA_UPDATES", status.pretty_print_details()
    (stamp,) = pyhanko_time_stamps(copy, certificates)
    assert stamp.intact and stamp.valid and stamp.trusted
    with refused(404):
        transport.clerk.must("GET", f"/files/{file['id']}/archive")


def test_what_carries_its_own_evidence_needs_no_copy(vanthu, hanoi, headquarters, letter):
    document = hanoi.document("sealed", letter, "Về việc văn bản đã đủ bằng chứng")
    issued = hanoi.clerk.issue(document, ["TCT"])
    vanthu.wait_for_jobs()
    (delivery,) = [d for d in headquarters.clerk.deliveries() if d["notation"] == issued["notation"]]
    received = headquarters.clerk.register(delivery["id"], headquarters.register("incoming"))
    vanthu.wait_for_jobs()
    file = headquarters.clerk.main_file(received["document_id"])
    content = headquarters.clerk.download(file["id"])
    assert archived(headquarters.clerk, file).content == content
    assert state(vanthu, content) == "f|t||0"


def test_the_page_says_until_when(vanthu, headquarters, basic):
    paper = headquarters.clerk.register_paper(headquarters.register("incoming"), "Công văn xem trên trang", code_number="77")
    headquarters.clerk.attach(paper["id"], basic, "cong-van.pdf")
    vanthu.wait_for_jobs()
    text = Form(headquarters.clerk).get(f"/documents/{paper['id']}?tab=signatures").text
    assert "Bằng chứng của mọi chữ ký có giá trị đến hết ngày" in text and "Tải bản kèm bằng chứng" in text


def test_the_command_says_what_carries_until_when(vanthu, headquarters, basic):
    paper = headquarters.clerk.register_paper(headquarters.register("incoming"), "Công văn xem bằng lệnh", code_number="78")
    headquarters.clerk.attach(paper["id"], basic, "cong-van.pdf")
    vanthu.wait_for_jobs()
    said = json.loads(vanthu.database.vanthu("archive", "--tenant", "TCT", "--json").stdout)
    assert list(said) == ["TCT"] and said["TCT"]["watched"] >= 1 and said["TCT"]["withCopy"] >= 1
    assert said["TCT"]["due"] == 0 and said["TCT"]["heldUp"] == {}
