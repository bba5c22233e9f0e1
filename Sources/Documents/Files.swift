import Foundation
import Platform
import Postgres

/// A file that lies in the blob store and waits to be attached: what is known of it once it has been received.
public struct ReceivedFile: Sendable {
    public let name: String
    public let mediaType: String
    public let size: Int64
    /// 32 bytes.
    public let sha256: [UInt8]
    /// Pages of a PDF; nil for other files.
    public let pageCount: Int64?

    public init(name: String, mediaType: String, size: Int64, sha256: [UInt8], pageCount: Int64?) {
        self.name = name
        self.mediaType = mediaType
        self.size = size
        self.sha256 = sha256
        self.pageCount = pageCount
    }
}

/// What a file is to its document: the document itself (a PDF), or something beside it.
public enum FileRole: String, Sendable {
    case main, attachment
}

/// Where a version of a file came from: a person, or a signature of the system.
public enum FileOrigin: String, Sendable {
    case upload, signature, seal
}

/// Adds a file to a document; a main file becomes the next version and earlier ones stay. The caller has checked the rights.
public struct AttachFile: Sendable {
    public let id: UUID
    public let document: UUID
    public let role: FileRole
    public let origin: FileOrigin
    public let file: ReceivedFile

    public init(id: UUID, document: UUID, role: FileRole, origin: FileOrigin, file: ReceivedFile) {
        self.id = id
        self.document = document
        self.role = role
        self.origin = origin
        self.file = file
    }

    /// Queues the row. What a person uploaded also changes the document's version, when it is the main file, and gets a job that
    /// reads its text; a signed version says the same as the one before it.
    public func callAsFunction(in transaction: borrowing Transaction) {
        let file = self.file
        transaction.queue("SELECT platform.keep_blob(\(file.sha256), \(file.size), \(file.mediaType))")
        transaction.queue(
            """
            INSERT INTO documents.file (id, document_id, role, version, name, media_type, size, sha256, page_count, origin, text_state,
                created_by)
            SELECT \(self.id), \(self.document), \(self.role.rawValue),
                   CASE \(self.role.rawValue)::text
                   WHEN 'main' THEN coalesce((SELECT max(f.version) FROM documents.file AS f
                                               WHERE f.document_id = \(self.document) AND f.role = 'main'), 0) + 1
                   ELSE 1 END,
                   \(file.name), \(file.mediaType), \(file.size), \(file.sha256), \(file.pageCount)::bigint::integer,
                   \(self.origin.rawValue), CASE \(self.origin.rawValue)::text WHEN 'upload' THEN 'pending' ELSE 'none' END,
                   platform.current_post()
            """)
        if self.role == .main, self.origin == .upload {
            transaction.queue(
                """
                UPDATE documents.document
                   SET page_count = \(file.pageCount)::bigint::integer, version = version + 1, updated_at = now()
                 WHERE id = \(self.document)
                """)
        }
        if self.origin == .upload {
            transaction.queue(
                "SELECT platform.enqueue('extract_text', jsonb_build_object('file_id', \(self.id)::uuid))")
        }
    }
}

/// The newest main file of a document: what is signed, sealed and sent.
public struct MainFile: Sendable {
    public let id: UUID
    public let name: String
    public let sha256: [UInt8]
    public let size: Int64
    public let pageCount: Int64?

    /// Throws `DocumentsError.mainFileMissing` when the document has none.
    public static func newest(of document: UUID, in transaction: borrowing Transaction) throws -> MainFile {
        let found: MainFile? = try transaction.first(
            """
            SELECT f.id, f.name, f.sha256, f.size, f.page_count::bigint
              FROM documents.file AS f
             WHERE f.document_id = \(document) AND f.role = 'main'
             ORDER BY f.version DESC
             LIMIT 1
            """
        ) { row in
            MainFile(
                id: try row.column(0), name: try row.column(1), sha256: try row.column(2), size: try row.column(3),
                pageCount: try row.optional(4))
        }
        guard let found else { throw DocumentsError.mainFileMissing }
        return found
    }
}

/// A file whose bytes the caller may read: found only through the document it belongs to.
public struct ReadableFile: Sendable {
    public let name: String
    public let mediaType: String
    public let size: Int64
    public let sha256: [UInt8]

    public init(name: String, mediaType: String, size: Int64, sha256: [UInt8]) {
        self.name = name
        self.mediaType = mediaType
        self.size = size
        self.sha256 = sha256
    }

    /// Nil when there is no such file or its document is not for the caller's eyes.
    public static func find(_ id: UUID, in transaction: borrowing Transaction) throws -> ReadableFile? {
        try transaction.first(
            """
            SELECT f.name, f.media_type, f.size, f.sha256
              FROM documents.file AS f
             WHERE f.id = \(id)
               AND EXISTS (SELECT FROM documents.reader AS r
                            WHERE r.document_id = f.document_id AND r.holder_id = ANY ((SELECT platform.holders())::uuid[]))
            """,
            closing: true
        ) { row in
            ReadableFile(
                name: try row.column(0), mediaType: try row.column(1), size: try row.column(2),
                sha256: try row.column(3))
        }
    }
}
