import HTTPTypes
import Hummingbird

/// One operation of the API, declared once: the table of these registers the handlers, writes the OpenAPI document, feeds the
/// isolation test and names the metrics. There is no second list.
public final class Route: Sendable {
    /// Who may call.
    public enum Access: Sendable, Hashable {
        case anyone
        /// A session, or a token that was given this scope (any token for `nil`). The database checks it with the rest.
        case signedIn(Scope?)
    }

    /// What a bearer token may be used for. Sessions may do whatever their person may.
    public enum Scope: String, Sendable, CaseIterable {
        /// One's own sign-in, password and tokens: for sessions only, because no token is ever given it.
        case account
        case organisationRead = "organisation:read"
        case organisationWrite = "organisation:write"
        case documentsRead = "documents:read"
        case documentsWrite = "documents:write"
        case signaturesWrite = "signatures:write"
        case exchangeRead = "exchange:read"
        case exchangeWrite = "exchange:write"

        /// The scopes that a token may be given.
        public static let grantable = Self.allCases.filter { $0 != .account }
    }

    /// What the request carries.
    enum Body: Sendable {
        case none
        case json(Schema)
        /// The bytes of a file, streamed.
        case file
        /// Bytes of this media type, at most so many, whole.
        case bytes(mediaType: String, limit: Int)
    }

    /// What the operation answers when it succeeds.
    struct Answer: Sendable {
        let status: HTTPResponse.Status
        let schema: Schema?
        var mediaType = "application/json"
        let note: String
    }

    /// Things beside the body that a request must or may carry.
    public struct Traits: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        /// A change of something that was read: `If-Match` with its ETag is demanded.
        public static let ifMatch = Traits(rawValue: 1)
        /// `Idempotency-Key` is taken, and a repeated request gets the first one's answer.
        public static let idempotent = Traits(rawValue: 2)
        /// A read with an ETag: `If-None-Match` is answered by 304.
        public static let tagged = Traits(rawValue: 4)
        /// Bytes of a file: ranges are served.
        public static let ranged = Traits(rawValue: 8)
    }

    typealias Handler = @Sendable (Call) async throws -> Response

    public let method: HTTPRequest.Method
    /// From the root, with captures in braces: `/api/v1/documents/{id}`.
    public let path: String
    /// The `operationId`, and the name in metrics and logs: `getDocument`.
    public let name: String
    let summary: String
    /// The group in the OpenAPI document.
    let group: String
    public let access: Access
    let query: [QueryParameter]
    let body: Body
    let answers: [Answer]
    public let traits: Traits
    let handler: Handler

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ name: String,
        _ summary: String,
        group: String,
        access: Access,
        query: [QueryParameter] = [],
        body: Body = .none,
        answers: [Answer],
        traits: Traits = [],
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.name = name
        self.summary = summary
        self.group = group
        self.access = access
        self.query = query
        self.body = body
        self.answers = answers
        self.traits = traits
        self.handler = handler
    }

    /// The names of what the path captures, in order: `["id"]`.
    public var captures: [String] {
        self.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().prefix { $0 != "}" }) }
    }

    /// The body's schema, where it takes JSON.
    var bodySchema: Schema? {
        if case .json(let schema) = self.body { return schema }
        return nil
    }
}

extension Route.Answer {
    static func ok(_ schema: Schema, _ note: String = "Done.") -> Route.Answer {
        Route.Answer(status: .ok, schema: schema, note: note)
    }
    static func created(_ schema: Schema, _ note: String = "Created.") -> Route.Answer {
        Route.Answer(status: .created, schema: schema, note: note)
    }
    static func page(_ item: Schema, named name: String) -> Route.Answer {
        .ok(item.page(named: name), "A page, and in `next` and `Link` where it goes on.")
    }
    static let nothing = Route.Answer(status: .noContent, schema: nil, note: "Done.")
    static let bytes = Route.Answer(
        status: .ok, schema: nil, mediaType: "*/*", note: "The file, or with 206 a part of it.")
}
