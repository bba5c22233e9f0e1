import HTTPTypes
import Hummingbird

/// An answer that says no, as RFC 9457 has it: a stable `code` for programs, and words for people in their language.
///
/// The words come from ``Catalogue`` alone. No text of the database, the system or another person's data gets in.
public struct Problem: Error, Sendable, Hashable {
    /// One thing that is wrong with the request: the path of the field and a code of the catalogue.
    public struct Issue: Sendable, Hashable {
        public let field: String
        public let code: String

        public init(field: String, code: String) {
            self.field = field
            self.code = code
        }
    }

    /// The HTTP status.
    public let status: Int
    /// Stable, `snake_case`, in English: `already_issued`.
    public let code: String
    public var issues: [Issue] = []
    /// Further members of the problem, such as `tries_left`.
    public var members: [JSONObject.Member] = []
    /// For `Retry-After`, in seconds.
    public var retryAfter: Int?
    /// For `Allow`.
    public var allow: String?
    /// For `Content-Range`.
    public var contentRange: String?
    /// Whether the connection is not to be used again, because the request's body was not read.
    public var closesConnection = false

    public init(_ status: Int, _ code: String, field: String? = nil) {
        self.status = status
        self.code = code
        if let field, !field.isEmpty { self.issues = [Issue(field: field, code: code)] }
    }

    public init(_ status: Int, _ code: String, issues: [Issue]) {
        self.status = status
        self.code = code
        self.issues = issues
    }
}

extension Problem {
    package static let notFound = Problem(404, "not_found")
    package static let unauthenticated = Problem(401, "unauthenticated")
    package static let badCSRFToken = Problem(403, "csrf_token_invalid")
    static let preconditionRequired = Problem(428, "precondition_required")
    static let changedSinceRead = Problem(412, "changed_since_read")
    static let unsupportedMediaType = Problem(415, "unsupported_media_type")
    static let internalError = Problem(500, "internal_error")

    /// What the caller sent does not have the form that the API asks for.
    package static func invalidInput(_ issues: [Issue]) -> Problem { Problem(422, "invalid_input", issues: issues) }

    /// 413. The connection is closed after it, since the rest of the body is not read.
    package static func payloadTooLarge(_ code: String = "body_too_large") -> Problem {
        var problem = Problem(413, code)
        problem.closesConnection = true
        return problem
    }

    /// Something that the server needs is away for now.
    static func unavailable(_ code: String, retryAfter: Int) -> Problem {
        var problem = Problem(503, code)
        problem.retryAfter = retryAfter
        return problem
    }
}

extension Problem {
    /// The answer in `language`. `instance` names the request, so that its log line can be found.
    func response(in language: Language, instance: String) -> Response {
        let words = Catalogue.words(for: self.code, status: self.status, in: language)
        var object = JSONObject([
            .init(name: "type", value: .string("urn:vanthu:problem:\(self.code)")),
            .init(name: "title", value: .string(words.title)),
            .init(name: "status", value: .integer(Int64(self.status))),
            .init(name: "detail", value: .string(words.detail)),
            .init(name: "code", value: .string(self.code)),
            .init(name: "instance", value: .string("urn:uuid:\(instance)")),
        ])
        if !self.issues.isEmpty {
            object["errors"] = .array(
                self.issues.prefix(100).map { issue in
                    let words = Catalogue.words(for: issue.code, status: self.status, in: language)
                    return [
                        "field": .string(issue.field), "code": .string(issue.code), "message": .string(words.title),
                    ]
                }
            )
        }
        for member in self.members { object[member.name] = member.value }
        var headers: HTTPFields = [
            .contentType: "application/problem+json",
            .contentLanguage: language.rawValue,
            .vary: "Accept-Language",
        ]
        if let retryAfter = self.retryAfter { headers[.retryAfter] = String(retryAfter) }
        if let allow = self.allow { headers[.allow] = allow }
        if let contentRange = self.contentRange { headers[.contentRange] = contentRange }
        if self.status == 401 { headers[.wwwAuthenticate] = "Bearer realm=\"vanthu\"" }
        if self.closesConnection { headers[.connection] = "close" }
        return Response(
            status: .init(code: self.status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONValue.object(object).bytes))
        )
    }
}
