import Foundation
import Platform
public import Postgres
import Signatures

/// Revokes, by the clock, the certificates of posts that ended by their date alone and of people whose accounts have all been closed: what
/// ``EndAppointment`` does at once when an administrator ends a post.
///
/// The moment of revocation is the one at which the post ended, so CRL and OCSP say that. May run at any time, in several processes at once.
public struct RevokeOutlivedCertificates: Sendable {
    private let database: Database

    public init(database: Database) {
        self.database = database
    }

    /// How many were revoked. Each organisation in a transaction of its own, with entries in its audit trail.
    @discardableResult
    public func callAsFunction() async throws -> Int {
        let tenants = try await self.database.transaction { transaction in
            try transaction.rows("SELECT signatures.tenants_with_outlived_certificates()") { row in
                try row.column(0, as: UUID.self)
            }
        }
        var count = 0
        for tenant in tenants {
            count += try await self.database.transaction(asSystemOf: tenant) { transaction in
                try CertificateRevocation.revokeOutlived(in: transaction)
            }
        }
        return count
    }
}
