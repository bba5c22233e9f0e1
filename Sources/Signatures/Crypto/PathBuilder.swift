import COpenSSL
import PAdES

/// The path from a certificate to a trusted root, by OpenSSL.
enum PathBuilder {
    enum Outcome: Sendable, Hashable {
        /// DER, the certificate itself first, the root last.
        case path([[UInt8]])
        case notYetValid
        case expired
        case none(reason: String)
    }

    /// - Parameters:
    ///   - issuers: certificates that may lie between; bytes that are none are passed over.
    ///   - time: seconds since 1970 at which all of the path must be valid.
    static func path(
        of certificate: [UInt8], issuers: [[UInt8]], roots: [[UInt8]], at time: Int64
    ) throws(SoftKeyError) -> Outcome {
        let leaf = try CertificateBuilder(parsing: certificate)
        if let validity = leaf.validity {
            if time < validity.notBefore { return .notYetValid }
            if time > validity.notAfter { return .expired }
        }
        guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new(), let stack = OPENSSL_sk_new_null() else {
            throw .cryptography("X509_STORE")
        }
        // The stack borrows its certificates from this array.
        let borrowed = issuers.prefix(256).compactMap { try? CertificateBuilder(parsing: $0) }
        defer {
            X509_STORE_CTX_free(context)
            X509_STORE_free(store)
            OPENSSL_sk_free(stack)
            withExtendedLifetime((borrowed, leaf)) {}
            ERR_clear_error()
        }
        for root in roots {
            guard let root = try? CertificateBuilder(parsing: root) else { continue }
            X509_STORE_add_cert(store, root.handle)
        }
        for issuer in borrowed { OPENSSL_sk_push(stack, UnsafeRawPointer(issuer.handle)) }
        guard X509_STORE_CTX_init(context, store, leaf.handle, stack) == 1 else { throw .cryptography("path") }
        X509_STORE_CTX_set_time(context, 0, time_t(time))
        guard X509_verify_cert(context) == 1 else {
            let reason = X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context)))
            return .none(reason: reason.map { String(cString: $0) } ?? "no path")
        }
        guard let chain = X509_STORE_CTX_get0_chain(context) else { throw .cryptography("path") }
        var path: [[UInt8]] = []
        for index in 0..<OPENSSL_sk_num(chain) {
            guard let handle = OPENSSL_sk_value(chain, index).map({ OpaquePointer($0) }) else { continue }
            path.append(try encoded { i2d_X509(handle, $0) })
        }
        return .path(path)
    }
}
