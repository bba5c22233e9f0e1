"""The running server as those who operate it see it."""

import json
import os
import signal
import subprocess

import httpx
import pytest

from client import Person
from machine import PASSWORD, ROOT, Server, binary, free_port, serving
from waiting import wait_until


def lines_of(server):
    """The server's log; every line of it must be JSON."""
    return [json.loads(line) for line in server.log.read_text().splitlines()]


def test_becoming_ready_on_a_migrated_database_takes_little(database, tmp_path):
    # Seconds of the processor and not of the clock: other tests keep the machine busy at the same moment. scripts/bench takes the
    # clock's.
    with serving(database, tmp_path) as server:
        fields = open(f"/proc/{server.process.pid}/stat").read().rpartition(")")[2].split()
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    assert used < 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(database, tmp_path, number):
    server = Server(database, tmp_path).start()
    assert server.end(number) == 0
    assert lines_of(server)[-1]["message"] == "ended"


def test_it_tells_that_it_lives_and_how_it_does(vanthu):
    assert vanthu.status("/healthz") == 200
    assert vanthu.status("/readyz") == 200
    assert "# TYPE vanthu_pool_connections_max gauge" in httpx.get(vanthu.url + "/metrics").text


def test_its_log_is_json_and_holds_no_password(database, tmp_path):
    with serving(database, tmp_path) as server:
        Person(server.url, "vanthu@bdbg", PASSWORD).must("GET", "/me")
        wait_until(lambda: "/api/v1/me" in server.log.read_text(), "the request stands in the log")
    lines = lines_of(server)
    assert all("time" in line for line in lines)
    assert any(line.get("operation") == "getMe" and line.get("status") == 200 for line in lines)
    assert PASSWORD not in server.log.read_text()


def test_it_is_not_ready_before_the_database_is_migrated(empty_database, tmp_path):
    url = f"http://127.0.0.1:{(port := free_port())}"
    settings = {"VANTHU_DATA": str(tmp_path), "VANTHU_PORT": str(port)}
    process = subprocess.Popen(
        [binary(), "serve"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
        env=empty_database.environment | settings)  # fmt: skip

    def status(path):
        assert process.poll() is None
        try:
            return httpx.get(url + path, timeout=10).status_code
        except httpx.TransportError:
            return None

    assert wait_until(lambda: status("/readyz"), "the server answers") == 503
    assert status("/healthz") == 200
    process.terminate()
    assert process.wait(timeout=30) == 0


def test_a_worker_alone_ends_cleanly(database, tmp_path):
    keys = Server.key_files.setdefault(database.name, tmp_path / "keys/secret")
    process = subprocess.Popen(
        [binary(), "worker"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT,
        env=database.environment | {"VANTHU_DATA": str(tmp_path), "VANTHU_KEY_FILE": str(keys)})  # fmt: skip
    # Its signer says first that it is ready.
    assert any(b"working" in process.stderr.readline() for _ in range(2))
    process.terminate()
    assert process.wait(timeout=30) == 0
