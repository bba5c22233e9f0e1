"""`vanthu agent`: a page signs with the token on the person's machine, and only with the person's yes."""

import base64
import contextlib
import signal
import socket
import stat
import subprocess
import threading

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from machine import binary, free_port
from tokens import MODULE, ORIGIN, PIN, Agent, SoftToken, agent, fingerprint, rsa_key, wish
from waiting import wait_until

HASH = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


@pytest.fixture(scope="module")
def token(tmp_path_factory):
    made = SoftToken(tmp_path_factory.mktemp("token"))
    made.add("rsa", "01", rsa_key(), "Nguyễn Văn An")
    made.add("p256", "02", ec.generate_private_key(ec.SECP256R1()), "Trần Thị Bình")
    made.add("p384", "03", ec.generate_private_key(ec.SECP384R1()), "Lê Văn Cường")
    made.add("always", "04", rsa_key(), "Phạm Thị Dung", always=True)
    return made


@pytest.fixture
def desk(token, tmp_path):
    """The agent, paired."""
    with agent(token, tmp_path) as running:
        running.pair()
        yield running


class Page(threading.Thread):
    """A page that waits for its signatures while the person is asked."""

    def __init__(self, desk, wish):
        super().__init__()
        self.desk, self.wish = desk, wish
        self.start()

    def run(self):
        self.answer = self.desk.http.post("/sign", json=self.wish)

    def result(self):
        self.join(timeout=60)
        return self.answer


def verify(certificate, algorithm, document, signature):
    key, kind = certificate.public_key(), HASH[algorithm[-3:]]
    if algorithm.startswith("ecdsa"):
        half = len(signature) // 2
        whole = encode_dss_signature(
            int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
        key.verify(whole, document.encode(), ec.ECDSA(kind))
    elif "PSS" in algorithm:
        key.verify(signature, document.encode(), padding.PSS(padding.MGF1(kind), kind.digest_size), kind)
    else:
        key.verify(signature, document.encode(), padding.PKCS1v15(), kind)


@pytest.mark.parametrize(
    "label, algorithm",
    [
        ("rsa", "rsaPSSWithSHA256"), ("rsa", "rsaPSSWithSHA512"), ("rsa", "rsaPKCS1WithSHA256"),
        ("rsa", "rsaPKCS1WithSHA384"), ("p256", "ecdsaWithSHA256"), ("p384", "ecdsaWithSHA384"),
        ("always", "rsaPSSWithSHA256"),
    ],
)  # fmt: skip
def test_a_batch_is_signed_after_one_yes_and_one_pin(desk, token, label, algorithm):
    certificate = token.certificates[label]
    documents = ["Công văn 12/BĐHN-VP", "Tờ trình 7/TTr-BĐHN", "Báo cáo quý III"]
    page = Page(desk, wish(certificate, algorithm, *documents))
    question = desk.wait_for(r"(?s).*Enter[^\n]*: ")
    for document, item in zip(documents, page.wish["items"]):
        assert document in question
        assert base64.b64decode(item["digest"]).hex() in question
    assert ORIGIN in question
    desk.type("có")
    desk.wait_for("PIN.*: ")
    desk.type(PIN)
    answer = page.result()
    assert answer.status_code == 200, answer.text
    signatures = [base64.b64decode(text) for text in answer.json()["signatures"]]
    assert len(signatures) == 3
    for document, signature in zip(documents, signatures):
        verify(certificate, algorithm, document, signature)
    with pytest.raises(InvalidSignature):
        verify(certificate, algorithm, "another document", signatures[0])
    assert PIN not in desk.read()


def test_certificates_tell_what_a_page_needs(desk, token):
    found = {entry["id"]: entry for entry in desk.http.get("/certificates").json()["certificates"]}
    assert set(found) == {fingerprint(one) for one in token.certificates.values()}, "the authority's is not one to sign with"
    entry = found[fingerprint(token.certificates["rsa"])]
    assert entry["subject"] == "Nguyễn Văn An"
    assert entry["token"] == "vanthu"
    assert entry["algorithms"][0] == "rsaPSSWithSHA256"
    assert len(entry["authorities"]) == 1
    assert found[fingerprint(token.certificates["p384"])]["algorithms"] == ["ecdsaWithSHA384", "ecdsaWithSHA256"]


@pytest.mark.parametrize("answer", ["", "không", "y"])
def test_without_a_yes_nothing_is_signed(desk, token, answer):
    page = Page(desk, wish(token.certificates["rsa"], "rsaPSSWithSHA256", "x"))
    desk.wait_for(r"Enter[^\n]*: ")
    desk.type(answer)
    assert (page.result().status_code, page.answer.json()["code"]) == (403, "declined")


def test_an_answer_typed_before_the_question_does_not_count(token, tmp_path):
    with agent(token, tmp_path, "--wait", "1") as desk:
        desk.pair()
        desk.type("có")
        desk.wait_for("có")
        page = Page(desk, wish(token.certificates["rsa"], "rsaPSSWithSHA256", "x"))
        assert page.result().json()["code"] == "declined"


def test_a_wrong_pin_is_told_with_the_tries_left(desk, token):
    def attempt(pin):
        page = Page(desk, wish(token.certificates["p256"], "ecdsaWithSHA256", "x"))
        desk.wait_for(r"Enter[^\n]*: ")
        desk.type("có")
        desk.wait_for("PIN.*: ")
        desk.type(pin)
        return page.result()

    wrong = attempt("000000")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_pin")
    assert wrong.json()["tries_left"] in {"few", "last"}
    entry = desk.http.get("/certificates").json()["certificates"][0]
    assert entry["tries_left"] == wrong.json()["tries_left"]
    assert attempt(PIN).status_code == 200
    assert desk.http.get("/certificates").json()["certificates"][0]["tries_left"] == "enough"


def test_a_page_cannot_steer_the_terminal(desk, token):
    page = Page(desk, wish(token.certificates["rsa"], "rsaPSSWithSHA256", "a\x1b[2J\nb\u202ec"))
    question = desk.wait_for(r"(?s).*Enter[^\n]*: ")
    assert "\x1b" not in question and "\u202e" not in question and "a\ufffd[2J\ufffdb\ufffdc" in question
    desk.type("")
    page.result()


def test_a_second_wish_waits_for_nobody(desk, token):
    page = Page(desk, wish(token.certificates["rsa"], "rsaPSSWithSHA256", "x"))
    desk.wait_for(r"Enter[^\n]*: ")
    second = desk.http.post("/sign", json=page.wish)
    assert (second.status_code, second.json()["code"]) == (409, "busy")
    assert desk.http.get("/status").json() == {"agent": "vanthu", "version": 1, "paired": True, "busy": True}
    desk.type("")
    page.result()


def test_a_token_that_was_pulled_out_signs_nothing(tmp_path):
    token = SoftToken(tmp_path / "token")
    certificate = token.add("rsa", "01", rsa_key(), "Nguyễn Văn An")
    with agent(token, tmp_path) as desk:
        desk.pair()
        page = Page(desk, wish(certificate, "rsaPSSWithSHA256", "x"))
        desk.wait_for(r"Enter[^\n]*: ")
        token.remove()
        desk.type("có")
        desk.wait_for("PIN.*: ")
        desk.type(PIN)
        answer = page.result()
        assert answer.status_code in {410, 422, 502} and "signatures" not in answer.json(), answer.text
        assert desk.http.get("/status").status_code == 200, "the agent lives on"


def test_dialogs_may_ask_in_place_of_the_terminal(token, tmp_path):
    asked = tmp_path / "asked"
    options = ["--confirm-with", f"cat >{asked}", "--pin-with", f"printf %s {PIN}"]
    with agent(token, tmp_path, *options) as desk:
        desk.pair()
        answer = desk.http.post("/sign", json=wish(token.certificates["rsa"], "rsaPSSWithSHA256", "Công văn 12"))
        assert answer.status_code == 200, answer.text
        assert "Công văn 12" in asked.read_text()
    with agent(token, tmp_path, "--confirm-with", "exit 1", "--pin-with", "exit 1") as desk:
        desk.pair()
        answer = desk.http.post("/sign", json=wish(token.certificates["rsa"], "rsaPSSWithSHA256", "x"))
        assert answer.json()["code"] == "declined"


def test_a_dialog_that_gives_no_answer_in_time_is_a_no(token, tmp_path):
    # Also one that says yes in the end, and one whose children outlive it.
    options = ["--confirm-with", "sleep 50 | cat; true", "--pin-with", f"printf %s {PIN}", "--wait", "1"]
    with agent(token, tmp_path, *options) as desk:
        desk.pair()
        answer = desk.http.post("/sign", json=wish(token.certificates["rsa"], "rsaPSSWithSHA256", "x"), timeout=30)
        assert answer.json()["code"] == "declined"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("asks", ["terminal", "terminal for the PIN", "dialog", "dialog for the PIN"])
def test_the_agent_ends_while_it_asks(token, tmp_path, asks, number):
    started = tmp_path / "started"
    waits = f"touch {started}; sleep 100 | cat"
    options = {
        "dialog": ["--confirm-with", waits, "--pin-with", "false"],
        "dialog for the PIN": ["--confirm-with", "true", "--pin-with", waits],
    }.get(asks, [])
    desk = Agent(token, tmp_path, *options)
    try:
        desk.pair()
        page = Page(desk, wish(token.certificates["rsa"], "rsaPSSWithSHA256", "x"))
        if options:
            wait_until(started.exists, "the dialog is there")
        else:
            desk.wait_for(r"Enter[^\n]*: ")
            if asks == "terminal for the PIN":
                desk.type("có")
                desk.wait_for("PIN.*: ")
        desk.process.send_signal(number)
        assert desk.process.wait(timeout=20) == 0
        assert page.result().status_code in {403, 422}, "the page is told that nothing was signed"
    finally:
        desk.process.kill()
        desk.process.wait()


def test_one_signal_ends_the_agent_at_any_moment(token, tmp_path):
    """As soon as it shows its code, with a connection that is just being made, and in the middle of work."""
    for round in range(12):
        desk = Agent(token, tmp_path)
        with contextlib.ExitStack() as open_connections:
            try:
                for _ in range(round % 4):
                    open_connections.enter_context(socket.create_connection(("127.0.0.1", desk.port)))
                if round % 3 == 1:
                    desk.pair()

                    def ask(desk=desk):
                        # The answer may be cut off; what counts is the end.
                        with contextlib.suppress(httpx.HTTPError):
                            desk.http.get("/certificates")

                    asking = threading.Thread(target=ask)
                    asking.start()
                desk.process.send_signal(signal.SIGTERM)
                assert desk.process.wait(timeout=20) == 0
                if round % 3 == 1:
                    asking.join(timeout=60)
            finally:
                desk.process.kill()
                desk.process.wait()


def test_no_pairing_no_certificates(token, tmp_path):
    with agent(token, tmp_path) as desk:
        assert desk.http.get("/certificates").json() == {"code": "not_paired"}
        assert desk.http.post("/sign", json=wish(token.certificates["rsa"], "rsaPSSWithSHA256", "x")).status_code == 401
        assert desk.http.get("/status").json()["paired"] is False


def test_five_wrong_codes_close_the_pairing(token, tmp_path):
    with agent(token, tmp_path) as desk:
        wrong = "0000-0000" if desk.code != "0000-0000" else "1111-1111"
        codes = [desk.http.post("/pair", json={"code": wrong}).json()["code"] for _ in range(5)]
        assert codes == ["wrong_code"] * 4 + ["pairing_closed"]
        assert desk.http.post("/pair", json={"code": desk.code}).json()["code"] == "pairing_closed"


def test_a_token_is_worth_something_from_its_own_page_only(token, tmp_path):
    other = "https://vanthu.example"
    with agent(token, tmp_path, "--origin", other) as desk:
        desk.pair()
        assert desk.http.get("/certificates").status_code == 200
        assert desk.http.get("/certificates", headers={"Origin": other}).status_code == 401
        assert stat.S_IMODE(desk.pairings.stat().st_mode) == 0o600
        secret = desk.http.headers["Authorization"].removeprefix("Bearer ")
        assert secret not in desk.pairings.read_text()
    # The pairing is remembered by the next start.
    with agent(token, tmp_path) as again:
        again.http.headers["Authorization"] = f"Bearer {secret}"
        assert again.http.get("/certificates").status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8081", "http://localhost:8080", None])
def test_other_pages_get_nothing(desk, origin):
    headers = dict(desk.http.headers)
    headers.pop("origin")
    if origin:
        headers["origin"] = origin
    for method, path in [("GET", "/status"), ("GET", "/certificates"), ("POST", "/sign"), ("OPTIONS", "/sign")]:
        answer = httpx.request(method, desk.address + path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "origin_refused")
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1.evil.example:{port}"])
def test_a_name_made_to_point_here_is_refused(desk, host):
    answer = desk.http.get("/status", headers={"Host": host.format(port=desk.port)})
    assert (answer.status_code, answer.json()["code"]) == (421, "host_refused")
    assert "access-control-allow-origin" not in answer.headers


def test_a_preflight_is_answered_for_the_page_alone(desk):
    answer = desk.http.options(
        "/sign",
        headers={
            "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type",
            "Access-Control-Request-Private-Network": "true",
        })  # fmt: skip
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-allow-private-network"] == "true"
    assert answer.headers["vary"] == "Origin"


def test_what_is_wrong_with_a_wish_is_named(desk, token):
    good = wish(token.certificates["rsa"], "rsaPSSWithSHA256", "x")
    cases = [
        ({**good, "algorithm": "ecdsaWithSHA256"}, 422, "algorithm_unsupported", None),
        ({**good, "algorithm": "md5"}, 422, "algorithm_unsupported", None),
        ({**good, "items": []}, 400, "bad_request", "items"),
        ({**good, "items": [{"name": "x", "digest": "AAAA"}]}, 400, "bad_request", "items[0].digest"),
        ({**good, "certificate": "00"}, 404, "certificate_unknown", None),
        ({key: good[key] for key in ("algorithm", "items")}, 400, "bad_request", "certificate"),
    ]
    for body, status, code, field in cases:
        answer = desk.http.post("/sign", json=body)
        assert (answer.status_code, answer.json()["code"], answer.json().get("field")) == (status, code, field)
    plain = desk.http.post("/sign", content="{}", headers={"Content-Type": "text/plain"})
    assert plain.json() == {"code": "bad_request", "field": "Content-Type"}


def start(token, *options):
    return subprocess.run(
        [binary(), "agent", "--port", str(free_port()), *options], env=token.environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, start_new_session=True)  # fmt: skip


def test_the_agent_does_not_start_where_it_must_not(token, tmp_path):
    file = tmp_path / "agent.json"
    asks = ["--confirm-with", "false", "--pin-with", "false", "--pairings", str(file)]
    page = ["--origin", ORIGIN]
    assert "not this machine alone" in start(token, "--module", MODULE, *page, *asks, "--host", "0.0.0.0").stderr
    assert "no address" in start(token, "--module", MODULE, "--origin", "http://vanthu.example", *asks).stderr
    assert "cannot be used" in start(token, "--module", "/nonexistent.so", *page, *asks).stderr
    assert "nobody can be asked" in start(token, "--module", MODULE, *page).stderr
    file.write_text("[]")
    file.chmod(0o644)
    assert "mode 600" in start(token, "--module", MODULE, *page, *asks).stderr
