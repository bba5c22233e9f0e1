public import Foundation
public import Postgres

/// What can go wrong when somebody signs in. Which of login and password was wrong is never told.
public enum SignInError: RefusalConvertible, Hashable {
    case wrongLoginOrPassword
    /// Too many failures from this address or for this login; it is worth trying again after so many seconds.
    case throttled(retryAfter: Int)

    public var refusal: Refusal {
        switch self {
        case .wrongLoginOrPassword: Refusal(401, "wrong_login_or_password")
        case .throttled(let seconds): Refusal(429, "too_many_attempts", details: ["retry_after": seconds])
        }
    }
}

/// Signing in by password: `login` is `name@CODE`, in any case, where CODE is the tenant's.
///
/// First ``authenticate(login:password:address:)``; then, the post being chosen, ``openSession(of:post:in:)`` in the transaction that also
/// reads what the client is told.
public struct SignIn: Sendable {
    /// An account whose password was right.
    public struct Identity: Sendable, Hashable {
        public let tenant: UUID
        public let account: UUID
        public let person: UUID?
        fileprivate let login: String
        fileprivate let address: String
    }

    private let database: Database
    private let passwords: Password
    private let lifetime: Duration

    /// - Parameter lifetime: how long a session lasts.
    public init(database: Database, passwords: Password, lifetime: Duration = .seconds(12 * 3600)) {
        self.database = database
        self.passwords = passwords
        self.lifetime = lifetime
    }

    /// Checks a password. An unknown login takes as long as a wrong password.
    ///
    /// - Throws: ``SignInError``; ``BlockingThreads/Overloaded`` when the server has too many passwords to check.
    public func authenticate(login: String, password: String, address: String) async throws -> Identity {
        // PostgreSQL's text has no NUL, and neither has anybody's login.
        guard login.utf8.count <= 200, !login.utf8.contains(0) else { throw SignInError.wrongLoginOrPassword }
        let (retryAfter, found, hash) = try await self.database.transaction { transaction in
            try transaction.one(
                """
                SELECT retry_after, tenant_id, account_id, person_id, password_hash
                  FROM platform.begin_sign_in(\(login), \(address))
                """, closing: true
            ) { row -> (Int, Identity?, String?) in
                let tenant = try row.optional(1, as: UUID.self)
                let account = try row.optional(2, as: UUID.self)
                let person = try row.optional(3, as: UUID.self)
                let identity = tenant.flatMap { tenant in
                    account.map {
                        Identity(tenant: tenant, account: $0, person: person, login: login, address: address)
                    }
                }
                return (Int(try row.column(0, as: Int32.self)), identity, try row.optional(4))
            }
        }
        guard retryAfter == 0 else { throw SignInError.throttled(retryAfter: retryAfter) }
        let isRight = try await self.passwords.verify(password, against: hash.flatMap(SecretHash.init))
        guard isRight, let found else { throw SignInError.wrongLoginOrPassword }
        return found
    }

    /// Opens a session in a transaction of its own choosing (no opening needed) and goes on as that account: what follows in the
    /// transaction sees the tenant, and the audit trail names the account.
    ///
    /// - Parameter post: the appointment the person acts in. It is judged anew at every request.
    /// - Returns: the secret for the cookie. It is stored nowhere.
    /// - Throws: `DatabaseError` `unauthenticated` (VT401) when the account was closed in between.
    public func openSession(of identity: Identity, post: UUID?, in transaction: borrowing Transaction) throws
        -> TokenSecret
    {
        let secret = TokenSecret.make()
        let hours = Int64(self.lifetime.components.seconds)
        try transaction.run(
            """
            SELECT platform.open_session(\(identity.tenant), \(identity.account), \(post), \(secret.hash),
                       make_interval(secs => \(hours)), \(identity.login), \(identity.address))
            """)
        return secret
    }

    /// Ends the session of this secret. Returns whether there was one.
    public func closeSession(hash: [UInt8]) async throws -> Bool {
        try await self.database.transaction { transaction in
            try transaction.one("SELECT platform.close_session(\(hash))", closing: true) { row in try row.column(0) }
        }
    }

    /// Checks that whoever asks knows the caller's password, before something that an open session alone must not do.
    ///
    /// - Throws: as ``changePassword(as:from:to:)``.
    public func confirm(_ password: String, as caller: Caller) async throws {
        try await self.check(password, of: caller)
        try await self.database.transaction(as: caller) { transaction in
            transaction.queue("SELECT platform.password_was_right()")
        }
    }

    private func check(_ password: String, of caller: Caller) async throws {
        // Committed before the password is looked at: a guess counts even if the server dies over it.
        let (retryAfter, hash) = try await self.database.transaction(as: caller) { transaction in
            try transaction.one("SELECT retry_after, password_hash FROM platform.begin_password_change()") { row in
                (Int(try row.column(0, as: Int32.self)), try row.optional(1, as: String.self))
            }
        }
        guard retryAfter == 0 else { throw SignInError.throttled(retryAfter: retryAfter) }
        guard try await self.passwords.verify(password, against: hash.flatMap(SecretHash.init)) else {
            throw SignInError.wrongLoginOrPassword
        }
    }

    /// Replaces the password of the caller and ends the caller's other sessions.
    ///
    /// - Throws: ``Password/Weakness``; ``SignInError/wrongLoginOrPassword`` when `current` is wrong, and
    ///   ``SignInError/throttled(retryAfter:)`` when it was wrong too often.
    public func changePassword(as caller: Caller, from current: String, to new: String) async throws {
        try Password.check(new)
        try await self.check(current, of: caller)
        let replacement = try await self.passwords.hash(new).text
        var keep: [UInt8]?
        if case .session(let hash) = caller.credential { keep = hash }
        let kept = keep
        try await self.database.transaction(as: caller) { transaction in
            transaction.queue("SELECT platform.set_password(platform.current_account(), \(replacement), \(kept))")
            transaction.queue(
                "SELECT platform.record('account.password_changed', 'account', platform.current_account(), NULL, NULL)")
        }
    }
}
