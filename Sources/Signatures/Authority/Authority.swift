import Foundation
import Platform
import Postgres

/// One authority of the internal CA as it is kept. Plain bytes: who is to use its key is handed the whole of it.
public struct Authority: Sendable, Hashable, Codable {
    /// What the authority's key signs: certificates, OCSP answers or time stamps.
    public enum Kind: String, Sendable, Codable {
        case root, issuing, responder
        case timeStamp = "time_stamp"
    }

    /// Whether it still issues; a retired one only answers for what it issued.
    public enum State: String, Sendable, Codable {
        /// Issues, or signs.
        case active
        /// Issues nothing any more; what it issued is still answered for.
        case retired
        case revoked
    }

    public let id: UUID
    public let kind: Kind
    public var state: State
    /// The authority that issued it; nil for a root.
    public let issuer: UUID?
    /// Hexadecimal, capitals.
    public let serial: String
    /// As people read it: `CN=…, O=…, C=VN`.
    public let subject: String
    /// DER.
    public let certificate: [UInt8]
    /// The certificates of its issuers, nearest first, the root last; empty for a root.
    public var issuers: [[UInt8]]
    /// The private key under the server's secret; nil for a root that is kept offline.
    public let wrappedKey: [UInt8]?
    public let notBefore: Instant
    public let notAfter: Instant

    /// The certificate and those above it, nearest first.
    public var chain: [[UInt8]] { [self.certificate] + self.issuers }
}

/// Every authority there is.
public struct Authorities: Sendable {
    public let all: [Authority]

    init(_ kept: [Authority]) {
        let byID = Dictionary(uniqueKeysWithValues: kept.map { ($0.id, $0) })
        self.all = kept.map { authority in
            var whole = authority
            var next = authority.issuer
            while let id = next, let issuer = byID[id], whole.issuers.count < 8 {
                whole.issuers.append(issuer.certificate)
                next = issuer.issuer
            }
            return whole
        }
    }

    /// Reads all of them, oldest first.
    public static func read(in transaction: borrowing Transaction) throws -> Authorities {
        Authorities(
            try transaction.rows(
                """
                SELECT a.id, a.kind, a.state, a.issuer_id, a.serial, a.subject, a.certificate, a.wrapped_key, a.not_before, a.not_after
                  FROM signatures.authority AS a
                 ORDER BY a.id
                """
            ) { row in
                let kind: String = try row.column(1)
                let state: String = try row.column(2)
                return Authority(
                    id: try row.column(0), kind: Authority.Kind(rawValue: kind) ?? .root,
                    state: Authority.State(rawValue: state) ?? .retired, issuer: try row.optional(3),
                    serial: try row.column(4), subject: try row.column(5), certificate: try row.column(6), issuers: [],
                    wrappedKey: try row.optional(7), notBefore: try row.column(8), notAfter: try row.column(9))
            })
    }

    private func active(_ kind: Authority.Kind) -> Authority? {
        self.all.last { $0.kind == kind && $0.state == .active }
    }

    public var root: Authority? { self.active(.root) }
    /// The one that issues the certificates of posts and organisations today.
    public var issuing: Authority? { self.active(.issuing) }
    public var timeStamp: Authority? { self.active(.timeStamp) }

    /// Who signs answers about the certificates of `issuer`.
    public func responder(of issuer: UUID) -> Authority? {
        self.all.last { $0.kind == .responder && $0.issuer == issuer && $0.state == .active }
    }

    /// The authority with an id, whatever its state.
    public subscript(_ id: UUID) -> Authority? { self.all.first { $0.id == id } }

    /// Those that issue certificates: roots and issuing authorities, of today and of before.
    public var issuers: [Authority] { self.all.filter { $0.kind == .root || $0.kind == .issuing } }

    /// The certificates above one of the internal CA's, nearest first; empty for one of another CA.
    func chain(above certificate: [UInt8]) throws -> [[UInt8]] {
        try self.issuer(of: certificate)?.chain ?? []
    }

    /// Whichever of them issued a certificate, by name and key identifier; nil for one of another CA.
    func issuer(of certificate: [UInt8]) throws -> Authority? {
        let subject = try CertificateBuilder(parsing: certificate)
        return try self.issuers.first { try CertificateBuilder(parsing: $0.certificate).issued(subject) }
    }

    /// The roots, DER.
    public var roots: [[UInt8]] { self.all.filter { $0.kind == .root && $0.state != .revoked }.map(\.certificate) }
    /// The issuing authorities, DER.
    public var intermediates: [[UInt8]] { self.all.filter { $0.kind == .issuing }.map(\.certificate) }
}
