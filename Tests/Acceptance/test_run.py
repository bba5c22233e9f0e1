"""scripts/run: from nothing to a served demonstration, and back up after every kind of kill."""

import os
import pathlib
import pwd
import signal
import subprocess
import time

import httpx
import pytest

from machine import PASSWORD, ROOT, free_port


class Run:
    """One start of scripts/run on a data folder."""

    def __init__(self, data: pathlib.Path, port: int):
        self.data = data
        self.url = f"http://127.0.0.1:{port}"
        data.parent.mkdir(parents=True, exist_ok=True)
        self.output = data.parent / f"run-{time.monotonic_ns()}.out"
        clean = {key: value for key, value in os.environ.items() if not key.startswith("VANTHU_")}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [ROOT / "scripts/run", "--debug"], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=ROOT,
                env=clean | {"VANTHU_DATA": str(data), "VANTHU_PORT": str(port)}, start_new_session=True)

    def wait_until_served(self) -> str:
        for _ in range(6000):
            text = self.output.read_text()
            if "for example." in text:
                return text
            assert self.process.poll() is None, text
            time.sleep(0.05)
        raise AssertionError(self.output.read_text())

    def stop(self, number: int = signal.SIGTERM) -> int:
        os.killpg(self.process.pid, number)
        return self.process.wait(timeout=60)

    def vanthu(self, *words: str) -> subprocess.CompletedProcess:
        """A command as a person would give it in another terminal: nothing but the folder is told, by a relative path."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("VANTHU_")}
        return subprocess.run(
            [ROOT / ".build/debug/vanthu", *words], cwd=self.data.parent, env=clean | {"VANTHU_DATA": self.data.name},
            stdin=subprocess.DEVNULL, capture_output=True, text=True)

    @property
    def server(self) -> int:
        return int((self.data / "server.pid").read_text())

    @property
    def postmaster(self) -> int:
        return int((self.data / "postgres/postmaster.pid").read_text().splitlines()[0])


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A data folder that does not exist yet, which the user postgres may reach also when this is root."""
    folder = pathlib.Path("/tmp") / f"vanthu-run-{os.getpid()}"
    folder.mkdir(mode=0o755)
    yield folder / "data", free_port()
    subprocess.run(["rm", "-rf", folder], check=True)


def gone(process: int) -> bool:
    for _ in range(300):
        state = pathlib.Path(f"/proc/{process}/stat")
        if not state.exists() or ") Z " in state.read_text():
            return True
        time.sleep(0.1)
    return False


def test_it_serves_the_demonstration_and_ctrl_c_ends_everything(place):
    run = Run(*place)
    text = run.wait_until_served()
    assert run.url in text and PASSWORD in text and "vanthu@bdhn" in text
    answer = httpx.post(run.url + "/api/v1/sessions", json={"login": "chuyenvien@bdhn", "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    assert answer.json()["post"]["unit"]["name"] == "Văn phòng"
    assert (place[0] / "run/.s.PGSQL.5432").is_socket()
    assert "BDHN" in run.vanthu("tenant", "list").stdout
    server, postmaster = run.server, run.postmaster
    assert run.stop(signal.SIGINT) == 0, run.output.read_text()
    assert gone(server) and gone(postmaster)
    assert not (place[0] / "postgres/postmaster.pid").exists()


def test_a_second_start_takes_seconds_and_keeps_the_data(place):
    began = time.monotonic()
    run = Run(*place)
    text = run.wait_until_served()
    assert time.monotonic() - began < 30
    assert "Filling in" not in text and "Making a PostgreSQL" not in text
    refused = subprocess.run(
        [ROOT / "scripts/run", "--debug"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env=os.environ | {"VANTHU_DATA": str(place[0]), "VANTHU_PORT": str(free_port())})
    assert refused.returncode != 0 and "already at work" in refused.stderr
    assert run.stop() == 0


@pytest.mark.parametrize("victims", [["script"], ["server"], ["postmaster"], ["script", "server", "postmaster"]], ids="+".join)
def test_it_recovers_from_a_kill(place, victims):
    run = Run(*place)
    run.wait_until_served()
    processes = {"script": run.process.pid, "server": run.server, "postmaster": run.postmaster}
    for victim in victims:
        os.kill(processes[victim], signal.SIGKILL)
    if victims == ["server"]:
        assert run.process.wait(timeout=60) != 0
        assert "ended by itself" in run.output.read_text()
    elif victims == ["postmaster"]:
        assert gone(processes["postmaster"])
        run.stop()
    else:
        run.process.wait(timeout=60)
        assert gone(processes["server"])
    again = Run(*place)
    again.wait_until_served()
    assert httpx.get(again.url + "/readyz").status_code == 200
    assert again.stop() == 0


def test_a_folder_whose_path_is_too_long_for_a_socket_works(place):
    long = place[0].parent / ("x" * 100) / "data"
    run = Run(long, place[1])
    text = run.wait_until_served()
    assert "107 bytes" in text
    assert "BDHN" in run.vanthu("tenant", "list").stdout
    assert run.stop() == 0
    subprocess.run(["rm", "-rf", (long / "run").resolve()], check=True)


@pytest.mark.skipif(os.getuid() != 0, reason="only root has folders that PostgreSQL's user cannot enter")
def test_a_folder_that_only_root_may_enter_works(place):
    closed = place[0].parent / "closed"
    closed.mkdir(mode=0o700)
    run = Run(closed / "data", place[1])
    text = run.wait_until_served()
    assert "cannot enter" in text
    elsewhere = (closed / "data/postgres").resolve()
    assert pwd.getpwuid(elsewhere.stat().st_uid).pw_name == "postgres"
    assert run.stop() == 0
    subprocess.run(["rm", "-rf", elsewhere.parent, (closed / "data/run").resolve()], check=True)


@pytest.mark.parametrize(
    ("settings", "words", "said"),
    [({"VANTHU_PORT": "eighty"}, [], "no port"), ({"VANTHU_DATA": "/proc/none"}, [], "data folder"), ({}, ["--fast"], "--help")])
def test_what_it_cannot_do_it_says(settings, words, said):
    done = subprocess.run(
        [ROOT / "scripts/run", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=os.environ | settings)
    assert done.returncode != 0
    assert said in done.stderr
