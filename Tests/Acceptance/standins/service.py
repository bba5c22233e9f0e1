"""A JSON service on loopback, with the keys of one person: what the stand-ins have in common."""

import base64
import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

SHA2 = {32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512()}


class Refusal(Exception):
    """An answer that is no success: a status and a JSON body."""

    def __init__(self, status, body):
        super().__init__(status)
        self.status, self.body = status, body


class Service:
    """Keeps what it was sent, so that a test can look at it. Subclasses answer in `answer`."""

    def __init__(self, key, certificate, chain=()):
        self.key, self.certificate, self.chain = key, certificate, list(chain)
        self.calls = []
        self.lock = threading.Lock()

    def der(self, certificate=None):
        return base64.b64encode((certificate or self.certificate).public_bytes(serialization.Encoding.DER)).decode()

    def sign_hash(self, digest, *, pss=False, raw=False):
        kind = SHA2[len(digest)]
        if isinstance(self.key, rsa.RSAPrivateKey):
            pad = padding.PSS(padding.MGF1(kind), kind.digest_size) if pss else padding.PKCS1v15()
            return self.key.sign(digest, pad, Prehashed(kind))
        assert isinstance(self.key, ec.EllipticCurvePrivateKey)
        value = self.key.sign(digest, ec.ECDSA(Prehashed(kind)))
        if not raw:
            return value
        size = (self.key.key_size + 7) // 8
        return b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(value))

    def answer(self, path, headers, body):
        raise NotImplementedError

    @contextlib.contextmanager
    def running(self):
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.headers.get("Content-Type", "").startswith("application/json"):
                    body = json.loads(sent)
                else:
                    body = dict(parse_qsl(sent.decode()))
                with service.lock:
                    service.calls.append((self.path, body))
                    try:
                        status, told = 200, service.answer(self.path, self.headers, body)
                    except Refusal as refusal:
                        status, told = refusal.status, refusal.body
                data = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.address = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
