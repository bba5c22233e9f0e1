import Foundation
import Platform
import Postgres

/// What an operator does with the root's key, in a process of its own.
public struct RootCeremony: Sendable {
    public let database: Database
    public let keys: KeyRoom
    /// Who holds it: each act is recorded under this name, in the transaction that does it.
    public let actor: InstallationAct.Operator

    /// - Parameter database: as the role that serves requests.
    public init(database: Database, keys: KeyRoom, by actor: InstallationAct.Operator = .current) {
        self.database = database
        self.keys = keys
        self.actor = actor
    }

    /// Records an act that changes nothing in the database, before it is done: an export that fails afterwards was still begun.
    public func record(_ action: String, on authority: Authority) async throws {
        try await self.database.transaction { transaction in
            try authority.operation(action, by: self.actor).queue(in: transaction)
        }
    }

    /// What there is; nothing is made.
    public static func authorities(in database: Database) async throws -> Authorities {
        try await database.transaction { transaction in try Authorities.read(in: transaction) }
    }

    /// Whether the server's secret is the one that the kept keys are under.
    public func opensKeptKeys(of authorities: Authorities) -> Bool {
        authorities.all.allSatisfy { $0.wrappedKey == nil || (try? self.keys.key(of: $0)) != nil }
    }

    /// Signs what the root has to say for as long as its key is away: the long revocation list, and a certificate for who answers for it.
    /// Gives the moment by which the key is needed again.
    public func provide(for root: Authority, key: KeyPair) async throws -> Instant {
        let authorities = try await Self.authorities(in: self.database)
        let responder = try await self.keys.found(
            .responder, below: root, generation: authorities.all.count { $0.kind == .responder } + 1, issuerKey: key)
        _ = try await self.database.transaction { transaction in
            try responder.keep(
                replacing: authorities.responder(of: root.id)?.id, by: self.actor, in: transaction)
        }
        let services = AuthorityServices(database: self.database, keys: self.keys)
        let list = try await services.publishOfflineList(of: root, key: key)
        return min(list.nextUpdate, responder.notAfter)
    }

    /// Makes the next issuing authority below the root. The one before retires: it issues nothing more, and answers for what it issued.
    /// Throws `SignaturesError.authorityOffline` when the root's key is neither given nor here.
    ///
    /// - Returns: nil when somebody else did the same at the same moment.
    public func rollOver(below root: Authority, key: KeyPair?) async throws -> Authority? {
        let before = try await Self.authorities(in: self.database)
        let made = try await self.keys.found(
            .issuing, below: root, generation: before.all.count { $0.kind == .issuing } + 1, issuerKey: key)
        let isKept = try await self.database.transaction { transaction in
            try made.keep(replacing: before.issuing?.id, by: self.actor, in: transaction)
        }
        guard isKept else { return nil }
        // Founds who answers for it.
        _ = try await self.keys.authorities(in: self.database)
        return made
    }

    /// Removes a root's key from the database. As the owner of the schema.
    public func forgetKey(of root: Authority, in transaction: borrowing Transaction) throws {
        transaction.queue("UPDATE signatures.authority SET wrapped_key = NULL WHERE id = \(root.id) AND kind = 'root'")
        try root.operation("ca.root.offline", by: self.actor).queue(in: transaction)
    }

    /// Puts a root's key back. As the owner of the schema. Throws `SoftKeyError`.
    public func putBack(_ export: RootExport, of root: Authority, in transaction: borrowing Transaction) throws {
        let wrapped = try self.keys.wrapped(export.key, export.certificate)
        transaction.queue(
            "UPDATE signatures.authority SET wrapped_key = \(wrapped) WHERE id = \(root.id) AND kind = 'root'")
        try root.operation("ca.root.restore", by: self.actor).queue(in: transaction)
    }
}
