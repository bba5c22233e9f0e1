"""No tenant reaches another one's things, and nobody those of a colleague whose work they do not share.

For every route that takes an id there is a `Door`: how it is knocked at, and who of the same house may not pass. The list of routes
is the server's own; a route with an id and without a door fails the test.
"""

import json
from dataclasses import dataclass, field

import pytest

from client import etag, new_key
from devices import b64, device_certificate
from paper import letter_pdf

DIGEST = """
    SELECT 'SELECT ' || quote_literal(c.oid::regclass::text) || ', count(*), coalesce(md5(string_agg(md5(t::text), '''' ORDER BY md5(t::text))), '''')'
           || ' FROM ' || c.oid::regclass || ' AS t;'
      FROM pg_class AS c
      JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname IN ('platform', 'organisation', 'documents', 'workflow', 'signatures', 'exchange')
       AND c.oid NOT IN ('platform.session'::regclass, 'signatures.revocation_list'::regclass)
     ORDER BY c.oid::regclass::text
"""
"""Counts and hashes every row of every table of ours. Sessions are left out, because being
asked moves their time of last use, and revocation lists, which the clock publishes."""


PASSKEY = """
    INSERT INTO signatures.passkey (tenant_id, account_id, name, credential_id, algorithm, public_key, sign_count)
    SELECT a.tenant_id, a.id, 'Điện thoại', sha256('passkey'), -7, '\\x00', 0
      FROM platform.account AS a JOIN platform.tenant AS t ON t.id = a.tenant_id
     WHERE t.code = 'BDHN' AND a.login = 'chuyenvien'
    RETURNING id
"""
"""A passkey of somebody who signs nothing: through the API only a browser makes one."""


@dataclass
class Door:
    """How one route is knocked at."""

    thing: str
    """What its id names: a key of the fixture `things`."""
    body: dict | None = None
    """JSON, made whole with the things (`{unit}` stands for the id of that thing)."""
    conditional: bool = False
    """Whether If-Match is demanded; the present version is sent, so that nothing but the right is missing."""
    content: bytes | None = None
    query: dict = field(default_factory=dict)
    insider: str | None = "colleague"
    """Who of the same tenant lacks the right; None where everybody of the tenant has it."""
    insider_status: int = 404
    """403 where that the thing exists is no secret within the tenant."""


ADMINISTRATORS = [
    ("DELETE", "/api/v1/posts/{id}"), ("PUT", "/api/v1/posts/{id}/title"),
    ("POST", "/api/v1/signing-certificates/{id}/revocation"),
]  # fmt: skip
"""What an administrator may do to things of others."""

DOORS = {
    ("GET", "/api/v1/units/{id}"): Door("unit", insider=None),
    ("GET", "/api/v1/people/{id}"): Door("person", insider=None),
    ("DELETE", "/api/v1/posts/{id}"): Door("post", insider_status=403),
    ("PUT", "/api/v1/posts/{id}/title"): Door("post", {"title": "Giám đốc giả"}, insider_status=403),
    ("DELETE", "/api/v1/tokens/{id}"): Door("token"),
    ("POST", "/api/v1/me/passkeys/{id}/removal"): Door("passkey", {}),
    ("POST", "/api/v1/registers/{id}/closure"): Door("register", insider_status=403),
    ("GET", "/api/v1/documents/{id}"): Door("issued"),
    ("PATCH", "/api/v1/documents/{id}"): Door("draft", {"subject": "Đã bị sửa"}, conditional=True),
    ("POST", "/api/v1/documents/{id}/files"): Door("draft", content=b"chen vao", query={"name": "a.txt", "role": "attachment"}),
    ("GET", "/api/v1/files/{id}/content"): Door("file"),
    ("GET", "/api/v1/files/{id}/archive"): Door("file"),
    ("POST", "/api/v1/documents/{id}/actions"): Door("draft", {"action": "submit"}, conditional=True),
    ("POST", "/api/v1/documents/{id}/directions"): Door(
        "incoming", {"text": "Giao việc", "lead": {"unit_id": "{unit}"}}, conditional=True),
    ("POST", "/api/v1/tasks/{id}/completion"): Door("task", {"result": "Xong"}),
    ("POST", "/api/v1/documents/{id}/signature"): Door("awaiting_signature", {"pin": "246802"}, conditional=True),
    ("GET", "/api/v1/documents/{id}/form-to-sign"): Door("awaiting_signature", query={"purpose": "signer", "version": "1"}),
    ("POST", "/api/v1/documents/{id}/signed-file"): Door(
        "awaiting_signature", content=b"%PDF-1.7", query={"purpose": "signer"}, conditional=True),
    ("POST", "/api/v1/documents/{id}/number"): Door("signed", {"register_id": "{register}"}, conditional=True),
    ("POST", "/api/v1/documents/{id}/seal"): Door("numbered", {"pin": "246802"}, conditional=True),
    ("POST", "/api/v1/documents/{id}/issue"): Door("sealed", {"recipients": ["VCKV"]}, conditional=True),
    ("GET", "/api/v1/signing-sessions/{id}"): Door("signing_session"),
    ("POST", "/api/v1/signing-sessions/{id}/completion"): Door("signing_session", {"pin": "246802"}),
    ("DELETE", "/api/v1/signing-sessions/{id}"): Door("signing_session"),
    ("POST", "/api/v1/signing-sessions/{id}/otp"): Door("signing_session"),
    ("POST", "/api/v1/signing-sessions/{id}/remote-signature"): Door("signing_session", {"otp": "123456"}),
    ("DELETE", "/api/v1/signing-certificates/{id}"): Door("signing_certificate"),
    ("POST", "/api/v1/signing-certificates/{id}/revocation"): Door("signing_certificate", {"reason": "key_lost"}),
    ("GET", "/api/v1/documents/{id}/dispatches"): Door("issued"),
    ("GET", "/api/v1/documents/{id}/verifications"): Door("issued"),
    ("POST", "/api/v1/documents/{id}/verifications"): Door("issued"),
    ("GET", "/api/v1/verifications/{id}"): Door("verification"),
    ("GET", "/api/v1/deliveries/{id}"): Door("delivery"),
    ("GET", "/api/v1/deliveries/{id}/content"): Door("delivery"),
    ("POST", "/api/v1/deliveries/{id}/registration"): Door("delivery", {"register_id": "{incoming_register}"}),
    ("POST", "/api/v1/deliveries/{id}/return"): Door("delivery", {"reason": "Trả lại"}),
}  # fmt: skip


def routes_with_an_id(database):
    """From the one list that the server itself uses. What needs no account (`/pki`) has no house to break into."""
    done = database.vanthu("routes", "--json")
    assert done.returncode == 0, done.stderr
    routes = [route for route in json.loads(done.stdout) if "{" in route["path"] and route["access"] != "anyone"]
    return [(route["method"], route["path"]) for route in routes]


@pytest.fixture(scope="module")
def house(hanoi):
    """The tenant that is broken into."""
    return hanoi


@pytest.fixture(scope="module")
def things(vanthu, house, headquarters):
    """One thing of every kind that belongs to the house, in the state in which the right person could act on it."""
    states = ("draft", "awaiting_signature", "signed", "numbered", "sealed")
    things = {state: house.document(state, letter_pdf()) for state in states}
    things["issued"] = house.document("sealed", letter_pdf())
    house.clerk.issue(things["issued"], ["TCT"])
    things["file"] = house.clerk.main_file(things["issued"])["id"]
    vanthu.wait_for_jobs()
    (things["verification"],) = [
        report["id"] for report in house.clerk.must("GET", f"/documents/{things['issued']}/verifications")["items"]
        if report["file_id"] == things["file"]]
    things["unit"], things["person"] = house.head.unit, house.head.me["person"]["id"]
    things["post"] = house.head.post
    things["register"], things["incoming_register"] = house.register("outgoing"), house.register("incoming")
    things["incoming"] = house.clerk.register_paper(things["incoming_register"])["id"]
    house.clerk.present(things["incoming"], house.leader.post)
    directed = house.clerk.register_paper(things["incoming_register"])["id"]
    house.clerk.present(directed, house.leader.post)
    house.leader.direct(directed, "Xử lý", {"unit_id": house.head.unit})
    (things["task"],) = [task["id"] for task in house.head.tasks() if task["document_id"] == directed]
    token = house.specialist.must("POST", "/tokens", json={"name": "máy quét", "scopes": ["documents:read"]})
    things["token"] = token["id"]
    (things["passkey"],) = vanthu.database.psql(PASSKEY)
    version = house.leader.document(things["awaiting_signature"])["version"]
    wish = {"purpose": "signer", "documents": [{"document_id": things["awaiting_signature"], "version": version}]}
    things["signing_session"] = house.leader.must("POST", "/signing-sessions", json=wish)["id"]
    shown = {"purpose": "signer", "device": "token", "certificate": b64(device_certificate(house.leader.me["person"]["full_name"])[1])}
    things["signing_certificate"] = house.leader.must("POST", "/signing-certificates", json=shown)["id"]
    sent = headquarters.document("sealed", letter_pdf())
    headquarters.clerk.issue(sent, [house.code])
    things["delivery"] = house.clerk.deliveries()[0]["id"]
    vanthu.wait_for_jobs()
    return things


@pytest.fixture(scope="module")
def versions(house, things):
    """The present version of every document of the house, as its own clerk or drafter reads it."""
    reader = {"draft": house.specialist, "awaiting_signature": house.leader}
    documents = ("draft", "awaiting_signature", "signed", "numbered", "sealed", "issued", "incoming")
    return {name: reader.get(name, house.clerk).document(things[name])["version"] for name in documents}


def knock(person, method, path, door, things, versions):
    """Sends the request in all its forms right, so that nothing but the right to make it is missing."""
    options, headers = {"params": door.query}, {"Idempotency-Key": new_key()}
    if door.body is not None:
        text = json.dumps(door.body)
        for name, value in things.items():
            text = text.replace("{" + name + "}", value)
        options["json"] = json.loads(text)
    if door.content is not None:
        options["content"] = door.content
        headers["Content-Type"] = "application/octet-stream"
    if door.conditional:
        headers["If-Match"] = etag(versions[door.thing])
    return person.ask(method, path.replace("{id}", things[door.thing]), headers=headers, **options)


def state_of(vanthu):
    """Everything that is kept: all rows of all tables, and the files."""
    queries = "\n".join(vanthu.database.psql(DIGEST))
    return set(vanthu.database.psql(queries)) | vanthu.files()


def changes(before, after):
    """The tables and files that are not as they were, told by name."""
    return sorted(line.split("|")[0] for line in before ^ after)


def check(vanthu, person, route, things, versions, status):
    before = state_of(vanthu)
    response = knock(person, *route, DOORS[route], things, versions)
    assert response.status_code == status, f"{person.login}: {route} gave {response.status_code} {response.text}"
    assert response.headers["content-type"] == "application/problem+json"
    assert changes(before, state_of(vanthu)) == [], f"{person.login} changed something by {route}"


def test_every_route_that_takes_an_id_has_a_door(database):
    routes = set(routes_with_an_id(database))
    assert routes - set(DOORS) == set(), "these routes take an id and nobody tries to break in"
    assert set(DOORS) - routes == set(), "these routes do not exist any more"


@pytest.mark.parametrize("role", ["clerk", "leader", "administrator"])
@pytest.mark.parametrize("route", DOORS, ids=" ".join)
def test_another_tenant_finds_nothing_and_changes_nothing(vanthu, transport, things, versions, route, role):
    person = getattr(transport, role)
    # Whether somebody exists elsewhere is nobody's business: always 404, but where the role itself may never do it.
    before = state_of(vanthu)
    response = knock(person, *route, DOORS[route], things, versions)
    never = response.status_code == 403 and role_is_refused_at_home(route, role)
    assert response.status_code == 404 or never, f"{route} gave {response.status_code} {response.text}"
    assert changes(before, state_of(vanthu)) == [], f"{person.login} changed something by {route}"


def role_is_refused_at_home(route, role):
    """Routes for one role say 403 to the others before they look at the id, so that they tell nothing of it."""
    needed = {
        ("DELETE", "/api/v1/posts/{id}"): "administrator",
        ("PUT", "/api/v1/posts/{id}/title"): "administrator",
        ("POST", "/api/v1/registers/{id}/closure"): "clerk",
    }.get(route)
    return needed is not None and role != needed


@pytest.mark.parametrize("route", [route for route, door in DOORS.items() if door.insider], ids=" ".join)
def test_a_colleague_without_the_right_finds_nothing_and_changes_nothing(vanthu, house, things, versions, route):
    door = DOORS[route]
    check(vanthu, getattr(house, door.insider), route, things, versions, door.insider_status)


@pytest.mark.parametrize(
    "route", [r for r, door in DOORS.items() if door.insider and r not in ADMINISTRATORS], ids=" ".join)
def test_an_administrator_has_no_right_to_content_by_being_one(vanthu, house, things, versions, route):
    check(vanthu, house.administrator, route, things, versions, DOORS[route].insider_status)


@pytest.mark.parametrize("route", DOORS, ids=" ".join)
def test_nobody_gets_in_without_signing_in(vanthu, stranger, things, versions, route):
    stranger.login = "nobody"
    check(vanthu, stranger, route, things, versions, 401)


@pytest.mark.parametrize("route", DOORS, ids=" ".join)
def test_an_id_that_names_nothing_looks_just_like_one_that_is_not_ours(transport, things, versions, route):
    door = DOORS[route]
    person = transport.administrator if route[1].startswith("/api/v1/posts") else transport.clerk
    theirs = knock(person, *route, door, things, versions)
    nowhere = knock(person, *route, door, things | {door.thing: "01890000-0000-7000-8000-000000000000"}, versions)
    assert (theirs.status_code, theirs.json()["code"]) == (nowhere.status_code, nowhere.json()["code"])


def test_lists_and_search_show_no_thing_of_another_tenant(transport, things):
    shown = set()
    for path in ("/documents", "/tasks", "/deliveries", "/registers", "/units", "/people", "/tokens"):
        for item in transport.clerk.items(path):
            shown |= {value for value in item.values() if isinstance(value, str)}
    shown |= {item["id"] for item in transport.clerk.search("kiểm tra hệ thống")}
    assert shown & set(things.values()) == set()


def test_a_thing_of_another_tenant_cannot_be_named_inside_a_body(vanthu, transport, things):
    writer, administrator, unit = transport.specialist, transport.administrator, transport.head.unit
    before = state_of(vanthu)
    named = [
        ("/documents", {"direction": "outgoing", "type": "CV", "subject": "Thử", "signer_post_id": things["post"]}),
        ("/documents", {"direction": "outgoing", "type": "CV", "subject": "Thử", "unit_id": things["unit"]}),
    ]
    for path, body in named:
        assert writer.ask("POST", path, json=body).status_code == 422
    person = {"person_id": things["person"], "unit_id": unit, "role": "head", "title": "Trưởng phòng"}
    assert administrator.ask("POST", "/posts", json=person).status_code == 422
    branch = {"code": "LA", "name": "Đơn vị lạ", "kind": "department", "parent_id": things["unit"]}
    assert administrator.ask("POST", "/units", json=branch).status_code == 422
    assert changes(before, state_of(vanthu)) == []


def test_a_register_of_another_tenant_gives_no_number(transport, things):
    body = {
        "register_id": things["incoming_register"], "organ_name": "Sở", "code_number": "1", "code_notation": "S",
        "issued_on": "2026-01-15", "type": "CV", "subject": "Thử",
    }  # fmt: skip
    assert transport.clerk.ask("POST", "/documents/incoming", json=body).status_code == 422


def test_the_database_itself_shows_the_application_no_other_tenant(database, things):
    """Row security holds even when a query forgets to ask: as the application's role, in the name of another tenant."""
    counted = database.psql(f"""
        BEGIN;
        SET LOCAL ROLE vanthu_app;
        SELECT platform.begin_system(id) FROM platform.tenant WHERE code = 'VCKV' \\g /dev/null
        SELECT count(*) FROM documents.document WHERE id = '{things["issued"]}';
        SELECT count(*) FROM documents.file WHERE id = '{things["file"]}';
        UPDATE documents.document SET subject = 'x' WHERE id = '{things["issued"]}' RETURNING 1;
        ROLLBACK;
    """)
    assert counted == ["0", "0"]
