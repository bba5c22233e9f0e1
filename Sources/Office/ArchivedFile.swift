import Documents
import Foundation
import Platform
import Postgres
import Signatures

/// A file with everything that proves its signatures: the copy that carries it on where there is one, else the file itself.
public enum ArchivedFile {
    /// Nil when there is no such file or its document is not for the caller's eyes.
    public static func find(_ id: UUID, in transaction: borrowing Transaction) throws -> ReadableFile? {
        try transaction.first(
            """
            SELECT f.name, f.media_type, coalesce(a.copy_size, f.size), coalesce(a.copy_sha256, f.sha256)
              FROM documents.file AS f
              LEFT JOIN signatures.archive AS a ON a.sha256 = f.sha256
             WHERE f.id = \(id) AND \(Readers.mayRead("f.document_id"))
            """,
            closing: true
        ) { row in
            ReadableFile(
                name: try row.column(0), mediaType: try row.column(1), size: try row.column(2),
                sha256: try row.column(3))
        }
    }
}
