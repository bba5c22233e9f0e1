"""People at browsers: Debian's Chromium driven by Playwright, with an ear for everything that goes wrong in a page."""

import os
import re
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from machine import ROOT

DESK, PHONE, NARROW = (1366, 768), (390, 844), (360, 740)
SIZES = {DESK: "desk", PHONE: "phone", NARROW: "narrow"}
SCREENS = Path(os.environ.get("VANTHU_SCREENS", ROOT / ".data/screens"))
"""Where the pictures of all screens are put."""

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def chromium():
    """The browser. Without it the tests of the pages fail: they are never passed over."""
    path = shutil.which("chromium")
    if not path:
        pytest.fail("chromium is not installed: scripts/test installs it (scripts/lib/packages.sh)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


class Desk:
    """One person's browser: its window, its cookies, and `faults`, which must be empty at the end."""

    def __init__(self, chromium, url, size=DESK, dark=False, script=True):
        self.size, self.url = size, url
        self.context = chromium.new_context(
            base_url=url, viewport={"width": size[0], "height": size[1]}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh",
            color_scheme="dark" if dark else "light", java_script_enabled=script, has_touch=size != DESK,
            reduced_motion="reduce",
        )  # fmt: skip
        self.context.set_default_timeout(15_000)
        self.faults = []
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._hear)
        self.page.on("dialog", self._answer)

    def _hear(self, message):
        # What a server answers with 4xx is looked at where it is expected; the browser's own line about it says nothing new.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"{self.page.url}: {message.text}")

    def _answer(self, dialog):
        if dialog.type == "beforeunload":
            dialog.accept()
        else:
            self.faults.append(f"{self.page.url}: a {dialog.type} opened: {dialog.message}")
            dialog.dismiss()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.context.close()
        assert kind is not None or self.faults == [], self.faults

    # Going about

    def go(self, path, status=200):
        answer = self.page.goto(path)
        assert answer.status == status, f"{path} gave {answer.status}"
        return self

    def sign_in(self, login, password):
        self.go("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.press()
        assert self.path != "/sign-in", self.text
        return self

    def sit_down(self, person):
        """Goes on with the session that `person` has opened already."""
        secret = person.http.cookies["vanthu_session"]
        self.context.add_cookies([{"name": "vanthu_session", "value": secret, "url": self.url, "httpOnly": True}])
        return self

    @property
    def path(self):
        return self.page.url.removeprefix(self.url)

    @property
    def text(self):
        return self.page.inner_text("main")

    def follow(self, start):
        """Follows the first link of the page whose address begins so."""
        with self.page.expect_navigation():
            self.page.locator(f'main a[href^="{start}"]:visible').first.click()
        return self

    def press(self, selector="main form .btn-primary"):
        """Sends a form by its button, and waits for what comes after."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        return self

    def be_refused(self, selector="main form .btn-primary"):
        """Sends a form that is wrong; some forms are sent by script, and the page stays."""
        self.page.locator("main form[method=post]").evaluate_all("forms => forms.forEach(form => { form.noValidate = true })")
        self.page.locator(selector).first.click()
        self.page.locator(".error-summary").wait_for()
        self.page.wait_for_load_state()
        return self

    def must_say(self, text):
        assert text in self.text, f"{self.path} does not say “{text}”:\n{self.text}"
        return self

    # Looking

    def picture(self, name):
        SCREENS.mkdir(parents=True, exist_ok=True)
        if self.size == DESK and self.page.locator("[data-viewer]").count():
            self.page.locator("[data-viewer] canvas").first.wait_for()
        self.page.screenshot(path=SCREENS / f"{name}-{SIZES[self.size]}.png", full_page=True)
        return self

    def violations(self, *rules):
        """What axe finds, by these rules or by all of WCAG 2.2 AA, a line each: the rule, what it is about, and the element."""
        chosen = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": WCAG}
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        # The size of targets (WCAG 2.2, 2.5.8) is looked at only when it is asked for.
        more = {} if rules else {"rules": {"target-size": {"enabled": True}}}
        found = self.page.evaluate(
            "options => axe.run(document, options)", {"runOnly": chosen, "resultTypes": ["violations"], **more})
        return [
            f"{self.path}: {rule['id']}: {rule['help']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
            for rule in found["violations"] for node in rule["nodes"]
        ]  # fmt: skip

    def overflow(self):
        """How many pixels the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def inline_code(html):
    """Scripts and styles written into a page: elements without `src`, attributes `style` and `on…`, addresses `javascript:`."""
    return re.findall(r"<script(?![^>]*\ssrc=)[^>]*>|<style\b|<[^>]+\s(?:style|on\w+)=[^>]*>|=\s*[\"']?\s*javascript:", html, re.I)


class Form:
    """Pages asked for without a browser: the same cookies and forms, every header as one likes it."""

    def __init__(self, client):
        self.client = client

    def get(self, path, **headers):
        return self.client.http.get(path, headers=headers)

    def post(self, path, fields=None, headers=None):
        """A form as the page would send it, with its token unless `fields` has another one."""
        data = {"csrf": self.client.csrf or ""} | (fields or {})
        return self.client.http.post(path, data={k: v for k, v in data.items() if v is not None}, headers=headers or {})
