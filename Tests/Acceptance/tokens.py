"""Tokens by SoftHSM2, and `vanthu agent` over them: a machine with a person at its terminal."""

import base64
import contextlib
import datetime
import hashlib
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from machine import binary, free_port
from waiting import wait_until

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
ORIGIN = "http://127.0.0.1:8080"
PIN = "493817"


class RevocationLists:
    """The empty revocation lists of the tests' authorities, over HTTP on loopback; started when the first one is asked for."""

    def __init__(self):
        self.lists, self.server = {}, None

    def address(self, certificate, key):
        if not self.server:
            lists = self.lists

            class Handler(BaseHTTPRequestHandler):
                def do_GET(self):
                    data = lists.get(self.path)
                    self.send_response(200 if data else 404)
                    self.send_header("Content-Type", "application/pkix-crl")
                    self.send_header("Content-Length", str(len(data or b"")))
                    self.end_headers()
                    self.wfile.write(data or b"")

                def log_message(self, *_):
                    pass

            self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            threading.Thread(target=self.server.serve_forever, daemon=True).start()
        path = f"/{certificate.serial_number:x}.crl"
        now = datetime.datetime.now(datetime.timezone.utc)
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(certificate.subject)
            .last_update(now - datetime.timedelta(hours=1))
            .next_update(now + datetime.timedelta(days=1))
            .add_extension(x509.CRLNumber(1), critical=False)
            .sign(key, hashes.SHA256())
        )
        self.lists[path] = made.public_bytes(serialization.Encoding.DER)
        return f"http://127.0.0.1:{self.server.server_port}{path}"


REVOCATION_LISTS = RevocationLists()


def certified(key, name, issuer=None):
    """A certificate of `key` for `name`, by `issuer` (certificate, key), which also says where its revocation list is, or by itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")])
    now = datetime.datetime.now(datetime.timezone.utc)
    by, by_key = issuer or (None, key)
    builder = x509.CertificateBuilder()
    if by:
        point = x509.UniformResourceIdentifier(REVOCATION_LISTS.address(by, by_key))
        builder = builder.add_extension(x509.CRLDistributionPoints([x509.DistributionPoint([point], None, None, None)]), False)
    return (
        builder.subject_name(subject)
        .issuer_name(by.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(True, True, False, False, False, issuer is None, issuer is None, False, False), True)
        .sign(by_key, hashes.SHA256())
    )


class SoftToken:
    """A token of SoftHSM2 in a folder of its own, made like a token that one buys: keys, certificates, the authority's certificate."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "tokens").mkdir(parents=True)
        self.configuration = folder / "softhsm2.conf"
        self.configuration.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.environment = {**os.environ, "SOFTHSM2_CONF": str(self.configuration)}
        self._run("softhsm2-util", "--init-token", "--free", "--label", "vanthu", "--so-pin", "87654321", "--pin", PIN)
        authority = ec.generate_private_key(ec.SECP256R1())
        self.authority = certified(authority, "CA thử nghiệm"), authority
        self._certificate(self.authority[0], "ca", "ff")
        self.certificates = {}

    def _run(self, *command):
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr + done.stdout

    def _tool(self, *options):
        self._run("pkcs11-tool", "--module", MODULE, "--token-label", "vanthu", "--login", "--pin", PIN, *options)

    def _certificate(self, certificate, label, key_id):
        path = self.folder / f"{label}.der"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.DER))
        self._tool("--write-object", str(path), "--type", "cert", "--id", key_id, "--label", label)

    def add(self, label, key_id, key, name, *, always=False):
        """Puts `key` and a certificate for `name` onto the token. `always`: the key wants its PIN for each use."""
        path = self.folder / f"{label}.key"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        options = ["--always-auth"] if always else []
        self._tool("--write-object", str(path), "--type", "privkey", "--id", key_id, "--label", label, *options)
        path.unlink()
        certificate = certified(key, name, self.authority)
        self._certificate(certificate, label, key_id)
        self.certificates[label] = certificate
        return certificate

    def remove(self):
        """Pulls the token out."""
        shutil.rmtree(self.folder / "tokens")
        (self.folder / "tokens").mkdir()


def trust(database, certificate):
    """Makes an authority one that the installation trusts, as an administrator would by importing it."""
    der = certificate.public_bytes(serialization.Encoding.DER).hex()
    database.psql(
        "INSERT INTO signatures.trust_anchor (kind, scope, name, subject, certificate, sha256, valid_from, valid_until, source)"
        f" VALUES ('root', 'public_duty', 'CA thử', 'CN=CA thử', '\\x{der}', sha256('\\x{der}'::bytea), now() - interval '1 day',"
        " now() + interval '300 days', 'test') ON CONFLICT DO NOTHING")


def fingerprint(certificate):
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


class Agent:
    """`vanthu agent` in a terminal (a pty), and the page that talks to it."""

    def __init__(self, token, folder, *options, origin=ORIGIN, port=None):
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.pairings = folder / "agent.json"
        self.screen, inside = pty.openpty()
        self.shown = ""
        self.process = subprocess.Popen(
            [binary(), "agent", "--module", MODULE, "--origin", origin, "--port", str(self.port),
             "--pairings", str(self.pairings), *options],
            stdin=inside, stdout=inside, stderr=inside, env=token.environment, start_new_session=True)  # fmt: skip
        os.close(inside)
        self.http = httpx.Client(base_url=self.address, headers={"Origin": origin}, timeout=60)
        self.code = self.wait_for(r"(\d{4}-\d{4})")

    def read(self):
        while select.select([self.screen], [], [], 0)[0]:
            try:
                self.shown += os.read(self.screen, 65536).decode("utf-8", "replace")
            except OSError:
                break
        return self.shown

    def wait_for(self, pattern):
        """Waits until the screen shows `pattern`, gives its first group (or all of it) and forgets what came before its end."""
        found = wait_until(lambda: re.search(pattern, self.read()), f"the agent shows {pattern}: {self.shown!r}")
        self.shown = self.shown[found.end():]
        return found.group(1) if found.groups() else found.group(0)

    def type(self, text):
        os.write(self.screen, (text + "\n").encode())

    def pair(self):
        answer = self.http.post("/pair", json={"code": self.code})
        assert answer.status_code == 200, answer.text
        self.http.headers["Authorization"] = "Bearer " + answer.json()["token"]
        return answer.json()["token"]

    def end(self):
        self.http.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        os.close(self.screen)


@contextlib.contextmanager
def agent(token, folder, *options, **words):
    running = Agent(token, folder, *options, **words)
    try:
        yield running
    finally:
        running.end()


def wish(certificate, algorithm, *documents):
    """What a page sends to have these documents' hashes signed."""
    size = algorithm[-3:]
    digest = getattr(hashlib, f"sha{size}")
    items = [{"name": name, "digest": base64.b64encode(digest(name.encode()).digest()).decode()} for name in documents]
    return {"certificate": fingerprint(certificate), "algorithm": algorithm, "items": items}


def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
