"""Remote signing in the browser: certificates registered on the profile page, codes asked for, a confirmation waited for across a reload."""

import pytest

from browser import PHONE, Desk, Form
from client import Office
from machine import PASSWORD
from paper import letter_pdf
from test_remote_signing import installation, judge, own_database, services  # noqa: F401: its fixtures

NEXT = "main form .btn-primary"


@pytest.fixture
def house(installation):  # noqa: F811
    return Office(installation.url, "BDHN", PASSWORD)


def waiting(house, *subjects):
    return [house.document("awaiting_signature", letter_pdf(), subject) for subject in subjects]


def register(desk, provider, user):
    desk.go("/me/certificates")
    desk.page.get_by_label(provider).check()
    desk.page.fill("#user", user)
    return desk.press().must_say("Đã đăng ký chứng thư ký số từ xa.")


def choose_service(desk, name, documents):
    desk.go("/signing?purpose=signer&way=soft" + "".join(f"&document={id}" for id in documents))
    with desk.page.expect_navigation():
        desk.page.get_by_role("link", name=f"Ký số từ xa · {name}").click()
    return desk


def test_certificates_are_registered_listed_and_taken_out_of_use(chromium, installation, house, services):  # noqa: F811
    _, national = services
    with Desk(chromium, installation.url) as desk:
        desk.sit_down(house.leader).go("/me/certificates")
        desk.page.get_by_label("SCA thử").check()
        desk.page.fill("#user", "009999999999")
        desk.be_refused(NEXT)
        assert desk.page.input_value("#user") == "009999999999" and desk.page.get_by_label("SCA thử").is_checked()
        register(desk, "SCA thử", national.user).must_say("Dịch vụ ký số từ xa · SCA thử").must_say("Có hiệu lực").must_say("CA")
        assert desk.violations() == []
        desk.picture("certificates")
        desk.press(".items form .btn-danger-quiet")
        desk.must_say("Đã thôi dùng chứng thư.").must_say("Đã thu hồi")
        assert house.leader.items("/remote-certificates") == []


def test_documents_are_signed_with_pin_and_otp_of_a_service(chromium, installation, house, services, tmp_path):  # noqa: F811
    csc, _ = services
    ids = waiting(house, "Ký từ xa 1", "Ký từ xa 2")
    with Desk(chromium, installation.url) as desk:
        desk.sit_down(house.leader)
        choose_service(register(desk, "CSC thử", ""), "CSC thử", ids).must_say("Dịch vụ sẽ hỏi mã ở bước sau")
        assert desk.violations() == []
        desk.picture("batch-remote")
        desk.press(NEXT).must_say("Đã yêu cầu dịch vụ gửi mã OTP.")
        assert desk.violations() == []
        desk.picture("remote-codes")
        desk.page.fill("#pin", csc.pin)
        desk.page.fill("#otp", "wrong-otp")
        desk.press(NEXT).must_say("Sai mã OTP")
        assert desk.page.input_value("#pin") == "" and desk.page.input_value("#otp") == ""
        assert desk.page.locator("#otp").get_attribute("aria-invalid") == "true"
        with desk.page.expect_navigation():
            desk.page.get_by_role("button", name="Gửi mã OTP").click()
        desk.page.fill("#pin", csc.pin)
        desk.page.fill("#otp", csc.otp)
        desk.press(NEXT).must_say("Số văn bản đã ký: 2/2")
        # The way that was used is offered first the next time.
        (third,) = waiting(house, "Ký từ xa 3")
        desk.go(f"/documents/{third}/sign").must_say("Ký số từ xa tại CSC thử")
    for id in ids:
        assert house.leader.document(id)["state"] == "signed"
        judge(house.leader.download(house.leader.main_file(id)["id"]), tmp_path, installation.database)


def test_a_confirmation_in_the_app_is_waited_for_and_survives_a_reload(chromium, installation, house, services, tmp_path):  # noqa: F811
    _, national = services
    ids = waiting(house, "Xác nhận trên điện thoại 1", "Xác nhận trên điện thoại 2")
    with Desk(chromium, installation.url, PHONE) as desk:
        desk.sit_down(house.leader)
        choose_service(register(desk, "SCA thử", national.user), "SCA thử", ids)
        desk.press(NEXT).must_say("Hãy xác nhận trong ứng dụng của SCA thử").must_say("Số văn bản đã ký: 0/2")
        assert desk.violations() == [] and desk.overflow() <= 0
        desk.picture("remote-waiting")
        desk.page.reload()
        desk.must_say("Hãy xác nhận trong ứng dụng của SCA thử")
        desk.page.evaluate("window.untouched = true")
        national.confirm()
        desk.page.get_by_text("Số văn bản đã ký: 2/2").wait_for(timeout=90_000)
        assert desk.page.evaluate("window.untouched") is True, "the page kept itself up to date"
    for id in ids:
        assert house.leader.document(id)["state"] == "signed"
        judge(house.leader.download(house.leader.main_file(id)["id"]), tmp_path, installation.database)


def test_a_no_in_the_app_is_told_and_can_be_tried_again(chromium, installation, house, services):  # noqa: F811
    _, national = services
    ids = waiting(house, "Từ chối trên điện thoại")
    with Desk(chromium, installation.url) as desk:
        desk.sit_down(house.leader)
        choose_service(register(desk, "SCA thử", national.user), "SCA thử", ids)
        desk.press(NEXT).must_say("Hãy xác nhận trong ứng dụng của SCA thử")
        national.reject()
        desk.page.get_by_text("Người ký đã từ chối trong ứng dụng của dịch vụ.").wait_for(timeout=60_000)
        desk.press(NEXT).must_say("Hãy xác nhận trong ứng dụng của SCA thử")
        national.confirm()
        desk.page.get_by_text("Số văn bản đã ký: 1/1").wait_for(timeout=90_000)
    assert house.leader.document(ids[0])["state"] == "signed"


def test_remote_signing_by_page_without_script(chromium, installation, house, services):  # noqa: F811
    csc, _ = services
    (id,) = waiting(house, "Ký từ xa không mã lệnh")
    with Desk(chromium, installation.url, script=False) as desk:
        desk.sit_down(house.leader)
        choose_service(register(desk, "CSC thử", ""), "CSC thử", [id]).press(NEXT)
        desk.page.fill("#pin", csc.pin)
        desk.page.fill("#otp", csc.otp)
        desk.press(NEXT).must_say("Số văn bản đã ký: 1/1")
    assert house.leader.document(id)["state"] == "signed"


def test_others_neither_see_nor_use_a_remote_certificate(installation, house, services):  # noqa: F811
    _, national = services
    leader = Form(house.leader)
    fields = {"provider": "sca", "user": national.user, "purpose": "signer"}
    assert leader.post("/me/certificates", fields).status_code == 303
    (mine, *_) = [one for one in house.leader.items("/remote-certificates") if one["provider"] == "sca"]
    for who in ("specialist", "head", "clerk"):
        other = Form(getattr(house, who))
        assert mine["id"] not in other.get("/me/certificates").text
        assert other.post(f"/me/certificates/{mine['id']}/withdrawal").status_code == 404
        assert other.post("/me/certificates", fields).status_code == 422
    seal = leader.post("/me/certificates", fields | {"purpose": "seal"})
    assert seal.status_code == 403 and mine["id"] in [one["id"] for one in house.leader.items("/remote-certificates")]
