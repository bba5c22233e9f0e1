"""A national CA as the installation meets it: certomancer's web server with OCSP, revocation lists and time stamps over HTTP on loopback.

Every request is counted, and any service may be told to misbehave.
"""

import collections
import copy
import dataclasses
import datetime
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import ocsp, pem
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, KeyLabel
from certomancer.registry.issued.general import RevocationStatus
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from werkzeug.test import Client

UTC = datetime.timezone.utc
SIGNING = ["digital_signature", "non_repudiation"]
POLICY = "1.3.6.1.4.1.4146.2.3"


def _certificate(subject, issuer, usage, *more, ca=None, days=(-30, 365)):
    now = datetime.datetime.now(UTC).replace(microsecond=0)
    start, end = (now + datetime.timedelta(days=day) for day in days)
    extensions = [{"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": usage}}, *more]
    if ca is not None:
        extensions.append({"id": "basic_constraints", "critical": True, "value": {"ca": True, **ca}})
    return {
        "subject": subject, "issuer": issuer, "extensions": extensions,
        "validity": {"valid-from": start.isoformat(), "valid-to": end.isoformat()}}  # fmt: skip


def _listed(repository):
    return {"id": "crl_distribution_points", "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": [repository]}}}


def _asked(responder="interm"):
    return {"id": "authority_information_access", "smart-value": {"schema": "aia-urls", "params": {"ocsp-responder-names": [responder]}}}


def _purpose(name):
    return {"id": "extended_key_usage", "critical": True, "value": [name]}


NO_CHECK = {"id": "ocsp_no_check"}
CERTIFICATES = {
    "root": _certificate("root", "root", ["key_cert_sign", "crl_sign"], ca={}),
    "interm": _certificate("interm", "root", ["key_cert_sign", "crl_sign"], _listed("root"), ca={"path-len-constraint": 0}),
    "ocsp": _certificate("ocsp", "interm", ["digital_signature"], _purpose("ocsp_signing"), NO_CHECK),
    "ocsp-expired": _certificate("ocsp-expired", "interm", ["digital_signature"], _purpose("ocsp_signing"), NO_CHECK, days=(-30, -1)),
    "tsa": _certificate("tsa", "root", ["digital_signature"], _purpose("time_stamping"), _listed("root")),
    # Stamps although its certificate is not for that.
    "tsa-unfit": _certificate("tsa-unfit", "root", ["digital_signature"], _listed("root")),
    "leader": _certificate("leader", "interm", SIGNING, _asked(), _listed("interm")),
    "rsa": _certificate("leader", "interm", SIGNING, _asked(), _listed("interm")),
    "organisation": _certificate("organisation", "interm", SIGNING, _asked(), _listed("interm")),
    # Two that can be asked about in one way only, so that nothing else answers in its place.
    "by-ocsp": _certificate("leader", "interm", SIGNING, _asked()),
    "by-list": _certificate("leader", "interm", SIGNING, _listed("interm")),
    # Nobody knows these two.
    "stranger": _certificate("stranger", "stranger", ["key_cert_sign", "crl_sign", "digital_signature"], ca={}),
    "stranger-ocsp": _certificate("stranger-ocsp", "stranger", ["digital_signature"], _purpose("ocsp_signing"), NO_CHECK),
    "stranger-tsa": _certificate("stranger-tsa", "stranger", ["digital_signature"], _purpose("time_stamping")),
}


class OutsidePKI:
    """The CA and its web server.

    `counts` has how often each path was asked. `mischief[path]` is called with the request's body in the place of the service, and gives
    status, headers and body; None closes the connection without a word.
    """

    def __init__(self, folder, leader, organisation):
        self.counts, self.mischief = collections.Counter(), {}
        self.release = threading.Event()
        outside = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outside.counts[self.path] += 1
                outside.credentials = self.headers.get("Authorization")
                act = outside.mischief.get(self.path)
                made = act(body) if act else outside.serve(self.command, self.path, body)
                self.close_connection = True
                if made is None:
                    return
                status, headers, data = made
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._found(folder, leader, organisation)
        self.client = Client(Animator(AnimatorArchStore({ArchLabel("vn"): self.pki}), with_web_ui=False))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _found(self, folder, leader, organisation):
        keys = {}
        for name in CERTIFICATES:
            key = rsa.generate_private_key(65537, 2048) if name in ("rsa", "tsa") else ec.generate_private_key(ec.SECP256R1())
            (folder / f"{name}.pem").write_bytes(key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))  # fmt: skip
            keys[name] = {"path": f"{name}.pem"}
        entities = {spec["subject"]: {"common-name": f"Quốc gia {spec['subject']}"} for spec in CERTIFICATES.values()}
        entities["leader"] = {"common-name": leader}
        entities["organisation"] = {"common-name": organisation, "organization-name": organisation}
        certificates = {name: {**copy.deepcopy(spec), "subject-key": name} for name, spec in CERTIFICATES.items()}
        for spec in certificates.values():
            spec["authority-key"] = spec["issuer"]
            spec["issuer-cert"] = spec["issuer"]
        responders = {"interm": "ocsp", "expired": "ocsp-expired", "stranger": "stranger-ocsp"}
        stampers = {"tsa": "tsa", "unfit": "tsa-unfit", "stranger": "stranger-tsa"}
        architecture = {
            "keyset": "vn", "entity-defaults": {"country-name": "VN"}, "entities": entities, "certs": certificates,
            "services": {
                "ocsp": {
                    label: {"for-issuer": "interm", "issuer-cert": "interm", "responder-cert": name, "signing-key": name}
                    for label, name in responders.items()},
                "crl-repo": {
                    name: {"for-issuer": name, "issuer-cert": name, "signing-key": name, "simulated-update-schedule": "P7D"}
                    for name in ("root", "interm")},
                "time-stamping": {label: {"signing-key": name, "signing-cert": name} for label, name in stampers.items()},
            },
        }  # fmt: skip
        config = CertomancerConfig(
            {"external-url-prefix": self.url, "keysets": {"vn": {"path-prefix": str(folder), "keys": keys}},
             "pki-architectures": {"vn": architecture}}, key_search_dir=str(folder))  # fmt: skip
        self.pki = config.get_pki_arch(ArchLabel("vn"))
        for name in ("root", "interm"):
            (folder / f"{name}.crt").write_bytes(pem.armor("CERTIFICATE", self.certificate(name).dump()))
        self.folder = folder

    def end(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()

    def certificate(self, name):
        return self.pki.get_cert(CertLabel(name))

    def key(self, name):
        """As pyHanko takes it."""
        return self.pki.key_set.get_private_key(KeyLabel(name))

    def private_key(self, name):
        return serialization.load_pem_private_key((self.folder / f"{name}.pem").read_bytes(), None)

    def serve(self, method, path, body=b"", at=None):
        """What certomancer answers, now or as of a time."""
        headers = {"X-Certomancer-Fake-Time": at.isoformat()} if at else {}
        answer = self.client.open(path, method=method, data=body, headers=headers)
        return answer.status_code, {"Content-Type": answer.content_type}, answer.data

    def question(self, name):
        """An OCSP request about a certificate."""
        issuer, certificate = self.certificate("interm"), self.certificate(name)
        return ocsp.OCSPRequest({"tbs_request": {"request_list": [{"req_cert": {
            "hash_algorithm": {"algorithm": "sha1"}, "issuer_name_hash": issuer.subject.sha1,
            "issuer_key_hash": issuer.public_key.sha1, "serial_number": certificate.serial_number}}]}}).dump()  # fmt: skip

    def revoke(self, name, reason="key_compromise"):
        spec = self.pki.get_cert_spec(CertLabel(name))
        since = datetime.datetime.now(UTC).replace(microsecond=0) - datetime.timedelta(minutes=1)
        status = RevocationStatus.from_config({"revoked-since": since.isoformat(), "reason": reason})
        if dataclasses.is_dataclass(spec):
            object.__setattr__(spec, "revocation", status)

    def hold(self, body=b""):
        """Does not answer until the tests are over."""
        self.release.wait(120)
