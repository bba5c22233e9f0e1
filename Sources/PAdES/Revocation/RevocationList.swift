import COpenSSL

/// A complete CRL (RFC 5280, 5), parsed and checked by OpenSSL. Delta and indirect lists say nothing here.
final class RevocationList {
    private let handle: OpaquePointer
    private let evidence: RevocationEvidence
    private let thisUpdate: SigningTime
    private let nextUpdate: SigningTime?
    private var signers: [[UInt8]: Bool] = [:]

    /// `nil` for what is no CRL, and for one with a critical extension that is not understood.
    init?(_ evidence: RevocationEvidence) {
        defer { ERR_clear_error() }
        let parsed = evidence.der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            return d2i_X509_CRL(nil, &cursor, buffer.count)
        }
        guard let parsed else { return nil }
        guard let thisUpdate = SigningTime(X509_CRL_get0_lastUpdate(parsed)), Self.isUnderstood(parsed) else {
            X509_CRL_free(parsed)
            return nil
        }
        self.handle = parsed
        self.evidence = evidence
        self.thisUpdate = thisUpdate
        self.nextUpdate = SigningTime(X509_CRL_get0_nextUpdate(parsed))
    }

    deinit { X509_CRL_free(self.handle) }

    private static func isUnderstood(_ list: OpaquePointer) -> Bool {
        for index in 0..<X509_CRL_get_ext_count(list) {
            guard let `extension` = X509_CRL_get_ext(list, index) else { return false }
            let name = OBJ_obj2nid(X509_EXTENSION_get_object(`extension`))
            if name == NID_delta_crl { return false }
            if X509_EXTENSION_get_critical(`extension`) != 0, name != NID_issuing_distribution_point { return false }
        }
        return true
    }

    /// What it says of a certificate; `nil` when the certificate is outside its scope or the issuer did not sign it.
    func statement(on certificate: Certificate, issuer: Certificate) -> RevocationStatement? {
        defer { ERR_clear_error() }
        guard X509_NAME_cmp(X509_CRL_get_issuer(self.handle), X509_get_issuer_name(certificate.handle)) == 0,
            self.isSigned(by: issuer), self.covers(certificate)
        else { return nil }
        var entry: OpaquePointer?
        let answer: RevocationStatement.Answer
        switch X509_CRL_get0_by_cert(self.handle, &entry, certificate.handle) {
        case 1:
            guard let entry, let time = SigningTime(X509_REVOKED_get0_revocationDate(entry)) else { return nil }
            answer = .revoked(at: time, reason: RevocationReason(code: Self.reason(of: entry)))
        default: answer = .good
        }
        return RevocationStatement(
            answer: answer, thisUpdate: self.thisUpdate, nextUpdate: self.nextUpdate, responder: nil,
            producedAt: self.thisUpdate, evidence: self.evidence)
    }

    private static func reason(of entry: OpaquePointer) -> Int {
        guard let value = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nil, nil) else { return 0 }
        let reason = value.assumingMemoryBound(to: ASN1_ENUMERATED.self)
        defer { ASN1_ENUMERATED_free(reason) }
        return ASN1_ENUMERATED_get(reason)
    }

    private func isSigned(by issuer: Certificate) -> Bool {
        if let known = self.signers[issuer.der] { return known }
        // UINT32_MAX: no key usage, so every use.
        let mayList = X509_get_key_usage(issuer.handle) & UInt32(KU_CRL_SIGN) != 0
        let isSigned =
            mayList && X509_NAME_cmp(X509_CRL_get_issuer(self.handle), X509_get_subject_name(issuer.handle)) == 0
            && X509_CRL_verify(self.handle, X509_get0_pubkey(issuer.handle)) == 1
        self.signers[issuer.der] = isSigned
        return isSigned
    }

    /// Whether the certificate is one of those that the list is about (issuingDistributionPoint; 5.2.5).
    private func covers(_ certificate: Certificate) -> Bool {
        guard X509_CRL_get_ext_by_NID(self.handle, NID_issuing_distribution_point, -1) >= 0 else { return true }
        guard let value = X509_CRL_get_ext_d2i(self.handle, NID_issuing_distribution_point, nil, nil) else {
            return false
        }
        let point = value.assumingMemoryBound(to: ISSUING_DIST_POINT.self)
        defer { ISSUING_DIST_POINT_free(point) }
        guard point.pointee.onlysomereasons == nil, point.pointee.indirectCRL <= 0, point.pointee.onlyattr <= 0 else {
            return false
        }
        if certificate.isAuthority ? point.pointee.onlyuser > 0 : point.pointee.onlyCA > 0 { return false }
        guard let name = point.pointee.distpoint else { return true }
        return Self.points(of: certificate) { $0.contains { Self.shareAName($0, name) } }
    }

    /// Runs `body` over the CRL distribution points that the certificate names.
    private static func points(
        of certificate: Certificate, _ body: ([UnsafeMutablePointer<DIST_POINT_NAME>]) -> Bool
    ) -> Bool {
        guard let value = X509_get_ext_d2i(certificate.handle, NID_crl_distribution_points, nil, nil) else {
            return false
        }
        let points = OpaquePointer(value)
        defer { CRL_DIST_POINTS_free(points) }
        return body(
            (0..<OPENSSL_sk_num(points)).compactMap { index in
                OPENSSL_sk_value(points, index)?.assumingMemoryBound(to: DIST_POINT.self).pointee.distpoint
            })
    }

    /// Whether two distribution points have a full name in common. Names relative to the issuer are passed over.
    private static func shareAName(
        _ one: UnsafeMutablePointer<DIST_POINT_NAME>, _ other: UnsafeMutablePointer<DIST_POINT_NAME>
    ) -> Bool {
        guard one.pointee.type == 0, other.pointee.type == 0, let mine = one.pointee.name.fullname,
            let theirs = other.pointee.name.fullname
        else { return false }
        for index in 0..<OPENSSL_sk_num(mine) {
            for place in 0..<OPENSSL_sk_num(theirs) {
                let (a, b) = (OPENSSL_sk_value(mine, index), OPENSSL_sk_value(theirs, place))
                guard let a, let b else { continue }
                let (left, right) = (
                    a.assumingMemoryBound(to: GENERAL_NAME.self), b.assumingMemoryBound(to: GENERAL_NAME.self)
                )
                if GENERAL_NAME_cmp(left, right) == 0 { return true }
            }
        }
        return false
    }
}
