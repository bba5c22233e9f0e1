public import Foundation
public import Postgres

/// One's own open sessions: on which machines one is signed in.
public enum Sessions {
    /// The caller's, the one used last first: `id`, `created_at`, `last_seen_at` (to five minutes), `address`, `expires_at`, `is_current`.
    /// Those of the account, also while it acts for somebody else.
    public static var mine: SQL {
        """
        SELECT s.id, s.created_at, s.last_seen_at, s.address, s.expires_at,
               s.id IS NOT DISTINCT FROM platform.current_session() AS is_current
          FROM platform.session AS s
         WHERE s.account_id = platform.current_account() AND s.revoked_at IS NULL AND s.expires_at > now()
         ORDER BY s.last_seen_at DESC, s.id DESC
         LIMIT 200
        """
    }
}

/// Ends one of the caller's open sessions, for instance that of a lost telephone.
public struct EndSession: Sendable {
    public let id: UUID

    public init(id: UUID) {
        self.id = id
    }

    /// Queues the whole act. A session that is not the caller's, or not open, is refused by SQL (`not_found`, VT404).
    public func callAsFunction(in transaction: borrowing Transaction) {
        transaction.queue("SELECT platform.end_session(\(self.id))")
        transaction.queue("SELECT platform.record('session.ended', 'session', \(self.id), NULL, NULL)")
    }
}
