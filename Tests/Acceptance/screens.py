"""Screens of the pages, with what they show: for the tests that look at all of them."""

import re
from dataclasses import dataclass

STATES = ("draft", "content_review", "awaiting_signature", "signed", "numbered", "sealed")
SEND = "main form .btn-primary"


def furnish(vanthu, hanoi, headquarters, letter):
    """Makes what the screens show, and gives their ids: documents in every state, a delivery, work, people."""
    hanoi.keys()
    subject = "Về việc kiểm tra chất lượng phục vụ tại các bưu cục, điểm Bưu điện – Văn hóa xã năm 2026"
    things = {state: hanoi.document(state, letter, subject, urgency="urgent") for state in STATES}
    hanoi.specialist.attach(things["draft"], letter + b"\n")
    hanoi.specialist.attach(things["draft"], b"x", "phụ lục.txt", role="attachment")
    things["issued"] = hanoi.document("sealed", letter, subject)
    hanoi.clerk.issue(things["issued"], ["TCT", "VCKV"])
    incoming = hanoi.register("incoming")
    for name in ("registered", "incoming", "directed"):
        things[name] = hanoi.clerk.register_paper(incoming, subject, due_on="2026-01-20")["id"]
        if name != "registered":
            hanoi.clerk.present(things[name], hanoi.leader.post)
    hanoi.leader.direct(things["directed"], "Giao Văn phòng chủ trì.", {"unit_id": hanoi.head.unit}, "2026-01-25T17:00:00+07:00")
    (things["task"],) = [task["id"] for task in hanoi.head.tasks() if task["document_id"] == things["directed"]]
    headquarters.clerk.issue(headquarters.document("sealed", letter, subject), [hanoi.code])
    things["delivery"] = hanoi.clerk.deliveries()[0]["id"]
    things |= {"unit": hanoi.head.unit, "post": hanoi.head.post, "register": hanoi.register("outgoing")}
    vanthu.wait_for_jobs()
    return things


@dataclass(frozen=True)
class Screen:
    """A screen and who looks at it. With `button`, as it is after its form was sent with what `fill` says, and refused."""

    who: str
    path: str
    button: str = ""
    fill: tuple = ()
    status: int = 200

    def __str__(self):
        return f"{self.who} {self.path}{' refused' if self.button else ''}"


def address(path, things):
    return re.sub(r"\{(\w+)\}", lambda match: things[match[1]], path)


def open_screen(desk, screen, things):
    desk.go(address(screen.path, things), status=screen.status)
    if screen.button:
        for selector, text in screen.fill:
            desk.page.fill(selector, text)
        desk.be_refused(screen.button)
    return desk
