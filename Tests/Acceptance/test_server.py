"""The running server as those who operate it see it."""

import signal
import subprocess

import httpx
import pytest

from conftest import BINARY, ROOT, Server, lines_of


def test_it_is_ready_in_under_a_second_on_a_migrated_database(installation):
    # The best of three: the machine that tests may be busy with other tests at the same moment.
    times = []
    for _ in range(3):
        running = Server(installation)
        times.append(running.wait_until_ready())
        assert running.stop() == 0
    assert min(times) < 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(installation, number):
    running = Server(installation)
    running.wait_until_ready()
    assert running.stop(number) == 0
    assert lines_of(running.log)[-1]["message"] == "ended"


def test_it_tells_that_it_lives_and_how_it_does(server):
    assert httpx.get(server.url + "/healthz").status_code == 200
    assert httpx.get(server.url + "/readyz").status_code == 200
    metrics = httpx.get(server.url + "/metrics").text
    assert "# TYPE vanthu_pool_connections_max gauge" in metrics


def test_its_log_is_json_and_names_the_request(installation, server):
    assert server.sign_in("vanthu@bdbg").get("/me").status_code == 200
    lines = lines_of(server.log)
    assert all("time" in line and "level" in line for line in lines)
    assert "buu-dien-2026" not in server.log.read_text()


def test_it_is_not_ready_before_the_database_is_migrated(empty_installation):
    running = Server(empty_installation)
    answer = None
    while answer is None:
        assert running.process.poll() is None
        try:
            answer = httpx.get(running.url + "/readyz", timeout=5)
        except httpx.TransportError:
            continue
    assert answer.status_code == 503
    assert httpx.get(running.url + "/healthz").status_code == 200
    assert running.stop() == 0


def test_a_worker_alone_ends_cleanly(installation):
    process = subprocess.Popen(
        [BINARY, "worker"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, env=installation.environment)
    assert b"working" in process.stderr.readline()
    process.terminate()
    assert process.wait(timeout=30) == 0
