import Platform
import Postgres

/// How the signed files of one organisation stand: what whoever runs the platform looks at.
public struct ArchiveSummary: Sendable, Codable {
    /// Signed contents that are watched over.
    public let watched: Int64
    /// Those of them that a copy carries on.
    public let withCopy: Int64
    /// Those that are looked at within the days that were asked about.
    public let due: Int64
    /// The first day on which a proof of time ends; nil while there is none.
    public let firstEnd: Instant?
    /// How many are not carried on, by ``ArchiveReason``.
    public let heldUp: [String: Int64]

    /// - Parameter span: how far ahead is looked for what is due.
    public static func read(within span: Duration, in transaction: borrowing Transaction) throws -> ArchiveSummary {
        let horizon = Instant.now + span
        let heldUp = try transaction.rows(
            "SELECT a.reason, count(*) FROM signatures.archive AS a WHERE a.reason <> '' GROUP BY a.reason"
        ) { row in (reason: try row.column(0, as: String.self), count: try row.column(1, as: Int64.self)) }
        return try transaction.one(
            """
            SELECT count(*), count(a.copy_sha256), count(*) FILTER (WHERE a.due_at <= \(horizon)), min(a.carried_until)
              FROM signatures.archive AS a
            """
        ) { row in
            ArchiveSummary(
                watched: try row.column(0), withCopy: try row.column(1), due: try row.column(2),
                firstEnd: try row.optional(3),
                heldUp: Dictionary(uniqueKeysWithValues: heldUp.map { ($0.reason, $0.count) }))
        }
    }

    /// Has everything that is held up looked at again at once; returns how many.
    public static func retry(in transaction: borrowing Transaction) throws -> Int {
        try transaction.run("UPDATE signatures.archive SET due_at = now(), begun_at = now() WHERE reason <> ''")
    }
}
