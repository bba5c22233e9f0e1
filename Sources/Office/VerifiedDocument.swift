import Documents
import Foundation
import Platform
import Postgres
import Signatures

/// The kept reports on a document's newest main file.
public enum VerifiedDocument {
    /// The newest first; of what the caller may not read there are none.
    public static func history(of document: UUID, language: String) -> SQL {
        VerificationQueries.history(
            of: """
                (SELECT f.sha256 FROM documents.file AS f
                  WHERE f.document_id = \(document) AND f.role = 'main' AND \(Readers.mayRead("f.document_id"))
                  ORDER BY f.version DESC LIMIT 1)
                """, language: language)
    }

    /// How the signatures of the newest main file stay provable: one row at most.
    public static func archive(of document: UUID) -> SQL {
        """
        SELECT f.id AS file_id, a.copy_sha256 IS NOT NULL AS has_copy, a.carried_until, a.reason, a.renewals
          FROM (SELECT n.id, n.sha256 FROM documents.file AS n
                 WHERE n.document_id = \(document) AND n.role = 'main' AND \(Readers.mayRead("n.document_id"))
                 ORDER BY n.version DESC LIMIT 1) AS f
          JOIN signatures.archive AS a ON a.sha256 = f.sha256
        """
    }
}
