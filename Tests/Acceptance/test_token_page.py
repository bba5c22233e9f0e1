"""Signing a document with a token in the browser: page, agent and server together, as somebody at a desk does it."""

import json
import shutil

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from browser import Desk
from client import Office
from judges import authorities, pdfsig_verdicts, pyhanko_judgements
from machine import PASSWORD, ROOT, free_port, serving
from paper import letter_pdf
from tokens import PIN, SoftToken, agent, rsa_key, trust


@pytest.fixture(scope="module")
def own_database(cluster, worker):
    """A database of its own: its internal CA is opened by the secret of one server alone."""
    with cluster.copy(f"acceptance_token_{worker}") as database:
        yield database


@pytest.fixture(scope="module")
def desk_with_token(own_database, tmp_path_factory):
    """A server whose policy lets the tests' authority sign, and the leader's token."""
    folder = tmp_path_factory.mktemp("token-page")
    shutil.copytree(ROOT / "Config", folder / "Config")
    policy = json.loads((folder / "Config/signature-policy.json").read_text())
    for rule in policy["rules"]:
        rule["kinds"].append("unknown")
    (folder / "Config/signature-policy.json").write_text(json.dumps(policy))
    port = free_port()
    settings = {"VANTHU_CONFIG_FOLDER": str(folder / "Config"), "VANTHU_AGENT_ADDRESS": f"http://127.0.0.1:{port}",
                "VANTHU_FETCH_PRIVATE_HOSTS": "127.0.0.1"}  # fmt: skip
    with serving(own_database, folder / "data", **settings) as server:
        house = Office(server.url, "BDHN", PASSWORD)
        token = SoftToken(folder / "token")
        trust(own_database, token.authority[0])
        name = house.leader.me["person"]["full_name"]
        token.add("rsa", "01", rsa_key(), name)
        token.add("ec", "02", ec.generate_private_key(ec.SECP384R1()), name)
        yield server, house, token, port


def test_a_leader_signs_with_a_token(chromium, desk_with_token, tmp_path):
    server, house, token, port = desk_with_token
    document, second = (house.document("awaiting_signature", letter_pdf()) for _ in range(2))
    with Desk(chromium, server.url) as desk:
        page = desk.sit_down(house.leader).go(f"/documents/{document}/sign").page
        desk.follow(f"/documents/{document}/sign/token")
        page.get_by_role("heading", name="Chưa thấy trình ký trên máy này").wait_for()
        with agent(token, tmp_path, origin=server.url, port=port) as machine:
            page.get_by_role("button", name="Thử lại").click()
            page.get_by_label("Mã ghép").fill("0000-0000" if machine.code != "0000-0000" else "1111-1111")
            page.get_by_role("button", name="Ghép").click()
            page.get_by_text("Mã ghép không đúng.").wait_for()
            page.get_by_label("Mã ghép").fill(machine.code)
            page.get_by_role("button", name="Ghép").click()

            # The person says no, then gives a wrong PIN, then signs.
            sign = page.get_by_role("button", name="Ký bằng thiết bị")
            sign.click()
            machine.wait_for(r"Enter[^\n]*: ")
            machine.type("")
            page.get_by_text("Bạn chưa đồng ý ký trong trình ký.").wait_for()
            assert house.leader.document(document)["state"] == "awaiting_signature"
            sign.click()
            machine.wait_for(r"Enter[^\n]*: ")
            machine.type("có")
            machine.wait_for("PIN.*: ")
            machine.type("000000")
            problem = page.locator("[data-problem]")
            problem.wait_for()
            assert "Sai mã PIN" in problem.inner_text()
            sign.click()
            question = machine.wait_for(r"(?s).*Enter[^\n]*: ")
            assert server.url in question and ".pdf" in question
            machine.type("có")
            machine.wait_for("PIN.*: ")
            with page.expect_navigation(url=f"**/documents/{document}?tab=signatures"):
                machine.type(PIN)
            assert house.leader.document(document)["state"] == "signed"

            # Paired already: another document, with the other key.
            desk.go(f"/documents/{second}/sign/token")
            page.locator("input[name=certificate]").nth(1).check()
            sign.click()
            machine.wait_for(r"Enter[^\n]*: ")
            machine.type("có")
            machine.wait_for("PIN.*: ")
            with page.expect_navigation(url=f"**/documents/{second}?tab=signatures"):
                machine.type(PIN)
    root = x509.Certificate.load(token.authority[0].public_bytes(serialization.Encoding.DER))
    for signed in (document, second):
        assert house.leader.document(signed)["state"] == "signed"
        pdf = house.leader.download(house.leader.main_file(signed)["id"])
        assert pdfsig_verdicts(pdf, tmp_path) == ["Signature is Valid."]
        (status,) = pyhanko_judgements(pdf, [root, *authorities(server.database)])
        assert status.bottom_line, status.pretty_print_details()


def test_the_page_may_reach_the_agent_and_nothing_else(desk_with_token):
    server, house, _, port = desk_with_token
    document = house.document("awaiting_signature", letter_pdf())
    policy = house.leader.ask("GET", f"{server.url}/documents/{document}/sign/token").headers["content-security-policy"]
    assert f"connect-src 'self' http://127.0.0.1:{port};" in policy
    other = house.leader.ask("GET", f"{server.url}/documents/{document}").headers["content-security-policy"]
    assert "connect-src 'self';" in other


def test_several_documents_are_signed_with_one_pin_of_the_token(chromium, desk_with_token, tmp_path):
    server, house, token, port = desk_with_token
    subjects = [f"Ký bằng thiết bị cùng lúc {number}" for number in (1, 2, 3)]
    first, changed, last = (house.document("awaiting_signature", letter_pdf(), subject) for subject in subjects)
    with Desk(chromium, server.url) as desk:
        page = desk.sit_down(house.leader).go("/work").page
        for subject in subjects:
            page.locator("[data-item]", has_text=subject).locator("input[type=checkbox]").check()
        desk.press("[data-bulk] button[value=sign]")
        with page.expect_navigation():
            page.get_by_role("link", name="USB token hoặc thẻ").click()
        with agent(token, tmp_path, origin=server.url, port=port) as machine:
            page.get_by_role("button", name="Thử lại").click()
            page.get_by_label("Mã ghép").fill(machine.code)
            page.get_by_role("button", name="Ghép").click()
            sign = page.get_by_role("button", name="Ký bằng thiết bị")
            sign.wait_for()
            assert desk.violations() == []
            desk.picture("batch-token")
            boxes = page.locator("input[name=chosen]")
            for number in range(3):
                boxes.nth(number).uncheck()
            sign.click()
            page.get_by_text("Hãy đánh dấu ít nhất một văn bản.").wait_for()
            for number in range(3):
                boxes.nth(number).check()
            sign.click()
            question = machine.wait_for(r"(?s).*Enter[^\n]*: ")
            assert question.count(".pdf") == 3, "the agent shows every document"
            # While the person looks at the agent, one of them goes back to its drafter.
            house.leader.send_back(changed, "Sửa lại")
            machine.type("có")
            machine.wait_for("PIN.*: ")
            with page.expect_navigation(url="**/signing/*-*"):
                machine.type(PIN)
            desk.must_say("Số văn bản đã ký: 2/3").must_say("Mục này đã thay đổi từ khi bạn đọc")
    assert [house.leader.document(one)["state"] for one in (first, changed, last)] == ["signed", "draft", "signed"]
    for signed in (first, last):
        pdf = house.leader.download(house.leader.main_file(signed)["id"])
        assert pdfsig_verdicts(pdf, tmp_path) == ["Signature is Valid."]
