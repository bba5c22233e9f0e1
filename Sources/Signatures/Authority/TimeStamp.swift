import COpenSSL
import PAdES

/// A time-stamp response before it is signed (RFC 3161). Refusals, such as of a hash that is too weak, are responses too.
public struct TimeStamp: Sendable, Hashable, Codable {
    /// The request, DER.
    public let request: [UInt8]
    /// Of the token; never given twice.
    public let serial: Int64
    /// Microseconds since 1970, later than that of every token before.
    public let time: Int64
    /// The policy under which it is made, an OID in dots.
    public let policy: String

    public init(request: [UInt8], serial: Int64, time: Int64, policy: String) {
        self.request = request
        self.serial = serial
        self.time = time
        self.policy = policy
    }

    /// What OpenSSL asks for while it makes the token.
    private struct Facts {
        let serial: Int64
        let seconds: Int64
        let microseconds: Int64
    }

    func signed(by authority: Authority, key: KeyPair) throws(SoftKeyError) -> [UInt8] {
        guard let context = TS_RESP_CTX_new() else { throw .cryptography("TS_RESP_CTX_new") }
        defer {
            TS_RESP_CTX_free(context)
            ERR_clear_error()
        }
        try self.configure(context, authority, key)
        var facts = Facts(
            serial: self.serial, seconds: self.time / 1_000_000, microseconds: self.time % 1_000_000)
        return try withUnsafeMutablePointer(to: &facts) { (facts) throws(SoftKeyError) -> [UInt8] in
            TS_RESP_CTX_set_serial_cb(
                context,
                { _, data in
                    guard let facts = data?.assumingMemoryBound(to: Facts.self), let serial = ASN1_INTEGER_new() else {
                        return nil
                    }
                    ASN1_INTEGER_set_int64(serial, facts.pointee.serial)
                    return serial
                }, facts)
            TS_RESP_CTX_set_time_cb(
                context,
                { _, data, seconds, microseconds in
                    guard let facts = data?.assumingMemoryBound(to: Facts.self) else { return 0 }
                    seconds?.pointee = Int(facts.pointee.seconds)
                    microseconds?.pointee = Int(facts.pointee.microseconds)
                    return 1
                }, facts)
            guard let input = BIO_new(BIO_s_mem()) else { throw .cryptography("BIO") }
            defer { BIO_free(input) }
            guard BIO_write(input, self.request, Int32(self.request.count)) == Int32(self.request.count),
                let response = TS_RESP_create_response(context, input)
            else { throw .cryptography("time-stamp response") }
            defer { TS_RESP_free(response) }
            return try encoded { i2d_TS_RESP(response, $0) }
        }
    }

    private func configure(_ context: OpaquePointer, _ authority: Authority, _ key: KeyPair) throws(SoftKeyError) {
        let certificate = try CertificateBuilder(parsing: authority.certificate)
        let issuers = try authority.issuers.map { der throws(SoftKeyError) in try CertificateBuilder(parsing: der) }
        guard let policy = OBJ_txt2obj(self.policy, 1), let stack = OPENSSL_sk_new_null() else {
            throw .unacceptable("time-stamp policy")
        }
        defer {
            ASN1_OBJECT_free(policy)
            OPENSSL_sk_free(stack)
            withExtendedLifetime(issuers) {}
        }
        for issuer in issuers { OPENSSL_sk_push(stack, UnsafeRawPointer(issuer.handle)) }
        guard TS_RESP_CTX_set_signer_cert(context, certificate.handle) == 1,
            TS_RESP_CTX_set_signer_key(context, key.handle) == 1,
            TS_RESP_CTX_set_signer_digest(context, EVP_sha256()) == 1,
            TS_RESP_CTX_set_ess_cert_id_digest(context, EVP_sha256()) == 1,
            TS_RESP_CTX_set_def_policy(context, policy) == 1, TS_RESP_CTX_set_certs(context, stack) == 1,
            [EVP_sha256(), EVP_sha384(), EVP_sha512()].allSatisfy({ TS_RESP_CTX_add_md(context, $0) == 1 }),
            TS_RESP_CTX_set_accuracy(context, 1, 0, 0) == 1,
            TS_RESP_CTX_set_clock_precision_digits(context, UInt32(TS_MAX_CLOCK_PRECISION_DIGITS)) == 1
        else { throw .cryptography("time-stamp context") }
        TS_RESP_CTX_add_flags(context, TS_ORDERING | TS_TSA_NAME)
    }
}
