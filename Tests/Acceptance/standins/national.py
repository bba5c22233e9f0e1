"""The national shape of remote signing, Decision 769/QĐ-BTTTT of 27 April 2022: get_certificate, sign (at once or later), state of a transaction.

`confirm` and `reject` are what the person does in the service's app.
"""

import base64

from standins.service import Refusal, Service


class National(Service):
    sp_id, sp_password, user = "VNPOST-SP", "m4t-kh4u-cua-sp", "001099012345"
    serial = "5401010A"

    def __init__(self, *of, later=False, vendor=False):
        """`vendor`: with the paths and spellings that one licensed CA uses, instead of the Decision's."""
        super().__init__(*of)
        self.later, self.vendor = later, vendor
        self.transactions = {}

    def paths(self):
        if not self.vendor:
            return {"get_certificate": "/get_certificate", "sign": "/sign", "status": "/sign/"}
        return {
            "get_certificate": "/v1/credentials/get_certificate", "sign": "/v1/signatures/sign", "status": "/v1/signatures/sign/",
        }  # fmt: skip

    def answer(self, path, headers, body):
        paths = self.paths()
        if (body.get("sp_id"), body.get("sp_password")) != (self.sp_id, self.sp_password):
            # Services say so in the body, some of them under HTTP status 200.
            raise Refusal(200 if self.vendor else 401, {"status_code": 401, "message": "unauthorized", "data": None})
        if path == paths["get_certificate"]:
            return self._certificate(body)
        if path == paths["sign"]:
            return self._sign(body)
        if path.startswith(paths["status"]) and path.endswith("/status"):
            return self._status(path.removeprefix(paths["status"]).removesuffix("/status"))
        raise Refusal(404, {"status_code": 404, "message": "not found"})

    def _certificate(self, body):
        if body["user_id"] != self.user:
            return {"status_code": 200, "message": "Success", "data": {"user_certificates": []}}
        chain = [self.der(one) for one in self.chain]
        entry = {
            "cert_id": "047db43a", "cert_data": self.der(), "serial_number": self.serial, "transaction_id": body["transaction_id"],
            "chain_data": {"ca_cert": chain[0] if chain else None, "root_cert": None} if self.vendor else chain,
        }  # fmt: skip
        return {"status_code": 200, "message": "Success", "data": {"user_certificates": [entry]}}

    def _sign(self, body):
        assert body["user_id"] == self.user and body["serial_number"] == self.serial
        assert len(body["time_stamp"]) == 15 and body["time_stamp"].endswith("Z")
        names = [file["doc_id"] for file in body["sign_files"]]
        if len(set(names)) != len(names) or body["transaction_id"] in self.transactions:
            raise Refusal(400, {"status_code": 400, "message": "bad request"})
        for file in body["sign_files"]:
            assert (file if self.vendor else file.get("file_options", file))["sign_type"] == "hash"
        self.transactions[body["transaction_id"]] = ["waiting", body["sign_files"]]
        if self.later:
            told = {"transaction_id": body["transaction_id"], "signed_files": None}
            return {"status_code": 200, "message": "sig_wait_for_user_confirm", "data": told}
        self.confirm()
        return self._status(body["transaction_id"])

    def confirm(self):
        for transaction in self.transactions.values():
            transaction[0] = "signed"

    def reject(self):
        for transaction in self.transactions.values():
            transaction[0] = "rejected"

    def _status(self, transaction):
        state, files = self.transactions.get(transaction, ("unknown", []))
        if state == "unknown":
            raise Refusal(400, {"status_code": 400, "message": "transaction not found"})
        data = {"transaction_id": transaction, "signed_files": None}
        if state == "waiting":
            return {"status_code": 200, "message": "WAITING_FOR_SIGNER_CONFIRM", "data": data}
        if state == "rejected":
            return {"status_code": 200, "message": "REJECTED", "data": data}
        # In another order than they came: the names decide.
        signed = [
            {"doc_id": file["doc_id"], "timestamp_signature": None,
             "signature_value": base64.b64encode(self.sign_hash(bytes.fromhex(file["data_to_be_signed"]))).decode()}
            for file in reversed(files)
        ]  # fmt: skip
        data = {"transaction_id": transaction, "signatures" if self.vendor else "signed_files": signed}
        return {"status_code": 200, "message": "SUCCESS", "data": data}
