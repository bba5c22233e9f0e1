public import Foundation
public import Postgres

/// Gives the caller a bearer token for a machine: it acts as the caller's account and post, within the scopes.
public struct IssueToken: Sendable {
    public let id: UUID
    public let name: String
    public let scopes: [String]
    /// At most a year from now.
    public let expires: Instant

    public init(id: UUID = UUIDv7.make(), name: String, scopes: [String], expires: Instant) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.expires = expires
    }

    /// Queues the whole act and returns the secret, which is shown once and stored nowhere. Refused (`not_by_delegation`) to whoever acts
    /// in somebody else's post.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> TokenSecret {
        let secret = TokenSecret.make()
        transaction.queue("SELECT platform.ensure_in_person()")
        transaction.queue(
            """
            SELECT platform.ensure(\(self.expires)::timestamptz BETWEEN now() AND now() + interval '366 days', 'VT422',
                       'invalid_expiry', 'expires_at')
            """)
        transaction.queue(
            """
            INSERT INTO platform.api_token (id, secret_hash, account_id, post_id, name, scopes, expires_at)
            VALUES (\(self.id), \(secret.hash), platform.current_account(), platform.current_post(), \(self.name),
                    \(self.scopes), \(self.expires))
            """)
        transaction.queue(
            """
            SELECT platform.record('token.issued', 'token', \(self.id), NULL,
                       jsonb_build_object('name', \(self.name)::text, 'scopes', \(self.scopes)::text[]))
            """)
        return secret
    }
}

/// Takes a token of the caller back.
public struct RevokeToken: Sendable {
    public let id: UUID

    public init(id: UUID) {
        self.id = id
    }

    /// - Throws: a refusal `not_found` when the caller has no such token in force.
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        let revoked = try transaction.run(
            """
            UPDATE platform.api_token SET revoked_at = now()
             WHERE tenant_id = platform.current_tenant() AND id = \(self.id) AND account_id = platform.current_account()
               AND revoked_at IS NULL
            """)
        guard revoked == 1 else { throw Refusal(404, "not_found") }
        transaction.queue("SELECT platform.record('token.revoked', 'token', \(self.id), NULL, NULL)")
    }
}
