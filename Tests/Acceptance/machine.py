"""The machine that the tests drive: databases in a throw-away PostgreSQL cluster, and `vanthu serve` over them."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import httpx

from waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
PG_BIN = Path(os.environ.get("PG_BIN", "/usr/lib/postgresql/15/bin"))
PASSWORD = "buu-dien-2026"
"""The password of every account of the demonstration (scripts/lib/database.sh)."""

UPLOAD_LIMIT = 4 << 20
"""Bytes of one file that the tests' servers take: small, so that what is over it is sent quickly."""


def binary():
    """The program under test: VANTHU_TEST_BINARY, or the debug build that scripts/test has just made."""
    path = Path(os.environ.get("VANTHU_TEST_BINARY", ROOT / ".build/debug/vanthu"))
    if not os.access(path, os.X_OK):
        raise FileNotFoundError(f"{path} is missing: run scripts/test --acceptance, or set VANTHU_TEST_BINARY")
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def as_postgres(*command):
    """`command` as the user that owns the cluster: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", *command]


class Cluster:
    """A PostgreSQL server that somebody else started, known by the folder of its socket."""

    def __init__(self, folder, port):
        self.folder, self.port = str(folder), str(port)

    def psql(self, database, sql, *options):
        """Runs `sql` as superuser and gives its rows, columns split by `|`, as text."""
        command = [
            PG_BIN / "psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", self.port,
            "-U", "postgres", "-d", database, *options,
        ]  # fmt: skip
        quiet = {**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}
        done = subprocess.run(command, input=sql, capture_output=True, text=True, env=quiet, cwd="/")
        if done.returncode != 0:
            raise AssertionError(f"psql failed: {done.stderr.strip()}")
        return done.stdout.splitlines()

    def create(self, name, template="template0"):
        self.psql("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING \'UTF8\' LOCALE \'C.UTF-8\'')
        return Database(self, name)

    def drop(self, name):
        self.psql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @contextlib.contextmanager
    def alone(self):
        """Roles belong to the whole cluster, so one process of the tests at a time lays the ground."""
        name = hashlib.sha256(f"{self.folder}:{self.port}".encode()).hexdigest()[:12]
        with open(Path(tempfile.gettempdir()) / f"vanthu-acceptance-{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def demonstration(self):
        """The name of a migrated database with the demonstration in it, to be copied; made once for a state of the SQL."""
        name = "acceptance_" + fingerprint()
        with self.alone():
            if not self.psql("postgres", f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
                self.drop(name + "_new")
                database = self.create(name + "_new")
                database.bootstrap()
                database.migrate()
                database.seed()
                self.psql("postgres", f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
        return name

    @contextlib.contextmanager
    def copy(self, name):
        """A database of one's own with the demonstration, dropped at the end."""
        template = self.demonstration()
        with self.alone():
            self.drop(name)
            database = self.create(name, template)
        try:
            yield database
        finally:
            self.drop(name)


def fingerprint():
    """Changes whenever something changes that a database is made from."""
    digest = hashlib.sha256()
    for folder in ("sql", "Config"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


class OwnCluster(Cluster):
    """A small cluster that a test may stop and start."""

    def __init__(self):
        # Not pytest's folder: the user postgres may not pass through that one.
        self.home = Path(tempfile.mkdtemp(prefix="vanthu-pg.", dir="/tmp"))
        super().__init__(self.home, 5432)
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres", "postgres")
        # Everybody may connect, so nobody but us and postgres may come near.
        self.home.chmod(0o700)
        self.data = self.home / "data"
        self.run(
            PG_BIN / "initdb", "-D", self.data, "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust",
            "--no-sync", "--no-instructions",
        )  # fmt: skip
        settings = (
            f"listen_addresses = ''\nunix_socket_directories = '{self.home}'\nfsync = off\nfull_page_writes = off\n"
            "shared_buffers = 64MB\ntimezone = 'Asia/Ho_Chi_Minh'\n"
        )
        with open(self.data / "postgresql.conf", "a") as file:
            file.write(settings)

    def run(self, *command):
        done = subprocess.run(as_postgres(*map(str, command)), capture_output=True, text=True, cwd="/")
        if done.returncode != 0:
            raise AssertionError(f"{command[0]} failed: {done.stdout}{done.stderr}")

    def start(self):
        self.run(PG_BIN / "pg_ctl", "start", "-w", "-s", "-D", self.data, "-l", self.home / "log")

    def stop(self):
        self.run(PG_BIN / "pg_ctl", "stop", "-w", "-s", "-m", "immediate", "-D", self.data)

    def remove(self):
        with contextlib.suppress(AssertionError):
            self.stop()
        shutil.rmtree(self.home, ignore_errors=True)


class Database:
    """One database, named together with the cluster it is in."""

    def __init__(self, cluster, name):
        self.cluster, self.name = cluster, name

    def psql(self, sql, *options):
        return self.cluster.psql(self.name, sql, *options)

    def value(self, sql):
        """The first column of the only row."""
        (row,) = self.psql(sql)
        return row

    @property
    def environment(self):
        """What `vanthu` must be told. Settings of whoever runs the tests must not reach it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VANTHU_")}
        return kept | {
            "VANTHU_DATABASE_HOST": self.cluster.folder,
            "VANTHU_DATABASE_PORT": self.cluster.port,
            "VANTHU_DATABASE_NAME": self.name,
        }

    def vanthu(self, *arguments, settings=None, input=""):
        """Runs a command of the program to its end, with `input` on its standard input."""
        return subprocess.run(
            [binary(), *map(str, arguments)], env=self.environment | (settings or {}), cwd=ROOT, capture_output=True, text=True,
            timeout=300, input=input,
        )  # fmt: skip

    def bootstrap(self):
        self.psql("", "-1", "-f", str(ROOT / "sql/bootstrap.sql"))

    def migrate(self):
        done = self.vanthu("migrate")
        assert done.returncode == 0, f"vanthu migrate failed: {done.stdout}{done.stderr}"

    def seed(self):
        arguments = [ROOT / "scripts/seed", self.cluster.folder, self.cluster.port, self.name, binary()]
        done = subprocess.run(list(map(str, arguments)), env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, f"scripts/seed failed: {done.stdout}{done.stderr}"


class Server:
    """`vanthu serve` on a free port, with a data folder of its own; reached by `name`."""

    # All servers of one database share one key file: the first one's.
    key_files = {}

    def __init__(self, database, data, name="127.0.0.1", **settings):
        self.database, self.data, self.name = database, Path(data), name
        self.data.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.process = None
        self.url = ""

    @property
    def log(self):
        return self.data / "server.log"

    @property
    def blobs(self):
        return Path(self.settings.get("VANTHU_BLOB_FOLDER", self.data / "blobs"))

    @property
    def key_file(self):
        """What the signer of this server wraps keys with."""
        return Path(self.settings.get("VANTHU_KEY_FILE", self.key_files.get(self.database.name, self.data / "keys/secret")))

    def start(self):
        port = free_port()
        self.url = f"http://{self.name}:{port}"
        environment = self.database.environment | {
            "VANTHU_DATA": str(self.data),
            "VANTHU_PORT": str(port),
            "VANTHU_PUBLIC_ADDRESS": self.url,
            "VANTHU_UPLOAD_LIMIT": str(UPLOAD_LIMIT),
            # The tests come from one address; where that would matter they name another one.
            "VANTHU_TRUST_FORWARDED_FOR": "true",
            "VANTHU_KEY_FILE": str(self.key_files.setdefault(self.database.name, self.data / "keys/secret")),
            **self.settings,
        }
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [binary(), "serve"], env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        wait_until(self.is_ready, "the server is ready", 60)
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with status {self.process.returncode}:\n{self.tail()}")
        return self.status("/readyz") == 200

    def status(self, path):
        """The status that a plain GET gets; nothing while nobody listens."""
        try:
            return httpx.get(self.url + path, timeout=10).status_code
        except httpx.TransportError:
            return None

    def tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    def end(self, number=signal.SIGTERM):
        """Ends the process as `kill` would, and gives its exit status."""
        if self.process is None:
            return None
        self.process.send_signal(number)
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not end within 30 s of signal {number}:\n{self.tail()}") from None
        finally:
            self.process = None

    def kill(self):
        """What a power cut does: no clean-up, no good-bye."""
        self.end(signal.SIGKILL)

    def files(self):
        """Everything in the blob folder that has a size, by path from there: what a refused upload must not add to."""
        return {str(p.relative_to(self.blobs)) for p in self.blobs.rglob("*") if p.is_file() and p.stat().st_size > 0}

    def wait_for_jobs(self, seconds=60):
        """Until no background job waits or runs."""
        unfinished = "SELECT count(*) FROM platform.job WHERE state IN ('available', 'running')"
        wait_until(lambda: self.database.value(unfinished) == "0", "all background jobs are done", seconds)


@contextlib.contextmanager
def serving(database, data, **settings):
    """A running server, ended at the end."""
    server = Server(database, data, **settings)
    try:
        yield server.start()
    finally:
        server.end()
