import Foundation
import PAdES
import Platform
import Postgres
import Synchronization

/// The authorities' keys: everything that is done with one of them is done by the signer, with plain values in and out.
extension KeyRoom {
    /// Has done what needs the private key of `authority`. Throws `SignaturesError.authorityOffline` when its key is not here,
    /// `.signerUnavailable`.
    public func perform(_ act: AuthorityAct, by authority: Authority) async throws -> [UInt8] {
        switch try await self.ask(.perform(act, by: authority)) {
        case .bytes(let bytes): return [UInt8](bytes)
        case let reply: throw Self.failure(reply)
        }
    }

    /// Makes an authority: its key, and a certificate of the issuer, or of its own for a root. Nothing is kept yet.
    ///
    /// - Parameters:
    ///   - generation: how many of its kind there were, and one.
    ///   - issuerKey: of an issuer whose key is not kept with it: an offline root whose export was opened. Only where the signer works in
    ///     this process.
    public func found(
        _ kind: Authority.Kind, below issuer: Authority?, generation: Int, issuerKey: KeyPair? = nil
    ) async throws -> Authority {
        let founding = SignerRequest.Founding(
            kind: kind, id: UUIDv7.make(), owner: self.corporation, generation: generation, issuer: issuer,
            settings: self.settings, now: Self.now)
        if let issuerKey { return try self.signerHere.found(founding, issuerKey: issuerKey) }
        switch try await self.ask(.found(founding)) {
        case .authority(let authority): return authority
        case let reply: throw Self.failure(reply)
        }
    }

    /// Wraps an authority's key under the server's secret, bound to its certificate: for one that comes back from an export. Only where the
    /// signer works in this process: `SignaturesError.signerUnavailable`.
    public func wrapped(_ key: KeyPair, _ certificate: [UInt8]) throws -> [UInt8] {
        try self.signerHere.wrapped(key, certificate)
    }

    /// The private key of an authority, to be exported. Blocking. Only where the signer works in this process:
    /// `SignaturesError.signerUnavailable`.
    public func key(of authority: Authority) throws -> KeyPair { try self.signerHere.key(of: authority) }

    static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}

extension KeyRoom {
    /// How long what was read of the authorities is believed: a rollover by the command line reaches every server within this time.
    private static let memory = Duration.seconds(15)

    /// The authorities of the internal CA. At the very first use they are founded; those that are missing or near their end are made, where
    /// the issuer's key is at hand. Servers that start at once end up with the same.
    ///
    /// - Parameter actor: the operator who has them made; nil when the system does by itself.
    public func authorities(in database: Database, by actor: InstallationAct.Operator? = nil) async throws
        -> Authorities
    {
        if let known = self.knownAuthorities.withLock({ $0 }), ContinuousClock.now - known.readAt < Self.memory {
            return known.authorities
        }
        var authorities = try await Self.read(database)
        // Each round makes one; five kinds of places, and once more for one that somebody else made first.
        for _ in 0..<8 {
            guard let lack = self.lack(in: authorities) else { break }
            let made = try await self.found(lack.kind, below: lack.issuer, generation: lack.generation)
            _ = try await database.transaction { transaction in
                try made.keep(replacing: lack.predecessor, by: actor, in: transaction)
            }
            authorities = try await Self.read(database)
        }
        let found = authorities
        self.knownAuthorities.withLock { $0 = (found, ContinuousClock.now) }
        return found
    }

    /// One authority, also one that was made a moment ago. Throws `SignaturesError.authorityOffline` when there is none with this id.
    public func authority(_ id: UUID, in database: Database) async throws -> Authority {
        if let known = try await self.authorities(in: database)[id] { return known }
        self.knownAuthorities.withLock { $0 = nil }
        guard let found = try await self.authorities(in: database)[id] else { throw SignaturesError.authorityOffline }
        return found
    }

    private static func read(_ database: Database) async throws -> Authorities {
        try await database.transaction { transaction in try Authorities.read(in: transaction) }
    }

    private struct Lack {
        let kind: Authority.Kind
        let issuer: Authority?
        let generation: Int
        let predecessor: UUID?
    }

    /// The first thing that is missing and can be made here.
    private func lack(in authorities: Authorities) -> Lack? {
        func generation(_ kind: Authority.Kind) -> Int { authorities.all.count { $0.kind == kind } + 1 }
        guard let root = authorities.root else {
            return Lack(kind: .root, issuer: nil, generation: generation(.root), predecessor: nil)
        }
        guard let issuing = authorities.issuing else {
            guard root.wrappedKey != nil else { return nil }
            return Lack(kind: .issuing, issuer: root, generation: generation(.issuing), predecessor: nil)
        }
        for issuer in authorities.issuers where issuer.wrappedKey != nil && issuer.state != .revoked {
            let responder = authorities.responder(of: issuer.id)
            if Self.isDue(responder, issuer: issuer) {
                return Lack(
                    kind: .responder, issuer: issuer, generation: generation(.responder), predecessor: responder?.id)
            }
        }
        guard issuing.wrappedKey != nil, Self.isDue(authorities.timeStamp, issuer: issuing) else { return nil }
        return Lack(
            kind: .timeStamp, issuer: issuing, generation: generation(.timeStamp),
            predecessor: authorities.timeStamp?.id)
    }

    /// Whether another one is to be made: none is there, or it ends soon and a new one would last longer.
    private static func isDue(_ authority: Authority?, issuer: Authority) -> Bool {
        let now = Self.now
        let issuerEnd = issuer.notAfter.microseconds / 1_000_000
        guard issuerEnd > now else { return false }
        guard let authority else { return true }
        let end = authority.notAfter.microseconds / 1_000_000
        let margin = NewAuthority.renewalDays(authority.kind) * 86_400
        return end < now + margin && min(issuerEnd, now + NewAuthority.days(authority.kind) * 86_400) > end + 86_400
    }
}
