import Foundation
import PAdES
import Platform
import Postgres

/// What is known of how the signatures in some content stay provable: the content as it arrived or was issued, and the copy that carries on.
public struct ArchivedContent: Sendable, Equatable {
    /// Hexadecimal.
    public let sha256: String
    /// The newest copy, hexadecimal: it begins with the content itself. Nil while there is none.
    public let copy: String?
    public let carriedUntil: Instant?
    public let dueAt: Instant?
    /// Why it is not carried on; empty when all is well.
    public let reason: String
    public let renewals: Int64
    public let begunAt: Instant

    /// Begins to watch over content that was just verified. What may be kept provable: a PDF whose signatures are good and not made by
    /// anybody known to be nobody. Doing it again changes nothing.
    public static func begin(
        _ sha256: String, _ answer: VerificationAnswer, rules: ArchiveRules, now: Instant = .now,
        in transaction: borrowing Transaction
    ) {
        guard answer.isPDF, answer.verdict.isGood, answer.trust != .untrusted else { return }
        let due = answer.archivedUntil.map { rules.due(before: $0) } ?? now
        // What is due at once need not wait for the clock.
        let isDue = due <= now
        transaction.queue(
            """
            WITH begun AS (
                INSERT INTO signatures.archive (sha256, carried_until, due_at)
                VALUES (decode(\(sha256), 'hex'), \(answer.archivedUntil), \(isDue ? now + .seconds(86_400) : due))
                    ON CONFLICT DO NOTHING
                RETURNING sha256
            )
            SELECT platform.enqueue('archive_file', jsonb_build_object('sha256', encode(begun.sha256, 'hex'))) FROM begun WHERE \(isDue)
            """)
    }

    /// What is known of some content of the caller's organisation; nil when it is not watched over.
    public static func read(_ sha256: String, in transaction: borrowing Transaction) throws -> ArchivedContent? {
        try transaction.first(
            """
            SELECT encode(a.copy_sha256, 'hex'), a.carried_until, nullif(a.due_at, 'infinity'), a.reason, a.renewals::bigint, a.begun_at
              FROM signatures.archive AS a WHERE a.sha256 = decode(\(sha256), 'hex')
            """
        ) { row in
            ArchivedContent(
                sha256: sha256, copy: try row.optional(0), carriedUntil: try row.optional(1),
                dueAt: try row.optional(2),
                reason: try row.column(3), renewals: try row.column(4), begunAt: try row.column(5))
        }
    }

    /// Queues what was found, and when to look again: nil for never by itself. Only if nobody else has gone on from here.
    public func settle(
        carriedUntil: Instant?, reason: ArchiveReason?, due: Instant?, in transaction: borrowing Transaction
    ) {
        transaction.queue(
            """
            UPDATE signatures.archive AS a
               SET carried_until = \(carriedUntil), reason = \(reason?.rawValue ?? ""), due_at = coalesce(\(due), 'infinity'),
                   changed_at = now()
             WHERE a.sha256 = decode(\(self.sha256), 'hex') AND a.copy_sha256 IS NOT DISTINCT FROM decode(\(self.copy), 'hex')
            """)
    }

    /// Takes a new copy in place of the one before, with the entry in the audit trail; false when somebody else was first.
    public func carryOn(
        with copy: Blob, until end: Instant, due: Instant, in transaction: borrowing Transaction
    ) throws -> Bool {
        transaction.queue("SELECT platform.keep_blob(\(copy.digest), \(copy.size), 'application/pdf')")
        let isFirst = try transaction.run(
            """
            UPDATE signatures.archive AS a
               SET copy_sha256 = \(copy.digest), copy_size = \(copy.size), carried_until = \(end), due_at = \(due), reason = '',
                   renewals = a.renewals + 1, changed_at = now()
             WHERE a.sha256 = decode(\(self.sha256), 'hex') AND a.copy_sha256 IS NOT DISTINCT FROM decode(\(self.copy), 'hex')
            """)
        guard isFirst == 1 else { return false }
        transaction.queue(
            """
            SELECT platform.record('signature.archived', 'content', NULL,
                jsonb_build_object('sha256', \(self.sha256), 'copy', \(self.copy), 'carried_until', \(self.carriedUntil)),
                jsonb_build_object('sha256', \(self.sha256), 'copy', \(copy.sha256), 'carried_until', \(end)))
            """)
        return true
    }
}

/// Why some content is not carried on. Stable words; people read them in the pages' catalogue.
public enum ArchiveReason: String, Sendable, CaseIterable {
    /// Its bytes are not there.
    case contentGone = "content_gone"
    case tooLarge = "too_large"
    /// The signatures are not good any more, or the verification met a bound.
    case notGood = "not_good"
    /// A certificate's path or revocation is not known, yet.
    case notTrusted = "not_trusted"
    /// The file can't be extended: encrypted, of a form that is not written, or forbidden by its author.
    case notExtensible = "not_extensible"
    case noTimeStamps = "no_time_stamps"
    /// The time stamp that could be had ends no later than the one that is there.
    case nothingBetter = "nothing_better"
}
