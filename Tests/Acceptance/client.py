"""A person at work: signs in, and does with documents what people in an office do. HTTP only.

Every verb asks for what it needs, gives back the answer's JSON, and raises `Refused` when the server says no.
"""

import base64
import contextlib
import datetime
import hashlib
import threading
import uuid

import httpx


class Refused(Exception):
    """The server said no, in a problem of RFC 9457."""

    def __init__(self, response):
        self.response = response
        self.status = response.status_code
        is_problem = response.headers.get("content-type", "").startswith("application/problem+json")
        self.problem = response.json() if is_problem else {}
        self.code = self.problem.get("code")
        self.fields = [error["field"] for error in self.problem.get("errors", [])]
        self.codes = [self.code, *(error["code"] for error in self.problem.get("errors", []))]
        super().__init__(f"{response.request.method} {response.request.url.path}: {self.status} {self.problem or response.text}")


@contextlib.contextmanager
def refused(status, code=None, field=None):
    """What happens inside is refused: with this status, this code (of the whole or of a field), and this field named."""
    try:
        yield
    except Refused as refusal:
        assert refusal.status == status, refusal
        assert code is None or code in refusal.codes, refusal
        assert field is None or field in refusal.fields, refusal
    else:
        raise AssertionError(f"nothing was refused; {status} {code or ''} was expected")


class Client:
    """An HTTP client that knows the API's manners: CSRF token, If-Match, Idempotency-Key."""

    def __init__(self, url, **headers):
        self.http = httpx.Client(base_url=url, timeout=60, headers=headers)
        self.csrf = None
        self.me = None

    def ask(self, method, path, **options):
        """The bare answer, whatever it is."""
        headers = dict(options.pop("headers", None) or {})
        if self.csrf and method not in ("GET", "HEAD", "OPTIONS"):
            headers.setdefault("X-CSRF-Token", self.csrf)
        if path.startswith("/") and not path.startswith(("/api/", "/healthz", "/readyz", "/metrics", "/openapi", "/pki/")):
            path = "/api/v1" + path
        return self.http.request(method, path, headers=headers, **options)

    def must(self, method, path, **options):
        """The JSON of a success; None when it has none."""
        response = self.ask(method, path, **options)
        if not response.is_success:
            raise Refused(response)
        is_json = response.headers.get("content-type", "").startswith("application/json")
        return response.json() if is_json else None

    def sign_in(self, login, password, post=None):
        body = {"login": login, "password": password} | ({"post_id": post} if post else {})
        self.me = self.must("POST", "/sessions", json=body)
        self.csrf = self.me["csrf_token"]
        return self.me

    def items(self, path, **query):
        """All items of a list, page after page."""
        items, after = [], None
        while True:
            page = self.must("GET", path, params={**query, **({"after": after} if after else {})})
            items += page["items"]
            after = page["next"]
            if after is None:
                return items


class Person(Client):
    """Somebody signed in, acting in one post."""

    def __init__(self, url, login, password, **headers):
        super().__init__(url, **headers)
        self.login = login
        self.sign_in(login, password)

    @property
    def post(self):
        return self.me["post"]["id"]

    @property
    def unit(self):
        return self.me["post"]["unit"]["id"]

    # Reading

    def document(self, document):
        return self.must("GET", f"/documents/{document}")

    def search(self, text, **query):
        return self.must("GET", "/search", params={"q": text, **query})["items"]

    def tasks(self):
        return self.items("/tasks", limit=200)

    def deliveries(self, state="waiting"):
        return self.items("/deliveries", state=state, limit=200)

    def dispatches(self, document):
        return self.must("GET", f"/documents/{document}/dispatches")["items"]

    def download(self, file):
        response = self.ask("GET", f"/files/{file}/content")
        if not response.is_success:
            raise Refused(response)
        return response.content

    def main_file(self, document):
        """The newest version of the document's own text."""
        mains = [file for file in self.document(document)["files"] if file["role"] == "main"]
        return max(mains, key=lambda file: file["version"])

    # Drafting

    def draft(self, subject, type="CV", direction="outgoing", signer=None, key=None, **fields):
        """Writes a draft (dự thảo) and gives its id."""
        body = {"direction": direction, "type": type, "subject": subject, **fields}
        if signer:
            body["signer_post_id"] = signer
        return self.must("POST", "/documents", json=body, headers={"Idempotency-Key": key or new_key()})["id"]

    def change(self, document, version=None, **fields):
        return self._change("PATCH", document, "", version, json=fields)

    def attach(self, document, content, name="van-ban.pdf", role="main", **options):
        """Uploads a file; `role` is main or attachment."""
        params = {"name": name, "role": role}
        headers = {"Content-Type": "application/octet-stream"}
        return self.must("POST", f"/documents/{document}/files", params=params, content=content, headers=headers, **options)

    # The way of a document

    def act(self, document, action, comment=None, version=None, **fields):
        body = {"action": action, **fields} | ({"comment": comment} if comment else {})
        return self._change("POST", document, "/actions", version, json=body)

    def submit(self, document, comment=None, version=None):
        return self.act(document, "submit", comment, version)

    def agree(self, document, comment=None, version=None):
        return self.act(document, "agree", comment, version)

    def send_back(self, document, comment, version=None):
        return self.act(document, "return", comment, version)

    def cancel(self, document, version=None):
        return self.act(document, "cancel", None, version)

    def present(self, document, leader, version=None):
        """Presents an incoming document to a leader's post (trình lãnh đạo)."""
        return self.act(document, "present", None, version, to_post_id=leader)

    def sign(self, document, pin, version=None):
        return self._change("POST", document, "/signature", version, json={"pin": pin})

    def number(self, document, register, version=None):
        return self._change("POST", document, "/number", version, json={"register_id": register})

    def seal(self, document, pin, version=None):
        return self._change("POST", document, "/seal", version, json={"pin": pin})

    def issue(self, document, recipients=(), version=None, key=None, **fields):
        body = {"recipients": list(recipients), **fields}
        return self._change("POST", document, "/issue", version, json=body, headers={"Idempotency-Key": key or new_key()})

    def direct(self, document, text, lead, due_at=None, version=None, **others):
        """A leader's direction (bút phê); `lead` is {"unit_id": …} or {"post_id": …}."""
        body = {"text": text, "lead": lead, **others} | ({"due_at": due_at} if due_at else {})
        return self._change("POST", document, "/directions", version, json=body)

    def complete(self, task, result):
        return self.must("POST", f"/tasks/{task}/completion", json={"result": result})

    # Receiving

    def register(self, delivery, register, key=None):
        """Enters what was delivered in an incoming register (vào sổ)."""
        headers = {"Idempotency-Key": key or new_key()}
        return self.must("POST", f"/deliveries/{delivery}/registration", json={"register_id": register}, headers=headers)

    def register_paper(self, register, subject="Công văn giấy", key=None, **fields):
        body = {
            "register_id": register, "organ_name": "Sở Thông tin và Truyền thông", "code_number": "12",
            "code_notation": "STTTT-VP", "issued_on": "2026-01-15", "type": "CV", "subject": subject,
            "confirm_duplicate": True,
        }  # fmt: skip
        headers = {"Idempotency-Key": key or new_key()}
        return self.must("POST", "/documents/incoming", json=body | fields, headers=headers)

    def return_delivery(self, delivery, reason):
        return self.must("POST", f"/deliveries/{delivery}/return", json={"reason": reason})

    # Keys

    def make_signing_key(self, pin):
        return self.must("POST", "/signing-keys", json={"pin": pin})

    def make_seal_key(self, pin):
        return self.must("POST", "/seal-keys", json={"pin": pin})

    def _change(self, method, document, path, version, headers=None, **options):
        """A change of a document as it is now, or as it was at `version`."""
        if version is None:
            version = self.document(document)["version"]
        headers = {"If-Match": etag(version), **(headers or {})}
        return self.must(method, f"/documents/{document}{path}", headers=headers, **options)


class Office:
    """One organisation (tenant) of the demonstration and its people. Each signs in once, when first asked for."""

    PIN = "246802"

    def __init__(self, url, code, password):
        self.url, self.code, self.password = url, code, password
        self._people = {}
        self._lock = threading.Lock()
        self._has_keys = False

    def person(self, login):
        with self._lock:
            if login not in self._people:
                self._people[login] = Person(self.url, f"{login}@{self.code.lower()}", self.password)
            return self._people[login]

    specialist = property(lambda self: self.person("chuyenvien"))
    colleague = property(lambda self: self.person("chuyenvien2"))
    head = property(lambda self: self.person("truongphong"))
    leader = property(lambda self: self.person("lanhdao"))
    deputy = property(lambda self: self.person("lanhdao3"))
    clerk = property(lambda self: self.person("vanthu"))
    second_clerk = property(lambda self: self.person("vanthu2"))
    administrator = property(lambda self: self.person("quantri"))

    def register(self, direction):
        """The id of the register of this year that the demonstration has opened."""
        year = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).year
        found = [r for r in self.clerk.items("/registers") if (r["direction"], r["year"]) == (direction, year)]
        return min(register["id"] for register in found)

    def keys(self):
        """Makes the leader's signing key and the organisation's seal, once."""
        if self._has_keys:
            return
        for make in (self.leader.make_signing_key, self.clerk.make_seal_key):
            try:
                make(self.PIN)
            except Refused as refusal:
                if refusal.code != "key_exists":
                    raise
        self._has_keys = True

    def document(self, state, pdf, subject="Về việc kiểm tra hệ thống", **fields):
        """A fresh outgoing document that has gone its way up to `state`; gives its id."""
        document = self.specialist.draft(subject, signer=self.leader.post, **fields)
        self.specialist.attach(document, pdf)
        way = [
            ("draft", lambda: None),
            ("content_review", lambda: self.specialist.submit(document)),
            ("format_review", lambda: self.head.agree(document)),
            ("awaiting_signature", lambda: self.clerk.agree(document)),
            ("signed", lambda: (self.keys(), self.leader.sign(document, self.PIN))),
            ("numbered", lambda: self.clerk.number(document, self.register("outgoing"))),
            ("sealed", lambda: self.clerk.seal(document, self.PIN)),
        ]
        for reached, step in way:
            step()
            if reached == state:
                return document
        raise ValueError(f"no such state on the way: {state}")


def new_key():
    return str(uuid.uuid4())


def etag(version):
    return f'"{version}"'


def csrf_token(secret):
    """What the header X-CSRF-Token must carry for a session with this secret."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"csrf:{secret}".encode()).digest()).rstrip(b"=").decode()
