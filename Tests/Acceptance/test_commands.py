"""The command line: every command explains itself, does its work, and says what to do next when it cannot."""

import json
import socket

import pytest

from conftest import PASSWORD, Server

COMMANDS = [
    ["serve"], ["worker"], ["migrate"], ["config"], ["routes"], ["audit"], ["audit", "verify"],
    ["tenant"], ["tenant", "list"], ["tenant", "create"], ["account"], ["account", "set-password"], ["account", "hash-password"],
]


@pytest.mark.parametrize("command", [[], *COMMANDS], ids=" ".join)
def test_every_command_has_help_with_an_example(installation, command):
    done = installation.run(*command, "--help")
    assert done.returncode == 0
    assert "Example: " in done.stdout


def test_an_unknown_command_shows_how_to_use_it(installation):
    done = installation.run("publish")
    assert done.returncode != 0
    assert "--help" in done.stderr


def test_migrate_brings_an_empty_database_forward_once(empty_installation):
    pending = empty_installation.run("migrate", "--check")
    assert pending.returncode == 1
    assert "pending 0001_platform" in pending.stdout
    applied = empty_installation.run("migrate")
    assert applied.returncode == 0, applied.stderr
    assert "applied 0001_platform" in applied.stdout
    assert empty_installation.sql("SELECT count(*) FROM documents.document_type WHERE NOT is_copy") == "29"
    assert int(empty_installation.sql("SELECT count(*) FROM workflow.transition")) > 10
    again = empty_installation.run("migrate")
    assert "up to date" in again.stdout and "applied" not in again.stdout
    assert empty_installation.run("migrate", "--check").returncode == 0


def test_a_migration_that_was_changed_is_refused(empty_installation):
    assert empty_installation.run("migrate").returncode == 0
    empty_installation.sql("UPDATE platform.migration SET checksum = sha256('other') WHERE version = 1")
    done = empty_installation.run("migrate")
    assert done.returncode != 0
    assert "0001_platform" in done.stderr and "new migration" in done.stderr


def test_a_missing_database_is_told_with_what_to_do(installation):
    done = installation.run("migrate", "--check", VANTHU_DATABASE_HOST=str(installation.folder))
    assert done.returncode != 0
    assert "PostgreSQL cannot be reached" in done.stderr and "VANTHU_DATABASE_HOST" in done.stderr


def test_config_tells_where_each_value_comes_from(installation):
    done = installation.run("config", "--json", VANTHU_LOG_LEVEL="debug", VANTHU_DATABASE_PASSWORD="geheim")
    values = {entry["name"]: entry for entry in json.loads(done.stdout)}
    assert values["log_level"]["value"] == "debug"
    assert values["log_level"]["origin"] == "environment VANTHU_LOG_LEVEL"
    assert values["session_hours"]["origin"] == "file Config/vanthu.json"
    assert values["job_slots"]["origin"] == "default"
    assert "geheim" not in done.stdout


@pytest.mark.parametrize("setting", ["VANTHU_PROT", "VANTHU_PORT"])
def test_a_wrong_setting_is_refused_by_name(installation, setting):
    done = installation.run("config", **{setting: "eighty"})
    assert done.returncode != 0
    assert setting.removeprefix("VANTHU_").lower() in done.stderr


def test_routes_are_those_of_the_openapi_document(installation, server):
    import httpx

    listed = {(route["method"].lower(), route["path"]) for route in json.loads(installation.run("routes", "--json").stdout)}
    document = httpx.get(server.url + "/openapi.json").json()
    assert listed == {(method, path) for path, item in document["paths"].items() for method in item if method != "parameters"}


def test_a_taken_port_is_told_with_what_to_do(installation):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = installation.run("serve", VANTHU_PORT=str(taken.getsockname()[1]))
    assert done.returncode != 0
    assert "is taken" in done.stderr and "VANTHU_PORT" in done.stderr


def test_a_new_organisation_can_be_used_at_once(installation, server):
    done = installation.run(
        "tenant", "create", "MOI", "--name", "Công ty Mới", "--abbreviation", "CTM", "--kind", "company",
        "--administrator", "Nguyễn Văn An", input="mot-mat-khau-dai")
    assert done.returncode == 0, done.stderr
    administrator = server.sign_in("quantri@moi", "mot-mat-khau-dai")
    assert administrator.get("/me").json()["post"]["role"] == "administrator"
    assert "MOI" in installation.run("tenant", "list").stdout
    again = installation.run(
        "tenant", "create", "MOI", "--name", "X", "--abbreviation", "X", "--administrator", "Y", input="mot-mat-khau-dai")
    assert again.returncode != 0 and "is taken" in again.stderr


def test_a_password_set_from_the_shell_replaces_the_old_one_and_ends_its_sessions(installation, server):
    before = server.sign_in("vanthu2@bdag")
    done = installation.run("account", "set-password", "vanthu2@bdag", input="mot-mat-khau-moi")
    assert done.returncode == 0, done.stderr
    assert before.get("/me").status_code == 401
    server.sign_in("vanthu2@bdag", "mot-mat-khau-moi")
    refused = before.post("/sessions", json={"login": "vanthu2@bdag", "password": PASSWORD})
    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("login", "password", "said"),
    [("vanthu@bdag", "short", "password_too_short"), ("nobody@bdag", "mot-mat-khau-moi", "no account"),
     ("vanthu@nowhere", "mot-mat-khau-moi", "no organisation"), ("vanthu", "mot-mat-khau-moi", "name@CODE"),
     ("vanthu@bdag", "", "no password")])
def test_a_password_that_cannot_be_set_is_told(installation, login, password, said):
    done = installation.run("account", "set-password", login, input=password)
    assert done.returncode != 0
    assert said in done.stderr


def test_audit_verify_finds_what_was_changed_removed_and_reordered(installation, server):
    tenant = installation.sql("SELECT id FROM platform.tenant WHERE code = 'BDBK'")
    for _ in range(5):
        server.sign_in("vanthu@bdbk")
    clean = installation.run("audit", "verify", "--tenant", "bdbk")
    assert clean.returncode == 0, clean.stdout
    assert "intact" in clean.stdout

    def findings(tampering: str) -> str:
        installation.sql(f"""
            SET session_replication_role = replica;
            CREATE TABLE kept AS SELECT * FROM platform.audit_entry WHERE tenant_id = '{tenant}';
            {tampering}""")
        done = installation.run("audit", "verify", "--tenant", "BDBK")
        installation.sql(f"""
            SET session_replication_role = replica;
            DELETE FROM platform.audit_entry WHERE tenant_id = '{tenant}';
            INSERT INTO platform.audit_entry SELECT * FROM kept;
            DROP TABLE kept;""")
        assert done.returncode == 1, done.stdout
        return done.stdout

    entry = f"platform.audit_entry WHERE tenant_id = '{tenant}' AND seq"
    assert "entry 2: changed" in findings(
        f"UPDATE platform.audit_entry SET canonical = replace(canonical, 'session', 'Session') WHERE tenant_id = '{tenant}' AND seq = 2;")
    assert "removed" in findings(f"DELETE FROM {entry} = 3;")
    assert "removed" in findings(f"DELETE FROM {entry} = (SELECT max(seq) FROM kept);")
    assert "reordered" in findings(f"""
        UPDATE platform.audit_entry SET seq = 1002 WHERE tenant_id = '{tenant}' AND seq = 2;
        UPDATE platform.audit_entry SET seq = 2 WHERE tenant_id = '{tenant}' AND seq = 3;
        UPDATE platform.audit_entry SET seq = 3 WHERE tenant_id = '{tenant}' AND seq = 1002;""")
    assert installation.run("audit", "verify", "--tenant", "BDBK").returncode == 0
