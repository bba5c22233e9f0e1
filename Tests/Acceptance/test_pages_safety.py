"""What people with bad intent try on pages: forged forms, frames, planted cookies, false ways back, script in every field."""

import html
import json
import re
from urllib.parse import quote

import httpx
import pytest

from browser import Desk, Form, inline_code
from client import Person
from machine import PASSWORD
from paper import letter_pdf

LOGIN = {"login": "chuyenvien@bdhn", "password": PASSWORD}


@pytest.fixture
def visitor(vanthu):
    """A client that is signed in nowhere and follows no redirect."""
    with httpx.Client(base_url=vanthu.url, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def form(hanoi):
    return Form(hanoi.specialist)


@pytest.fixture(scope="module")
def pages(database):
    """The one list of pages that the server itself uses."""
    done = database.vanthu("routes", "--pages", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def open_paths(pages):
    """Every page without an id, as addresses."""
    return [page["path"] for page in pages if page["method"] == "GET" and "{" not in page["path"] and page["path"] != "/events"]


# Forged forms


def chosen_language(answer):
    return "vanthu_language" in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("token", [None, "", "x", "Zm9yZ2Vk" * 6], ids=["none", "empty", "short", "wrong"])
def test_a_form_without_the_right_token_does_nothing(vanthu, form, token):
    before = sessions_of(vanthu)
    for path in ("/sign-out", "/me/sessions/00000000-0000-7000-8000-000000000000/end", "/drafts/new", "/work"):
        answer = form.post(path, {"csrf": token, "subject": "Bị giả mạo", "type": "CV"})
        assert answer.status_code == 403, f"{path} gave {answer.status_code}"
    assert sessions_of(vanthu) == before
    assert form.get("/").status_code == 200, "the session must still be open"


def sessions_of(vanthu):
    return vanthu.database.psql("SELECT id, revoked_at FROM platform.session ORDER BY id")


def test_the_token_of_another_session_of_the_same_person_is_refused(vanthu, form):
    other = Person(vanthu.url, LOGIN["login"], PASSWORD)
    assert form.post("/sign-out", {"csrf": other.csrf}).status_code == 403
    assert form.get("/").status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_that_another_site_sends_is_refused_even_with_the_token(form, site):
    assert form.post("/sign-out", headers={"Sec-Fetch-Site": site}).status_code == 403
    assert form.get("/").status_code == 200


def test_a_foreign_site_cannot_sign_anybody_in(visitor):
    answer = visitor.post("/sign-in", data=LOGIN, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_a_body_that_is_no_form_is_refused(form):
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
        answer = form.client.http.post("/sign-out", content=b"csrf=x", headers={"Content-Type": kind})
        assert answer.status_code == 415, kind


def test_a_link_never_acts(form, pages):
    """Nothing that changes something answers GET: a link in a letter or a prefetch does nothing."""
    acting = {page["path"] for page in pages if page["method"] == "POST"} - {page["path"] for page in pages if page["method"] == "GET"}
    for path in acting:
        answer = form.get(re.sub(r"\{\w+\}", "00000000-0000-7000-8000-000000000000", path))
        assert answer.status_code == 405, f"GET {path} gave {answer.status_code}"


# Headers, and nothing inline


def test_every_page_forbids_frames_inline_code_and_foreign_things(form, open_paths):
    for path in open_paths:
        answer = form.get(path)
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";") if part.strip())
        assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'" and policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert "unsafe" not in answer.headers["content-security-policy"] and "*" not in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store", path
        assert inline_code(answer.text) == [], path


def test_a_page_in_a_frame_of_another_site_stays_empty(chromium, vanthu, hanoi):
    with Desk(chromium, vanthu.url) as desk:
        desk.sit_down(hanoi.specialist)
        desk.context.route("http://evil.example/", lambda route: route.fulfill(
            content_type="text/html", body=f'<iframe src="{vanthu.url}/work"></iframe>'))  # fmt: skip
        desk.page.goto("http://evil.example/")
        desk.page.wait_for_timeout(300)
        frame = desk.page.frames[1]
        assert "Việc của tôi" not in frame.content()
        desk.faults = [fault for fault in desk.faults if "frame" not in fault.lower()]


# Sessions


def test_signing_in_always_gives_a_new_secret_and_never_adopts_a_planted_one(visitor):
    planted = "A" * 43
    visitor.cookies.set("vanthu_session", planted)
    first = visitor.post("/sign-in", data=LOGIN)
    assert first.status_code == 303
    mine = first.cookies["vanthu_session"]
    assert mine != planted
    again = visitor.post("/sign-in", data=LOGIN)
    assert again.cookies["vanthu_session"] not in (planted, mine)
    assert httpx.get(visitor.base_url.join("/me"), cookies={"vanthu_session": planted}).status_code == 303


def test_the_cookie_is_kept_from_scripts_and_from_the_forms_of_other_sites(visitor):
    cookie = visitor.post("/sign-in", data=LOGIN).headers["set-cookie"]
    assert "HttpOnly" in cookie and re.search("SameSite=(Lax|Strict)", cookie) and "Path=/" in cookie and "Domain" not in cookie


def test_signing_out_ends_the_session_on_the_server(vanthu):
    person = Person(vanthu.url, LOGIN["login"], PASSWORD)
    secret = person.http.cookies["vanthu_session"]
    assert Form(person).post("/sign-out").status_code == 303
    assert httpx.get(vanthu.url + "/me", cookies={"vanthu_session": secret}).headers["location"].startswith("/sign-in")


def test_a_token_for_machines_opens_no_page(vanthu, hanoi):
    token = hanoi.colleague.must("POST", "/tokens", json={"name": "máy", "scopes": ["documents:read"]})["token"]
    for path in ("/", "/work", "/me"):
        answer = httpx.get(vanthu.url + path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in"), path


# Ways back


@pytest.mark.parametrize("way", [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example", "/%2f/evil.example",
    "/%5cevil.example", "javascript:alert(1)", "/\tevil", "//evil.example/%2e%2e", "/x\r\nSet-Cookie: a=b", "/x%0d%0aSet-Cookie:a=b", "",
    "evil.example", "/" + "a" * 3000, "/sign-in?next=/sign-in",
])  # fmt: skip
def test_after_signing_in_nobody_is_led_away(vanthu, visitor, way):
    answer = visitor.post("/sign-in", data=LOGIN | {"next": way})
    assert answer.status_code == 303
    target = httpx.URL(vanthu.url + "/sign-in").join(answer.headers["location"])
    assert (target.host, target.port) == (httpx.URL(vanthu.url).host, httpx.URL(vanthu.url).port)
    assert answer.headers["location"].startswith("/") and not re.match(r"/[/\\]", answer.headers["location"])
    assert "a=b" not in answer.headers.get("set-cookie", "")
    page = visitor.get("/sign-in", params={"next": way})
    assert inline_code(page.text) == []


def test_a_way_back_in_the_browser_stays_on_this_server(chromium, vanthu):
    for way in ("/%2f/evil.example", "/%5cevil.example", "//evil.example"):
        with Desk(chromium, vanthu.url) as desk:
            desk.page.goto("/sign-in?next=" + quote(way, safe=""))
            desk.page.fill("#login", LOGIN["login"])
            desk.page.fill("#password", PASSWORD)
            desk.press()
            assert desk.page.url.startswith(vanthu.url + "/")
            desk.faults.clear()


def test_whoever_is_sent_to_the_sign_in_comes_back_to_where_they_wanted(visitor):
    wanted = "/work?due=late&urgent=1"
    door = visitor.get(wanted)
    assert door.status_code == 303
    page = visitor.get(door.headers["location"])
    (back,) = re.findall(r'name="next" value="([^"]*)"', page.text)[-1:]
    answer = visitor.post("/sign-in", data=LOGIN | {"next": html.unescape(back)})
    assert answer.headers["location"] == wanted


def test_choosing_the_language_or_a_post_leads_nobody_away(form):
    for path, field in (("/language", {"language": "vi"}), ("/post", {"post": form.client.post})):
        answer = Form.post(form, path, field | {"next": "//evil.example"})
        assert answer.status_code == 303 and answer.headers["location"] == "/"


# Script in what people write

TRAPS = [
    '"><script>window.pwned=1</script>', "'><img src=x onerror=window.pwned=1>", "<svg onload=window.pwned=1>", "javascript:window.pwned=1",
    "{{csrf}}{{{me}}}[[nav.home]]", "</title></textarea><script>window.pwned=1</script>", "\" autofocus onfocus=window.pwned=1 x=\"",
]  # fmt: skip


def check_page(desk, path):
    """Opens a page and lets everything in it run; what was written must be there as text only."""
    desk.page.goto(path)
    assert not desk.page.evaluate("window.pwned"), f"a script that somebody wrote ran on {path}"
    assert desk.page.locator("main img[src=x], main svg[onload], main [onerror], main [onfocus]").count() == 0, path
    assert desk.page.locator('main a[href^="javascript:" i]').count() == 0, path


@pytest.mark.parametrize("trap", TRAPS, ids=range(len(TRAPS)))
def test_what_is_typed_into_an_address_is_shown_as_text(chromium, vanthu, hanoi, trap):
    value = quote(trap, safe="")
    with Desk(chromium, vanthu.url) as desk:
        desk.sit_down(hanoi.clerk)
        for path in (f"/search?q={value}", f"/units?q={value}", f"/work?role={value}&due={value}&urgent={value}&after={value}",
                     f"/incoming?waiting={value}&from={value}&to={value}", f"/outgoing?state={value}", f"/drafts/new?subject={value}",
                     f"/{value}", f"/me/delegations?who={value}"):  # fmt: skip
            check_page(desk, path)


@pytest.fixture(scope="module")
def trapped(vanthu, hanoi, headquarters):
    """Documents in which every text that people write holds a trap, on every desk that shows them."""
    text = TRAPS[0] + TRAPS[1] + TRAPS[6]
    draft = hanoi.specialist.draft(text, signer=hanoi.leader.post, to_places=text, note=text)
    hanoi.specialist.attach(draft, letter_pdf(), '"><img src=x onerror=window.pwned=1>.pdf')
    hanoi.specialist.attach(draft, b"x", "<script>window.pwned=1<!script>.txt", role="attachment")
    hanoi.specialist.submit(draft, text)
    hanoi.head.send_back(draft, text)
    paper = hanoi.clerk.register_paper(
        hanoi.register("incoming"), text, organ_name=text[:200], code_notation="<b>x</b>")["id"]  # fmt: skip
    hanoi.clerk.present(paper, hanoi.leader.post)
    hanoi.leader.direct(paper, text, {"unit_id": hanoi.head.unit})
    (task,) = [task["id"] for task in hanoi.head.tasks() if task["document_id"] == paper]
    sent = headquarters.document("sealed", letter_pdf(), text)
    headquarters.clerk.issue(sent, [hanoi.code])
    vanthu.wait_for_jobs()
    delivery = hanoi.clerk.deliveries()[0]["id"]
    return {"draft": draft, "paper": paper, "task": task, "delivery": delivery}


def test_script_in_documents_names_comments_and_files_is_shown_as_text(chromium, vanthu, hanoi, trapped):
    draft, paper = f"/documents/{trapped['draft']}", f"/documents/{trapped['paper']}"
    tabs = ("", "?tab=info", "?tab=signatures", "?tab=files", "?tab=related", "?tab=recipients")
    desks = {
        hanoi.specialist: ["/", "/work", "/drafts", *(draft + tab for tab in tabs), draft + "/edit", draft + "/submit",
                           "/search?q=window.pwned", "/search?q=script"],
        hanoi.clerk: ["/", "/incoming", "/incoming?waiting=1", *(paper + tab for tab in tabs), f"/deliveries/{trapped['delivery']}",
                      "/search?q=onerror"],
        hanoi.head: ["/work", paper, f"/tasks/{trapped['task']}/completion"],
    }  # fmt: skip
    for person, paths in desks.items():
        with Desk(chromium, vanthu.url) as desk:
            desk.sit_down(person)
            for path in paths:
                check_page(desk, path)


@pytest.fixture(scope="module")
def forms_to_refuse(hanoi):
    """Forms with text fields, sent with nonsense."""
    return [
        (hanoi.specialist, "/me/delegations", "main form button:not([name=find]).btn-primary"),
        (hanoi.specialist, "/drafts/new", "main form .btn-primary"),
        (hanoi.clerk, "/incoming/new", "main form .btn-primary"),
    ]


def test_script_in_a_form_that_is_refused_comes_back_as_text(chromium, vanthu, hanoi, forms_to_refuse):
    for person, path, button in forms_to_refuse:
        with Desk(chromium, vanthu.url) as desk:
            desk.sit_down(person)
            for trap in (TRAPS[0], TRAPS[5], TRAPS[6]):
                desk.page.goto(path)
                boxes = desk.page.locator("main form[method=post] :is(input:not([type]), input[type=text], input[type=search], textarea):visible")
                for index in range(boxes.count()):
                    boxes.nth(index).evaluate("(box, text) => { box.removeAttribute('maxlength'); box.value = text }", trap)
                desk.be_refused(button)
                assert not desk.page.evaluate("window.pwned"), path
                assert desk.page.locator("main img[src=x], main [onfocus]").count() == 0, path
