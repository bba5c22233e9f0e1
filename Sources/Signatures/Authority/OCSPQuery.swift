import COpenSSL
import PAdES

/// An OCSP request as it was sent (RFC 6960, 4.1). Any bytes are safe.
public struct OCSPQuery: Sendable {
    /// The request, DER.
    public let der: [UInt8]
    /// The serial numbers asked about, hexadecimal capitals, in the order of the request.
    public let serials: [String]
    /// Whether it carries a nonce: its answer is for this request alone.
    public let hasNonce: Bool

    /// Certificates that one request may ask about.
    static let limit = 32

    /// Nil for what is no request, for one without certificates, and for one with too many.
    public init?(_ der: [UInt8]) {
        guard let request = decoded(der, { d2i_OCSP_REQUEST(nil, $0, $1) }, free: { OCSP_REQUEST_free($0) }) else {
            return nil
        }
        defer {
            OCSP_REQUEST_free(request)
            ERR_clear_error()
        }
        let count = OCSP_request_onereq_count(request)
        guard count >= 1, count <= Int32(Self.limit) else { return nil }
        var serials: [String] = []
        for index in 0..<count {
            guard let identifier = Self.identifier(request, index) else { return nil }
            var serial: UnsafeMutablePointer<ASN1_INTEGER>?
            guard OCSP_id_get0_info(nil, nil, nil, &serial, identifier) == 1, ASN1_STRING_length(serial) <= 20,
                let text = try? SerialNumber.text(serial)
            else { return nil }
            serials.append(text)
        }
        self.der = der
        self.serials = serials
        self.hasNonce = OCSP_REQUEST_get_ext_by_NID(request, NID_id_pkix_OCSP_Nonce, -1) >= 0
    }

    /// Whether all of it is about certificates that this authority (DER) issued.
    public func isAbout(_ issuer: [UInt8]) -> Bool {
        guard let request = decoded(self.der, { d2i_OCSP_REQUEST(nil, $0, $1) }, free: { OCSP_REQUEST_free($0) }),
            let certificate = try? CertificateBuilder(parsing: issuer)
        else { return false }
        defer {
            OCSP_REQUEST_free(request)
            ERR_clear_error()
        }
        return (0..<OCSP_request_onereq_count(request)).allSatisfy { index in
            guard let identifier = Self.identifier(request, index) else { return false }
            var algorithm: OpaquePointer?
            guard OCSP_id_get0_info(nil, &algorithm, nil, nil, identifier) == 1,
                let digest = EVP_get_digestbyname(OBJ_nid2sn(OBJ_obj2nid(algorithm))),
                let own = OCSP_cert_to_id(digest, nil, certificate.handle)
            else { return false }
            defer { OCSP_CERTID_free(own) }
            return OCSP_id_issuer_cmp(own, identifier) == 0
        }
    }

    static func identifier(_ request: OpaquePointer, _ index: Int32) -> OpaquePointer? {
        OCSP_request_onereq_get0(request, index).flatMap { OCSP_onereq_get0_id($0) }
    }

    /// A request about one certificate, as clients send it: for asking other CAs. With SHA-1 in the certificate's identifier, which
    /// RFC 5019 demands and which protects nothing.
    static func asking(about certificate: [UInt8], issuer: [UInt8]) throws(SoftKeyError) -> [UInt8] {
        let subject = try CertificateBuilder(parsing: certificate)
        let issuer = try CertificateBuilder(parsing: issuer)
        guard let request = OCSP_REQUEST_new(),
            let identifier = OCSP_cert_to_id(EVP_sha1(), subject.handle, issuer.handle)
        else { throw .cryptography("OCSP request") }
        defer { OCSP_REQUEST_free(request) }
        guard OCSP_request_add0_id(request, identifier) != nil else {
            OCSP_CERTID_free(identifier)
            throw .cryptography("OCSP request")
        }
        return try encoded { i2d_OCSP_REQUEST(request, $0) }
    }
}
