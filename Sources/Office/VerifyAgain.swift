import Documents
import Foundation
import Platform
import Postgres

/// Has the newest main file of a document verified again (kiểm tra lại): by a job, so that nobody waits and nobody can ask for more than
/// the queue works off. The new report is kept beside the earlier ones. Content that is waiting to be verified again is not queued twice.
public struct VerifyAgain: Sendable {
    public let document: UUID

    public init(document: UUID) {
        self.document = document
    }

    /// The id that the new report will have. For whoever may read the document. Throws `DocumentsError.documentNotFound`,
    /// `.mainFileMissing`.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> UUID {
        let mayRead = try transaction.first("SELECT \(Readers.mayRead("\(self.document)"))") { row in
            try row.column(0, as: Bool.self)
        }
        guard mayRead == true else { throw DocumentsError.documentNotFound }
        let sha256 = try MainFile.newest(of: self.document, in: transaction).sha256.hexadecimal
        let waiting: UUID? = try transaction.first(
            """
            SELECT (j.payload ->> 'report')::uuid
              FROM platform.job AS j
             WHERE j.kind = 'verify_file' AND j.state IN ('available', 'running') AND j.payload ->> 'sha256' = \(sha256)
               AND j.payload ->> 'report' IS NOT NULL
             LIMIT 1
            """
        ) { row in try row.column(0) }
        if let waiting { return waiting }
        let report = UUIDv7.make()
        transaction.queue(
            """
            SELECT platform.enqueue('verify_file', jsonb_build_object('sha256', \(sha256)::text, 'report', \(report)::uuid))
            """)
        transaction.queue(
            """
            SELECT platform.record('document.verify', 'document', \(self.document), NULL,
                       jsonb_build_object('sha256', \(sha256)::text, 'report', \(report)::uuid))
            """)
        return report
    }
}
