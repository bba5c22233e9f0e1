import Foundation
import PAdES
import Platform
import Postgres

/// A report that is kept: one more piece of the history of some content.
public struct KeptVerification: Sendable {
    /// Why it was verified.
    public enum Occasion: String, Sendable {
        /// It arrived, or the organisation's seal made it: once.
        case arrival
        case again
        /// The content is a copy that carries an earlier one on.
        case archive
    }

    public let id: UUID
    /// Hexadecimal.
    public let sha256: String
    public let occasion: Occasion
    public let answer: VerificationAnswer

    public init(_ id: UUID = UUIDv7.make(), of sha256: String, occasion: Occasion, answer: VerificationAnswer) {
        self.id = id
        self.sha256 = sha256
        self.occasion = occasion
        self.answer = answer
    }

    /// Queues report and evidence. A second report on an arrival, or under the same id, changes nothing: whoever was first is right.
    public func keep(in transaction: borrowing Transaction) throws {
        let verdicts = JSONText(String(decoding: try JSONEncoder().encode(self.answer.verdicts), as: UTF8.self))
        let pieces =
            self.answer.certificates.map { ("certificate", [UInt8]($0)) }
            + self.answer.evidence.map { ($0.kind.rawValue, [UInt8]($0.bytes)) }
        transaction.queue(
            """
            INSERT INTO signatures.verification (id, sha256, occasion, verdict, trust, report, verdicts)
            VALUES (\(self.id), decode(\(self.sha256), 'hex'), \(self.occasion.rawValue), \(self.answer.verdict.rawValue),
                    \(self.answer.trust.rawValue), \(JSONText(self.answer.json)), \(verdicts))
                ON CONFLICT DO NOTHING
            """)
        for (kind, content) in pieces {
            transaction.queue(
                """
                INSERT INTO signatures.evidence (sha256, kind, content) VALUES (sha256(\(content)), \(kind), \(content))
                    ON CONFLICT DO NOTHING
                """)
            transaction.queue(
                """
                INSERT INTO signatures.verification_evidence (verification_id, sha256)
                SELECT v.id, sha256(\(content)) FROM signatures.verification AS v WHERE v.id = \(self.id)
                    ON CONFLICT DO NOTHING
                """)
        }
    }

    /// Whether content was verified when it arrived.
    public static func hasArrived(_ sha256: String, in transaction: borrowing Transaction) throws -> Bool {
        try transaction.one(
            """
            SELECT EXISTS (SELECT FROM signatures.verification AS v
                            WHERE v.sha256 = decode(\(sha256), 'hex') AND v.occasion = 'arrival')
            """
        ) { row in try row.column(0) }
    }
}

/// What earlier reports on some content left behind.
extension KeptVerification {
    /// Whether a report is there.
    public static func exists(_ id: UUID, in transaction: borrowing Transaction) throws -> Bool {
        try transaction.one("SELECT EXISTS (SELECT FROM signatures.verification AS v WHERE v.id = \(id))") { row in
            try row.column(0)
        }
    }

    /// Pieces of evidence that are read again at most.
    private static let mostEvidence: Int64 = 256

    /// The certificates and the revocation evidence that earlier reports on this content rest on: years later nobody else may have them.
    public static func evidence(
        of sha256: String, in transaction: borrowing Transaction
    ) throws -> (certificates: [Data], evidence: [VerificationWork.Evidence]) {
        let pieces: [(String, [UInt8])] = try transaction.rows(
            """
            SELECT e.kind, e.content
              FROM signatures.evidence AS e
             WHERE EXISTS (SELECT FROM signatures.verification_evidence AS x
                             JOIN signatures.verification AS v ON v.id = x.verification_id
                            WHERE x.sha256 = e.sha256 AND v.sha256 = decode(\(sha256), 'hex'))
             ORDER BY e.kept_at DESC, e.sha256
             LIMIT \(Self.mostEvidence)
            """
        ) { row in (try row.column(0), try row.column(1)) }
        var found: (certificates: [Data], evidence: [VerificationWork.Evidence]) = ([], [])
        for (kind, content) in pieces {
            if let kind = RevocationEvidence.Kind(rawValue: kind) {
                found.evidence.append(VerificationWork.Evidence(kind: kind, bytes: Data(content)))
            } else {
                found.certificates.append(Data(content))
            }
        }
        return found
    }
}

/// What was found of the signatures in a file, and when.
public struct CheckedSignatures: Sendable {
    /// In the order they were made; `nil` for a file that cannot be read for certain.
    public let verdicts: [SignatureVerdict]?
    public let checkedAt: Instant

    public init(verdicts: [SignatureVerdict]?, checkedAt: Instant) {
        self.verdicts = verdicts
        self.checkedAt = checkedAt
    }

    /// What the newest kept report on some content says; `nil` when there is none that says it.
    public static func kept(
        of sha256: [UInt8], in transaction: borrowing Transaction
    ) throws -> CheckedSignatures? {
        let kept: (verdicts: String?, at: Instant)? = try transaction.first(
            """
            SELECT v.verdicts::text, v.checked_at
              FROM signatures.verification AS v
             WHERE v.sha256 = \(sha256)
             ORDER BY v.id DESC
             LIMIT 1
            """
        ) { row in (try row.optional(0), try row.column(1)) }
        guard let kept, let text = kept.verdicts else { return nil }
        return CheckedSignatures(
            verdicts: try JSONDecoder().decode([SignatureVerdict]?.self, from: Data(text.utf8)), checkedAt: kept.at)
    }
}

/// Lists of kept reports.
public enum VerificationQueries {
    /// What was found of some content, with summary and words in a language (`vi`, `en`), the newest first.
    public static func history(of sha256: SQL, language: String) -> SQL {
        """
        SELECT v.id, v.occasion, v.verdict, v.trust, v.checked_at, v.report -> 'summary' ->> \(language) AS summary,
               v.report -> 'text' ->> \(language) AS text
          FROM signatures.verification AS v
         WHERE v.sha256 = \(sha256)
         ORDER BY v.id DESC
         LIMIT 20
        """
    }
}
