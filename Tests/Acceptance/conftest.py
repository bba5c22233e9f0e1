"""What the acceptance tests stand on: a database and a running server for each pytest worker, driven from outside.

Run them with `scripts/test --acceptance`, which starts the PostgreSQL cluster and says where it is.
"""

import json
import os
import pathlib
import signal
import socket
import subprocess
import time

import httpx
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("VANTHU_TEST_BINARY", ROOT / ".build/debug/vanthu"))
PSQL = "/usr/lib/postgresql/15/bin/psql"
PASSWORD = "buu-dien-2026"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Installation:
    """A database of its own, the settings that lead to it, and the command line on them."""

    def __init__(self, name: str, folder: pathlib.Path):
        self.name = name
        self.folder = folder
        self.socket = os.environ["VANTHU_TEST_SOCKET"]
        self.database_port = os.environ["VANTHU_TEST_PORT"]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("VANTHU_")}
        self.environment = clean | {
            "VANTHU_DATA": str(folder),
            "VANTHU_DATABASE_HOST": self.socket,
            "VANTHU_DATABASE_PORT": self.database_port,
            "VANTHU_DATABASE_NAME": name,
            "VANTHU_DATABASE_POOL": "4",
        }

    def sql(self, text: str, database: str | None = None) -> str:
        """Runs SQL as superuser; rows as lines of tab-separated text."""
        done = subprocess.run(
            [PSQL, "-X", "-q", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", self.socket, "-p", self.database_port,
             "-U", "postgres", "-d", database or self.name],
            input=text, text=True, capture_output=True, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def create(self) -> "Installation":
        self.sql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)", "postgres")
        self.sql(
            f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'", "postgres")
        self.sql((ROOT / "sql/bootstrap.sql").read_text())
        return self

    def drop(self) -> None:
        self.sql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)", "postgres")

    def run(self, *words: str, input: str = "", **settings: str) -> subprocess.CompletedProcess:
        """`vanthu WORDS…` with further settings in the environment."""
        return subprocess.run(
            [BINARY, *words], input=input, text=True, capture_output=True, cwd=ROOT, timeout=120,
            env=self.environment | settings)

    def seed(self) -> None:
        assert self.run("migrate").returncode == 0
        done = subprocess.run(
            [ROOT / "scripts/seed", self.socket, self.database_port, self.name, BINARY],
            text=True, capture_output=True, cwd=ROOT, env=self.environment)
        assert done.returncode == 0, done.stderr


class Server:
    """A `vanthu serve` of this installation on a port of its own."""

    def __init__(self, installation: Installation, *words: str, **settings: str):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = installation.folder / f"server-{self.port}.log"
        self.began = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT,
                env=installation.environment | {"VANTHU_PORT": str(self.port)} | settings)

    def wait_until_ready(self, within: float = 30) -> float:
        """The seconds from the start until /readyz says yes."""
        while time.monotonic() - self.began < within:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if httpx.get(self.url + "/readyz", timeout=5).status_code == 200:
                    return time.monotonic() - self.began
            except httpx.TransportError:
                pass
            time.sleep(0.01)
        raise AssertionError("not ready: " + self.log.read_text())

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        return self.process.wait(timeout=30)

    def sign_in(self, login: str, password: str = PASSWORD) -> httpx.Client:
        """A client with the session of `login`, that sends the CSRF token by itself."""
        client = httpx.Client(base_url=self.url + "/api/v1", timeout=30)
        answer = client.post("/sessions", json={"login": login, "password": password})
        assert answer.status_code == 201, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return client


@pytest.fixture(scope="session")
def installation(worker_id, tmp_path_factory):
    """A migrated database with the demonstration in it."""
    if "VANTHU_TEST_SOCKET" not in os.environ:
        pytest.exit("no cluster to test on; run scripts/test --acceptance", returncode=4)
    made = Installation(f"acceptance_{worker_id}", tmp_path_factory.mktemp("data")).create()
    made.seed()
    yield made
    made.drop()


@pytest.fixture
def empty_installation(worker_id, tmp_path):
    """A database that nothing was done to but bootstrap.sql."""
    made = Installation(f"acceptance_empty_{worker_id}", tmp_path).create()
    yield made
    made.drop()


@pytest.fixture(scope="session")
def server(installation):
    running = Server(installation)
    running.wait_until_ready()
    yield running
    assert running.stop() == 0, running.log.read_text()


def lines_of(log: pathlib.Path) -> list[dict]:
    """The server's log; every line of it must be JSON."""
    return [json.loads(line) for line in log.read_text().splitlines()]


# The offices and their people, for the tests of the work itself.
from offices import (  # noqa: E402, F401
    cluster, database, hanoi, headquarters, letter, pdf, stranger, transport, vanthu, worker,
)  # fmt: skip
