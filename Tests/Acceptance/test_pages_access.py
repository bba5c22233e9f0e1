"""Nobody sees by a page what is not theirs, and nobody acts by one where they may not: every page, every role, another tenant.

The list of pages is the server's own. A page that takes an id and has no `Door` here fails the test.
"""

import html
import json
import re
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx
import pytest

from browser import Form
from client import Person, Refused
from machine import PASSWORD
from paper import letter_pdf
from test_isolation import changes, state_of

ROLES = ["specialist", "colleague", "head", "leader", "clerk", "administrator"]
POSTS = {"specialist": "specialist", "colleague": "specialist"}
"""The role that a person of an office acts in, where it is not called like the person."""
MARK = "Mật mã Hồng Hà 7391"
"""Stands in the subject, the files, the comments of everything that the house owns, and nowhere else."""
NOBODY = "00000000-0000-7000-8000-000000000000"


@dataclass
class Door:
    """How a page with an id is opened."""

    thing: str
    """What its id names: a key of the fixture `things`."""
    may: str | None = None
    """Somebody who is let in (200): the door is a real one. For forms that act, none is tried."""
    form: dict = field(default_factory=dict)
    """Fields of the form, made whole with the things; `version` is the thing's."""
    others: tuple = ("colleague", "administrator")
    """Who of the same house is not let in."""
    query: str = ""
    """What the address needs beside the id."""


DOCUMENT = "/documents/{id}"
DOORS = {
    ("GET", "/units/{id}"): Door("unit", "specialist", others=()),
    ("GET", "/units/{id}/name"): Door("unit", "administrator", others=("clerk", "leader", "head", "specialist")),
    ("POST", "/units/{id}/name"): Door("unit", form={"name": "Đổi"}, others=("clerk", "leader", "head", "specialist")),
    ("GET", "/units/{id}/new"): Door("unit", "administrator", others=("clerk", "leader", "head", "specialist")),
    ("POST", "/units/{id}/new"): Door(
        "unit", form={"name": "Mới", "code": "MOI", "kind": "team"}, others=("clerk", "leader", "head", "specialist")),
    ("GET", "/units/{id}/appoint"): Door("unit", "administrator", others=("clerk", "leader", "head", "specialist")),
    ("POST", "/units/{id}/appoint"): Door(
        "unit", form={"full_name": "Người Mới", "role": "clerk", "title": "Văn thư"}, others=("clerk", "leader", "head", "specialist")),
    ("GET", "/posts/{id}/end"): Door("post", "administrator", others=("clerk", "leader", "head", "specialist")),
    ("POST", "/posts/{id}/end"): Door("post", others=("clerk", "leader", "head", "specialist")),
    ("POST", "/me/sessions/{id}/end"): Door("session", others=("clerk", "leader", "colleague", "administrator")),
    ("POST", "/me/delegations/{id}/end"): Door("delegation", others=("clerk", "leader", "colleague", "administrator")),
    ("POST", "/searches/{id}/drop"): Door("search", others=("clerk", "leader", "colleague")),
    ("GET", "/deliveries/{id}"): Door("delivery", "clerk", others=("specialist", "leader", "administrator")),
    ("POST", "/deliveries/{id}"): Door(
        "delivery", form={"act": "register", "register_id": "{incoming_register}"}, others=("specialist", "leader", "administrator")),
    ("GET", "/deliveries/{id}/files/{file}"): Door("delivery", "clerk", others=("specialist", "leader", "administrator")),
    ("GET", "/registers/{id}/closure"): Door("register", "clerk", others=("specialist", "leader", "administrator")),
    ("POST", "/registers/{id}/closure"): Door("register", others=("specialist", "leader", "administrator")),
    ("GET", DOCUMENT): Door("draft", "specialist"),
    ("GET", DOCUMENT + "/compare"): Door("draft", "specialist", query="?older=1&newer=2"),
    ("GET", DOCUMENT + "/edit"): Door("draft", "specialist"),
    ("POST", DOCUMENT + "/edit"): Door("draft", form={"direction": "outgoing", "type": "CV", "subject": "Bị sửa"}),
    ("POST", DOCUMENT + "/relations"): Door("issued", form={"number": "1", "related_id": "{incoming}", "kind": "related"}),
    ("POST", DOCUMENT + "/relations/removal"): Door("issued", form={"related_id": "{incoming}", "kind": "related"}),
    ("POST", DOCUMENT + "/verifications"): Door("issued"),
    ("GET", DOCUMENT + "/submit"): Door("draft", "specialist"),
    ("POST", DOCUMENT + "/submit"): Door("draft"),
    ("GET", DOCUMENT + "/agree"): Door("content_review", "head"),
    ("POST", DOCUMENT + "/agree"): Door("content_review"),
    ("GET", DOCUMENT + "/return"): Door("content_review", "head"),
    ("POST", DOCUMENT + "/return"): Door("content_review", form={"comment": "Không"}),
    ("GET", DOCUMENT + "/cancel"): Door("draft", "specialist"),
    ("POST", DOCUMENT + "/cancel"): Door("draft"),
    ("GET", DOCUMENT + "/present"): Door("registered", "clerk"),
    ("POST", DOCUMENT + "/present"): Door("registered", form={"leader": "{leader}"}),
    ("GET", DOCUMENT + "/direct"): Door("incoming", "leader"),
    ("POST", DOCUMENT + "/direct"): Door("incoming", form={"text": "Giao", "lead": "{unit}"}),
    ("GET", "/tasks/{id}/completion"): Door("task", "head"),
    ("POST", "/tasks/{id}/completion"): Door("task", form={"result": "Xong"}),
    ("GET", DOCUMENT + "/sign"): Door("awaiting_signature", "leader"),
    ("GET", DOCUMENT + "/sign/token"): Door("awaiting_signature", "leader"),
    ("GET", DOCUMENT + "/sign/upload"): Door("awaiting_signature", "leader"),
    ("GET", DOCUMENT + "/seal/upload"): Door("numbered", "clerk"),
    ("GET", "/signing/{id}"): Door("signing", "leader", others=("clerk", "head", "colleague", "administrator")),
    ("POST", "/signing/{id}"): Door("signing", form={"act": "sign", "pin": "246802"}, others=("clerk", "head", "colleague", "administrator")),
    ("POST", "/me/certificates/{id}/withdrawal"): Door("certificate", others=("clerk", "head", "colleague", "administrator")),
    ("POST", DOCUMENT + "/sign"): Door("awaiting_signature", form={"pin": "246802"}),
    ("GET", DOCUMENT + "/number"): Door("signed", "clerk"),
    ("POST", DOCUMENT + "/number"): Door("signed", form={"register_id": "{register}"}),
    ("GET", DOCUMENT + "/seal"): Door("numbered", "clerk"),
    ("GET", DOCUMENT + "/seal/token"): Door("numbered", "clerk"),
    ("POST", DOCUMENT + "/seal"): Door("numbered", form={"pin": "246802"}),
    ("GET", DOCUMENT + "/issue"): Door("sealed", "clerk"),
    ("POST", DOCUMENT + "/issue"): Door("sealed", form={"step": "issue", "recipients": "VCKV"}),
}  # fmt: skip
STATES = ("draft", "content_review", "awaiting_signature", "signed", "numbered", "sealed")


def listed(database):
    done = database.vanthu("routes", "--pages", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def pages(database):
    """The one list that the server itself uses."""
    return listed(database)


@pytest.fixture(scope="module")
def house(hanoi):
    return hanoi


@pytest.fixture(scope="module")
def things(vanthu, house, headquarters):
    """One thing of every kind that belongs to the house, in the state in which the right person could act on it."""
    things = {state: house.document(state, letter_pdf(), MARK, note=MARK) for state in STATES}
    house.specialist.attach(things["draft"], letter_pdf() + b"\n")
    house.specialist.attach(things["draft"], b"x", f"{MARK}.txt", role="attachment")
    things["issued"] = house.document("sealed", letter_pdf(), MARK)
    house.clerk.issue(things["issued"], ["TCT"])
    things |= {"unit": house.head.unit, "post": house.head.post, "leader": house.leader.post}
    things |= {"register": house.register("outgoing"), "incoming_register": house.register("incoming")}
    for name in ("registered", "incoming", "directed"):
        things[name] = house.clerk.register_paper(things["incoming_register"], MARK)["id"]
        if name != "registered":
            house.clerk.present(things[name], house.leader.post)
    house.leader.direct(things["directed"], MARK, {"unit_id": house.head.unit})
    (things["task"],) = [task["id"] for task in house.head.tasks() if task["document_id"] == things["directed"]]
    sent = headquarters.document("sealed", letter_pdf(), MARK)
    headquarters.clerk.issue(sent, [house.code])
    (things["delivery"],) = [d["id"] for d in house.clerk.deliveries() if d["subject"] == MARK]
    files = house.clerk.must("GET", f"/deliveries/{things['delivery']}")["files"]
    things["delivered_file"] = files[0]["id"] if "id" in files[0] else files[0]["file_id"]
    form = Form(house.specialist)
    assert form.post("/me/delegations", {"to_post_id": house.head.post, "ends_at": "31/12/2026", "reason": MARK}).status_code == 303
    own = f"person_id = '{house.specialist.me['person']['id']}'"
    things["delegation"] = vanthu.database.value(
        f"SELECT g.id FROM organisation.delegation AS g JOIN organisation.post AS t ON t.id = g.from_post_id WHERE t.{own}")
    things["session"] = vanthu.database.value(
        f"SELECT s.id FROM platform.session AS s JOIN platform.account AS a ON a.id = s.account_id WHERE a.{own} ORDER BY s.id LIMIT 1")
    assert form.post("/searches", {"name": MARK, "query": "kiểm tra"}).status_code == 303
    things["search"] = vanthu.database.value(f"SELECT id FROM documents.saved_search WHERE name = '{MARK}'")
    waiting = things["awaiting_signature"]
    wish = {"document_id": waiting, "version": house.leader.document(waiting)["version"]}
    things["signing"] = house.leader.must("POST", "/signing-sessions", json={"purpose": "signer", "documents": [wish]})["id"]
    things["certificate"] = next(key["id"] for key in house.leader.items("/signing-keys") if key["purpose"] == "signer")
    vanthu.wait_for_jobs()
    return things


def address(path, things, door):
    return path.replace("{id}", things[door.thing]).replace("{file}", things["delivered_file"]) + door.query


def fields(things, door, database):
    """The form as somebody with the right would send it, with the version as it is now."""
    made = {name: value if not value.startswith("{") else things[value[1:-1]] for name, value in door.form.items()}
    if door.thing in (*STATES, "issued", "registered", "incoming", "directed"):
        made["version"] = database.value(f"SELECT version FROM documents.document WHERE id = '{things[door.thing]}'")
    return made


def knock(person, route, things, database):
    method, path = route
    door = DOORS[route]
    if method == "GET":
        return Form(person).get(address(path, things, door))
    return Form(person).post(address(path, things, door), fields(things, door, database))


def reveals(answer):
    """Whether the answer holds anything of what the house owns."""
    return MARK in html.unescape(answer.text)


def test_every_page_that_takes_an_id_has_a_door(pages):
    listed = {(page["method"], page["path"]) for page in pages if page["captures"]}
    assert listed - set(DOORS) == set(), "these pages take an id and nobody tries to break in"
    assert set(DOORS) - listed == set(), "these pages do not exist any more"


@pytest.mark.parametrize("route", [route for route, door in DOORS.items() if door.may], ids=" ".join)
def test_the_door_opens_to_somebody(house, things, database, route):
    answer = knock(getattr(house, DOORS[route].may), route, things, database)
    assert answer.status_code == 200, f"{route} gave {answer.status_code}"


@pytest.mark.parametrize("role", ["clerk", "leader", "specialist", "administrator"])
@pytest.mark.parametrize("route", DOORS, ids=" ".join)
def test_another_tenant_gets_nothing_and_changes_nothing(vanthu, database, transport, things, route, role):
    person = getattr(transport, role)
    before = state_of(vanthu)
    answer = knock(person, route, things, database)
    assert answer.status_code in (403, 404), f"{role}: {route} gave {answer.status_code}"
    assert not reveals(answer)
    assert changes(before, state_of(vanthu)) == []


@pytest.mark.parametrize("route, role", [(r, role) for r, door in DOORS.items() for role in door.others], ids=str)
def test_those_of_the_house_without_the_right_get_nothing_and_change_nothing(vanthu, database, house, things, route, role):
    person = getattr(house, role)
    before = state_of(vanthu)
    answer = knock(person, route, things, database)
    assert answer.status_code in (403, 404), f"{role}: {route} gave {answer.status_code}"
    assert DOORS[route].thing in ("unit", "post", "register") or not reveals(answer)
    assert changes(before, state_of(vanthu)) == []


@pytest.mark.parametrize("route", [route for route in DOORS if route[0] == "GET"], ids=" ".join)
def test_an_id_that_names_nothing_is_told_like_one_that_is_not_ours(house, transport, things, database, route):
    nowhere = things | {DOORS[route].thing: NOBODY}
    for person in (transport.clerk, transport.administrator):
        theirs, nothing = knock(person, route, things, database), knock(person, route, nowhere, database)
        assert theirs.status_code == nothing.status_code
        assert heading(theirs) == heading(nothing)
    broken = things | {DOORS[route].thing: "khong-phai-ma"}
    assert knock(getattr(house, DOORS[route].may or "clerk"), route, broken, database).status_code == 404


def heading(answer):
    return re.findall(r"<h1>(.*?)</h1>", answer.text, re.S)


def test_signed_out_one_gets_the_sign_in_and_nothing_else(vanthu, pages, things):
    with httpx.Client(base_url=vanthu.url) as nobody:
        for page in pages:
            if page["access"] == "anyone":
                continue
            door = DOORS.get((page["method"], page["path"]), Door("draft"))
            path = address(page["path"], things, door)
            answer = nobody.request(page["method"], path, data={"x": "1"} if page["method"] == "POST" else None)
            assert answer.status_code == 303, f"{page['method']} {path} gave {answer.status_code}"
            wanted = "/sign-in" + ("?next=" + quote(path, safe="") if page["method"] == "GET" and path != "/" else "")
            assert answer.headers["location"] == wanted
            assert not reveals(answer)


@pytest.mark.parametrize("role", ROLES)
def test_a_page_without_an_id_opens_to_the_roles_that_use_it_and_to_no_other(house, pages, things, role):
    person = getattr(house, role)
    for page in pages:
        if page["method"] != "GET" or page["captures"] or page["name"] == "events":
            continue
        allowed = page["access"] in ("anyone", "signed in") or POSTS.get(role, role) in page["access"].split(",")
        answer = Form(person).get(page["path"])
        assert answer.status_code == (200 if allowed else 403), f"{role}: {page['path']} gave {answer.status_code}"


@pytest.mark.parametrize("role", ["clerk", "leader", "specialist", "administrator"])
def test_no_list_of_another_tenant_holds_anything_of_the_house(transport, pages, things, role):
    person = getattr(transport, role)
    for page in pages:
        if page["method"] == "GET" and not page["captures"] and page["name"] != "events":
            query = {"/search": "?q=Hong+Ha+7391", "/holders": "?q=a", "/units": "?q=a"}.get(page["path"], "")
            answer = Form(person).get(page["path"] + query)
            if page["path"] == "/search":
                assert "/documents/" not in answer.text
            assert not reveals(answer), page["path"]
            assert not [name for name, id in things.items() if id in answer.text], page["path"]


def test_whoever_has_no_post_is_told_so_and_sees_no_document(vanthu, database, things, transport):
    """A post that ended while its holder was signed in gives nothing from the next page on."""
    person = Person(vanthu.url, "chuyenvien2@vckv", PASSWORD)
    database.psql(f"UPDATE organisation.post SET ended_on = current_date WHERE id = '{person.post}'")
    try:
        home = Form(person).get("/")
        assert home.status_code == 200 and "không giữ chức danh" in home.text
        for path in ("/work", "/incoming", "/drafts/new", "/search?q=a"):
            assert Form(person).get(path).status_code == 403, path
        assert Form(person).get("/me").status_code == 200
        with pytest.raises(Refused):
            person.must("GET", f"/documents/{things['issued']}")
    finally:
        database.psql(f"UPDATE organisation.post SET ended_on = NULL WHERE id = '{person.post}'")


def test_a_deputy_acts_in_the_absent_ones_post_by_name_but_never_signs(vanthu, house, things, database):
    """uỷ quyền: the delegate chooses the post in the menu, sees its work, and is named for whom."""
    deputy = Person(vanthu.url, "truongphong@bdhn", PASSWORD)
    form = Form(deputy)
    assert form.post("/post", {"post": house.specialist.post, "next": "/work"}).headers["location"] == "/work"
    page = form.get("/work").text
    assert house.specialist.me["person"]["full_name"] in page and "thay" in page
    assert form.get(f"/documents/{things['draft']}").status_code == 200
    refused = form.post("/me/delegations", {"to_post_id": house.leader.post, "ends_at": "31/12/2026", "reason": "tiếp"})
    assert refused.status_code == 403
    assert form.post("/me/key", {"pin": "246802", "pin_again": "246802"}).status_code == 403
