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
}
