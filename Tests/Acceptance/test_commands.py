"""The command line: every command explains itself, does its work, and says what to do next when it cannot."""

import json
import socket

import httpx
import pytest

from client import Person, refused
from machine import PASSWORD

COMMANDS = [
    ["serve"], ["worker"], ["migrate"], ["demo"], ["config"], ["routes"], ["audit"], ["audit", "verify"],
    ["agent"], ["tenant"], ["tenant", "list"], ["tenant", "create"], ["account"], ["account", "set-password"], ["account", "hash-password"],
]


@pytest.mark.parametrize("command", [[], *COMMANDS], ids=" ".join)
def test_every_command_has_help_with_an_example(database, command):
    done = database.vanthu(*command, "--help")
    assert done.returncode == 0
    assert "Example: " in done.stdout


def test_an_unknown_command_shows_how_to_use_it(database):
    done = database.vanthu("publish")
    assert done.returncode != 0
    assert "--help" in done.stderr


def test_migrate_brings_an_empty_database_forward_once(empty_database):
    pending = empty_database.vanthu("migrate", "--check")
    assert pending.returncode == 1
    assert "pending 0001_platform" in pending.stdout
    applied = empty_database.vanthu("migrate")
    assert applied.returncode == 0, applied.stderr
    assert "applied 0001_platform" in applied.stdout
    assert empty_database.value("SELECT count(*) FROM documents.document_type WHERE NOT is_copy") == "29"
    assert int(empty_database.value("SELECT count(*) FROM workflow.transition")) > 10
    again = empty_database.vanthu("migrate")
    assert "up to date" in again.stdout and "applied" not in again.stdout
    assert empty_database.vanthu("migrate", "--check").returncode == 0


def test_a_migration_that_was_changed_is_refused(empty_database):
    assert empty_database.vanthu("migrate").returncode == 0
    empty_database.psql("UPDATE platform.migration SET checksum = sha256('other') WHERE version = 1")
    done = empty_database.vanthu("migrate")
    assert done.returncode != 0
    assert "0001_platform" in done.stderr and "new migration" in done.stderr


def test_a_missing_database_is_told_with_what_to_do(database):
    done = database.vanthu("migrate", "--check", settings={"VANTHU_DATABASE_HOST": "/nowhere"})
    assert done.returncode != 0
    assert "PostgreSQL cannot be reached" in done.stderr and "VANTHU_DATABASE_HOST" in done.stderr


def test_config_tells_where_each_value_comes_from(database):
    done = database.vanthu("config", "--json", settings={"VANTHU_LOG_LEVEL": "debug", "VANTHU_DATABASE_PASSWORD": "geheim"})
    values = {entry["name"]: entry for entry in json.loads(done.stdout)}
    assert values["log_level"]["value"] == "debug"
    assert values["log_level"]["origin"] == "environment VANTHU_LOG_LEVEL"
    assert values["session_hours"]["origin"] == "file Config/vanthu.json"
    assert values["job_slots"]["origin"] == "default"
    assert "geheim" not in done.stdout


@pytest.mark.parametrize("setting", ["VANTHU_PROT", "VANTHU_PORT"])
def test_a_wrong_setting_is_refused_by_name(database, setting):
    done = database.vanthu("config", settings={setting: "eighty"})
    assert done.returncode != 0
    assert setting.removeprefix("VANTHU_").lower() in done.stderr


def test_routes_are_those_of_the_openapi_document(database, vanthu):
    listed = {(route["method"].lower(), route["path"]) for route in json.loads(database.vanthu("routes", "--json").stdout)}
    document = httpx.get(vanthu.url + "/openapi.json").json()
    assert listed == {(method, path) for path, item in document["paths"].items() for method in item if method != "parameters"}


def test_a_taken_port_is_told_with_what_to_do(database):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = database.vanthu("serve", settings={"VANTHU_PORT": str(taken.getsockname()[1])})
    assert done.returncode != 0
    assert "is taken" in done.stderr and "VANTHU_PORT" in done.stderr


def test_a_new_organisation_can_be_used_at_once(database, vanthu):
    done = database.vanthu(
        "tenant", "create", "MOI", "--name", "Công ty Mới", "--abbreviation", "CTM", "--kind", "company",
        "--administrator", "Nguyễn Văn An", input="mot-mat-khau-dai")
    assert done.returncode == 0, done.stderr
    assert Person(vanthu.url, "quantri@moi", "mot-mat-khau-dai").me["post"]["role"] == "administrator"
    assert "MOI" in database.vanthu("tenant", "list").stdout
    again = database.vanthu(
        "tenant", "create", "MOI", "--name", "X", "--abbreviation", "X", "--administrator", "Y", input="mot-mat-khau-dai")
    assert again.returncode != 0 and "is taken" in again.stderr


def test_a_password_set_from_the_shell_replaces_the_old_one_and_ends_its_sessions(database, vanthu):
    before = Person(vanthu.url, "vanthu2@bdag", PASSWORD)
    done = database.vanthu("account", "set-password", "vanthu2@bdag", input="mot-mat-khau-moi")
    assert done.returncode == 0, done.stderr
    with refused(401):
        before.must("GET", "/me")
    Person(vanthu.url, "vanthu2@bdag", "mot-mat-khau-moi")
    with refused(401):
        Person(vanthu.url, "vanthu2@bdag", PASSWORD)


@pytest.mark.parametrize(
    ("login", "password", "said"),
    [("vanthu@bdag", "short", "password_too_short"), ("nobody@bdag", "mot-mat-khau-moi", "no account"),
     ("vanthu@nowhere", "mot-mat-khau-moi", "no organisation"), ("vanthu", "mot-mat-khau-moi", "name@CODE"),
     ("vanthu@bdag", "", "no password")])
def test_a_password_that_cannot_be_set_is_told(database, login, password, said):
    done = database.vanthu("account", "set-password", login, input=password)
    assert done.returncode != 0
    assert said in done.stderr
