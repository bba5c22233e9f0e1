"""Every screen as it is, and as it is after an error: axe at both sizes and in the dark, 360 px, weight, one purpose."""

import re

import pytest

from browser import NARROW, PHONE, Desk
from screens import SEND, Screen, furnish, open_screen

WEIGHT = 300_000
"""Bytes that a page may transfer the first time, without pdf.js and the PDF itself."""


@pytest.fixture(scope="module")
def things(vanthu, hanoi, headquarters, letter):
    return furnish(vanthu, hanoi, headquarters, letter)


SCREENS = [
    Screen("nobody", "/sign-in"), Screen("nobody", "/verify"), Screen("specialist", "/verify"), Screen("nobody", "/sign-in", SEND, (("#login", "ai@bdhn"), ("#password", "sai-mat-khau"))),
    *(Screen("specialist", path) for path in (
        "/", "/work", "/work?due=late&urgent=1", "/drafts", "/drafts/new", "/documents/{draft}",
        "/documents/{draft}?tab=files", "/documents/{draft}/edit", "/documents/{draft}/submit", "/documents/{draft}/cancel",
        "/documents/{draft}/compare?older=1&newer=2", "/documents/{issued}", "/documents/{issued}?tab=info",
        "/documents/{issued}?tab=signatures", "/documents/{issued}?tab=files", "/documents/{issued}?tab=related",
        "/documents/{issued}?tab=receivers", "/outgoing", "/incoming", "/search",
        "/search?q=chat+luong+phuc+vu", "/search?q=khong+co+gi+nhu+vay", "/me", "/me/password", "/me/sessions", "/me/passkeys",
        "/me/delegations",
        "/units", "/units?q=buu+dien", "/units/{unit}")),
    Screen("specialist", "/khong-co", status=404), Screen("specialist", "/documents/{issued}/sign", status=409),
    Screen("specialist", "/incoming/new", status=403),
    Screen("specialist", "/drafts/new", SEND, (("#subject", "Thử"), ("#due_on", "32/13/2026"))),
    Screen("specialist", "/me/delegations", "main form button.btn-primary", (("#ends_at", "hôm qua"),)),
    Screen("specialist", "/me/password", SEND, (("#password_current", "x"), ("#password", "ngan"), ("#password_again", "khac"))),
    *(Screen("head", path) for path in (
        "/", "/work", "/documents/{content_review}", "/documents/{content_review}/agree", "/documents/{content_review}/return",
        "/tasks/{task}/completion", "/documents/{directed}")),
    Screen("head", "/documents/{content_review}/return", SEND), Screen("head", "/tasks/{task}/completion", SEND),
    *(Screen("leader", path) for path in (
        "/", "/documents/{awaiting_signature}", "/documents/{awaiting_signature}/sign", "/documents/{incoming}",
        "/documents/{incoming}/direct", "/me/key", "/me/certificates", "/work", "/signing",
        "/signing?purpose=signer&document={awaiting_signature}&document={numbered}",
        "/signing?purpose=signer&document={awaiting_signature}", "/signing?purpose=signer&way=token&document={awaiting_signature}",
        "/documents/{awaiting_signature}/sign/token", "/documents/{awaiting_signature}/sign/upload")),
    Screen("leader", "/documents/{awaiting_signature}/sign", SEND, (("#pin", "111222"),)),
    Screen("leader", "/documents/{incoming}/direct", SEND, (("#text", "Giao việc"), ("#due_at", "mai"))),
    *(Screen("clerk", path) for path in (
        "/", "/incoming", "/incoming?waiting=1", "/incoming/new", "/deliveries/{delivery}", "/outgoing", "/outgoing?state=signed",
        "/registers", "/registers/{register}/closure", "/documents/{registered}/present", "/documents/{signed}/number",
        "/documents/{numbered}/seal", "/documents/{numbered}/seal/upload", "/signing?purpose=seal&document={numbered}",
        "/documents/{sealed}/issue", "/seal-key")),
    Screen("clerk", "/incoming/new", SEND, (("#organ_name", "Sở Tài chính"), ("#issued_on", "31/02/2026"))),
    Screen("clerk", "/documents/{sealed}/issue", SEND), Screen("clerk", "/registers", SEND),
    *(Screen("administrator", path) for path in (
        "/", "/units", "/units/{unit}", "/units/{unit}/name", "/units/{unit}/new", "/units/{unit}/appoint", "/posts/{post}/end")),
    Screen("administrator", "/units/{unit}/new", SEND), Screen("administrator", "/units/{unit}/appoint", SEND),
]  # fmt: skip


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_a_screen_is_clean_wide_enough_and_light(chromium, vanthu, hanoi, things, screen):
    """One visit tells it all: what axe finds at both sizes and in the dark, what does not fit into 360 px, what it weighs."""
    with Desk(chromium, vanthu.url) as desk:
        if screen.who != "nobody":
            desk.sit_down(getattr(hanoi, screen.who))
        answers = []
        desk.page.on("response", lambda answer: answers.append(answer))
        open_screen(desk, screen, things)
        found = desk.violations()
        weight = sum(size_of(answer) for answer in answers)
        desk.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found += ["in the dark: " + line for line in desk.violations("color-contrast")]
        desk.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        resize(desk, PHONE)
        found += ["on a phone: " + line for line in desk.violations()]
        desk.picture("screen-" + re.sub(r"\W+", "-", str(screen)).strip("-"))
        resize(desk, NARROW)
        assert found == []
        assert desk.overflow() <= 0, f"{desk.overflow()} px do not fit into 360: {too_wide(desk)}"
        assert weight < WEIGHT, f"{weight} bytes"
        assert desk.page.locator("h1").count() == 1
        assert desk.page.locator("main .btn-primary:visible").count() <= 1, "more than one primary button"


def resize(desk, size):
    desk.size = size
    desk.page.set_viewport_size({"width": size[0], "height": size[1]})


def size_of(answer):
    """What an answer weighed on the line; pdf.js and the PDF do not count, nor the stream that never ends."""
    if re.search(r"/assets/pdf\.|/content|/deliveries/.*/files/|/events$", answer.url):
        return 0
    sizes = answer.request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


def too_wide(desk):
    return desk.page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
             .slice(0, 5).map(e => e.outerHTML.slice(0, 120))""")  # fmt: skip


def test_axe_would_find_what_is_wrong(chromium, vanthu):
    """The eye itself is tested: a page with faults put into it is not called clean."""
    with Desk(chromium, vanthu.url) as desk:
        desk.go("/sign-in")
        desk.page.evaluate("""() => {
            document.querySelector("label[for=login]").remove();
            const text = document.createElement("p");
            text.textContent = "Chữ nhạt";
            text.className = "pale";
            document.querySelector("main").append(text);
            text.style.color = "#ccc";
        }""")
        found = "\n".join(desk.violations())
        assert "label" in found and "color-contrast" in found, found
