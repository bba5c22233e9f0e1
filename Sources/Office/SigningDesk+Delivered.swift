import Exchange
import Foundation
import Platform
import Postgres
import Signatures

extension SigningDesk {
    /// What is known of the signatures of a delivery's document, for the clerk who decides whether to register it (Decree 30/2020, art. 21):
    /// by the report that was made when it arrived, else by a check made now. Throws `ExchangeError.deliveryNotFound` for what the caller may
    /// not see and for a delivery without a document, `BlockingThreads.Overloaded`.
    public func signatures(ofDelivery delivery: UUID, as caller: Caller) async throws -> CheckedSignatures {
        let found = try await self.database.transaction(as: caller) { transaction in
            try DeliveredFile.findMain(of: delivery, in: transaction).map { file in
                (sha256: file.sha256, kept: try CheckedSignatures.kept(of: file.sha256, in: transaction))
            }
        }
        guard let found else { throw ExchangeError.deliveryNotFound }
        return try await self.signatures(of: found.sha256, kept: found.kept)
    }
}
