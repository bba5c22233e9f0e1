import Documents
import Foundation
import Platform
import Postgres
import Signatures

extension SigningDesk {
    /// What a check of the newest file finds of each of its signatures; nil when the file cannot be read for certain. Throws
    /// `DocumentsError.documentNotFound` for what the caller may not read, `.mainFileMissing`.
    public func verdicts(of document: UUID, as caller: Caller) async throws -> [SignatureVerdict]? {
        let file = try await self.database.transaction(as: caller) { transaction in
            let mayRead = try transaction.first("SELECT \(Readers.mayRead("\(document)"))") { row in
                try row.column(0, as: Bool.self)
            }
            guard mayRead == true else { throw DocumentsError.documentNotFound }
            return try MainFile.newest(of: document, in: transaction)
        }
        guard let path = self.blobs.path(of: file.sha256.hexadecimal) else { throw BlobError.notFound }
        return try await self.keys.verdicts(ofFileAt: path, database: self.database)
    }
}
