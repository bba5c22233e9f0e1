import Foundation
import Postgres

/// Whom the installation trusts at a moment: its own CA, and the roots and CAs of others that its administrator imported.
public struct TrustList: Sendable, Hashable {
    /// One of them.
    public struct Anchor: Sendable, Hashable {
        /// Whether a path may end at it, or it only leads on to a root.
        public enum Kind: String, Sendable {
            /// A path may end here.
            case root
            /// A CA below a root: helps to build the path, and is trusted only with its root.
            case ca
        }

        /// Whose trust it carries.
        public enum Scope: String, Sendable {
            /// This installation's own CA.
            case `internal`
            /// The national root (NEAC) and the licensed CAs below it.
            case national
            /// The Government Cipher Committee's, for public duty (công vụ).
            case publicDuty = "public_duty"
        }

        public let kind: Kind
        /// What people call it: `Trung tâm Chứng thực điện tử quốc gia`.
        public let name: String
        /// DER.
        public let certificate: [UInt8]
        public let scope: Scope
    }

    public let anchors: [Anchor]

    /// DER of every certificate that a path may end at.
    public var roots: [[UInt8]] { self.anchors.filter { $0.kind == .root }.map(\.certificate) }
    /// DER of the CAs below them.
    public var intermediates: [[UInt8]] { self.anchors.filter { $0.kind == .ca }.map(\.certificate) }

    /// The anchor with this certificate.
    public func anchor(_ certificate: [UInt8]) -> Anchor? { self.anchors.first { $0.certificate == certificate } }

    /// Reads those that are trusted at `moment`: of the imported ones, within the time that was given with the import. An authority of the
    /// internal CA is trusted unless it was revoked.
    public static func read(at moment: Instant = .now, in transaction: borrowing Transaction) throws -> TrustList {
        TrustList(
            anchors: try transaction.rows(
                """
                SELECT CASE a.kind WHEN 'root' THEN 'root' ELSE 'ca' END, a.subject, a.certificate, 'internal'
                  FROM signatures.authority AS a
                 WHERE a.kind IN ('root', 'issuing') AND a.state <> 'revoked'
                 UNION ALL
                SELECT t.kind, t.name, t.certificate, t.scope
                  FROM signatures.trust_anchor AS t
                 WHERE \(moment) BETWEEN t.valid_from AND t.valid_until
                """
            ) { row in
                let kind: String = try row.column(0)
                let scope: String = try row.column(3)
                return Anchor(
                    kind: kind == "root" ? .root : .ca, name: try row.column(1), certificate: try row.column(2),
                    scope: Anchor.Scope(rawValue: scope) ?? .national)
            })
    }
}
