import Foundation
import Platform
import Postgres

/// Delegation (uỷ quyền xử lý, "B thay A"): between two moments the holder of another post may act in the caller's.
public enum Delegations {
    /// What the caller gave and received, the latest first, the past of 90 days included: `id`, `side` (`given`, `received`), `state`
    /// (`coming`, `running`, `ended`), `from_post_id`, `from_name`, `from_title`, `to_post_id`, `to_name`, `to_title`, `starts_at`,
    /// `ends_at`, `ended_at` (when it was ended early), `reason`, `created_at`.
    public static var mine: SQL {
        """
        SELECT g.id, CASE WHEN a.person_id = platform.current_person() THEN 'given' ELSE 'received' END AS side,
               CASE WHEN g.ended_at IS NOT NULL OR g.ends_at <= now() THEN 'ended'
                    WHEN g.starts_at > now() THEN 'coming'
                    ELSE 'running' END AS state,
               a.id AS from_post_id, p.full_name AS from_name, a.title AS from_title,
               b.id AS to_post_id, q.full_name AS to_name, b.title AS to_title,
               g.starts_at, g.ends_at, g.ended_at, g.reason, g.created_at
          FROM organisation.delegation AS g
          JOIN organisation.post AS a ON a.id = g.from_post_id
          JOIN organisation.person AS p ON p.id = a.person_id
          JOIN organisation.post AS b ON b.id = g.to_post_id
          JOIN organisation.person AS q ON q.id = b.person_id
         WHERE g.id IN (SELECT d.id
                          FROM organisation.post AS t
                          JOIN organisation.delegation AS d ON d.from_post_id = t.id
                         WHERE t.person_id = platform.current_person()
                         UNION ALL
                        SELECT d.id
                          FROM organisation.post AS t
                          JOIN organisation.delegation AS d ON d.to_post_id = t.id
                         WHERE t.person_id = platform.current_person())
           AND coalesce(g.ended_at, g.ends_at) > now() - interval '90 days'
         ORDER BY g.starts_at DESC, g.id DESC
         LIMIT 200
        """
    }
}

/// Lets the holder of another post act in the caller's present one for a time. The signature keys are never part of it, and whoever
/// acts for somebody else passes nothing on.
public struct GiveDelegation: Sendable {
    public let id: UUID
    public let toPost: UUID
    /// A moment that has passed means now.
    public let startsAt: Instant
    /// At most 366 days after the start.
    public let endsAt: Instant
    /// At most 500 characters.
    public let reason: String

    /// Throws `OrganisationError.reasonTooLong`.
    public init(id: UUID = UUIDv7.make(), toPost: UUID, startsAt: Instant, endsAt: Instant, reason: String)
        throws(OrganisationError)
    {
        let reason = reason.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
        guard reason.unicodeScalars.count <= 500 else { throw .reasonTooLong }
        self.id = id
        self.toPost = toPost
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.reason = reason
    }

    /// Queues the whole act. SQL refuses a caller who acts for somebody else (`not_by_delegation`, VT403), without a post (`no_post`),
    /// as an administrator (`not_delegable`), a period that is over, backward or too long (`invalid_period`, field `ends_at`), and
    /// anything but a post in force of another person of the organisation (`unknown_delegate`, field `to_post_id`).
    public func callAsFunction(in transaction: borrowing Transaction) {
        transaction.queue("SELECT platform.ensure_in_person()")
        transaction.queue(
            """
            SELECT platform.ensure(platform.current_post() IS NOT NULL, 'VT403', 'no_post'),
                   platform.ensure(platform.current_role() <> 'administrator', 'VT403', 'not_delegable'),
                   platform.ensure(\(self.endsAt)::timestamptz > greatest(\(self.startsAt)::timestamptz, now())
                                   AND \(self.endsAt)::timestamptz - greatest(\(self.startsAt)::timestamptz, now())
                                       <= interval '366 days', 'VT422', 'invalid_period', 'ends_at'),
                   platform.ensure(EXISTS (SELECT FROM organisation.post AS t
                                            WHERE t.id = \(self.toPost) AND t.person_id <> platform.current_person()
                                              AND t.started_on <= current_date
                                              AND (t.ended_on IS NULL OR t.ended_on > current_date)),
                                   'VT422', 'unknown_delegate', 'to_post_id')
            """)
        transaction.queue(
            """
            INSERT INTO organisation.delegation (id, from_post_id, to_post_id, starts_at, ends_at, reason)
            VALUES (\(self.id), platform.current_post(), \(self.toPost), greatest(\(self.startsAt)::timestamptz, now()),
                    \(self.endsAt), \(self.reason))
            """)
        transaction.queue(
            """
            SELECT platform.record('delegation.given', 'delegation', \(self.id), NULL,
                       (SELECT to_jsonb(g) - 'tenant_id' FROM organisation.delegation AS g WHERE g.id = \(self.id)))
            """)
    }
}

/// Ends a delegation that the caller gave, running or coming: its rights end with the delegate's next request.
public struct EndDelegation: Sendable {
    public let id: UUID

    public init(id: UUID) {
        self.id = id
    }

    /// Throws `OrganisationError.delegationNotFound` for one that is over, or that the caller did not give.
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        let ended = try transaction.run(
            """
            UPDATE organisation.delegation AS g SET ended_at = now()
              FROM organisation.post AS t
             WHERE g.id = \(self.id) AND g.ended_at IS NULL AND g.ends_at > now()
               AND t.id = g.from_post_id AND t.person_id = platform.current_person()
            """)
        guard ended == 1 else { throw OrganisationError.delegationNotFound }
        transaction.queue("SELECT platform.record('delegation.ended', 'delegation', \(self.id), NULL, NULL)")
    }
}
