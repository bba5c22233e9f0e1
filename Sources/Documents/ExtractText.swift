import Foundation
import Platform
import Postgres

/// Reads the text of an uploaded file and makes it searchable. A job: it may run twice, and the second time changes nothing.
public struct ExtractText: Sendable {
    let blobs: BlobStore

    public init(blobs: BlobStore) {
        self.blobs = blobs
    }

    /// Files that are no PDF keep only their names in search. A PDF that poppler cannot read is marked `failed` and not tried again.
    public func callAsFunction(file: UUID, of tenant: UUID, in database: Database) async throws {
        let found: (document: UUID, mediaType: String, sha256: [UInt8])? = try await database.transaction(
            asSystemOf: tenant
        ) {
            transaction in
            try transaction.first(
                "SELECT document_id, media_type, sha256 FROM documents.file WHERE id = \(file)", closing: true
            ) { row in (try row.column(0), try row.column(1), try row.column(2)) }
        }
        guard let found else { return }
        let text: String?
        if found.mediaType == "application/pdf" {
            guard let path = self.blobs.path(of: found.sha256.hexadecimal) else { throw BlobError.notFound }
            text = try await PDFTools.text(of: path)
        } else {
            text = ""
        }
        try await database.transaction(asSystemOf: tenant) { transaction in
            if let text {
                transaction.queue(
                    """
                    INSERT INTO documents.file_text (file_id, content) VALUES (\(file), \(text))
                        ON CONFLICT (tenant_id, file_id) DO UPDATE SET content = excluded.content
                    """)
            }
            transaction.queue(
                "UPDATE documents.file SET text_state = \(text == nil ? "failed" : "extracted") WHERE id = \(file)")
            transaction.queue("SELECT documents.index_document(\(found.document))")
        }
    }
}
