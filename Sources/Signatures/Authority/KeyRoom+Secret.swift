import Foundation
import Platform
public import Postgres

/// The signer's secret is not the one that the database's keys are wrapped under: another server works on the same database with another
/// key file, or this one has lost its own.
public struct ForeignKeyFile: Error, Hashable {}

extension KeyRoom {
    /// Makes sure, at a server's start, that its key file is the one that the kept keys are under. Otherwise every soft key and every
    /// authority would fail later, one request at a time.
    ///
    /// The database keeps a fingerprint of the secret. Where it has none yet, or nothing is wrapped under the one it knows, this secret is
    /// taken on, once it has opened whatever authorities there are.
    /// - Throws: `ForeignKeyFile`, `SignaturesError.signerUnavailable`, database errors.
    public func ensureOwnSecret(in database: Database) async throws {
        let (known, authorities) = try await database.transaction { transaction in
            (
                try transaction.first("SELECT fingerprint FROM signatures.server_secret") { row in
                    try row.column(0, as: [UInt8].self)
                },
                try Authorities.read(in: transaction)
            )
        }
        let wrapped = authorities.all.filter { $0.wrappedKey != nil }
        let own: [UInt8]
        switch try await self.ask(.fingerprint(opening: wrapped)) {
        case .bytes(let bytes): own = [UInt8](bytes)
        case .otherSecret: throw ForeignKeyFile()
        case let reply: throw Self.failure(reply)
        }
        guard known != own else { return }
        // Servers that start at once with different files: the first one's stands, as soon as a key is under it.
        let isTaken = try await database.transaction { transaction in
            transaction.queue("SELECT pg_advisory_xact_lock(hashtext('signatures.server_secret'))")
            return try transaction.run(
                """
                INSERT INTO signatures.server_secret AS s (fingerprint) VALUES (\(own))
                    ON CONFLICT ON CONSTRAINT server_secret_pkey DO UPDATE SET fingerprint = excluded.fingerprint, since = now()
                 WHERE s.fingerprint = excluded.fingerprint OR NOT signatures.has_wrapped_keys()
                """) == 1
        }
        guard isTaken else { throw ForeignKeyFile() }
    }
}
