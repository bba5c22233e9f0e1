import Foundation
import PAdES
import Platform
import Postgres
import Synchronization

/// The authorities' keys: everything that is done with one of them is done here, with plain values in and out.
extension KeyRoom {
    /// Does what needs the private key of `authority`. Blocking work is done on a thread of its own. Throws `SoftKeyError`, and
    /// `SignaturesError.authorityOffline` when its key is not here.
    public func perform(_ act: AuthorityAct, by authority: Authority) async throws -> [UInt8] {
        try await self.signers.run { try act.perform(by: authority, key: try self.key(of: authority)) }
    }

    /// Makes an authority: its key, and a certificate of the issuer, or of its own for a root. Nothing is kept yet.
    ///
    /// - Parameters:
    ///   - generation: how many of its kind there were, and one.
    ///   - issuerKey: of an issuer whose key is not kept with it: an offline root whose export was opened.
    public func found(
        _ kind: Authority.Kind, below issuer: Authority?, generation: Int, issuerKey: KeyPair? = nil
    ) async throws -> Authority {
        try await self.signers.run {
            let above = try issuer.map { ($0, try issuerKey ?? self.key(of: $0)) }
            // Those that answer many requests a second have the quicker curve.
            let key = try KeyPair.generate(kind == .root || kind == .issuing ? .p384 : .p256)
            return try NewAuthority.certified(
                kind, id: UUIDv7.make(), key: key, owner: self.corporation, generation: generation, below: above,
                settings: self.settings, now: Self.now
            ) { key, certificate in try self.wrapped(key, certificate) }
        }
    }

    /// Wraps an authority's key under the server's secret, bound to its certificate: for one that comes back from an export.
    public func wrapped(_ key: KeyPair, _ certificate: [UInt8]) throws -> [UInt8] {
        try SoftKey.wrap(
            key, pin: Self.authorityPIN, secret: self.secret, binding: Self.authorityBinding(certificate),
            cost: Self.authorityCost
        ).encoded
    }

    /// The private key of an authority, opened once and kept. Blocking.
    public func key(of authority: Authority) throws -> KeyPair {
        if let known = self.authorityKeys.withLock({ $0[authority.id] }) { return known }
        guard let wrapped = authority.wrappedKey else { throw SignaturesError.authorityOffline }
        let key = try SoftKey.unwrap(
            WrappedKey(encoded: wrapped), pin: Self.authorityPIN, secret: self.secret,
            binding: Self.authorityBinding(authority.certificate))
        guard try key.belongs(to: authority.certificate) else {
            throw SoftKeyError.unacceptable("key of another certificate")
        }
        self.authorityKeys.withLock { $0[authority.id] = key }
        return key
    }

    /// An authority has no PIN: the server must open it by itself. What protects it is the secret outside the database, so deriving need
    /// not be slow.
    private static let authorityPIN = SecretBytes(text: "internal authority")
    private static let authorityCost = SoftKey.Cost(memoryKiB: 1024, passes: 1)

    private static func authorityBinding(_ certificate: [UInt8]) -> KeyBinding {
        KeyBinding(tenant: [], key: [], certificateFingerprint: SHA256.digest(certificate))
    }

    static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}

extension KeyRoom {
    /// How long what was read of the authorities is believed: a rollover by the command line reaches every server within this time.
    private static let memory = Duration.seconds(15)

    /// The authorities of the internal CA. At the very first use they are founded; those that are missing or near their end are made, where
    /// the issuer's key is at hand. Servers that start at once end up with the same.
    public func authorities(in database: Database) async throws -> Authorities {
        if let known = self.knownAuthorities.withLock({ $0 }), ContinuousClock.now - known.readAt < Self.memory {
            return known.authorities
        }
        var authorities = try await Self.read(database)
        // Each round makes one; five kinds of places, and once more for one that somebody else made first.
        for _ in 0..<8 {
            guard let lack = self.lack(in: authorities) else { break }
            let made = try await self.found(lack.kind, below: lack.issuer, generation: lack.generation)
            _ = try await database.transaction { transaction in
                try made.keep(replacing: lack.predecessor, in: transaction)
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
