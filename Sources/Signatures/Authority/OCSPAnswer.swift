import COpenSSL
import PAdES

/// An OCSP response before it is signed (RFC 6960, 4.2). Times in seconds since 1970.
public struct OCSPAnswer: Sendable, Hashable, Codable {
    /// What an authority knows of a certificate.
    public enum Status: Sendable, Hashable, Codable {
        case good
        case revoked(RevokedCertificate)
        /// It never gave such a serial number.
        case unknown
    }

    /// The request, DER; each of its certificates has its status at the same place.
    public let request: [UInt8]
    public let statuses: [Status]
    public let thisUpdate: Int64
    public let nextUpdate: Int64

    public init(request: [UInt8], statuses: [Status], thisUpdate: Int64, nextUpdate: Int64) {
        self.request = request
        self.statuses = statuses
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
    }

    func signed(by responder: Authority, key: KeyPair) throws(SoftKeyError) -> [UInt8] {
        guard let request = decoded(self.request, { d2i_OCSP_REQUEST(nil, $0, $1) }, free: { OCSP_REQUEST_free($0) }),
            let basic = OCSP_BASICRESP_new()
        else { throw .malformed }
        defer {
            OCSP_REQUEST_free(request)
            OCSP_BASICRESP_free(basic)
            ERR_clear_error()
        }
        guard Int(OCSP_request_onereq_count(request)) == self.statuses.count else { throw .malformed }
        let (start, end) = (try Moment.generalized(self.thisUpdate), try Moment.generalized(self.nextUpdate))
        defer {
            ASN1_GENERALIZEDTIME_free(start)
            ASN1_GENERALIZEDTIME_free(end)
        }
        for (index, status) in self.statuses.enumerated() {
            guard let identifier = OCSPQuery.identifier(request, Int32(index)) else { throw .malformed }
            let added: OpaquePointer?
            switch status {
            case .good:
                added = OCSP_basic_add1_status(basic, identifier, V_OCSP_CERTSTATUS_GOOD, 0, nil, start, end)
            case .unknown:
                added = OCSP_basic_add1_status(basic, identifier, V_OCSP_CERTSTATUS_UNKNOWN, 0, nil, start, end)
            case .revoked(let revoked):
                let at = try Moment.universal(revoked.at)
                defer { ASN1_TIME_free(at) }
                let reason = revoked.reason.code == 0 ? OCSP_REVOKED_STATUS_NOSTATUS : revoked.reason.code
                added = OCSP_basic_add1_status(basic, identifier, V_OCSP_CERTSTATUS_REVOKED, reason, at, start, end)
            }
            guard added != nil else { throw .cryptography("OCSP status") }
        }
        guard OCSP_copy_nonce(basic, request) > 0 else { throw .cryptography("OCSP nonce") }
        let signer = try CertificateBuilder(parsing: responder.certificate)
        guard let context = EVP_MD_CTX_new() else { throw .cryptography("signature context") }
        defer { EVP_MD_CTX_free(context) }
        try key.prepare(context, key.defaultAlgorithm)
        guard OCSP_basic_sign_ctx(basic, signer.handle, context, nil, UInt(OCSP_RESPID_KEY)) == 1 else {
            throw .cryptography("signature of an OCSP response")
        }
        return try Self.response(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic)
    }

    /// A refusal, which nobody signs (RFC 6960, 4.2.1).
    public enum Refusal: Sendable {
        case malformedRequest, tryLater
        /// This server does not answer for that issuer.
        case unauthorized

        /// DER.
        public func response() throws -> [UInt8] {
            let status =
                switch self {
                case .malformedRequest: OCSP_RESPONSE_STATUS_MALFORMEDREQUEST
                case .tryLater: OCSP_RESPONSE_STATUS_TRYLATER
                case .unauthorized: OCSP_RESPONSE_STATUS_UNAUTHORIZED
                }
            return try OCSPAnswer.response(status, nil)
        }
    }

    private static func response(_ status: Int32, _ basic: OpaquePointer?) throws(SoftKeyError) -> [UInt8] {
        guard let response = OCSP_response_create(status, basic) else { throw .cryptography("OCSP response") }
        defer { OCSP_RESPONSE_free(response) }
        return try encoded { i2d_OCSP_RESPONSE(response, $0) }
    }
}
