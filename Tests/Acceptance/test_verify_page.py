"""The page where anybody has a file verified, in a browser and without an account."""

import pytest

from browser import NARROW, Desk
from machine import UPLOAD_LIMIT
from strangers import Strangers, paper


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """By name: signed, changed afterwards, unsigned, no PDF at all, and too large."""
    folder = tmp_path_factory.mktemp("files")
    signed = Strangers(tmp_path_factory.mktemp("pki")).sign(paper())
    contents = {
        "da-ky.pdf": signed, "bi-sua.pdf": signed.replace(b"Cong van", b"Cong vam"), "chua-ky.pdf": paper(),
        "ghi-chu.txt": "Không phải PDF".encode(), "qua-lon.pdf": bytes(UPLOAD_LIMIT + 1),
    }  # fmt: skip
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents}


def verified(desk, path):
    """What the page says of a file that is chosen."""
    desk.page.set_input_files("#verify-file", path)
    desk.page.locator("main form .btn-primary").click()
    desk.page.locator("[data-verdict]:visible, .field-error:not(:empty)").first.wait_for()
    return desk.text


SAID = {
    "da-ky.pdf": ("VALID", "Thử nghiệm signer", "Ký thêm: Có thể ký"),
    "bi-sua.pdf": ("INVALID_CRYPTO", "giá trị băm hoặc giá trị chữ ký không khớp"),
    "chua-ky.pdf": ("NO_SIGNATURE", "Không có chữ ký số", "Ký thêm: Có thể ký"),
    "ghi-chu.txt": ("ERROR", "Không đọc được tệp"),
}


@pytest.mark.parametrize("name", SAID)
def test_a_file_is_judged_in_words(chromium, vanthu, files, name):
    with Desk(chromium, vanthu.url, size=NARROW) as desk:
        said = verified(desk.go("/verify"), files[name])
        for words in SAID[name]:
            assert words in said
        assert "reason." not in said and "signing." not in said and "verdict." not in said
        article = desk.page.locator("[data-verdict]")
        is_bad = "verdict-bad" in (article.get_attribute("class") or "")
        # The test's own authority is not trusted here, so that even the good one is not called good outright.
        assert is_bad == (name != "da-ky.pdf") and "verdict-good" not in (article.get_attribute("class") or "")
        assert desk.violations() == [] and desk.overflow() <= 0


def test_progress_is_told_and_a_second_file_replaces_the_first(chromium, vanthu, files):
    with Desk(chromium, vanthu.url) as desk:
        desk.go("/verify")
        held = []
        desk.page.route("**/api/v1/verifications*", lambda route: held.append(route))
        desk.page.set_input_files("#verify-file", files["da-ky.pdf"])
        desk.page.locator("main form .btn-primary").click()
        desk.page.get_by_role("status").filter(has_text="Đang kiểm tra").wait_for()
        # Pressed again while it works, nothing is sent twice.
        desk.page.locator("main form .btn-primary").click()
        assert len(held) == 1
        held[0].continue_()
        desk.page.locator("[data-verdict]:visible").wait_for()
        desk.page.unroute("**/api/v1/verifications*")
        assert "Đang kiểm tra" not in desk.text and "da-ky.pdf" not in verified(desk, files["chua-ky.pdf"])
        desk.must_say("NO_SIGNATURE")


def test_a_file_is_dropped_in(chromium, vanthu, files):
    with Desk(chromium, vanthu.url) as desk:
        desk.go("/verify")
        carried = desk.page.evaluate_handle(
            """text => {
                const carried = new DataTransfer();
                carried.items.add(new File([text], "tha-vao.txt"));
                return carried;
            }""", "Không phải PDF")
        desk.page.dispatch_event("form[data-verify]", "drop", {"dataTransfer": carried})
        desk.page.locator("main form .btn-primary").click()
        desk.page.locator("[data-verdict]:visible").wait_for()
        desk.must_say("ERROR")


def test_what_is_too_large_is_not_even_sent(chromium, vanthu, files):
    with Desk(chromium, vanthu.url) as desk:
        desk.go("/verify")
        sent = []
        desk.page.on("request", lambda request: sent.append(request.url))
        assert f"nhiều nhất {UPLOAD_LIMIT >> 20} MB" in verified(desk, files["qua-lon.pdf"])
        assert not [url for url in sent if "verifications" in url]
        # The next file is judged as if nothing had been.
        assert "VALID" in verified(desk, files["da-ky.pdf"])
        assert desk.page.locator(".field-error:not(:empty)").count() == 0


def test_a_lost_connection_is_told(chromium, vanthu, files):
    with Desk(chromium, vanthu.url) as desk:
        desk.go("/verify")
        desk.page.route("**/api/v1/verifications*", lambda route: route.abort())
        assert "Hãy kiểm tra kết nối" in verified(desk, files["da-ky.pdf"])


def test_in_english_and_for_somebody_with_an_account(chromium, vanthu, hanoi, files):
    with Desk(chromium, vanthu.url) as desk:
        desk.go("/verify").press("button[name=language]")
        said = verified(desk.go("/verify"), files["da-ky.pdf"])
        assert "Signing it: May be signed." in said and "Signer: Thử nghiệm signer" in said
    with Desk(chromium, vanthu.url) as desk:
        assert "INVALID_CRYPTO" in verified(desk.sit_down(hanoi.specialist).go("/verify"), files["bi-sua.pdf"])


def test_without_a_script_the_page_says_what_is_missing(chromium, vanthu):
    with Desk(chromium, vanthu.url, script=False) as desk:
        desk.go("/verify").must_say("JavaScript")
        assert desk.page.locator("form[data-verify]:visible").count() == 0
