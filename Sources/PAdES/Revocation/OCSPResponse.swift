import COpenSSL

/// An OCSP response (RFC 6960), parsed and checked by OpenSSL.
final class OCSPResponse {
    private let basic: OpaquePointer
    private let evidence: RevocationEvidence

    /// Takes an OCSPResponse, or a BasicOCSPResponse as CAdES attributes hold it; `nil` for anything else and for one without answer.
    init?(_ evidence: RevocationEvidence) {
        defer { ERR_clear_error() }
        let der = evidence.der
        let parsed = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            guard let response = d2i_OCSP_RESPONSE(nil, &cursor, buffer.count) else {
                cursor = buffer.baseAddress
                return d2i_OCSP_BASICRESP(nil, &cursor, buffer.count)
            }
            defer { OCSP_RESPONSE_free(response) }
            guard OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL else { return nil }
            return OCSP_response_get1_basic(response)
        }
        guard let parsed else { return nil }
        self.basic = parsed
        self.evidence = evidence
    }

    deinit { OCSP_BASICRESP_free(self.basic) }

    /// The certificates that the response carries: delegated responders, mostly.
    var certificates: [Certificate] {
        guard let stack = OCSP_resp_get0_certs(self.basic) else { return [] }
        return (0..<min(OPENSSL_sk_num(stack), 16)).compactMap { index in
            OPENSSL_sk_value(stack, index).flatMap { Certificate(copying: OpaquePointer($0)) }
        }
    }

    /// What it says of a certificate; `nil` when it says nothing, or when whoever signed it may not speak for the issuer.
    func statement(on certificate: Certificate, issuer: Certificate, known: [Certificate]) -> RevocationStatement? {
        defer { ERR_clear_error() }
        guard let single = self.single(about: certificate, issuer: issuer),
            let signer = self.signer(among: [issuer] + known)
        else { return nil }
        var reason: Int32 = -1
        var revoked: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        var this: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        var next: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        let status = OCSP_single_get0_status(single, &reason, &revoked, &this, &next)
        guard let thisUpdate = SigningTime(this), let producedAt = SigningTime(OCSP_resp_get0_produced_at(self.basic))
        else { return nil }
        let answer: RevocationStatement.Answer
        switch status {
        case V_OCSP_CERTSTATUS_GOOD: answer = .good
        case V_OCSP_CERTSTATUS_REVOKED:
            guard let time = SigningTime(revoked) else { return nil }
            answer = .revoked(at: time, reason: RevocationReason(code: Int(reason)))
        default: return nil
        }
        var responder: Certificate?
        if !signer.hasKeyAndName(of: issuer) {
            guard signer.mayAnswer(for: issuer), signer.isInForce(at: producedAt) else { return nil }
            responder = signer
        }
        return RevocationStatement(
            answer: answer, thisUpdate: thisUpdate, nextUpdate: SigningTime(next), responder: responder,
            producedAt: producedAt, evidence: self.evidence)
    }

    /// The answer about this very certificate of this very issuer, by the hash that the answer itself uses.
    private func single(about certificate: Certificate, issuer: Certificate) -> OpaquePointer? {
        for index in 0..<min(OCSP_resp_count(self.basic), 1_000) {
            guard let single = OCSP_resp_get0(self.basic, index), let named = OCSP_SINGLERESP_get0_id(single) else {
                continue
            }
            var algorithm: OpaquePointer?
            OCSP_id_get0_info(nil, &algorithm, nil, nil, named)
            guard let digest = EVP_get_digestbyname(OBJ_nid2sn(OBJ_obj2nid(algorithm))),
                let own = OCSP_cert_to_id(digest, certificate.handle, issuer.handle)
            else { continue }
            defer { OCSP_CERTID_free(own) }
            if OCSP_id_cmp(own, named) == 0 { return single }
        }
        return nil
    }

    /// The certificate whose key signed the response; `nil` when it is not at hand or the signature is wrong.
    private func signer(among known: [Certificate]) -> Certificate? {
        guard let stack = OPENSSL_sk_new_null() else { return nil }
        defer {
            OPENSSL_sk_free(stack)
            withExtendedLifetime(known) {}
        }
        for certificate in known { OPENSSL_sk_push(stack, UnsafeRawPointer(certificate.handle)) }
        var signer: OpaquePointer?
        // NOVERIFY: the signature only; whether the signer may speak is judged by the caller.
        guard OCSP_basic_verify(self.basic, stack, nil, UInt(OCSP_NOVERIFY)) == 1,
            OCSP_resp_get0_signer(self.basic, &signer, stack) == 1, let signer
        else { return nil }
        return Certificate(copying: signer)
    }
}

extension Certificate {
    /// The issuer of a CA may appoint a responder: a certificate of its own for just that (RFC 6960, 4.2.2.2).
    fileprivate func mayAnswer(for issuer: Certificate) -> Bool {
        X509_get_extension_flags(self.handle) & UInt32(EXFLAG_XKUSAGE) != 0
            && X509_get_extended_key_usage(self.handle) & UInt32(XKU_OCSP_SIGN) != 0
            && self.names(issuer) && self.isSigned(by: issuer)
    }

    /// id-pkix-ocsp-nocheck: the responder is not to be asked about for as long as its certificate lives.
    var needsNoRevocationCheck: Bool { X509_get_ext_by_NID(self.handle, NID_id_pkix_OCSP_noCheck, -1) >= 0 }
}
