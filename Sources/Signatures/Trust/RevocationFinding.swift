import COpenSSL
import PAdES

/// What somebody who may say so said about a certificate's revocation, with the words it was said in. Times in seconds since 1970.
public struct RevocationFinding: Sendable, Hashable {
    /// What was said of the certificate.
    public enum Status: Sendable, Hashable {
        case good
        /// Since when, and CRLReason where one was given.
        case revoked(at: Int64, reason: Int32?)
        case unknown
    }

    /// How it was said.
    public enum Form: String, Sendable, Hashable {
        case ocsp, crl
    }

    public let form: Form
    public let status: Status
    /// DER of the OCSP response or of the list: the evidence that a long-lived signature carries.
    public let content: [UInt8]
    public let thisUpdate: Int64
    /// Nil where the issuer promises no next one.
    public let nextUpdate: Int64?

    /// Reads an OCSP response about `certificate`: a success, about that certificate, and signed by `issuer` or by a responder that `issuer`
    /// certified for this (RFC 6960, 4.2.2.2). Any bytes are safe. Whether it still holds is another question.
    static func reading(
        ocsp response: [UInt8], about certificate: [UInt8], issuer: [UInt8]
    ) throws(OutsideSilence) -> RevocationFinding {
        guard let subject = try? CertificateBuilder(parsing: certificate),
            let issuer = try? CertificateBuilder(parsing: issuer),
            let parsed = decoded(response, { d2i_OCSP_RESPONSE(nil, $0, $1) }, free: { OCSP_RESPONSE_free($0) })
        else { throw .malformed }
        defer {
            OCSP_RESPONSE_free(parsed)
            ERR_clear_error()
        }
        guard OCSP_response_status(parsed) == OCSP_RESPONSE_STATUS_SUCCESSFUL else { throw .refused }
        guard let basic = OCSP_response_get1_basic(parsed) else { throw .malformed }
        defer { OCSP_BASICRESP_free(basic) }
        guard Self.isSigned(basic, for: issuer) else { throw Self.isOfExpiredSigner ? .signerExpired : .wrongSigner }
        guard let found = Self.status(in: basic, of: subject, issuer: issuer, content: response) else {
            throw .otherCertificate
        }
        return found
    }

    /// Whether OpenSSL has just refused a signer because its certificate has expired: it says so in words alone.
    private static var isOfExpiredSigner: Bool {
        var (data, flags): (UnsafePointer<CChar>?, Int32) = (nil, 0)
        let code = ERR_peek_last_error_data(&data, &flags)
        guard code != 0, flags & ERR_TXT_STRING != 0, let data,
            let expired = X509_verify_cert_error_string(Int(X509_V_ERR_CERT_HAS_EXPIRED))
        else { return false }
        return String(cString: data).hasSuffix(String(cString: expired))
    }

    private static func isSigned(_ basic: OpaquePointer, for issuer: CertificateBuilder) -> Bool {
        guard let store = X509_STORE_new(), let stack = OPENSSL_sk_new_null() else { return false }
        defer {
            X509_STORE_free(store)
            OPENSSL_sk_free(stack)
        }
        OPENSSL_sk_push(stack, UnsafeRawPointer(issuer.handle))
        X509_STORE_add_cert(store, issuer.handle)
        // The issuer alone decides who answers for it; whether it is trusted itself is the path's business.
        X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        return OCSP_basic_verify(basic, stack, store, 0) == 1
    }

    private static func status(
        in basic: OpaquePointer, of subject: CertificateBuilder, issuer: CertificateBuilder, content: [UInt8]
    ) -> RevocationFinding? {
        for digest in [EVP_sha1(), EVP_sha256(), EVP_sha384(), EVP_sha512()] {
            guard let identifier = OCSP_cert_to_id(digest, subject.handle, issuer.handle) else { continue }
            defer { OCSP_CERTID_free(identifier) }
            var (status, reason): (Int32, Int32) = (-1, -1)
            var revoked: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
            var this: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
            var next: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
            guard OCSP_resp_find_status(basic, identifier, &status, &reason, &revoked, &this, &next) == 1,
                let start = Moment.seconds(this)
            else { continue }
            let found: Status =
                switch status {
                case V_OCSP_CERTSTATUS_GOOD: .good
                case V_OCSP_CERTSTATUS_REVOKED:
                    .revoked(at: Moment.seconds(revoked) ?? 0, reason: reason < 0 ? nil : reason)
                default: .unknown
                }
            return RevocationFinding(
                form: .ocsp, status: found, content: content, thisUpdate: start, nextUpdate: Moment.seconds(next))
        }
        return nil
    }

    /// Reads a revocation list for what it says of `certificate`: a whole list that `issuer` signed and that is about such certificates. Any
    /// bytes are safe. Whether it still holds is another question.
    static func reading(
        list: [UInt8], about certificate: [UInt8], issuer: [UInt8]
    ) throws(OutsideSilence) -> RevocationFinding {
        guard let subject = try? CertificateBuilder(parsing: certificate),
            let issuer = try? CertificateBuilder(parsing: issuer),
            let parsed = decoded(list, { d2i_X509_CRL(nil, $0, $1) }, free: { X509_CRL_free($0) })
        else { throw .malformed }
        defer {
            X509_CRL_free(parsed)
            ERR_clear_error()
        }
        guard let start = Moment.seconds(X509_CRL_get0_lastUpdate(parsed)) else { throw .malformed }
        guard let key = X509_get0_pubkey(issuer.handle), X509_CRL_verify(parsed, key) == 1,
            X509_NAME_cmp(X509_CRL_get_issuer(parsed), X509_get_subject_name(issuer.handle)) == 0
        else { throw .wrongSigner }
        guard Self.covers(parsed, subject) else { throw .otherCertificate }
        var entry: OpaquePointer?
        let found = X509_CRL_get0_by_cert(parsed, &entry, subject.handle)
        let status: Status
        if found == 1, let entry {
            status = .revoked(
                at: Moment.seconds(X509_REVOKED_get0_revocationDate(entry)) ?? 0, reason: Self.reason(of: entry))
        } else {
            // 2: removeFromCRL.
            status = .good
        }
        return RevocationFinding(
            form: .crl, status: status, content: list, thisUpdate: start,
            nextUpdate: Moment.seconds(X509_CRL_get0_nextUpdate(parsed)))
    }

    private static func reason(of entry: OpaquePointer) -> Int32? {
        guard let value = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nil, nil) else { return nil }
        let reason = value.assumingMemoryBound(to: ASN1_ENUMERATED.self)
        defer { ASN1_ENUMERATED_free(reason) }
        return Int32(truncatingIfNeeded: ASN1_ENUMERATED_get(reason))
    }

    /// Whether it still holds at a moment. A promise of no next one holds for a day.
    func holds(at moment: Int64) -> Bool {
        self.thisUpdate <= moment + 300 && moment <= (self.nextUpdate ?? self.thisUpdate + 86_400)
    }
}
