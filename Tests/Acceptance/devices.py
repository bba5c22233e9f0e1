"""Keys that the server does not have, as a token or a remote service would hold them."""

import base64
import datetime
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def device_certificate(name, issuer=None, key=None, title=None):
    """A key and the DER of a certificate for it: of `issuer`, a pair of certificate and key, or signed by itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if title:
        parts.append(x509.NameAttribute(NameOID.TITLE, title))
    now = datetime.datetime.now(datetime.timezone.utc)
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    subject = x509.Name(parts)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(usage, critical=True)
        .sign(issuer[1] if issuer else key, hashes.SHA256())
    )
    return key, built.public_bytes(serialization.Encoding.DER)


def internal_authority(database, secret):
    """Certificate and key of the authority that issues today, as somebody opens it who has both the database and the key file.

    Wrapped: `VTK` 1, memory in KiB and passes, salt, nonce, ciphertext with tag. The key is HKDF of Argon2id's answer and the secret.
    """
    row = database.value(
        "SELECT encode(certificate, 'hex') || ' ' || encode(wrapped_key, 'hex') FROM signatures.authority"
        " WHERE kind = 'issuing' AND state = 'active'"
    )
    certificate, wrapped = map(bytes.fromhex, row.split())
    header, sealed = wrapped[:40], wrapped[40:]
    assert header[:4] == b"VTK\x01"
    memory, passes = (int.from_bytes(header[at : at + 4], "big") for at in (4, 8))
    slow = Argon2id(salt=header[12:28], length=32, iterations=passes, lanes=1, memory_cost=memory).derive(b"internal authority")
    key = HKDF(hashes.SHA256(), 32, None, b"vanthu soft key 1").derive(slow + secret)
    fingerprint = hashlib.sha256(certificate).digest()
    bound = b"".join(len(part).to_bytes(2, "big") + part for part in (header, b"", b"", fingerprint))
    plain = AESGCM(key).decrypt(header[28:], sealed, bound)
    return x509.load_der_x509_certificate(certificate), serialization.load_der_private_key(plain, None)
