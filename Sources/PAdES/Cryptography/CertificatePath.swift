import COpenSSL

/// Builds and checks certificate paths by OpenSSL.
package enum CertificatePath {
    /// - Parameter others: issuers from the signature and from the caller; those that are no certificates are passed over.
    package static func check(
        _ certificate: Certificate, others: [[UInt8]], roots: [[UInt8]], at time: SigningTime?
    ) -> SignatureReport.Trust {
        if let reason = certificate.unsuitability { return .untrusted(reason: reason) }
        guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new(), let stack = OPENSSL_sk_new_null() else {
            return .unknown
        }
        // The stack borrows its certificates from this array.
        let borrowed = others.prefix(64).compactMap { der in try? Certificate(der) }
        defer {
            X509_STORE_CTX_free(context)
            X509_STORE_free(store)
            OPENSSL_sk_free(stack)
            withExtendedLifetime(borrowed) {}
            ERR_clear_error()
        }
        for root in roots {
            guard let root = try? Certificate(root) else { continue }
            X509_STORE_add_cert(store, root.handle)
        }
        for issuer in borrowed { OPENSSL_sk_push(stack, UnsafeRawPointer(issuer.handle)) }
        guard X509_STORE_CTX_init(context, store, certificate.handle, stack) == 1 else { return .unknown }
        if let time { X509_STORE_CTX_set_time(context, 0, time_t(time.secondsSince1970)) }
        guard X509_verify_cert(context) == 1 else {
            let reason = X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context)))
            return .untrusted(reason: reason.map { String(cString: $0) } ?? "no path")
        }
        guard let chain = X509_STORE_CTX_get0_chain(context) else { return .unknown }
        let last = OPENSSL_sk_value(chain, OPENSSL_sk_num(chain) - 1).map { OpaquePointer($0) }
        let subject = X509_get_subject_name(last)
        let name =
            Certificate.value(of: NID_commonName, in: subject)
            ?? Certificate.value(of: NID_organizationName, in: subject)
        return .trusted(root: name ?? "")
    }
}
