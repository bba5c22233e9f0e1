"""One document travels through three organisations, and nobody uses anything but pages: on a desk's screen and on a phone's."""

import contextlib
import datetime
import re
import time
from dataclasses import dataclass, field

import pytest

from browser import DESK, PHONE, SIZES, Desk
from client import Office
from machine import PASSWORD
from waiting import wait_until

PIN = "246802"
SENDERS = {DESK: "BDBN", PHONE: "BDAG"}
"""Each size of screen has its sender, whose keys nobody has made yet."""


@dataclass
class Travel:
    """What was seen on the way."""

    size: tuple
    subject: str
    sender: str
    notation: str = ""
    document: str = ""
    received: dict = field(default_factory=dict)
    said: dict = field(default_factory=dict)
    seconds: float = 0


class Machine(Desk):
    """A machine that several people of one organisation use, one after the other."""

    def __init__(self, chromium, url, size, code):
        super().__init__(chromium, url, size)
        self.code = code.lower()
        self.shots = 0

    def sit(self, login):
        """Signs out whoever sat here, and signs in somebody else."""
        if self.page.url != "about:blank" and self.page.locator("header details.menu").count():
            self.page.locator("header details.menu > summary").click()
            with self.page.expect_navigation():
                self.page.locator('header form[action="/sign-out"] button').click()
            assert self.path == "/sign-in"
        return self.sign_in(f"{login}@{self.code}", PASSWORD)

    def shot(self, name):
        return self.picture(f"travel-{self.code}-{name}")

    def open_work(self, subject):
        """Opens the document from the list of what waits."""
        self.go("/work").shot("work")
        with self.page.expect_navigation():
            self.page.locator("#tasks a.item-link", has_text=subject).first.click()
        return self.shot("document")

    def act(self, action, fill=None):
        """From the document's page to the act, and through it."""
        self.follow(f"{self.path.split('?')[0]}/{action}").shot(action)
        if fill:
            fill()
        return self.press()

    def make_key(self):
        """Leaves the act to make the key that it needs, and is led back to it."""
        self.press("main a.btn-primary[href*='key?next=']")
        self.shot("key")
        self.page.fill("#pin", PIN)
        self.page.fill("#pin_again", PIN)
        return self.press()


@pytest.fixture(scope="module", params=[DESK, PHONE], ids=SIZES.get)
def travel(request, vanthu, chromium, letter, tmp_path_factory):
    size = request.param
    file = tmp_path_factory.mktemp("letter") / "Công văn triển khai.pdf"
    file.write_bytes(letter)
    travel = Travel(size, f"Về việc triển khai văn bản điện tử, lượt {SIZES[size]}", SENDERS[size])
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        sender, headquarters, transport = (
            stack.enter_context(Machine(chromium, vanthu.url, size, code)) for code in (travel.sender, "TCT", "VCKV"))
        send(travel, sender, file)
        for receiver in (headquarters, transport):
            register(travel, receiver)
        direct(travel, headquarters)
        complete(travel, headquarters)
        look_back(travel, sender)
        find(travel, headquarters)
    travel.seconds = time.monotonic() - began
    return travel


def send(travel, machine, file):
    """Drafted, agreed, signed, numbered, sealed, issued."""
    machine.sit("chuyenvien").shot("home")
    machine.go("/drafts").shot("drafts")
    machine.go("/drafts/new")
    page = machine.page
    page.select_option("#type", "CV")
    page.fill("#subject", travel.subject)
    page.select_option("#urgency", "urgent")
    choose_signer(page)
    page.set_input_files("main input[type=file]", file)
    machine.shot("draft")
    machine.press()
    page.wait_for_url(re.compile(r"/documents/[0-9a-f-]{36}"))
    travel.document = machine.path.split("/")[2][:36]
    machine.must_say(travel.subject).shot("document")
    machine.act("submit")
    machine.sit("truongphong").open_work(travel.subject).act("agree")
    machine.sit("vanthu").open_work(travel.subject).act("agree")
    machine.sit("lanhdao").open_work(travel.subject)
    machine.follow(f"/documents/{travel.document}/sign").shot("no-key")
    machine.make_key()
    assert machine.path == f"/documents/{travel.document}/sign"
    page.locator("[data-place]:not([hidden]) canvas").wait_for()
    machine.shot("sign")
    page.fill("#pin", "135791")
    machine.press()
    travel.said["wrong pin"] = machine.text
    page.fill("#pin", PIN)
    machine.press()
    machine.shot("signed")
    travel.said["signed"] = machine.text
    machine.sit("vanthu").go("/outgoing?state=signed").shot("to-number")
    machine.follow(f"/documents/{travel.document}").act("number")
    travel.notation = page.inner_text("h1").split()[0]
    machine.follow(f"/documents/{travel.document}/seal")
    machine.make_key()
    page.fill("#pin", PIN)
    machine.press()
    machine.shot("sealed")
    machine.follow(f"/documents/{travel.document}/issue")
    for code in ("TCT", "VCKV"):
        page.locator(f'input[name=recipients][value="{code}"]').evaluate("box => { box.closest('details').open = true }")
        page.check(f'input[name=recipients][value="{code}"]')
    machine.shot("receivers").press()
    travel.said["preview"] = machine.text
    machine.shot("preview").press()
    travel.said["issued"] = machine.shot("issued").text


def choose_signer(page):
    """The director, not a deputy."""
    names = page.locator("select#signer_post_id option").all_inner_texts()
    page.select_option("#signer_post_id", index=next(i for i, name in enumerate(names) if name.endswith("· Giám đốc")))


def register(travel, machine):
    machine.sit("vanthu").go("/incoming?waiting=1").shot("waiting")
    link = machine.page.locator('main a[href^="/deliveries/"]', has_text=travel.notation).first
    with machine.page.expect_navigation():
        link.click()
    machine.must_say(travel.subject).shot("delivery")
    machine.press("#register-button")
    machine.shot("registered")
    travel.received[machine.code] = machine.path.split("/")[2][:36]
    director = machine.page.locator("label", has=machine.page.get_by_text(re.compile("^(Tổng )?Giám đốc$")))
    machine.act("present", lambda: director.locator("input[name=leader]").check())


def direct(travel, machine):
    """The leader gives the work to the office, with a deadline."""
    machine.sit("lanhdao").open_work(travel.subject)
    machine.follow(f"/documents/{travel.received[machine.code]}/direct")
    page = machine.page
    page.fill("#text", "Giao Văn phòng chủ trì, báo cáo trước hạn.")
    page.fill("#due_at", "31/12/2030")
    office = page.locator("[data-picker-tree] .pick-row", has_text="Văn phòng").first
    office.locator("input[name=lead]").evaluate("box => box.closest('details').open = true")
    office.locator("input[name=lead]").check()
    machine.shot("direct").press()
    travel.said["directed"] = machine.shot("directed").text


def complete(travel, machine):
    machine.sit("truongphong").open_work(travel.subject)
    machine.follow("/tasks/").shot("completion")
    machine.page.fill("#result", "Đã triển khai đến các đơn vị.")
    machine.press()
    travel.said["completed"] = machine.shot("completed").text


def look_back(travel, machine):
    """What the sender sees at the end, tab by tab."""
    machine.sit("chuyenvien")
    for link in ("work", "info", "signatures", "files", "related", "receivers"):
        machine.go(f"/documents/{travel.document}?tab={link}").shot(f"tab-{link}")
        travel.said[link] = machine.text
    machine.sit("vanthu").go("/outgoing").shot("register-out")
    travel.said["book"] = machine.text


def find(travel, machine):
    machine.sit("vanthu").go("/incoming").shot("register-in")
    travel.said["incoming book"] = machine.text

    def found():
        machine.go("/search?q=trien+khai+van+ban+dien+tu")
        return travel.notation in machine.text

    wait_until(found, "the letter is found by its words")
    machine.shot("search")
    travel.said["found"] = machine.text


def test_the_number_is_made_as_the_law_writes_it(travel):
    assert re.fullmatch(r"\d{2,}/BĐ\w+-VP", travel.notation), travel.notation


def test_a_wrong_pin_says_so_and_how_many_tries_are_left(travel):
    assert "4" in travel.said["wrong pin"] and "PIN" in travel.said["wrong pin"]


def test_before_issuing_one_sees_who_will_get_it(travel):
    assert "Khối cơ quan Tổng công ty" in travel.said["preview"] or re.search(r"\b2\b", travel.said["preview"])


def test_the_sender_sees_what_became_of_it_at_each_receiver(travel):
    said = travel.said["receivers"]
    assert "Khối cơ quan Tổng công ty" in said and "Công ty Vận chuyển và Kho vận" in said
    assert "Hoàn thành" in said and "Đã tiếp nhận" in said


def test_every_step_stands_on_the_page_with_who_took_it(travel):
    for act in ("Trình", "Đồng ý", "Ký", "Cấp số", "Đóng dấu", "Phát hành"):
        assert act in travel.said["work"], f"{act} is missing:\n{travel.said['work']}"


def test_both_signatures_are_called_valid_in_a_sentence(travel):
    assert len(re.findall("hợp lệ", travel.said["signatures"], re.I)) >= 2, travel.said["signatures"]


def test_the_registers_of_both_sides_hold_the_letter(travel):
    assert travel.notation in travel.said["book"]
    assert travel.notation in travel.said["incoming book"]


def test_the_letter_is_found_without_accents(travel):
    assert travel.subject in travel.said["found"].replace("\n", " ") or travel.notation in travel.said["found"]


def test_the_api_tells_the_same_story(vanthu, travel):
    office = Office(vanthu.url, travel.sender, PASSWORD)
    document = office.specialist.document(travel.document)
    assert document["state"] == "issued" and document["notation"] == travel.notation
    assert document["issued_on"] == datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).date().isoformat()
    assert {d["receiver_name"]: d["status_code"] for d in office.specialist.dispatches(travel.document)} == {
        "Khối cơ quan Tổng công ty": "06", "Công ty Vận chuyển và Kho vận": "03"}  # fmt: skip
