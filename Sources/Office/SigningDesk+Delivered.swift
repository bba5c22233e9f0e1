import Exchange
import Foundation
import Platform
import Postgres
import Signatures

extension SigningDesk {
    /// What a check of a delivery's document finds of each of its signatures, for the clerk who decides whether to register it (Decree
    /// 30/2020, art. 21); nil when the file cannot be read for certain. Throws `ExchangeError.deliveryNotFound` for what the caller may not
    /// see and for a delivery without a document.
    public func verdicts(ofDelivery delivery: UUID, as caller: Caller) async throws -> [SignatureVerdict]? {
        let file = try await self.database.transaction(as: caller) { transaction in
            try DeliveredFile.findMain(of: delivery, in: transaction)
        }
        guard let file else { throw ExchangeError.deliveryNotFound }
        guard let path = self.blobs.path(of: file.sha256.hexadecimal) else { throw BlobError.notFound }
        return try await self.keys.verdicts(ofFileAt: path, database: self.database)
    }
}
