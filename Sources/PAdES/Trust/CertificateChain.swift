import COpenSSL

/// A certificate's path at a time: by OpenSSL to one of the roots, or else as far as issuers are at hand.
struct CertificateChain {
    /// What the first certificate is to be good for.
    enum Purpose { case document, timeStamp }

    /// The certificate first, the root last when there is one.
    var certificates: [Certificate]
    /// Whether the last one is a root that was given.
    var isAnchored: Bool
    /// Why there is no path to a root: stable words of `TrustReason`.
    var problems: [TrustReason]

    /// Certificates beyond the first of a path.
    private static let depth = 16

    /// - Parameters:
    ///   - pool: issuers from the file and the caller.
    ///   - roots: authorities, or the signer's own certificate when it is self-signed.
    init(
        of certificate: Certificate, pool: [Certificate], roots: [Certificate], at time: SigningTime,
        for purpose: Purpose
    ) {
        self.certificates = [certificate]
        self.isAnchored = false
        self.problems = []
        if purpose == .timeStamp {
            if !certificate.mayStamp { self.problems.append(.notForTimeStamps) }
        } else if let reason = certificate.unsuitability {
            self.problems.append(reason.contains("usage") ? .notForSigning : .keyTooWeak)
        }
        if let reason = self.verify(pool, roots, at: time) {
            self.problems.append(reason)
            if self.certificates.count == 1 { self.climb(pool + roots) }
        }
    }

    /// OpenSSL's verdict; takes its chain when there is one to a root.
    private mutating func verify(
        _ pool: [Certificate], _ roots: [Certificate], at time: SigningTime
    ) -> TrustReason? {
        guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new(), let stack = OPENSSL_sk_new_null() else {
            return .pathInvalid
        }
        defer {
            X509_STORE_CTX_free(context)
            X509_STORE_free(store)
            OPENSSL_sk_free(stack)
            withExtendedLifetime(pool) {}
            ERR_clear_error()
        }
        for root in roots where root.isAuthority || root.isSelfIssued { X509_STORE_add_cert(store, root.handle) }
        for issuer in pool { OPENSSL_sk_push(stack, UnsafeRawPointer(issuer.handle)) }
        guard X509_STORE_CTX_init(context, store, self.certificates[0].handle, stack) == 1 else { return .pathInvalid }
        X509_STORE_CTX_set_time(context, 0, time_t(time.secondsSince1970))
        X509_STORE_CTX_set_depth(context, Int32(Self.depth))
        // A licensed authority may be an anchor although another stands above it.
        X509_STORE_CTX_set_flags(context, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        let isGood = X509_verify_cert(context) == 1
        let error = X509_STORE_CTX_get_error(context)
        let place = Int(X509_STORE_CTX_get_error_depth(context))
        let chain = X509_STORE_CTX_get0_chain(context)
        let found = (0..<(chain.map { OPENSSL_sk_num($0) } ?? 0)).compactMap { index in
            OPENSSL_sk_value(chain, index).flatMap { Certificate(copying: OpaquePointer($0)) }
        }
        let reachesRoot = found.last.map { last in roots.contains { $0.der == last.der } } ?? false
        if reachesRoot { (self.certificates, self.isAnchored) = (found, true) }
        guard !isGood else { return nil }
        return TrustReason(error, depth: place)
    }

    /// Follows names and signatures upwards, for a report about a path that leads to no root.
    private mutating func climb(_ known: [Certificate]) {
        while let last = self.certificates.last, !(last.isSelfIssued && last.isSigned(by: last)),
            self.certificates.count <= Self.depth
        {
            let issuer = known.first { candidate in
                last.names(candidate) && last.isSigned(by: candidate)
                    && !self.certificates.contains { $0.der == candidate.der }
            }
            guard let issuer else { return }
            self.certificates.append(issuer)
        }
    }

    /// Whether nothing is missing up to a root or to a certificate that signed itself.
    var isComplete: Bool {
        self.isAnchored || self.certificates.last.map { $0.isSelfIssued && $0.isSigned(by: $0) } ?? false
    }
}
