"""Pages for all kinds of hands and machines: no script, keys only, live, two languages, typed text that survives errors."""

import re
import time

import pytest

from browser import DESK, Desk
from client import Person
from machine import PASSWORD, serving
from screens import SEND, Screen, furnish, open_screen


@pytest.fixture(scope="module")
def things(vanthu, hanoi, headquarters, letter):
    return furnish(vanthu, hanoi, headquarters, letter)


# Without script


def test_reading_and_a_simple_act_work_without_script(chromium, vanthu, hanoi, letter):
    document = hanoi.document("content_review", letter, "Không cần mã lệnh")
    with Desk(chromium, vanthu.url, script=False) as desk:
        desk.sign_in("truongphong@bdhn", PASSWORD).go("/work").must_say("Không cần mã lệnh")
        desk.follow(f"/documents/{document}").must_say("Không cần mã lệnh")
        assert desk.page.locator('main a[href*="/api/v1/files/"]').count() >= 1, "the PDF must be reachable by a link"
        desk.follow(f"/documents/{document}?tab=info").must_say("Trích yếu")
        desk.go(f"/documents/{document}").follow(f"/documents/{document}/agree").press()
        desk.must_say("Chờ kiểm tra thể thức")
        desk.page.locator("header details.menu > summary").click()
        desk.page.locator('header form[action="/language"] button').click()
        desk.page.wait_for_load_state()
        assert desk.page.locator("html").get_attribute("lang") == "en"
        desk.go("/search?q=khong+can+ma+lenh")
    assert hanoi.clerk.document(document)["state"] == "format_review"


def test_a_direction_can_be_given_without_script(chromium, vanthu, hanoi):
    document = hanoi.clerk.register_paper(hanoi.register("incoming"), "Bút phê không mã lệnh")["id"]
    hanoi.clerk.present(document, hanoi.leader.post)
    with Desk(chromium, vanthu.url, script=False) as desk:
        desk.sit_down(hanoi.leader).go(f"/documents/{document}/direct")
        desk.page.fill("#text", "Giao Văn phòng.")
        desk.page.locator(f'input[name=lead][value="{hanoi.head.unit}"]').first.check()
        desk.press()
        assert hanoi.leader.document(document)["state"] == "in_progress"


# Keyboard


def tab_to(desk, selector, most=60):
    """Moves on with Tab until the element has the focus, and it can be seen that it has."""
    for _ in range(most):
        desk.page.keyboard.press("Tab")
        if desk.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = desk.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{selector} does not show its focus"
            return
    raise AssertionError(f"Tab never came to {selector}")


def test_everything_from_the_sign_in_to_an_act_is_done_with_keys(chromium, vanthu, hanoi, letter):
    hanoi.document("content_review", letter, "Chỉ dùng bàn phím", urgency="flash")
    with Desk(chromium, vanthu.url) as desk:
        keys = desk.page.keyboard
        desk.go("/sign-in")
        tab_to(desk, "#login")
        keys.type("truongphong@bdhn")
        tab_to(desk, "#password")
        keys.type(PASSWORD)
        with desk.page.expect_navigation():
            keys.press("Enter")
        desk.go("/work")
        for _ in range(30):
            keys.press("j")
            if "Chỉ dùng bàn phím" in desk.page.evaluate("document.activeElement.textContent"):
                break
        keys.press("x")
        assert desk.page.locator("[data-item].is-current input[type=checkbox]").is_checked()
        assert desk.page.locator("[data-bulk]").is_visible()
        keys.press("x")
        keys.press("k")
        keys.press("j")
        with desk.page.expect_navigation():
            keys.press("Enter")
        desk.must_say("Chỉ dùng bàn phím")
        tab_to(desk, "#acts a.btn-primary")
        with desk.page.expect_navigation():
            keys.press("Enter")
        tab_to(desk, "main form button.btn-primary")
        with desk.page.expect_navigation():
            keys.press("Enter")
        desk.must_say("Chờ kiểm tra thể thức")
        keys.press("/")
        assert desk.page.evaluate("document.activeElement.id") == "top-search"
        keys.type("chi dung ban phim")
        with desk.page.expect_navigation():
            keys.press("Enter")
        desk.must_say("Chỉ dùng bàn phím")


def test_the_first_tab_offers_the_way_past_the_navigation(chromium, vanthu, hanoi):
    with Desk(chromium, vanthu.url) as desk:
        desk.sit_down(hanoi.head).go("/work")
        desk.page.keyboard.press("Tab")
        assert desk.page.evaluate("document.activeElement.className") == "skip"
        desk.page.keyboard.press("Enter")
        assert desk.page.evaluate("document.activeElement.id") == "main"


def test_a_signature_is_moved_with_the_arrow_keys(chromium, vanthu, hanoi, things):
    with Desk(chromium, vanthu.url) as desk:
        desk.sit_down(hanoi.leader).go(f"/documents/{things['awaiting_signature']}/sign")
        box = desk.page.locator("[data-box][aria-label]")
        box.wait_for()
        before = float(desk.page.input_value("#x")), float(desk.page.input_value("#y"))
        box.focus()
        desk.page.keyboard.press("ArrowLeft")
        desk.page.keyboard.press("ArrowUp")
        after = float(desk.page.input_value("#x")), float(desk.page.input_value("#y"))
        assert after[0] < before[0] and after[1] > before[1], (before, after)
        desk.picture("sign-moved")


# Live


def test_new_work_appears_in_an_open_list_and_in_the_badge_without_a_reload(chromium, vanthu, hanoi, pdf):
    with Desk(chromium, vanthu.url) as desk:
        desk.sit_down(hanoi.head).go("/work")
        badge = desk.page.locator("#nav-work .badge-count")
        before = int(badge.inner_text()) if badge.count() else 0
        desk.page.evaluate("window.untouched = true")
        hanoi.document("content_review", pdf, "Việc vừa tới trong lúc đang xem")
        desk.page.locator("#tasks", has_text="Việc vừa tới trong lúc đang xem").wait_for(timeout=20_000)
        assert int(badge.inner_text()) == min(before + 1, 100)
        assert desk.page.evaluate("window.untouched") is True


def test_what_somebody_has_selected_survives_a_refresh(chromium, vanthu, hanoi, pdf):
    with Desk(chromium, vanthu.url) as desk:
        desk.sit_down(hanoi.head).go("/work")
        box = desk.page.locator("[data-item] input[type=checkbox]").first
        box.check()
        with desk.page.expect_response(lambda answer: "/work" in answer.url, timeout=20_000):
            hanoi.document("content_review", pdf, "Việc khác vừa tới")
        desk.page.locator("#nav-work").wait_for()
        assert box.is_checked()


def test_the_server_ends_at_once_though_pages_are_open(database, tmp_path):
    """A stream to an open page never ends by itself, and must not hold the server up."""
    with serving(database, tmp_path / "data") as server:
        person = Person(server.url, "chuyenvien@bdhn", PASSWORD)
        with person.http.stream("GET", "/events") as stream:
            assert stream.status_code == 200
            began = time.monotonic()
            assert server.end() == 0
            assert time.monotonic() - began < 8


# Language, errors


def test_the_language_is_switched_on_every_page_and_stays(chromium, vanthu, hanoi):
    with Desk(chromium, vanthu.url) as desk:
        desk.sit_down(hanoi.specialist).go("/work?due=late").must_say("Việc của tôi")
        desk.page.locator("header details.menu > summary").click()
        desk.press('header form[action="/language"] button')
        assert desk.path == "/work?due=late"
        desk.must_say("My work")
        for path in ("/", "/drafts", "/drafts/new", "/incoming", "/outgoing", "/search", "/me", "/units", "/me/delegations"):
            desk.go(path)
            assert desk.page.locator("html").get_attribute("lang") == "en"
            assert not re.search(r"\b(Việc của tôi|Văn bản đi|Tìm văn bản|Đăng xuất)\b", desk.page.inner_text("body")), path
        desk.page.locator("header details.menu > summary").click()
        desk.press('header form[action="/language"] button')
        assert desk.page.locator("html").get_attribute("lang") == "vi"


@pytest.mark.parametrize("who, path, typed", [
    ("specialist", "/drafts/new", {"#subject": "Nội dung đã gõ\ndòng hai", "#to_places": "Như trên", "#due_on": "sai"}),
    ("leader", "/documents/{incoming}/direct", {"#text": "Ý kiến đã gõ", "#due_at": "sai"}),
    ("clerk", "/incoming/new", {"#organ_name": "Sở Nội vụ", "#subject": "Đã gõ", "#issued_on": "sai"}),
    ("specialist", "/me/delegations", {"#reason": "Đi công tác", "#ends_at": "sai"}),
    ("administrator", "/units/{unit}/new", {"#name": "Tổ mới", "#code": "mã sai"}),
], ids=["draft", "direction", "paper", "delegation", "unit"])  # fmt: skip
def test_an_error_keeps_what_was_typed_and_leads_to_the_field(chromium, vanthu, hanoi, things, who, path, typed):
    with Desk(chromium, vanthu.url) as desk:
        desk.sit_down(getattr(hanoi, who))
        open_screen(desk, Screen(who, path, "main form button.btn-primary", tuple(typed.items())), things)
        for selector, text in typed.items():
            assert desk.page.input_value(selector) == text
        assert desk.page.evaluate("document.activeElement.className") == "error-summary"
        for link in desk.page.locator(".error-summary a").all():
            target = link.get_attribute("href").removeprefix("#")
            assert desk.page.locator(f'[id="{target}"]').count() == 1, f"the summary leads to #{target}, which is not there"


def test_a_form_sent_twice_acts_once(chromium, vanthu, hanoi):
    with Desk(chromium, vanthu.url) as desk:
        desk.sit_down(hanoi.specialist).go("/drafts/new")
        desk.page.select_option("#type", "CV")
        desk.page.fill("#subject", "Bấm hai lần")
        with desk.page.expect_navigation(url=re.compile("/documents/")):
            desk.page.locator(SEND).dblclick()
    found = vanthu.database.value("SELECT count(*) FROM documents.document WHERE subject = 'Bấm hai lần'")
    assert found == "1"


def test_the_way_back_never_repeats_an_act(chromium, vanthu, hanoi, letter):
    document = hanoi.document("content_review", letter, "Quay lại")
    with Desk(chromium, vanthu.url) as desk:
        desk.sit_down(hanoi.head).go(f"/documents/{document}").follow(f"/documents/{document}/agree").press()
        desk.must_say("Chờ kiểm tra thể thức")
        desk.page.go_back()
        desk.page.reload()
        assert desk.page.locator("main").count() == 1
    assert [step["action"] for step in hanoi.clerk.document(document)["steps"]].count("agree") == 1


def test_several_items_are_done_at_once_and_each_tells_its_outcome(chromium, vanthu, hanoi, letter):
    documents = [hanoi.document("content_review", letter, f"Hàng loạt {number}") for number in (1, 2)]
    with Desk(chromium, vanthu.url, DESK) as desk:
        desk.sit_down(hanoi.head).go("/work")
        for number in (1, 2):
            desk.page.locator("[data-item]", has_text=f"Hàng loạt {number}").locator("input[type=checkbox]").check()
        desk.press("[data-bulk] button[value=agree]")
        desk.must_say("Hàng loạt 1").must_say("Hàng loạt 2")
        desk.picture("bulk")
    assert [hanoi.clerk.document(document)["state"] for document in documents] == ["format_review"] * 2
