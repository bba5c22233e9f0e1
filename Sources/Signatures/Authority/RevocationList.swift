import COpenSSL
import PAdES

/// A certificate revocation list before it is signed (RFC 5280, 5). Times in seconds since 1970.
public struct RevocationList: Sendable, Hashable, Codable {
    /// Goes up from list to list.
    public let number: Int64
    public let thisUpdate: Int64
    public let nextUpdate: Int64
    public let revoked: [RevokedCertificate]

    public init(number: Int64, thisUpdate: Int64, nextUpdate: Int64, revoked: [RevokedCertificate]) {
        self.number = number
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
        self.revoked = revoked
    }

    func signed(by authority: Authority, key: KeyPair) throws(SoftKeyError) -> [UInt8] {
        let issuer = try CertificateBuilder(parsing: authority.certificate)
        guard let list = X509_CRL_new() else { throw .cryptography("X509_CRL_new") }
        defer { X509_CRL_free(list) }
        let (start, end) = (try Moment.universal(self.thisUpdate), try Moment.universal(self.nextUpdate))
        defer {
            ASN1_TIME_free(start)
            ASN1_TIME_free(end)
        }
        guard X509_CRL_set_version(list, 1) == 1,
            X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer.handle)) == 1,
            X509_CRL_set1_lastUpdate(list, start) == 1, X509_CRL_set1_nextUpdate(list, end) == 1
        else { throw .cryptography("revocation list") }
        try self.addExtensions(to: list, issuer: issuer)
        for entry in self.revoked { try Self.add(entry, to: list) }
        guard X509_CRL_sort(list) == 1, let context = EVP_MD_CTX_new() else { throw .cryptography("revocation list") }
        defer { EVP_MD_CTX_free(context) }
        try key.prepare(context, key.defaultAlgorithm)
        guard X509_CRL_sign_ctx(list, context) > 0 else { throw .cryptography("signature of a revocation list") }
        return try encoded { i2d_X509_CRL(list, $0) }
    }

    private func addExtensions(to list: OpaquePointer, issuer: CertificateBuilder) throws(SoftKeyError) {
        guard let number = ASN1_INTEGER_new() else { throw .cryptography("CRL number") }
        defer { ASN1_INTEGER_free(number) }
        guard ASN1_INTEGER_set_int64(number, self.number) == 1,
            X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, 0) == 1
        else { throw .cryptography("CRL number") }
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer.handle, nil, nil, list, 0)
        guard let identifier = X509V3_EXT_conf_nid(nil, &context, NID_authority_key_identifier, "keyid:always") else {
            ERR_clear_error()
            throw .cryptography("authority key identifier")
        }
        defer { X509_EXTENSION_free(identifier) }
        guard X509_CRL_add_ext(list, identifier, -1) == 1 else { throw .cryptography("authority key identifier") }
    }

    private static func add(_ entry: RevokedCertificate, to list: OpaquePointer) throws(SoftKeyError) {
        guard let revoked = X509_REVOKED_new() else { throw .cryptography("X509_REVOKED_new") }
        var isTaken = false
        defer { if !isTaken { X509_REVOKED_free(revoked) } }
        let serial = try SerialNumber.integer(entry.serial)
        defer { ASN1_INTEGER_free(serial) }
        let at = try Moment.universal(entry.at)
        defer { ASN1_TIME_free(at) }
        guard X509_REVOKED_set_serialNumber(revoked, serial) == 1, X509_REVOKED_set_revocationDate(revoked, at) == 1
        else { throw .cryptography("revoked certificate") }
        // RFC 5280, 5.3.1: an unspecified reason is left out.
        if entry.reason.code != 0 {
            guard let reason = ASN1_ENUMERATED_new() else { throw .cryptography("reason") }
            defer { ASN1_ENUMERATED_free(reason) }
            guard ASN1_ENUMERATED_set(reason, Int(entry.reason.code)) == 1,
                X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, reason, 0, 0) == 1
            else { throw .cryptography("reason") }
        }
        guard X509_CRL_add0_revoked(list, revoked) == 1 else { throw .cryptography("revoked certificate") }
        isTaken = true
    }
}
