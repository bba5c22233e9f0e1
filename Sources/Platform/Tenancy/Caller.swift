public import Foundation
public import Postgres

/// Who sends a request, as far as the request says: a secret's hash. Which tenant, person and post that is, the database finds out in
/// the transaction that does the work, so nothing above it can be wrong about it.
public struct Caller: Sendable {
    /// By which secret the caller is known.
    public enum Credential: Sendable, Hashable {
        /// sha256 of the secret in the session cookie.
        case session(hash: [UInt8])
        /// sha256 of a bearer token.
        case token(hash: [UInt8])
        /// An act that a person began and entrusted to the system to finish (`platform.entrust`).
        case entrusted(tenant: UUID, act: UUID)
    }

    public let credential: Credential
    /// Names the request in logs, problems and the audit trail.
    public let requestID: UUID
    /// Where the request came from, as text.
    public let address: String
    /// What a token must be allowed to do; sessions may do whatever their post may.
    public let requiredScope: String?

    public init(credential: Credential, requestID: UUID, address: String, requiredScope: String?) {
        self.credential = credential
        self.requestID = requestID
        self.address = address
        self.requiredScope = requiredScope
    }

    /// The statement that opens every transaction of this caller. It raises `unauthenticated` (VT401) or `insufficient_scope` (VT403).
    public var opening: SQL {
        let (kind, hash): (String, [UInt8])
        switch self.credential {
        case .session(let secret): (kind, hash) = ("session", secret)
        case .token(let secret): (kind, hash) = ("token", secret)
        case .entrusted(let tenant, let act): return "SELECT platform.begin_entrusted(\(tenant), \(act))"
        }
        return
            "SELECT platform.begin_request(\(kind), \(hash), \(self.requiredScope), \(self.requestID), \(self.address))"
    }
}

extension Database {
    /// A transaction that sees and does what `caller` may.
    public func transaction<Value: Sendable>(
        as caller: Caller, deadline: Duration? = nil, _ body: @Sendable (borrowing Transaction) throws -> Value
    ) async throws -> Value {
        try await self.transaction(caller.opening, deadline: deadline, body)
    }

    /// Rows as JSON, read as `caller` in one round trip.
    public func json(as caller: Caller, _ sql: SQL, as shape: JSONShape = .object) async throws -> JSONResult {
        try await self.json(caller.opening, sql, as: shape)
    }

    /// A transaction of the system itself in one tenant: jobs and the command line.
    public func transaction<Value: Sendable>(
        asSystemOf tenant: UUID, deadline: Duration? = nil, _ body: @Sendable (borrowing Transaction) throws -> Value
    ) async throws -> Value {
        try await self.transaction("SELECT platform.begin_system(\(tenant))", deadline: deadline, body)
    }
}
