import Foundation
import Platform
import Postgres
import Signatures

/// Makes a soft key and a certificate of the internal CA for the caller's post, or for a clerk the organisation's (con dấu số).
public struct EnrolKey: Sendable {
    public let id: UUID
    public let purpose: CertificatePurpose
    let desk: SigningDesk

    public init(id: UUID = UUIDv7.make(), purpose: CertificatePurpose, desk: SigningDesk) {
        self.id = id
        self.purpose = purpose
        self.desk = desk
    }

    /// The names are read, the key made without a transaction, and kept if there is still none. Throws `SignaturesError.keyExists`.
    /// Whoever acts by delegation gets no key (`not_by_delegation`).
    public func callAsFunction(pin: PIN, as caller: Caller) async throws {
        let purpose = self.purpose
        let holder = try await self.desk.database.transaction(as: caller) { transaction in
            transaction.queue("SELECT platform.ensure_in_person()")
            return try CertificateHolder.caller(purpose, in: transaction)
        }
        let issued = try await self.desk.keys.issue(self.id, to: holder, pin: pin, database: self.desk.database)
        try await self.desk.database.transaction(as: caller) { transaction in
            _ = try CertificateHolder.caller(purpose, in: transaction)
            issued.keep(for: holder, in: transaction)
        }
    }
}
