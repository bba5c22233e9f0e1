"""Signing and sealing several documents at once in the browser: chosen in the work list, one PIN, what became of each."""

import pytest

from browser import NARROW, PHONE, Desk, Form
from client import Office
from judges import pdfsig_verdicts
from machine import PASSWORD, serving
from paper import letter_pdf

SIGN = "main form[data-signing] .btn-primary"


@pytest.fixture(scope="module")
def server(cluster, worker, tmp_path_factory):
    """A database of its own: wrong PINs are counted in it, and its internal CA is opened by the secret of one server alone."""
    with cluster.copy(f"acceptance_signing_page_{worker}") as database:
        with serving(database, tmp_path_factory.mktemp("data")) as server:
            yield server


@pytest.fixture(scope="module")
def house(server):
    house = Office(server.url, "BDHN", PASSWORD)
    house.keys()
    return house


def documents(house, state, *subjects):
    return [house.document(state, letter_pdf(), subject) for subject in subjects]


def address(purpose, *ids, way=None):
    return f"/signing?purpose={purpose}" + (f"&way={way}" if way else "") + "".join(f"&document={id}" for id in ids)


def state(house, document):
    return house.clerk.document(document)["state"]


def row(desk, document):
    return desk.page.locator(f'[data-row="{document}"]')


def choose(desk, subjects, act):
    """Ticks documents in the work list and presses the button for them."""
    desk.go("/work")
    for subject in subjects:
        desk.page.locator("[data-item]", has_text=subject).locator("input[type=checkbox]").check()
    return desk.press(f"[data-bulk] button[value={act}]")


def test_several_are_signed_with_one_pin_and_one_that_fails_holds_up_no_other(chromium, server, house, tmp_path):
    subjects = [f"Ký cùng lúc số {number}" for number in (1, 2, 3)]
    first, changed, last = documents(house, "awaiting_signature", *subjects)
    with Desk(chromium, server.url) as desk:
        choose(desk.sit_down(house.leader), subjects, "sign").must_say("Ký nhiều văn bản")
        for document, subject in zip((first, changed, last), subjects):
            text = row(desk, document).inner_text()
            assert subject in text and "1 trang" in text
            assert row(desk, document).locator(f'a[href="/documents/{document}"]').count() == 1
        assert desk.violations() == []
        desk.picture("batch")
        # Somebody changes one of them after it was looked at.
        house.leader.send_back(changed, "Sửa lại")
        desk.page.fill("#pin", house.PIN)
        with desk.page.expect_navigation(url="**/signing/*-*"):
            desk.page.locator(SIGN).click()
        desk.must_say("Số văn bản đã ký: 2/3").must_say("Mục này đã thay đổi từ khi bạn đọc").must_say("Chưa ký được")
        assert desk.violations() == []
        desk.picture("batch-outcome")
        # The same address tells the same, and offers what is left.
        desk.page.reload()
        desk.must_say("Số văn bản đã ký: 2/3")
        again = desk.page.get_by_role("link", name="Ký lại các văn bản chưa ký").get_attribute("href")
        assert again == address("signer", changed)
        desk.go(again).must_say("Không làm được ở bước này")
        assert desk.page.locator("#pin").count() == 0
    assert [state(house, one) for one in (first, changed, last)] == ["signed", "draft", "signed"]
    for document in (first, last):
        assert pdfsig_verdicts(house.leader.download(house.leader.main_file(document)["id"]), tmp_path) == ["Signature is Valid."]


def test_progress_is_told_while_documents_are_signed(chromium, server, house):
    ids = documents(house, "awaiting_signature", "Tiến độ 1", "Tiến độ 2")
    with Desk(chromium, server.url) as desk:
        desk.sit_down(house.leader).go(address("signer", *ids))
        # The answer of the completion comes only after the test has seen the page wait.
        held = []
        desk.page.route("**/completion", lambda route: held.append(route))
        desk.page.fill("#pin", house.PIN)
        desk.page.locator(SIGN).click()
        desk.page.get_by_text("Đã ký 0/2").wait_for()
        assert desk.page.locator("[data-secrets]").is_hidden() and desk.page.locator("[data-progress-bar] progress").is_visible()
        assert [row(desk, id).locator("[data-row-state]").inner_text() for id in ids] == ["Đang chờ"] * 2
        desk.picture("batch-progress")
        with desk.page.expect_navigation(url="**/signing/*-*"):
            held[0].continue_()
        desk.must_say("Số văn bản đã ký: 2/2")
    assert [state(house, id) for id in ids] == ["signed"] * 2


def test_only_what_is_ticked_is_signed_and_nothing_ticked_is_told(chromium, server, house):
    wanted, left = documents(house, "awaiting_signature", "Có đánh dấu", "Không đánh dấu")
    with Desk(chromium, server.url) as desk:
        desk.sit_down(house.leader).go(address("signer", wanted, left))
        boxes = [row(desk, id).locator("input[type=checkbox]") for id in (wanted, left)]
        for box in boxes:
            box.uncheck()
        desk.page.fill("#pin", house.PIN)
        desk.page.locator(SIGN).click()
        desk.page.get_by_text("Hãy đánh dấu ít nhất một văn bản.").wait_for()
        boxes[0].check()
        with desk.page.expect_navigation(url="**/signing/*-*"):
            desk.page.locator(SIGN).click()
        desk.must_say("Số văn bản đã ký: 1/1")
    assert [state(house, id) for id in (wanted, left)] == ["signed", "awaiting_signature"]


def test_a_wrong_pin_keeps_the_page_and_tells_how_many_tries_are_left(chromium, server, house):
    ids = documents(house, "awaiting_signature", "Sai PIN 1", "Sai PIN 2")
    with Desk(chromium, server.url, PHONE) as desk:
        desk.sit_down(house.leader).go(address("signer", *ids))
        row(desk, ids[1]).locator("input[type=checkbox]").uncheck()
        desk.page.fill("#pin", "135790")
        desk.page.locator(SIGN).click()
        problem = desk.page.locator("[data-problem]")
        problem.wait_for()
        assert "Sai mã PIN" in problem.inner_text() and "Số lần còn được thử: 4." in problem.inner_text()
        assert desk.page.evaluate("document.activeElement.id") == "pin" and desk.page.input_value("#pin") == ""
        assert not row(desk, ids[1]).locator("input[type=checkbox]").is_checked(), "what was ticked stays"
        assert desk.violations() == []
        desk.picture("batch-wrong-pin")
        desk.page.fill("#pin", house.PIN)
        with desk.page.expect_navigation(url="**/signing/*-*"):
            desk.page.locator(SIGN).click()
        desk.must_say("Số văn bản đã ký: 1/1")
        desk.picture("batch-outcome")
    assert [state(house, id) for id in ids] == ["signed", "awaiting_signature"]


def test_the_same_without_script(chromium, server, house):
    subjects = ["Không mã lệnh 1", "Không mã lệnh 2", "Không mã lệnh 3"]
    ids = documents(house, "awaiting_signature", *subjects)
    with Desk(chromium, server.url, script=False) as desk:
        choose(desk.sit_down(house.leader), subjects, "sign")
        row(desk, ids[1]).locator("input[type=checkbox]").uncheck()
        desk.page.fill("#pin", "135790")
        desk.press(SIGN).must_say("Sai mã PIN").must_say("Số lần còn được thử: 4.")
        ticked = [row(desk, id).locator("input[type=checkbox]").is_checked() for id in ids]
        assert ticked == [True, False, True] and desk.page.input_value("#pin") == ""
        house.leader.send_back(ids[2], "Sửa lại")
        desk.page.fill("#pin", house.PIN)
        desk.press(SIGN).must_say("Số văn bản đã ký: 1/2").must_say("Mục này đã thay đổi từ khi bạn đọc")
    assert [state(house, id) for id in ids] == ["signed", "awaiting_signature", "draft"]


def test_a_clerk_seals_several(chromium, server, house, tmp_path):
    subjects = ["Đóng dấu cùng lúc 1", "Đóng dấu cùng lúc 2"]
    ids = documents(house, "numbered", *subjects)
    with Desk(chromium, server.url) as desk:
        choose(desk.sit_down(house.clerk), subjects, "seal").must_say("Đóng dấu nhiều văn bản")
        desk.page.fill("#pin", house.PIN)
        with desk.page.expect_navigation(url="**/signing/*-*"):
            desk.page.locator(SIGN).click()
        desk.must_say("Số văn bản đã đóng dấu: 2/2")
    for id in ids:
        assert state(house, id) == "sealed"
        pdf = house.clerk.download(house.clerk.main_file(id)["id"])
        assert set(pdfsig_verdicts(pdf, tmp_path)) == {"Signature is Valid."}


def test_the_page_is_used_with_keys_alone_and_fits_a_narrow_window(chromium, server, house):
    (id,) = documents(house, "awaiting_signature", "Chỉ dùng bàn phím để ký, với một trích yếu dài để thử trên màn hình thật hẹp")
    with Desk(chromium, server.url, NARROW) as desk:
        desk.sit_down(house.leader).go(address("signer", id))
        assert desk.overflow() <= 0
        desk.page.locator("#pin").focus()
        desk.page.keyboard.type(house.PIN)
        with desk.page.expect_navigation(url="**/signing/*-*"):
            desk.page.keyboard.press("Enter")
        desk.must_say("Số văn bản đã ký: 1/1")
        assert desk.overflow() <= 0
    assert state(house, id) == "signed"


def test_who_may_not_sign_is_told_why_and_changes_nothing(chromium, server, house):
    (waiting,) = documents(house, "awaiting_signature", "Không phải lượt của bạn")
    (numbered,) = documents(house, "numbered", "Không phải văn thư")
    version = house.clerk.document(waiting)["version"]
    for who, purpose, document in (("clerk", "signer", waiting), ("leader", "seal", numbered), ("head", "signer", waiting)):
        form = Form(getattr(house, who))
        page = form.get(address(purpose, document))
        assert page.status_code == 200 and 'name="chosen"' not in page.text, who
        fields = {"form": "1", "purpose": purpose, "way": "soft", "document": document, "chosen": f"{document}|{version}"}
        answer = form.post("/signing", fields | {"pin": house.PIN})
        assert answer.status_code in (403, 404, 409, 412), f"{who}: {answer.status_code}"
    stranger = Office(server.url, "VCKV", PASSWORD)
    page = Form(stranger.leader).get(address("signer", waiting))
    assert page.status_code == 200 and "Không phải lượt của bạn" not in page.text
    fields = {"form": "1", "purpose": "signer", "way": "soft", "document": waiting, "chosen": f"{waiting}|{version}", "pin": house.PIN}
    assert Form(stranger.leader).post("/signing", fields).status_code in (404, 409)
    assert Form(house.administrator).get("/signing").status_code == 403
    assert (state(house, waiting), state(house, numbered)) == ("awaiting_signature", "numbered")


def test_nobody_opens_anothers_session(server, house):
    (id,) = documents(house, "awaiting_signature", "Phiên của lãnh đạo")
    form = Form(house.leader)
    version = house.leader.document(id)["version"]
    fields = {"form": "1", "purpose": "signer", "way": "soft", "document": id, "chosen": f"{id}|{version}", "pin": house.PIN}
    path = form.post("/signing", fields).headers["location"]
    assert "Phiên của lãnh đạo" in form.get(path).text
    for other in (house.clerk, house.head, Office(server.url, "VCKV", PASSWORD).leader):
        assert Form(other).get(path).status_code == 404
        assert Form(other).post(path, {"act": "sign"}).status_code == 404


def test_a_file_signed_elsewhere_is_offered_and_checked(chromium, server, house, tmp_path):
    (id,) = documents(house, "awaiting_signature", "Ký bằng chương trình khác")
    with Desk(chromium, server.url) as desk:
        desk.sit_down(house.leader).go(address("signer", id)).follow(f"/documents/{id}/sign/upload")
        desk.must_say("Tải tệp để ký")
        assert desk.violations() == []
        desk.picture("sign-elsewhere")
        with desk.page.expect_download() as taken:
            desk.page.get_by_role("link", name="Tải tệp PDF").click()
        taken.value.save_as(tmp_path / "form.pdf")
        assert (tmp_path / "form.pdf").read_bytes().startswith(b"%PDF")
        # As it came, without any signature, it is refused, and says so.
        desk.page.set_input_files("#signed-file", tmp_path / "form.pdf")
        desk.page.get_by_role("button", name="Kiểm tra và nhận bản đã ký").click()
        error = desk.page.locator("#signed-file-error")
        error.filter(has_text=".").wait_for()
    assert state(house, id) == "awaiting_signature"


def test_the_way_used_last_is_offered_first(chromium, server, house):
    (id,) = documents(house, "awaiting_signature", "Nhớ cách ký")
    with Desk(chromium, server.url) as desk:
        desk.sit_down(house.leader).go(address("signer", id))
        assert desk.page.locator(".way-link[aria-current]").inner_text() == "Khoá trên hệ thống"
        desk.page.get_by_role("link", name="USB token hoặc thẻ").click()
        desk.page.get_by_role("heading", name="Chưa thấy trình ký trên máy này").wait_for()
        desk.go(address("signer", id))
        assert desk.page.locator(".way-link[aria-current]").inner_text() == "USB token hoặc thẻ"
        desk.go(f"/documents/{id}/sign")
        assert desk.path == f"/documents/{id}/sign/token"
        with desk.page.expect_navigation():
            desk.page.get_by_role("link", name="Khoá trên hệ thống").click()
        assert desk.page.locator("#pin").count() == 1
        desk.go(f"/documents/{id}/sign")
        assert desk.path == f"/documents/{id}/sign"
