import COpenSSL
import Foundation
import PAdES

/// What came back to a time-stamp request, as OpenSSL judges it (RFC 3161).
struct TimeStampQuery {
    /// DER of the request, whose imprint, nonce and policy the answer must have.
    let der: [UInt8]

    /// The token of a response to this request. Throws `SignaturesError.timeStampFailed`; any bytes are safe.
    func checked(_ response: [UInt8], roots: [[UInt8]], intermediates: [[UInt8]]) throws -> TimeStampToken {
        guard let parsed = decoded(response, { d2i_TS_RESP(nil, $0, $1) }, free: { TS_RESP_free($0) }),
            let request = decoded(self.der, { d2i_TS_REQ(nil, $0, $1) }, free: { TS_REQ_free($0) })
        else { throw SignaturesError.timeStampFailed(reason: "no time-stamp response") }
        defer {
            TS_RESP_free(parsed)
            TS_REQ_free(request)
            ERR_clear_error()
        }
        try Self.verify(parsed, answers: request, roots: roots, intermediates: intermediates)
        guard let token = TS_RESP_get_token(parsed), let info = TS_RESP_get_tst_info(parsed),
            let time = Self.microseconds(TS_TST_INFO_get_time(info))
        else { throw SignaturesError.timeStampFailed(reason: "no token") }
        return TimeStampToken(
            der: try encoded { i2d_PKCS7(token, $0) }, time: time,
            path: try Self.path(of: token, roots: roots, intermediates: intermediates, at: time / 1_000_000))
    }

    /// Status, imprint, nonce, policy, signature, ESSCertID, the certificate's purpose and path, as OpenSSL checks them.
    private static func verify(
        _ response: OpaquePointer, answers request: OpaquePointer, roots: [[UInt8]], intermediates: [[UInt8]]
    ) throws {
        guard let context = TS_REQ_to_TS_VERIFY_CTX(request, nil), let store = X509_STORE_new(),
            let untrusted = OPENSSL_sk_new_null()
        else { throw SoftKeyError.cryptography("time-stamp check") }
        // The context owns store and stack from here on.
        defer { TS_VERIFY_CTX_free(context) }
        TS_VERIFY_CTX_set_store(context, store)
        TS_VERIFY_CTX_set_certs(context, untrusted)
        TS_VERIFY_CTX_add_flags(context, Int32(TS_VFY_SIGNATURE))
        for der in roots {
            guard let root = try? CertificateBuilder(parsing: der) else { continue }
            X509_STORE_add_cert(store, root.handle)
        }
        for der in intermediates {
            guard let certificate = try? CertificateBuilder(parsing: der) else { continue }
            X509_up_ref(certificate.handle)
            OPENSSL_sk_push(untrusted, UnsafeRawPointer(certificate.handle))
        }
        guard TS_RESP_verify_response(context, response) == 1 else {
            let reason = ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) }
            throw SignaturesError.timeStampFailed(reason: reason ?? "not good")
        }
    }

    private static func path(
        of token: UnsafeMutablePointer<PKCS7>, roots: [[UInt8]], intermediates: [[UInt8]], at time: Int64
    ) throws -> [[UInt8]] {
        guard let signers = PKCS7_get0_signers(token, nil, 0) else {
            throw SignaturesError.timeStampFailed(reason: "no signer")
        }
        defer { OPENSSL_sk_free(signers) }
        guard let signer = OPENSSL_sk_value(signers, 0).map({ OpaquePointer($0) }) else {
            throw SignaturesError.timeStampFailed(reason: "no signer")
        }
        let certificate = try encoded { i2d_X509(signer, $0) }
        guard
            case .path(let path) = try PathBuilder.path(
                of: certificate, issuers: intermediates, roots: roots, at: time)
        else { throw SignaturesError.timeStampFailed(reason: "no path") }
        return path
    }

    /// `20261125030405.123456Z`
    private static func microseconds(_ time: UnsafePointer<ASN1_GENERALIZEDTIME>?) -> Int64? {
        guard let time, let seconds = Moment.seconds(time), let start = ASN1_STRING_get0_data(time) else { return nil }
        let text = String(
            decoding: UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(time))), as: UTF8.self)
        guard let point = text.firstIndex(of: ".") else { return seconds * 1_000_000 }
        let digits = text[text.index(after: point)...].prefix { $0.isNumber }.prefix(6)
        let fraction = Int64(digits + String(repeating: "0", count: 6 - digits.count)) ?? 0
        return seconds * 1_000_000 + fraction
    }
}
