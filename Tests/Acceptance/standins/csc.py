"""The Cloud Signature Consortium API, version 1.0.4 and version 2, as a service with PIN and OTP that binds authorisations to hashes (SCAL 2).

Built from the published description: OAuth 2.0 client credentials, credentials/list, info, sendOTP or getChallenge, authorize,
signatures/signHash and, for version 2, signPolling.
"""

import base64
import secrets

from cryptography.hazmat.primitives.asymmetric import rsa

from standins.service import Refusal, Service

PSS, RSA, EC_SHA256 = "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.1", "1.2.840.10045.4.3.2"
SHA256 = "2.16.840.1.101.3.4.2.1"


class CSC(Service):
    client, secret, pin = "vanthu", "s3cret-of-the-client", "135790"
    credential, multisign = "tvb-01", 5

    def __init__(self, *of, version=2, later=False, raw=False, pss=True):
        super().__init__(*of)
        self.version, self.later, self.raw, self.pss = version, later, raw, pss
        self.token = self.otp = None
        self.sads, self.pending = {}, {}
        self.polls_until_ready = 2

    def answer(self, path, headers, body):
        if path == "/oauth2/token":
            return self._token(body)
        prefix = f"/csc/v{self.version}/"
        if not path.startswith(prefix):
            raise Refusal(404, {"error": "not_found"})
        name = path.removeprefix(prefix)
        if name == "info":
            return {"specs": "2.0.0.2" if self.version == 2 else "1.0.4.0", "name": "Trust Vina", "authType": ["oauth2client"],
                    "methods": [], "asynchronousOperationMode": self.later}  # fmt: skip
        if not self.token or headers.get("Authorization") != f"Bearer {self.token}":
            raise Refusal(401, {"error": "invalid_token", "error_description": "The access token is not valid"})
        return getattr(self, "_" + name.replace("/", "_"))(body)

    def _token(self, body):
        if (body["client_id"], body["client_secret"], body["grant_type"]) != (self.client, self.secret, "client_credentials"):
            raise Refusal(401, {"error": "invalid_client"})
        self.token = secrets.token_urlsafe(16)
        return {"access_token": self.token, "token_type": "Bearer", "expires_in": 3600}

    def _credentials_list(self, body):
        return {"credentialIDs": [self.credential]}

    def _credentials_info(self, body):
        if body["credentialID"] != self.credential:
            raise Refusal(400, {"error": "invalid_request", "error_description": "Invalid parameter credentialID"})
        is_rsa = isinstance(self.key, rsa.RSAPrivateKey)
        info = {
            "key": {"status": "enabled", "algo": ([PSS, RSA] if self.pss else [RSA]) if is_rsa else [EC_SHA256],
                    "len": self.key.key_size},
            "cert": {"status": "valid", "certificates": [self.der(), *map(self.der, self.chain)]},
            "multisign": self.multisign, "SCAL": "2",
        }  # fmt: skip
        if self.version == 1:
            info |= {"authMode": "explicit", "PIN": {"presence": "true"}, "OTP": {"presence": "true", "type": "online"}}
        else:
            objects = [{"type": "Password", "id": "PIN", "format": "N"}, {"type": "ChallengeResponse", "id": "OTP"}]
            info |= {"auth": {"mode": "explicit", "expression": "PIN AND OTP", "objects": objects}}
        return info

    def _credentials_sendOTP(self, body):
        self.otp = f"{secrets.randbelow(10**6):06}"
        return {}

    def _credentials_getChallenge(self, body):
        return self._credentials_sendOTP(body)

    def _credentials_authorize(self, body):
        if self.version == 1:
            pin, otp, hashes = body.get("PIN"), body.get("OTP"), body["hash"]
        else:
            given = {secret["id"]: secret["value"] for secret in body.get("authData", [])}
            pin, otp, hashes = given.get("PIN"), given.get("OTP"), body["hashes"]
            assert body["hashAlgorithmOID"] == SHA256
        # An OTP is worth one try, right or wrong.
        expected, self.otp = self.otp, None
        if pin != self.pin:
            raise Refusal(400, {"error": "invalid_pin", "error_description": "The PIN is not right"})
        if not expected or otp != expected:
            raise Refusal(400, {"error": "invalid_otp", "error_description": "The OTP is not right"})
        if body["numSignatures"] != len(hashes) or len(hashes) > self.multisign:
            raise Refusal(400, {"error": "invalid_request", "error_description": "Invalid parameter numSignatures"})
        sad = secrets.token_urlsafe(24)
        self.sads[sad] = hashes
        return {"SAD": sad, "expiresIn": 300}

    def _signatures_signHash(self, body):
        hashes = body["hash" if self.version == 1 else "hashes"]
        if self.sads.pop(body["SAD"], None) != hashes:
            raise Refusal(400, {"error": "invalid_request", "error_description": "Hash is not authorized by the SAD"})
        if body["signAlgo"] == PSS and len(base64.b64decode(body["signAlgoParams"])) != 54:
            raise Refusal(400, {"error": "invalid_request", "error_description": "Invalid parameter signAlgoParams"})
        if body["signAlgo"] == RSA and body.get("hashAlgo", body.get("hashAlgorithmOID")) != SHA256:
            raise Refusal(400, {"error": "invalid_request", "error_description": "Missing parameter hashAlgo"})
        values = [
            base64.b64encode(self.sign_hash(base64.b64decode(text), pss=body["signAlgo"] == PSS, raw=self.raw)).decode()
            for text in hashes
        ]
        if self.version == 2 and body["operationMode"] == "A":
            response = secrets.token_urlsafe(12)
            self.pending[response] = [self.polls_until_ready, values]
            return {"responseID": response}
        return {"signatures": values}

    def _signatures_signPolling(self, body):
        waiting = self.pending.get(body["responseID"])
        if not waiting:
            raise Refusal(400, {"error": "invalid_request", "error_description": "Invalid parameter responseID"})
        waiting[0] -= 1
        return {"signatures": waiting[1]} if waiting[0] < 0 else {}
