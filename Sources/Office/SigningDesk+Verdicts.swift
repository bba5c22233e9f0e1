import Documents
import Foundation
import Platform
import Postgres
import Signatures

extension SigningDesk {
    /// What is known of the signatures of a document's newest file: by the newest kept report, else by a check made now. Throws
    /// `DocumentsError.documentNotFound` for what the caller may not read, `.mainFileMissing`, `BlockingThreads.Overloaded`.
    public func signatures(of document: UUID, as caller: Caller) async throws -> CheckedSignatures {
        let found = try await self.database.transaction(as: caller) { transaction in
            let mayRead = try transaction.first("SELECT \(Readers.mayRead("\(document)"))") { row in
                try row.column(0, as: Bool.self)
            }
            guard mayRead == true else { throw DocumentsError.documentNotFound }
            let sha256 = try MainFile.newest(of: document, in: transaction).sha256
            return (sha256: sha256, kept: try CheckedSignatures.kept(of: sha256, in: transaction))
        }
        return try await self.signatures(of: found.sha256, kept: found.kept)
    }

    /// As `kept`, else by a check of the content made now.
    func signatures(of sha256: [UInt8], kept: CheckedSignatures?) async throws -> CheckedSignatures {
        if let kept { return kept }
        guard let path = self.blobs.path(of: sha256.hexadecimal) else { throw BlobError.notFound }
        return CheckedSignatures(
            verdicts: try await self.keys.verdicts(ofFileAt: path, database: self.database), checkedAt: .now)
    }
}
