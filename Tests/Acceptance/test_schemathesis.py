"""schemathesis invents requests from the served OpenAPI document, right ones and wrong ones, and looks at every answer: no 5xx, and
none that its schema denies.

VANTHU_SCHEMATHESIS_EXAMPLES=500 makes a long run of it, VANTHU_SCHEMATHESIS_SEED another one; scripts/test takes few examples for
an operation, and always the same.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from client import Office
from machine import PASSWORD
from paper import letter_pdf

EXAMPLES = os.environ.get("VANTHU_SCHEMATHESIS_EXAMPLES", "12")
SEED = os.environ.get("VANTHU_SCHEMATHESIS_SEED", "2026")

LEFT_OUT = {"signOut", "changePassword", "endPost"}
"""Would end the very session or post that asks; test_http.py tries them."""


@pytest.fixture(scope="module")
def office(vanthu):
    """An organisation that no other test works in: who knows what all these requests do to it."""
    return Office(vanthu.url, "BDHP", PASSWORD)


@pytest.fixture(scope="module")
def known_ids(office, headquarters):
    """Things that exist, so that the requests come further than to 404."""
    documents = [office.document(state, letter_pdf()) for state in ("draft", "content_review", "signed", "sealed")]
    sent = headquarters.document("sealed", letter_pdf())
    headquarters.clerk.issue(sent, ["BDHP"])
    incoming = office.clerk.register_paper(office.register("incoming"))["id"]
    office.clerk.present(incoming, office.leader.post)
    return {
        "/documents/": [*documents, incoming],
        "/files/": [office.specialist.main_file(documents[0])["id"]],
        "/deliveries/": [delivery["id"] for delivery in office.clerk.deliveries()[:3]],
        "/units/": [office.head.unit],
        "/people/": [office.head.me["person"]["id"]],
        "/tasks/": [task["id"] for task in office.head.tasks()[:3]],
    }


def configuration(known_ids, session):
    """Who signs in, and half of the paths get an id of a thing that exists, the others one that was invented."""
    lines = [
        "[auth.openapi.session]", f"api_key = '{session}'", "",
        # 428 and 412 are how RFC 6585 and RFC 9110 refuse a change without If-Match, or with one that is none.
        "[checks.missing_required_header]", "expected-statuses = [401, 403, 404, 422, 428]", "",
        "[checks.negative_data_rejection]", "expected-statuses = [400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 422, 428, 429]",
        "",
    ]  # fmt: skip
    for number, (path, ids) in enumerate(known_ids.items()):
        if ids:
            lines += [f"[dictionaries.ids{number}]", f"values = {ids!r}", ""]
    for number, (path, ids) in enumerate(known_ids.items()):
        if ids:
            lines += [
                "[[operations]]", f"include-path-regex = '{path}'", "[operations.parameters]",
                f"'path.id' = {{ dictionary = 'ids{number}', probability = 0.5 }}", "",
            ]  # fmt: skip
    return "\n".join(lines).replace("'", '"')


@pytest.mark.parametrize("role", ["clerk", "leader", "administrator"])
def test_no_answer_is_a_5xx_or_denied_by_its_schema(vanthu, office, known_ids, tmp_path, role):
    settings = tmp_path / "schemathesis.toml"
    person = getattr(office, role)
    settings.write_text(configuration(known_ids, person.http.cookies["vanthu_session"]))
    command = [
        Path(sys.executable).with_name("schemathesis"), "--config-file", settings, "run", f"{vanthu.url}/openapi.json",
        "--header", f"X-CSRF-Token: {person.csrf}",
        # What it tries at the door must not lock out the other tests.
        "--header", f"X-Forwarded-For: 203.0.113.{len(role) + 100}",
        "--checks", "all", "--exclude-checks", "positive_data_acceptance,use_after_free,ensure_resource_availability",
        "--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", SEED, "--no-shrink",
        "--continue-on-failure", "--suppress-health-check", "all", "--warnings", "off",
        *[word for name in sorted(LEFT_OUT) for word in ("--exclude-operation-id", name)],
    ]  # fmt: skip
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "media_types", "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-2000:]
