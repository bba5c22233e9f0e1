import Documents
import Foundation
import Platform
import Postgres
import Signatures

extension SigningDesk {
    /// Where the caller's signature would go on the newest file of a document, and the seal after it: what the page for signing shows.
    /// Throws `DocumentsError.documentNotFound` for what the caller may not read, `.mainFileMissing`, `SignaturesError.notSignable`.
    public func proposal(for document: UUID, as caller: Caller) async throws -> SignatureProposal {
        let ground: (file: MainFile, name: String) = try await self.database.transaction(as: caller) { transaction in
            let name: String? = try transaction.first(
                """
                SELECT p.full_name
                  FROM organisation.post AS t
                  JOIN organisation.person AS p ON p.id = t.person_id
                 WHERE t.id = platform.current_post() AND \(Readers.mayRead("\(document)"))
                """
            ) { row in try row.column(0) }
            guard let name else { throw DocumentsError.documentNotFound }
            return (try MainFile.newest(of: document, in: transaction), name)
        }
        let sha256 = ground.file.sha256.hexadecimal
        guard let path = self.blobs.path(of: sha256) else { throw BlobError.notFound }
        let pdf = try await self.blobs.bytes(of: sha256, limit: Self.largestFile)
        return try await self.keys.proposal(
            for: pdf, words: try await PDFTools.words(of: path) ?? "", name: ground.name)
    }
}
