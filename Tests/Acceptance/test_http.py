"""How the API behaves as HTTP: problems, methods, caching, ranges, pages, repeated requests, sign-in, tokens, metrics, OpenAPI."""

import datetime
import hashlib
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
from openapi_spec_validator import validate
from prometheus_client.parser import text_string_to_metric_families

from client import Client, Person, csrf_token, etag, new_key, refused
from machine import PASSWORD, serving
from waiting import wait_until


@pytest.fixture(scope="module")
def attachment(hanoi):
    """A file of 1,000 bytes and its content."""
    content = bytes(i % 251 for i in range(1000))
    document = hanoi.specialist.draft("Văn bản có tệp kèm")
    return hanoi.specialist.attach(document, content, "kem.bin", role="attachment")["id"], content


# Problems


@pytest.mark.parametrize("wanted, language", [
    ("vi", "vi"), ("en", "en"), ("en-GB,en;q=0.9,vi;q=0.1", "en"), ("vi;q=0.1,en;q=0.9", "en"), ("fr", "vi"), (None, "vi"),
])  # fmt: skip
def test_problems_speak_vietnamese_or_english(hanoi, wanted, language):
    headers = {"Accept-Language": wanted} if wanted else {}
    answer = hanoi.specialist.ask("GET", f"/documents/{uuid.uuid4()}", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]
    problem = answer.json()
    assert problem["title"] == {"vi": "Không tìm thấy", "en": "Not found"}[language]
    assert (problem["status"], problem["code"]) == (404, "not_found")
    assert problem["type"] and problem["detail"] and problem["instance"]


def test_each_wrong_field_is_named_in_the_readers_language(hanoi):
    body = {"direction": "sideways", "type": "CV", "subject": ""}
    said = {}
    for language in ("vi", "en"):
        answer = hanoi.specialist.ask("POST", "/documents", json=body, headers={"Accept-Language": language})
        assert answer.status_code == 422
        said[language] = {error["field"]: error["message"] for error in answer.json()["errors"]}
    assert set(said["vi"]) == set(said["en"]) == {"direction", "subject"}
    assert said["vi"]["subject"] != said["en"]["subject"]


def test_a_problem_names_the_request_that_the_log_knows(vanthu, stranger):
    request = str(uuid.uuid4())
    answer = stranger.ask("GET", "/me", headers={"X-Request-Id": request})
    assert answer.headers["x-request-id"] == request
    assert answer.json()["instance"] == f"urn:uuid:{request}"
    wait_until(lambda: request in vanthu.log.read_text(), "the request is in the log")


def test_an_id_that_is_no_uuid_names_nothing(hanoi):
    for nothing in ("1", "not-a-uuid", "' OR 1=1", "%00", "%F0%9F%92%A9"):
        assert hanoi.specialist.ask("GET", f"/documents/{nothing}").status_code in (400, 404)


# Methods


def test_head_is_get_without_the_content(hanoi, attachment):
    for path in ("/me", "/documents", f"/files/{attachment[0]}/content"):
        get, head = (hanoi.specialist.ask(method, path) for method in ("GET", "HEAD"))
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-type", "content-length", "etag"):
            assert head.headers.get(name) == get.headers.get(name), (path, name)


def test_options_and_a_wrong_method_say_what_is_allowed(hanoi):
    options = hanoi.specialist.ask("OPTIONS", "/documents")
    assert options.status_code == 204
    assert {method.strip() for method in options.headers["allow"].split(",")} == {"GET", "HEAD", "POST", "OPTIONS"}
    wrong = hanoi.specialist.ask("DELETE", "/documents")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == options.headers["allow"]


def test_an_address_that_is_none_is_404_also_with_a_slash_too_many(hanoi):
    for path in ("/nothing", "/documents/", "/api/v2/documents", "//documents"):
        assert hanoi.specialist.ask("GET", path).status_code == 404


def test_every_answer_forbids_sniffing_framing_and_storing(hanoi, stranger):
    for answer in (hanoi.specialist.ask("GET", "/me"), stranger.ask("GET", "/me"), stranger.ask("GET", "/nothing")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "no-store" in answer.headers["cache-control"]


# Caching and ranges


def test_a_document_that_has_not_changed_is_304(hanoi):
    document = hanoi.specialist.draft("Có nhãn phiên bản")
    tag = hanoi.specialist.ask("GET", f"/documents/{document}").headers["etag"]
    for known in (tag, f'"0", {tag}', f"W/{tag}", "*"):
        answer = hanoi.specialist.ask("GET", f"/documents/{document}", headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    hanoi.specialist.change(document, subject="Đã đổi")
    answer = hanoi.specialist.ask("GET", f"/documents/{document}", headers={"If-None-Match": tag})
    assert answer.status_code == 200 and answer.headers["etag"] != tag


def test_the_etag_of_a_change_is_the_etag_to_change_with_next(hanoi):
    document = hanoi.specialist.draft("Sửa nhiều lần")
    tag = hanoi.specialist.ask("GET", f"/documents/{document}").headers["etag"]
    for subject in ("Lần một", "Lần hai"):
        answer = hanoi.specialist.ask("PATCH", f"/documents/{document}", json={"subject": subject}, headers={"If-Match": tag})
        assert answer.status_code == 200
        tag = answer.headers["etag"]
    # The tag of what is read names the same version, and the bytes besides.
    assert hanoi.specialist.ask("GET", f"/documents/{document}").headers["etag"].startswith(tag[:-1] + "-")


def test_a_file_comes_whole_with_its_hash_as_etag(hanoi, attachment):
    file, content = attachment
    answer = hanoi.specialist.ask("GET", f"/files/{file}/content")
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["etag"] == etag(hashlib.sha256(content).hexdigest())
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-disposition"].startswith("attachment;")
    known = hanoi.specialist.ask("GET", f"/files/{file}/content", headers={"If-None-Match": answer.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize("asked, first, last", [
    ("bytes=0-0", 0, 0), ("bytes=10-19", 10, 19), ("bytes=990-", 990, 999), ("bytes=-5", 995, 999),
    ("bytes=990-5000", 990, 999), ("bytes=-5000", 0, 999),
])  # fmt: skip
def test_a_range_is_206_with_just_these_bytes(hanoi, attachment, asked, first, last):
    file, content = attachment
    answer = hanoi.specialist.ask("GET", f"/files/{file}/content", headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/1000"
    assert answer.content == content[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_outside_the_file_is_416(hanoi, attachment, asked):
    answer = hanoi.specialist.ask("GET", f"/files/{attachment[0]}/content", headers={"Range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */1000")


@pytest.mark.parametrize("asked", ["lines=1-2", "bytes=5-1", "bytes=a-b", "bytes=", "bytes=0-1,5-6"])
def test_a_range_that_is_none_is_ignored(hanoi, attachment, asked):
    answer = hanoi.specialist.ask("GET", f"/files/{attachment[0]}/content", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, attachment[1])


def test_a_range_of_an_older_file_gives_the_whole_new_one(hanoi, attachment):
    headers = {"Range": "bytes=0-9", "If-Range": etag("0" * 64)}
    assert hanoi.specialist.ask("GET", f"/files/{attachment[0]}/content", headers=headers).status_code == 200
    headers["If-Range"] = etag(hashlib.sha256(attachment[1]).hexdigest())
    assert hanoi.specialist.ask("GET", f"/files/{attachment[0]}/content", headers=headers).status_code == 206


# Pages


def walk(person, path, **query):
    """Follows Link to the end, and gives the ids in the order in which they came."""
    ids, answer = [], person.ask("GET", path, params=query)
    for _ in range(500):
        assert answer.status_code == 200, answer.text
        page = answer.json()
        ids += [item["id"] for item in page["items"]]
        assert ("next" in answer.links) == (page["next"] is not None)
        if page["next"] is None:
            return ids
        assert len(page["items"]) == query["limit"]
        address = urlsplit(answer.links["next"]["url"])
        assert parse_qs(address.query)["after"] == [page["next"]]
        answer = person.ask("GET", f"{address.path}?{address.query}")
    raise AssertionError("the pages have no end")


def test_pages_of_documents_lead_to_the_end_without_gap_or_double(vanthu, headquarters):
    person = headquarters.colleague
    made = [person.draft(f"Văn bản phân trang {i}") for i in range(23)]
    for limit in (1, 7, 23, 200):
        ids = walk(person, "/documents", limit=limit, state="draft")
        assert len(ids) == len(set(ids))
        assert [id for id in ids if id in made] == list(reversed(made))


def test_pages_of_a_search_keep_the_order_of_the_whole(headquarters):
    person = headquarters.colleague
    made = [person.draft(f"Kỷ yếu hội thảo {'chuyển đổi' if i % 2 else 'chuyen doi'} {i}") for i in range(12)]
    whole = walk(person, "/search", q="kỷ yếu hội thảo chuyển đổi", limit=200)
    assert set(whole) == set(made)
    for limit in (1, 5):
        assert walk(person, "/search", q="kỷ yếu hội thảo chuyển đổi", limit=limit) == whole


@pytest.mark.parametrize("path", ["/units", "/people", "/tasks", "/deliveries"])
def test_pages_of_other_lists_lead_to_the_end_too(hanoi, headquarters, path):
    office = headquarters if path in ("/tasks", "/deliveries") else hanoi
    ids = walk(office.clerk, path, limit=7)
    assert len(ids) == len(set(ids)) and sorted(ids) == sorted(walk(office.clerk, path, limit=200))


def test_documents_drafted_between_two_pages_disturb_nothing(hanoi):
    person = hanoi.colleague
    made = [person.draft(f"Trước {i}") for i in range(6)]
    first = person.must("GET", "/documents", params={"limit": 3})
    person.draft("Chen giữa")
    second = person.must("GET", "/documents", params={"limit": 3, "after": first["next"]})
    assert [item["id"] for item in first["items"] + second["items"]] == list(reversed(made))


@pytest.mark.parametrize("path", ["/documents", "/search?q=a", "/tasks", "/people", "/deliveries"])
@pytest.mark.parametrize("query", ["after=nonsense", "limit=0", "limit=201", "limit=x", "unknown=1", "limit=1&limit=2"])
def test_a_wrong_parameter_of_a_list_is_named(hanoi, path, query):
    answer = hanoi.clerk.ask("GET", path + ("&" if "?" in path else "?") + query)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == query.split("=")[0]


# Repeated requests


def test_a_repeated_request_gets_the_first_ones_answer(hanoi):
    body = {"direction": "outgoing", "type": "CV", "subject": "Gửi hai lần"}
    headers = {"Idempotency-Key": new_key()}
    first, second = (hanoi.specialist.ask("POST", "/documents", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    for name in ("etag", "location"):
        assert first.headers[name] == second.headers[name]
    assert "idempotency-replayed" not in first.headers and second.headers["idempotency-replayed"] == "true"


def test_a_key_is_good_for_one_request_only(hanoi):
    key = new_key()
    hanoi.specialist.draft("Lần một", key=key)
    with refused(422, "idempotency_key_reused"):
        hanoi.specialist.draft("Lần hai", key=key)


def test_a_refused_request_leaves_its_key_free(hanoi):
    key = new_key()
    with refused(422, "unknown_document_type"):
        hanoi.specialist.draft("Thử", type="XX", key=key)
    hanoi.specialist.draft("Thử lại", key=key)


def test_keys_of_two_people_do_not_meet(hanoi):
    key = new_key()
    assert hanoi.specialist.draft("Của người này", key=key) != hanoi.colleague.draft("Của người kia", key=key)


@pytest.mark.parametrize("key", ["x" * 129, "có dấu".encode(), "a b"])
def test_a_key_that_is_none_is_refused(hanoi, key):
    body = {"direction": "outgoing", "type": "CV", "subject": "Khóa sai"}
    answer = hanoi.specialist.ask("POST", "/documents", json=body, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_idempotency_key")


def test_the_same_request_many_times_at_once_is_one_act(database, hanoi):
    key, subject = new_key(), f"Bấm nhiều lần {new_key()}"
    with ThreadPoolExecutor(8) as hands:
        made = set(hands.map(lambda _: hanoi.specialist.draft(subject, key=key), range(8)))
    assert len(made) == 1
    assert database.value(f"SELECT count(*) FROM documents.document WHERE subject = '{subject}'") == "1"


# Limits


def test_a_json_body_over_a_megabyte_is_refused(hanoi):
    body = {"direction": "outgoing", "type": "CV", "subject": "Lớn", "note": "x" * 1_100_000}
    answer = hanoi.specialist.ask("POST", "/documents", json=body)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_headers_without_end_are_refused(vanthu):
    answer = Client(vanthu.url, **{"X-Endless": "x" * 100_000}).ask("GET", "/healthz")
    assert answer.status_code in (400, 431)
    assert vanthu.status("/healthz") == 200


@pytest.mark.parametrize("typed", [
    "'", "''", "\\", "\\'", "a:A", "a & b | !c", "(", "<->", ":*", "%", "_", "😀", "x" * 200, "- -", "\u0301", "a'b\\c:D",
    "12/", "/QĐ", "“trích dẫn”", "\u200b", "ﬁ", "１２/ＱĐ",
])  # fmt: skip
def test_whatever_is_typed_into_search_is_looked_for_and_never_an_error(hanoi, typed):
    answer = hanoi.specialist.ask("GET", "/search", params={"q": typed})
    assert answer.status_code == 200 or (answer.status_code == 422 and not typed.strip("\u200b")), answer.text


# Signing in


def signed_in(vanthu, login, password=PASSWORD):
    return Person(vanthu.url, login, password)


def test_the_cookie_is_kept_from_scripts_and_other_sites(vanthu, stranger):
    answer = stranger.ask("POST", "/sessions", json={"login": "chuyenvien@bdag", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    name, *flags = [part.strip() for part in cookie.split(";")]
    assert name.startswith("vanthu_session=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(flags)
    assert "Secure" not in flags, "the tests reach the server without TLS"
    assert "no-store" in answer.headers["cache-control"]
    secret = name.split("=", 1)[1]
    assert answer.json()["csrf_token"] == csrf_token(secret)
    assert secret not in answer.text


def test_the_cookie_is_secure_where_people_come_by_tls(database, tmp_path):
    with serving(database, tmp_path, VANTHU_PUBLIC_ADDRESS="https://vanthu.example") as server:
        answer = Client(server.url).ask("POST", "/sessions", json={"login": "chuyenvien@bdag", "password": PASSWORD})
        assert "; Secure" in answer.headers["set-cookie"]


def test_signing_in_tells_who_one_is(hanoi):
    me = hanoi.clerk.must("GET", "/me")
    assert me["tenant"]["code"] == "BDHN"
    assert me["post"]["role"] == "clerk" and me["post"]["unit"]["name"]
    assert me["csrf_token"] == hanoi.clerk.csrf
    assert me["post"]["id"] in [post["id"] for post in me["posts"]]


def test_a_person_with_two_posts_chooses_one(vanthu):
    client = Client(vanthu.url)
    me = client.sign_in("lanhdao2@bdhn", PASSWORD)
    assert len(me["posts"]) == 2
    for post in me["posts"]:
        chosen = Client(vanthu.url).sign_in("lanhdao2@bdhn", PASSWORD, post["id"])
        assert chosen["post"]["id"] == post["id"]
    answer = client.ask("POST", "/sessions", json={"login": "lanhdao2@bdhn", "password": PASSWORD, "post_id": str(uuid.uuid4())})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_post")


def test_the_name_is_taken_in_any_case_and_spelling(vanthu):
    for login in ("VANTHU@BDCM", "vanthu@bdcm", "Vanthu@BdCm"):
        assert signed_in(vanthu, login).me["tenant"]["code"] == "BDCM"


@pytest.mark.parametrize("login", ["nobody@bdhn", "vanthu@nowhere", "vanthu", "@", "vanthu@bdhn@bdhn"])
def test_a_wrong_name_and_a_wrong_password_are_one_answer(vanthu, login):
    client = Client(vanthu.url, **{"X-Forwarded-For": f"192.0.2.{len(login)}"})
    for body in ({"login": login, "password": PASSWORD}, {"login": "vanthu@bdbk", "password": "sai-mat-khau"}):
        answer = client.ask("POST", "/sessions", json=body)
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_login_or_password")
        assert "set-cookie" not in answer.headers


def test_a_change_by_cookie_needs_the_csrf_token(hanoi):
    body = {"direction": "outgoing", "type": "CV", "subject": "Từ trang khác"}
    for token in ("", "wrong", hanoi.clerk.csrf):
        answer = hanoi.specialist.ask("POST", "/documents", json=body, headers={"X-CSRF-Token": token})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_token_invalid")
    assert hanoi.specialist.ask("GET", "/me", headers={"X-CSRF-Token": ""}).status_code == 200


def test_many_wrong_passwords_lock_the_name_for_a_while_even_for_the_right_one(vanthu, database):
    attempts = [Client(vanthu.url, **{"X-Forwarded-For": f"198.51.100.{i}"}) for i in range(8)]
    wrong = {"login": "quantri@bdyb", "password": "sai-mat-khau"}
    answers = [client.ask("POST", "/sessions", json=wrong) for client in attempts]
    codes = [answer.status_code for answer in answers]
    assert codes[:5] == [401] * 5 and codes[-1] == 429, codes
    assert int(answers[-1].headers["retry-after"]) > 0
    right = attempts[0].ask("POST", "/sessions", json={"login": "quantri@bdyb", "password": PASSWORD})
    assert (right.status_code, right.json()["code"]) == (429, "too_many_attempts")
    # Another name from the same places is not concerned, and when the time is over the right password works.
    Person(vanthu.url, "vanthu@bdyb", PASSWORD, **{"X-Forwarded-For": "198.51.100.1"})
    database.psql("UPDATE platform.login_attempt SET blocked_until = now() WHERE blocked_until > now()")
    signed_in(vanthu, "quantri@bdyb")


def test_many_failures_from_one_address_lock_the_address(vanthu):
    client = Client(vanthu.url, **{"X-Forwarded-For": "203.0.113.7"})
    codes = []
    for i in range(110):
        answer = client.ask("POST", "/sessions", json={"login": f"ai.do.{i}@bdhn", "password": "x"})
        codes.append(answer.status_code)
        if answer.status_code == 429:
            break
    assert set(codes[:-1]) == {401} and codes[-1] == 429 and 90 <= len(codes) <= 105
    elsewhere = Client(vanthu.url, **{"X-Forwarded-For": "203.0.113.8"})
    assert elsewhere.sign_in("vanthu@bdvp", PASSWORD)


def test_signing_out_ends_the_session(vanthu):
    person = signed_in(vanthu, "chuyenvien@bdst")
    secret = person.http.cookies["vanthu_session"]
    answer = person.ask("DELETE", "/sessions/current")
    assert answer.status_code == 204 and "Max-Age=0" in answer.headers["set-cookie"]
    stale = Client(vanthu.url, Cookie=f"vanthu_session={secret}")
    assert stale.ask("GET", "/me").status_code == 401


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(vanthu):
    login = "chuyenvien@bdtv"
    this, other = signed_in(vanthu, login), signed_in(vanthu, login)
    new = "mật khẩu mới 2026"
    with refused(401, "wrong_login_or_password"):
        this.must("PUT", "/me/password", json={"current": "sai", "new": new})
    with refused(422, field="new"):
        this.must("PUT", "/me/password", json={"current": PASSWORD, "new": "ngan"})
    this.must("PUT", "/me/password", json={"current": PASSWORD, "new": new})
    assert this.ask("GET", "/me").status_code == 200
    assert other.ask("GET", "/me").status_code == 401
    assert signed_in(vanthu, login, new)
    with refused(401):
        signed_in(vanthu, login, PASSWORD)


def test_an_account_whose_post_ended_can_do_nothing_more(vanthu):
    administrator = signed_in(vanthu, "quantri@bdtb")
    for login in ("chuyenvien2@bdtb", "vanthu2@bdtb"):
        victim = signed_in(vanthu, login)
        assert victim.ask("GET", "/documents").status_code == 200
        mine = victim.draft("Còn giữ chức danh")
        administrator.must("DELETE", f"/posts/{victim.post}")
        assert victim.ask("GET", f"/documents/{mine}").status_code == 404
        assert victim.items("/documents") == [] and victim.items("/tasks") == [] and victim.search("chức danh") == []
        for path, body in without_a_post(administrator.unit):
            answer = victim.ask("POST", path, json=body)
            assert answer.status_code == 403, (path, answer.text)


def without_a_post(unit):
    """What nobody may do who holds no post."""
    year = datetime.date.today().year
    paper = {"register_id": str(uuid.uuid4()), "organ_name": "Sở", "code_number": "1", "code_notation": "S", "issued_on": "2026-01-15"}
    return [
        ("/documents", {"direction": "outgoing", "type": "CV", "subject": "Thử"}),
        ("/documents/incoming", paper | {"type": "CV", "subject": "Thử"}),
        ("/registers", {"direction": "outgoing", "name": "Sổ", "year": year}),
        ("/signing-keys", {"pin": "246802"}),
        ("/seal-keys", {"pin": "246802"}),
        ("/units", {"code": "MOI", "name": "Mới", "kind": "department"}),
        ("/people", {"full_name": "Người Mới"}),
        ("/posts", {"person_id": str(uuid.uuid4()), "unit_id": unit, "role": "clerk", "title": "Văn thư"}),
    ]


# Tokens


def bearer(vanthu, token):
    return Client(vanthu.url, Authorization=f"Bearer {token}")


def test_a_token_does_what_its_scopes_say_and_nothing_else(vanthu, hanoi):
    issued = hanoi.specialist.must("POST", "/tokens", json={"name": "máy đọc", "scopes": ["documents:read"]})
    machine = bearer(vanthu, issued["token"])
    assert machine.ask("GET", "/documents").status_code == 200
    assert machine.ask("GET", "/me").json()["csrf_token"] is None
    body = {"direction": "outgoing", "type": "CV", "subject": "Máy soạn"}
    for method, path, content in (("POST", "/documents", body), ("GET", "/units", None), ("GET", "/tokens", None)):
        answer = machine.ask(method, path, json=content)
        assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope"), (method, path)


def test_a_token_writes_without_csrf_token_when_it_may(vanthu, hanoi):
    scopes = ["documents:read", "documents:write"]
    issued = hanoi.specialist.must("POST", "/tokens", json={"name": "máy soạn", "scopes": scopes})
    body = {"direction": "outgoing", "type": "CV", "subject": "Máy soạn"}
    drafted = bearer(vanthu, issued["token"]).ask("POST", "/documents", json=body)
    assert drafted.status_code == 201
    assert hanoi.specialist.document(drafted.json()["id"])["subject"] == "Máy soạn"


def test_a_token_is_shown_once_and_can_be_taken_back(vanthu, database, hanoi):
    issued = hanoi.specialist.must("POST", "/tokens", json={"name": "máy cũ", "scopes": ["documents:read"]})
    listed = [token for token in hanoi.specialist.items("/tokens") if token["id"] == issued["id"]]
    assert len(listed) == 1 and "token" not in listed[0]
    stored = f"SELECT encode(secret_hash, 'hex') FROM platform.api_token WHERE id = '{issued['id']}'"
    assert issued["token"] not in database.value(stored)
    hanoi.specialist.must("DELETE", f"/tokens/{issued['id']}")
    assert bearer(vanthu, issued["token"]).ask("GET", "/documents").status_code == 401


@pytest.mark.parametrize("body, field", [
    ({"name": "x", "scopes": ["account"]}, "scopes[0]"), ({"name": "x", "scopes": []}, "scopes"),
    ({"name": "x", "scopes": ["documents:read"], "expires_at": "2099-01-01T00:00:00Z"}, "expires_at"),
    ({"name": "x", "scopes": ["documents:read"], "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
])  # fmt: skip
def test_a_token_for_too_much_or_too_long_is_refused(hanoi, body, field):
    with refused(422, field=field):
        hanoi.specialist.must("POST", "/tokens", json=body)


@pytest.mark.parametrize("value", ["Bearer nonsense", "Bearer", "Basic dmFudGh1OmE=", "Bearer " + "A" * 43, "x" * 5000])
def test_a_credential_that_is_none_is_401(vanthu, value):
    answer = Client(vanthu.url, Authorization=value).ask("GET", "/me")
    assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Bearer")


# Operation


def test_metrics_are_prometheus_text_and_count_requests(vanthu, hanoi):
    def counted():
        families = text_string_to_metric_families(Client(vanthu.url).ask("GET", "/metrics").text)
        return sum(
            sample.value for family in families for sample in family.samples
            if sample.name == "vanthu_http_request_duration_seconds_count" and sample.labels["operation"] == "getMe"
        )  # fmt: skip

    before = counted()
    for _ in range(3):
        hanoi.clerk.must("GET", "/me")
    wait_until(lambda: counted() == before + 3, "three requests more are counted")


def test_metrics_name_nobody(vanthu, hanoi):
    hanoi.clerk.must("GET", "/me")
    text = Client(vanthu.url).ask("GET", "/metrics").text
    assert hanoi.clerk.me["tenant"]["id"] not in text and "bdhn" not in text.lower()
    assert "vanthu_pool_waiting" in text, "the pool of connections is watched"


def test_the_openapi_document_is_valid_and_complete(database, stranger):
    document = stranger.ask("GET", "/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    validate(document)
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item if method in (
        "get", "post", "put", "patch", "delete")}  # fmt: skip
    served = {(route["method"], route["path"]) for route in json.loads(database.vanthu("routes", "--json").stdout)}
    assert described == served


def test_the_log_holds_no_secret(vanthu, hanoi):
    person = signed_in(vanthu, "chuyenvien@bdqt")
    secret = person.http.cookies["vanthu_session"]
    person.ask("GET", "/search", params={"q": "từ khóa riêng tư"})
    log = vanthu.log.read_text()
    for text in (secret, person.csrf, PASSWORD, hanoi.PIN, "từ khóa riêng tư", "t%E1%BB%AB"):
        assert text not in log
