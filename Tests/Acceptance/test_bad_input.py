"""Bad input and bad luck, one sentence each: what comes in wrong is refused in plain words and leaves nothing behind."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from client import Office, Person, Refused, new_key, refused
from machine import PASSWORD, UPLOAD_LIMIT, OwnCluster, serving
from paper import letter_pdf, plain_pdf
from waiting import wait_until


@pytest.fixture
def draft(hanoi):
    return hanoi.specialist.draft("Dự thảo để thử", signer=hanoi.leader.post)


def files_of(person, document):
    return [file["name"] for file in person.document(document)["files"]]


# Files that are not what they should be


def test_a_file_that_is_no_pdf_is_refused(hanoi, draft):
    with refused(422, "not_a_pdf"):
        hanoi.specialist.attach(draft, b"PK\x03\x04 this is a word file" * 100, "van-ban.pdf")
    assert files_of(hanoi.specialist, draft) == []


def test_a_truncated_pdf_is_refused(hanoi, draft, pdf):
    with refused(422, "damaged_pdf"):
        hanoi.specialist.attach(draft, pdf[: len(pdf) // 2])
    assert files_of(hanoi.specialist, draft) == []


def test_an_encrypted_pdf_is_refused(hanoi, draft, pdf, tmp_path):
    plain, locked = tmp_path / "plain.pdf", tmp_path / "locked.pdf"
    plain.write_bytes(pdf)
    subprocess.run(["qpdf", "--encrypt", "mo", "mo", "256", "--", plain, locked], check=True)
    with refused(422, "encrypted_pdf"):
        hanoi.specialist.attach(draft, locked.read_bytes())
    assert files_of(hanoi.specialist, draft) == []


def test_a_pdf_that_only_its_owner_may_change_is_refused_too(hanoi, draft, pdf, tmp_path):
    plain, locked = tmp_path / "plain.pdf", tmp_path / "locked.pdf"
    plain.write_bytes(pdf)
    subprocess.run(["qpdf", "--encrypt", "", "chu", "256", "--modify=none", "--", plain, locked], check=True)
    with refused(422, "encrypted_pdf"):
        hanoi.specialist.attach(draft, locked.read_bytes())


def test_an_empty_file_is_refused(hanoi, draft):
    with refused(400, "body_required"):
        hanoi.specialist.attach(draft, b"", "trong.txt", role="attachment")


def connect(vanthu):
    address = urlsplit(vanthu.url)
    return socket.create_connection((address.hostname, address.port), timeout=15)


def upload_head(person, document, *lines):
    """The head of an upload by hand, with the credentials of `person`."""
    cookie = person.http.cookies["vanthu_session"]
    return "\r\n".join([
        f"POST /api/v1/documents/{document}/files?name=lon.bin&role=attachment HTTP/1.1", "Host: localhost",
        f"Cookie: vanthu_session={cookie}", f"X-CSRF-Token: {person.csrf}", "Content-Type: application/octet-stream",
        *lines, "", "",
    ]).encode()  # fmt: skip


def test_an_upload_of_2_gb_is_refused_at_once_without_being_taken_in(vanthu, hanoi, draft):
    before = vanthu.files()
    with connect(vanthu) as connection:
        start = time.monotonic()
        connection.sendall(upload_head(hanoi.specialist, draft, f"Content-Length: {2 << 30}") + b"x" * 1000)
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413"), answer[:200]
    assert b'"code":"too_large"' in answer
    assert time.monotonic() - start < 5
    assert vanthu.files() == before


def test_an_upload_of_unknown_length_is_cut_off_at_the_limit(vanthu, hanoi, draft):
    before = vanthu.files()
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    sent, answer = 0, b""
    with connect(vanthu) as connection:
        connection.sendall(upload_head(hanoi.specialist, draft, "Transfer-Encoding: chunked"))
        with contextlib.suppress(ConnectionError, TimeoutError):
            while sent < 64 * UPLOAD_LIMIT:
                connection.sendall(piece)
                sent += 0x10000
        with contextlib.suppress(ConnectionError, TimeoutError):
            answer = connection.recv(65536)
    assert sent < 32 * UPLOAD_LIMIT, "the vanthu went on reading far beyond its limit"
    # A client that is still sending may lose the answer to a reset; when it comes, it says why.
    assert answer == b"" or answer.startswith(b"HTTP/1.1 413"), answer[:200]
    wait_until(lambda: vanthu.files() == before, "nothing is left of the upload")
    assert files_of(hanoi.specialist, draft) == []


def test_one_byte_over_the_limit_is_too_much_and_the_limit_itself_is_not(hanoi, draft):
    with refused(413, "too_large"):
        hanoi.specialist.attach(draft, b"x" * (UPLOAD_LIMIT + 1), "lon.bin", role="attachment")
    hanoi.specialist.attach(draft, b"x" * UPLOAD_LIMIT, "vua.bin", role="attachment")
    assert files_of(hanoi.specialist, draft) == ["vua.bin"]


def test_an_upload_that_breaks_off_leaves_nothing_behind(vanthu, hanoi, draft):
    before = vanthu.files()
    with connect(vanthu) as connection:
        connection.sendall(upload_head(hanoi.specialist, draft, "Content-Length: 1000000") + b"x" * 600_000)
        wait_until(lambda: vanthu.files() != before, "the first part of the upload is on the disk")
    wait_until(lambda: vanthu.files() == before, "nothing is left of the upload")
    assert files_of(hanoi.specialist, draft) == []


# Names and words


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "a/b.pdf", "a\\b.pdf", "a\0.pdf", "a\nb.pdf", "", "x" * 256])
def test_a_name_that_is_a_path_or_holds_nul_is_refused(vanthu, hanoi, draft, name):
    before = vanthu.files()
    with refused(422, field="name"):
        hanoi.specialist.attach(draft, b"noi dung", name, role="attachment")
    assert vanthu.files() == before
    assert files_of(hanoi.specialist, draft) == []


def test_a_nul_in_a_text_is_refused(hanoi):
    with refused(422, "invalid_text", field="subject"):
        hanoi.specialist.draft("Trích yếu\0 có NUL")


def test_a_file_name_in_vietnamese_comes_back_as_it_was(hanoi, draft):
    name = "Báo cáo “quý 3” – Đà Nẵng.txt"
    file = hanoi.specialist.attach(draft, b"noi dung", name, role="attachment")
    disposition = hanoi.specialist.ask("GET", f"/files/{file['id']}/content").headers["content-disposition"]
    assert "filename*=UTF-8''B%C3%A1o%20c%C3%A1o" in disposition and disposition.isascii()


def test_text_in_nfd_is_stored_in_nfc_and_found(database, hanoi):
    composed = "Về việc kiểm kê tài sản đặc biệt Quý Tỵ"
    decomposed = unicodedata.normalize("NFD", composed)
    assert decomposed != composed
    document = hanoi.specialist.draft(decomposed)
    name = unicodedata.normalize("NFD", "Biên bản.txt")
    hanoi.specialist.attach(document, b"noi dung", name, role="attachment")
    read = hanoi.specialist.document(document)
    assert (read["subject"], read["files"][0]["name"]) == (composed, "Biên bản.txt")
    stored = f"SELECT subject IS NFC NORMALIZED FROM documents.document WHERE id = '{document}'"
    assert database.value(stored) == "t"
    for typed in (composed, decomposed, "kiem ke tai san dac biet quy ty"):
        assert document in [found["id"] for found in hanoi.specialist.search(typed)]


def test_a_subject_of_5000_characters_is_refused_and_2000_are_kept(hanoi):
    with refused(422, "too_long", field="subject"):
        hanoi.specialist.draft("ộ" * 5000)
    longest = "ộ" * 2000
    assert hanoi.specialist.document(hanoi.specialist.draft(longest))["subject"] == longest


@pytest.mark.parametrize("subject", ["", "   ", "\u200b"])
def test_a_subject_of_nothing_is_refused(hanoi, subject):
    with refused(422, field="subject"):
        hanoi.specialist.draft(subject)


@pytest.mark.parametrize("type", ["XX", "cv", "CVCVCVCVCVCV", ""])
def test_an_unknown_type_is_refused(hanoi, type):
    with refused(422, field="type"):
        hanoi.specialist.draft("Loại lạ", type=type)


@pytest.mark.parametrize("day", ["1800-01-01", "1945-09-00", "2026-02-30", "30/11/2026", "99999-01-01"])
def test_a_date_in_1800_or_one_that_is_none_is_refused(hanoi, day):
    with refused(422, field="due_on"):
        hanoi.specialist.draft("Ngày lạ", due_on=day)
    with refused(422, field="issued_on"):
        hanoi.clerk.register_paper(hanoi.register("incoming"), issued_on=day)


@pytest.mark.parametrize("level", ["secret", "top_secret", "strictly_secret", "Mật", "TỐI MẬT", "Tuyệt mật", "mat"])
def test_a_document_marked_mat_is_refused(database, hanoi, level):
    """State secrets may not enter a networked system (law on the protection of state secrets)."""
    counted = "SELECT count(*), (SELECT count(*) FROM documents.register_counter) FROM documents.document"
    before = database.psql(counted)
    with refused(422, "state_secret_refused", field="security"):
        hanoi.specialist.draft("Tài liệu mật", security=level)
    with refused(422, "state_secret_refused", field="security"):
        hanoi.clerk.register_paper(hanoi.register("incoming"), security=level)
    assert database.psql(counted) == before


def test_null_takes_away_what_a_draft_may_lack_and_leaves_what_it_must_have(hanoi):
    document = hanoi.specialist.draft("Có hạn", type="TB", signer=hanoi.leader.post, due_on="2030-01-31", note="Ghi chú")
    hanoi.specialist.change(document, type=None, subject=None, due_on=None, note=None, signer_post_id=None)
    read = hanoi.specialist.document(document)
    assert (read["type"], read["subject"]) == ("TB", "Có hạn")
    assert (read["due_on"], read["note"], read["signer_post_id"]) == (None, None, None)


def test_a_draft_cannot_become_secret_later(hanoi, draft):
    with refused(422, "state_secret_refused", field="security"):
        hanoi.specialist.change(draft, security="Mật")
    assert hanoi.specialist.document(draft)["security"] == "normal"


# Numbers


@pytest.fixture
def numbers(database):
    """All numbers given so far, by register."""
    return lambda: database.psql(
        "SELECT register_id, series, last_number FROM documents.register_counter ORDER BY 1, 2")


def new_register(clerk, direction, year, symbol=None):
    """A register with a symbol of its own, because number and symbol are unique over all registers of a year."""
    name = new_key()[:8].upper()
    symbol = symbol or f"{{organisation}}-{name}"
    body = {"direction": direction, "name": f"Sổ {name}", "year": year, "symbol_template": symbol, "letter_template": symbol}
    return clerk.must("POST", "/registers", json=body)["id"]


def this_year(database):
    return int(database.value("SELECT extract(year FROM now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::integer"))


def test_numbering_in_another_year_is_refused(database, hanoi, numbers):
    document = hanoi.document("signed", letter_pdf())
    before = numbers()
    for year in (this_year(database) - 1, this_year(database) + 1):
        with refused(409, "register_of_another_year"):
            hanoi.clerk.number(document, new_register(hanoi.clerk, "outgoing", year))
        with refused(409, "register_of_another_year"):
            hanoi.clerk.register_paper(new_register(hanoi.clerk, "incoming", year))
    assert numbers() == before
    assert hanoi.clerk.document(document)["state"] == "signed"


def test_numbering_in_a_closed_register_is_refused(database, hanoi, numbers):
    document = hanoi.document("signed", letter_pdf())
    before = numbers()
    for direction in ("outgoing", "incoming"):
        register = new_register(hanoi.clerk, direction, this_year(database))
        hanoi.clerk.must("POST", f"/registers/{register}/closure")
        with refused(409, "register_closed"):
            if direction == "outgoing":
                hanoi.clerk.number(document, register)
            else:
                hanoi.clerk.register_paper(register)
    assert numbers() == before


def test_a_register_of_another_direction_gives_no_number(hanoi, numbers):
    document = hanoi.document("signed", letter_pdf())
    before = numbers()
    with refused(422, "register_of_another_direction"):
        hanoi.clerk.number(document, hanoi.register("incoming"))
    assert numbers() == before


def test_two_registers_with_the_same_symbol_are_not_opened(database, hanoi):
    """Number and symbol are unique within a year (Decree 30/2020, art. 15)."""
    symbol = f"{{organisation}}-{new_key()[:6].upper()}"
    one = new_register(hanoi.clerk, "outgoing", this_year(database), symbol)
    for direction in ("outgoing", "internal"):
        with refused(409, "register_symbols_collide", field="symbol_template"):
            new_register(hanoi.clerk, direction, this_year(database), symbol)
    assert hanoi.clerk.number(hanoi.document("signed", letter_pdf()), one)["number"] == 1
    # Closed, it keeps what it has given.
    hanoi.clerk.must("POST", f"/registers/{one}/closure")
    with refused(409, "register_symbols_collide", field="symbol_template"):
        new_register(hanoi.clerk, "outgoing", this_year(database), symbol)


def test_two_registers_never_give_the_same_number_twice(database, hanoi):
    """A unit that gets another symbol later may make registers collide that did not when they were opened."""
    one, other = (new_register(hanoi.clerk, "outgoing", this_year(database)) for _ in range(2))
    database.psql(
        "UPDATE documents.register AS r SET symbol_template = o.symbol_template, letter_template = o.letter_template"
        f" FROM documents.register AS o WHERE o.id = '{one}' AND r.id = '{other}'")
    first, second = hanoi.document("signed", letter_pdf()), hanoi.document("signed", letter_pdf())
    assert hanoi.clerk.number(first, one)["number"] == 1
    with refused(409, "notation_taken", field="register_id"):
        hanoi.clerk.number(second, other)
    assert hanoi.clerk.number(second, one)["number"] == 2


def test_types_that_print_the_same_symbol_share_one_series(hanoi):
    """Neither công văn nor thư công has an abbreviation, so both are written 12/BĐHN-VP."""
    given = []
    for type in ("CV", "TCONG", "CV", "TCONG"):
        document = hanoi.document("signed", letter_pdf(), type=type)
        given.append(hanoi.clerk.number(document, hanoi.register("outgoing"))["number"])
    assert given == list(range(given[0], given[0] + 4))


def test_a_refused_registration_uses_up_no_number(hanoi):
    register = hanoi.register("incoming")
    first = hanoi.clerk.register_paper(register)["number"]
    with refused(422):
        hanoi.clerk.register_paper(register, type="XX")
    assert hanoi.clerk.register_paper(register)["number"] == first + 1


def test_a_paper_that_seems_registered_already_is_asked_about(hanoi):
    register, code = hanoi.register("incoming"), new_key()[:8]
    hanoi.clerk.register_paper(register, code_number=code)
    with refused(409, "possible_duplicate"):
        hanoi.clerk.register_paper(register, code_number=code, confirm_duplicate=False)
    hanoi.clerk.register_paper(register, code_number=code, confirm_duplicate=True)


def test_two_clerks_registering_at_once_leave_no_gap_and_give_no_number_twice(database, hanoi):
    register = new_register(hanoi.clerk, "incoming", this_year(database))
    clerks = [hanoi.clerk, hanoi.second_clerk]
    with ThreadPoolExecutor(8) as hands:
        given = list(hands.map(lambda i: clerks[i % 2].register_paper(register, f"Giấy {i}")["number"], range(40)))
    assert sorted(given) == list(range(1, 41))


def test_two_clerks_numbering_the_same_documents_at_once_give_each_one_number(database, hanoi):
    register = new_register(hanoi.clerk, "outgoing", this_year(database))
    documents = [hanoi.document("signed", letter_pdf(), f"Văn bản {i}") for i in range(10)]
    versions = {document: hanoi.clerk.document(document)["version"] for document in documents}

    def number(clerk, document):
        try:
            return clerk.number(document, register, version=versions[document])["number"]
        except Refused as refusal:
            assert refusal.status in (409, 412), refusal
            return None

    orders = [(clerk, document) for document in documents for clerk in (hanoi.clerk, hanoi.second_clerk)]
    with ThreadPoolExecutor(8) as hands:
        given = list(hands.map(lambda order: number(*order), orders))
    assert sorted(n for n in given if n) == list(range(1, 11))
    assert sorted(hanoi.clerk.document(document)["number"] for document in documents) == list(range(1, 11))


def test_internal_documents_issued_by_two_clerks_at_once_are_numbered_without_gap(database, hanoi):
    register = new_register(hanoi.clerk, "internal", this_year(database))
    documents = [internal_document_agreed_by_all(hanoi, f"Thông báo nội bộ {i}") for i in range(12)]
    clerks = [hanoi.clerk, hanoi.second_clerk]
    with ThreadPoolExecutor(6) as hands:
        list(hands.map(lambda i: clerks[i % 2].issue(documents[i], register_id=register), range(12)))
    assert sorted(hanoi.clerk.document(document)["number"] for document in documents) == list(range(1, 13))


def internal_document_agreed_by_all(office, subject):
    document = office.specialist.draft(subject, type="TB", direction="internal", signer=office.leader.post)
    office.specialist.submit(document)
    office.head.agree(document)
    office.leader.agree(document)
    return document


# Signing


def test_a_wrong_pin_five_times_locks_the_key_and_the_right_one_no_longer_works(hanoi):
    deputy = hanoi.deputy
    deputy.make_signing_key("135791")
    document = hanoi.specialist.draft("Văn bản ký sai PIN", signer=deputy.post)
    hanoi.specialist.attach(document, letter_pdf())
    hanoi.specialist.submit(document)
    hanoi.head.agree(document)
    hanoi.clerk.agree(document)
    tries = []
    for _ in range(5):
        try:
            deputy.sign(document, "000001")
        except Refused as refusal:
            tries.append((refusal.status, refusal.code, refusal.problem.get("tries_left")))
    assert tries[:4] == [(422, "wrong_pin", left) for left in (4, 3, 2, 1)]
    assert tries[4][:2] in [(422, "wrong_pin"), (423, "key_locked")] and tries[4][2] in (0, None)
    for pin in ("000001", "135791"):
        with refused(423, "key_locked"):
            deputy.sign(document, pin)
    assert deputy.document(document)["state"] == "awaiting_signature"
    assert deputy.document(document)["signatures"] == []
    # The way out: a new key, whose PIN is the new one.
    deputy.make_signing_key("975318")
    assert deputy.sign(document, "975318")["state"] == "signed"


def test_guessing_many_pins_at_once_gives_no_more_tries(headquarters):
    deputy = headquarters.deputy
    deputy.make_signing_key("135791")
    document = headquarters.specialist.draft("Văn bản dò PIN", signer=deputy.post)
    headquarters.specialist.attach(document, letter_pdf())
    headquarters.specialist.submit(document)
    headquarters.head.agree(document)
    headquarters.clerk.agree(document)
    version = deputy.document(document)["version"]

    def guess(pin):
        with pytest.raises(Refused) as refusal:
            deputy.sign(document, pin, version=version)
        return refusal.value.code

    with ThreadPoolExecutor(8) as hands:
        codes = list(hands.map(guess, [f"00000{i}" for i in range(1, 10)] + ["246801", "246803", "246804"]))
    assert codes.count("wrong_pin") <= 5, codes
    assert set(codes) <= {"wrong_pin", "key_locked"}, codes
    with refused(423, "key_locked"):
        deputy.sign(document, "135791")


def test_signing_many_documents_at_once_with_the_right_pin_locks_nothing(hanoi):
    # Each takes a try before its PIN is known to be right; there are five.
    documents = [hanoi.document("awaiting_signature", letter_pdf(), subject=f"Ký cùng lúc {i}") for i in range(8)]
    hanoi.keys()
    with ThreadPoolExecutor(8) as hands:
        states = [signed["state"] for signed in hands.map(lambda d: hanoi.leader.sign(d, hanoi.PIN), documents)]
    assert states == ["signed"] * 8


def test_a_signature_that_fails_for_another_reason_costs_no_try(vanthu, database, hanoi):
    hanoi.keys()
    document = hanoi.document("awaiting_signature", letter_pdf())
    tries = f"""SELECT signatures.tries_left(k.failures, k.locked_until) FROM signatures.soft_key AS k JOIN signatures.certificate AS c ON c.id = k.certificate_id
                 WHERE c.post_id = '{hanoi.leader.post}'"""
    before = database.value(tries)
    vanthu.wait_for_jobs()
    lose_the_content(database, document)
    for _ in range(6):
        with pytest.raises(Refused) as refusal:
            hanoi.leader.sign(document, hanoi.PIN)
        assert refusal.value.code != "key_locked"
    assert database.value(tries) == before


def lose_the_content(database, document):
    """Lets the document's file name a content that is on no disk, as after a restore that forgot the files."""
    database.psql(f"""
        INSERT INTO platform.blob (sha256, size, media_type) VALUES (sha256('lost'), 4, 'application/pdf') ON CONFLICT DO NOTHING;
        UPDATE documents.file SET sha256 = sha256('lost') WHERE document_id = '{document}';
    """)


def test_signing_twice_at_the_same_moment_is_one_signature(hanoi):
    hanoi.keys()
    document = hanoi.document("awaiting_signature", letter_pdf())
    version = hanoi.leader.document(document)["version"]

    def sign(_):
        try:
            return hanoi.leader.sign(document, hanoi.PIN, version=version)["state"]
        except Refused as refusal:
            assert refusal.status in (409, 412), refusal
            return None

    with ThreadPoolExecutor(3) as hands:
        assert sorted(filter(None, hands.map(sign, range(3)))) == ["signed"]
    read = hanoi.leader.document(document)
    assert len(read["signatures"]) == 1 and len([f for f in read["files"] if f["role"] == "main"]) == 2


def test_the_right_pin_gives_the_tries_back(headquarters):
    headquarters.keys()
    for _ in range(3):
        document = headquarters.document("awaiting_signature", letter_pdf())
        for left in (4, 3):
            with pytest.raises(Refused) as refusal:
                headquarters.leader.sign(document, "999990")
            assert refusal.value.problem["tries_left"] == left
        headquarters.leader.sign(document, headquarters.PIN)


@pytest.mark.parametrize("pin", ["12345", "1" * 8, "1" * 65, ""])
def test_a_weak_pin_makes_no_key(hanoi, pin):
    with refused(422):
        hanoi.head.make_signing_key(pin)
    assert [key for key in hanoi.head.items("/signing-keys") if key["purpose"] == "signer"] == []


def test_a_second_key_is_refused(hanoi):
    hanoi.keys()
    with refused(409, "key_exists"):
        hanoi.leader.make_signing_key("864209")


def test_only_the_named_signer_signs(hanoi, transport):
    hanoi.keys()
    document = hanoi.document("awaiting_signature", letter_pdf())
    for person in (hanoi.specialist, hanoi.head, hanoi.clerk):
        with pytest.raises(Refused) as refusal:
            person.sign(document, hanoi.PIN)
        assert refusal.value.status == 403
    with refused(404):
        transport.leader.sign(document, transport.PIN, version=1)
    assert hanoi.leader.document(document)["signatures"] == []


# Twice, and too late


def test_issuing_twice_is_one_number_and_one_issue(database, hanoi, headquarters):
    document = hanoi.document("sealed", letter_pdf())
    version, key = hanoi.clerk.document(document)["version"], new_key()
    first = hanoi.clerk.issue(document, ["TCT"], version=version, key=key)
    again = hanoi.clerk.issue(document, ["TCT"], version=version, key=key)
    assert again == first
    with refused(412, "changed_since_read"):
        hanoi.clerk.issue(document, ["TCT"], version=version)
    with refused(409, "action_not_possible"):
        hanoi.clerk.issue(document, ["TCT", "VCKV"])
    arrived = [d for d in headquarters.clerk.deliveries() if d["notation"] == first["notation"]]
    assert len(arrived) == 1
    sent = f"SELECT count(*) FROM exchange.dispatch WHERE document_id = '{document}'"
    assert database.value(sent) == "1"


def test_issuing_by_both_clerks_at_the_same_moment_is_one_issue(hanoi, headquarters):
    document = hanoi.document("sealed", letter_pdf())
    version = hanoi.clerk.document(document)["version"]

    def issue(clerk):
        try:
            return clerk.issue(document, ["TCT"], version=version)["notation"]
        except Refused as refusal:
            assert refusal.status in (409, 412), refusal
            return None

    with ThreadPoolExecutor(2) as hands:
        issued = [notation for notation in hands.map(issue, (hanoi.clerk, hanoi.second_clerk)) if notation]
    assert len(issued) == 1
    assert len([d for d in headquarters.clerk.deliveries() if d["notation"] == issued[0]]) == 1


def test_an_unknown_recipient_stops_the_whole_issue(hanoi, headquarters):
    document = hanoi.document("sealed", letter_pdf())
    notation = hanoi.clerk.document(document)["notation"]
    for recipients in (["TCT", "NOWHERE"], ["TCT", "BDHN"]):
        with refused(422, "unknown_recipient", field="recipients"):
            hanoi.clerk.issue(document, recipients)
    assert hanoi.clerk.document(document)["state"] == "sealed"
    assert [d for d in headquarters.clerk.deliveries() if d["notation"] == notation] == []


def test_numbering_and_sealing_twice_is_refused(hanoi, numbers):
    document = hanoi.document("sealed", letter_pdf())
    before = numbers()
    with refused(409, "action_not_possible"):
        hanoi.clerk.number(document, hanoi.register("outgoing"))
    with refused(409, "action_not_possible"):
        hanoi.clerk.seal(document, hanoi.PIN)
    assert numbers() == before
    assert len(hanoi.clerk.document(document)["signatures"]) == 2


def test_sealing_before_the_number_or_issuing_before_the_seal_is_refused(hanoi):
    document = hanoi.document("signed", letter_pdf())
    with refused(409, "action_not_possible"):
        hanoi.clerk.seal(document, hanoi.PIN)
    hanoi.clerk.number(document, hanoi.register("outgoing"))
    with refused(409, "action_not_possible"):
        hanoi.clerk.issue(document, ["TCT"])


def test_a_delivery_is_registered_once(hanoi, headquarters):
    document = hanoi.document("sealed", letter_pdf())
    notation = hanoi.clerk.issue(document, ["TCT"])["notation"]
    (delivery,) = [d["id"] for d in headquarters.clerk.deliveries() if d["notation"] == notation]
    register = headquarters.register("incoming")
    headquarters.clerk.register(delivery, register)
    with refused(409, "already_settled"):
        headquarters.clerk.register(delivery, register)
    with refused(409, "already_settled"):
        headquarters.clerk.return_delivery(delivery, "Muộn rồi")


def test_approving_what_has_changed_since_it_was_read_is_refused(hanoi, pdf):
    document = hanoi.specialist.draft("Bản cũ", signer=hanoi.leader.post)
    hanoi.specialist.attach(document, pdf)
    hanoi.specialist.submit(document)
    read = hanoi.head.document(document)["version"]
    hanoi.head.send_back(document, "Sửa lại câu đầu")
    hanoi.specialist.change(document, subject="Bản mới")
    hanoi.specialist.submit(document)
    with refused(412, "changed_since_read"):
        hanoi.head.agree(document, version=read)
    assert hanoi.head.document(document)["state"] == "content_review"
    hanoi.head.agree(document)


def test_a_new_file_counts_as_a_change(hanoi, draft, pdf):
    read = hanoi.specialist.document(draft)["version"]
    hanoi.specialist.attach(draft, pdf)
    with refused(412, "changed_since_read"):
        hanoi.specialist.submit(draft, version=read)


def test_a_change_without_if_match_is_refused(hanoi, draft):
    path = f"/documents/{draft}"
    for headers in ({}, {"If-Match": "*"}):
        answers = [
            hanoi.specialist.ask("PATCH", path, json={"subject": "Mới"}, headers=headers),
            hanoi.specialist.ask("POST", path + "/actions", json={"action": "cancel"}, headers=headers),
        ]
        assert [(a.status_code, a.json()["code"]) for a in answers] == [(428, "precondition_required")] * 2
    stale = hanoi.specialist.ask("PATCH", path, json={"subject": "Mới"}, headers={"If-Match": 'W/"1"'})
    assert stale.status_code == 412


def test_a_submitted_draft_cannot_be_changed_under_the_readers_eyes(hanoi, pdf):
    document = hanoi.document("content_review", pdf)
    with refused(409, "not_editable"):
        hanoi.specialist.change(document, subject="Lén sửa")
    with refused(409, "not_editable"):
        hanoi.specialist.attach(document, plain_pdf("len sua"))


def test_a_step_out_of_turn_is_refused(hanoi, pdf):
    document = hanoi.document("content_review", pdf)
    with refused(403, "not_your_turn"):
        hanoi.specialist.agree(document)
    with refused(409, "action_not_possible"):
        hanoi.head.submit(document)


def test_sending_back_without_a_reason_is_refused(hanoi, pdf):
    document = hanoi.document("content_review", pdf)
    with refused(422, field="comment"):
        hanoi.head.act(document, "return")


def test_a_document_without_its_text_cannot_be_submitted(hanoi, draft):
    with refused(409, "main_file_missing"):
        hanoi.specialist.submit(draft)


# JSON that is none


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b'"x"', b'{"subject": "\xff"}', b'{"a": 1} {', b"[" * 5000, b'{"subject": 1e999}'],
    ids=["open", "list", "null", "text", "not utf-8", "more", "deep", "huge number"],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_refused(hanoi, body):
    answer = hanoi.specialist.ask("POST", "/documents", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_field_is_named(hanoi):
    with refused(422, "unknown_field", field="subjet"):
        hanoi.specialist.draft("Sai tên trường", subjet="x")


# Bad luck


@pytest.fixture
def own_cluster():
    cluster = OwnCluster()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


def test_the_database_goes_down_and_comes_back_without_a_restart_of_the_server(own_cluster, tmp_path):
    database = own_cluster.create("vanthu")
    database.bootstrap()
    database.migrate()
    database.seed()
    with serving(database, tmp_path) as server:
        clerk = Person(server.url, "vanthu@bdhn", PASSWORD)
        own_cluster.stop()
        assert_it_says_that_it_is_unavailable(server, clerk)
        own_cluster.start()
        wait_until(lambda: server.status("/readyz") == 200, "the server is ready again", 20)
        # Every pooled connection was lost; none of them may hand its loss to somebody's request.
        for _ in range(20):
            assert clerk.ask("GET", "/me").status_code == 200
        assert clerk.register_paper(Office(server.url, "BDHN", PASSWORD).register("incoming"))["number"] == 1


def assert_it_says_that_it_is_unavailable(vanthu, clerk):
    for path in ("/me", "/documents", "/tasks"):
        start = time.monotonic()
        answer = clerk.ask("GET", path)
        assert time.monotonic() - start < 5, "nobody waits long for a database that is not there"
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "database_unavailable"
    assert vanthu.status("/readyz") == 503
    assert vanthu.status("/healthz") == 200


@pytest.fixture
def small_disk(tmp_path):
    """A file system of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("a small disk can only be mounted by root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", folder], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_refuses_the_upload_and_keeps_nothing_of_it(database, small_disk, tmp_path):
    with serving(database, tmp_path / "data", VANTHU_BLOB_FOLDER=str(small_disk)) as server:
        person = Person(server.url, "chuyenvien@bdhp", PASSWORD)
        document = person.draft("Đĩa đầy")
        person.attach(document, b"x" * 500_000, "vua.bin", role="attachment")
        before, free = server.files(), shutil.disk_usage(small_disk).free
        for attempt in range(3):
            with refused(507, "no_space"):
                person.attach(document, bytes([attempt]) * 3_000_000, "qua-lon.bin", role="attachment")
        assert server.files() == before
        assert shutil.disk_usage(small_disk).free == free
        assert files_of(person, document) == ["vua.bin"]
        # Room again: the server needs no restart.
        person.attach(document, b"y" * 500_000, "vua-nua.bin", role="attachment")
        assert server.status("/readyz") == 200
