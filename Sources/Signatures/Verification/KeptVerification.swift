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

    public let id = UUIDv7.make()
    /// Hexadecimal.
    public let sha256: String
    public let occasion: Occasion
    public let answer: VerificationAnswer

    public init(of sha256: String, occasion: Occasion, answer: VerificationAnswer) {
        self.sha256 = sha256
        self.occasion = occasion
        self.answer = answer
    }

    /// Queues report and evidence. A second report on an arrival changes nothing: whoever was first is right.
    public func keep(in transaction: borrowing Transaction) {
        let pieces =
            self.answer.certificates.map { ("certificate", [UInt8]($0)) }
            + self.answer.evidence.map { ($0.kind.rawValue, [UInt8]($0.bytes)) }
        transaction.queue(
            """
            INSERT INTO signatures.verification (id, sha256, occasion, verdict, trust, report)
            VALUES (\(self.id), decode(\(self.sha256), 'hex'), \(self.occasion.rawValue), \(self.answer.verdict.rawValue),
                    \(self.answer.trust.rawValue), \(JSONText(self.answer.json)))
                ON CONFLICT (tenant_id, sha256) WHERE occasion = 'arrival' DO NOTHING
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

/// Lists of kept reports.
public enum VerificationQueries {
    /// What was found of some content, with the summary in a language (`vi`, `en`), the newest first.
    public static func history(of sha256: SQL, language: String) -> SQL {
        """
        SELECT v.id, v.occasion, v.verdict, v.trust, v.checked_at, v.report -> 'summary' ->> \(language) AS summary
          FROM signatures.verification AS v
         WHERE v.sha256 = \(sha256)
         ORDER BY v.id DESC
         LIMIT 20
        """
    }
}
