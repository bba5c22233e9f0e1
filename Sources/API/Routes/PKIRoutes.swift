import Foundation
import HTTPTypes
import Hummingbird
import Office
import Platform
import Postgres
import Signatures

/// What the internal CA tells anybody who was shown one of its certificates. Addresses of these stand in certificates, so they stay.
enum PKIRoutes {
    private static let group = "Public key infrastructure"
    private static let listType = "application/pkix-crl"
    private static let certificateType = "application/pkix-cert"
    private static let requestType = "application/ocsp-request"
    private static let responseType = "application/ocsp-response"
    private static let queryType = "application/timestamp-query"
    private static let replyType = "application/timestamp-reply"

    static let all: [Route] = [
        Route(
            .get, "/pki/{id}.crl", "getRevocationList", "The newest revocation list of an authority (RFC 5280), DER.",
            group: group, access: .anyone, answers: [Self.bytes(Self.listType, "The list.")], traits: .tagged,
            handler: Self.list),
        Route(
            .get, "/pki/{id}.cer", "getAuthorityCertificate", "The certificate of an authority, DER.", group: group,
            access: .anyone, answers: [Self.bytes(Self.certificateType, "The certificate.")], handler: Self.certificate),
        Route(
            .get, "/pki/ocsp/{request}", "getCertificateStatus",
            "Answers an OCSP request in base64, percent-encoded (RFC 6960, A.1; RFC 5019).", group: group,
            access: .anyone, answers: [Self.bytes(Self.responseType, "An OCSP response; a refusal is one, too.")]
        ) { call in
            let text = call.captures.first.flatMap { String($0).removingPercentEncoding } ?? ""
            let request = Data(base64Encoded: text).map(Array.init) ?? []
            return try await Self.answer(request.count <= Self.statusLimit ? request : [], call)
        },
        Route(
            .post, "/pki/ocsp", "askCertificateStatus", "Answers an OCSP request (RFC 6960).", group: group,
            access: .anyone, body: .bytes(mediaType: Self.requestType, limit: Self.statusLimit),
            answers: [Self.bytes(Self.responseType, "An OCSP response; a refusal is one, too.")]
        ) { call in try await Self.answer(call.bytes, call) },
        Route(
            .post, "/pki/tsa", "stampTime", "Puts a time stamp on a hash (RFC 3161).", group: group, access: .anyone,
            body: .bytes(mediaType: Self.queryType, limit: Self.stampLimit),
            answers: [Self.bytes(Self.replyType, "A time-stamp response; a refusal is one, too.")],
            handler: Self.stamp),
    ]

    /// Bytes of a request about certificates, and of one for a time stamp.
    private static let statusLimit = 16 << 10
    private static let stampLimit = 8 << 10

    private static func bytes(_ mediaType: String, _ note: String) -> Route.Answer {
        Route.Answer(status: .ok, schema: nil, mediaType: mediaType, note: note)
    }

    private static func list(_ call: Call) async throws -> Response {
        try call.services.pace.take(call.address)
        guard let list = try await call.services.desk.trust.services.list(of: call.id()) else { throw Problem.notFound }
        return Self.response(
            list.list, Self.listType, call,
            holds: list.thisUpdate.microseconds / 1_000_000...list.nextUpdate.microseconds / 1_000_000)
    }

    private static func certificate(_ call: Call) async throws -> Response {
        try call.services.pace.take(call.address)
        guard let certificate = try await call.services.desk.trust.services.certificate(of: call.id()) else {
            throw Problem.notFound
        }
        return Response(
            status: .ok, headers: [.contentType: Self.certificateType, .cacheControl: "public, max-age=86400"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: certificate)))
    }

    private static func answer(_ request: [UInt8], _ call: Call) async throws -> Response {
        try call.services.pace.take(call.address)
        let answer = try await call.services.desk.trust.services.answer(to: request)
        // Only what answers everybody who asks this may be kept on the way (RFC 5019, 6.2), and only an answer to a GET.
        let mayBeKept = call.request.method == .get || call.request.method == .head
        return Self.response(answer.response, Self.responseType, call, holds: mayBeKept ? answer.holds : nil)
    }

    private static func stamp(_ call: Call) async throws -> Response {
        try call.services.pace.take(call.address)
        let reply = try await call.services.desk.trust.services.stamp(call.bytes)
        return Self.response(reply, Self.replyType, call, holds: nil)
    }

    /// - Parameter holds: from when to when it holds, seconds since 1970; nil for what nobody may keep.
    private static func response(
        _ bytes: [UInt8], _ mediaType: String, _ call: Call, holds: ClosedRange<Int64>?
    ) -> Response {
        var headers: HTTPFields = [.contentType: mediaType]
        if let holds {
            let left = max(0, holds.upperBound - Int64(Date().timeIntervalSince1970))
            // Half of what is left: whoever is revoked now is not vouched for until the end by a cache on the way.
            headers[.cacheControl] = "public, max-age=\(left / 2), no-transform, must-revalidate"
            headers[.lastModified] = HTTPDate.text(holds.lowerBound)
            headers[.expires] = HTTPDate.text(holds.upperBound)
            let etag = "\"\(SHA256.digest(bytes).hexadecimal.prefix(32))\""
            headers[.eTag] = etag
            if let known = call.header(.ifNoneMatch), EntityTag.list(known, names: etag, weakly: true) {
                headers[.contentType] = nil
                return Response(status: .notModified, headers: headers)
            }
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// A moment as HTTP writes it (RFC 9110, 5.6.7).
enum HTTPDate {
    /// - Parameter seconds: since 1970.
    static func text(_ seconds: Int64) -> String {
        var (parts, moment) = (tm(), time_t(seconds))
        gmtime_r(&moment, &parts)
        var text = [CChar](repeating: 0, count: 40)
        // The C locale's names of days and months are the ones that HTTP has; nothing in this program sets another.
        let count = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
