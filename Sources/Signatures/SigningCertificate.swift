import Foundation
import Platform
import Postgres

/// Where the private key of a certificate is.
public enum SigningDevice: String, Sendable, Hashable, CaseIterable {
    /// With the server, wrapped under a PIN.
    case soft
    /// In the person's hand: a USB token or a card.
    case token
    /// At a remote signing service.
    case remote
}

/// The certificate that a session signs with.
public struct SigningCertificate: Sendable, Hashable {
    public let id: UUID
    public let device: SigningDevice
    /// DER.
    public let certificate: [UInt8]
    /// The issuers, DER, nearest first; empty for the internal CA's.
    public let chain: [[UInt8]]

    public init(id: UUID, device: SigningDevice, certificate: [UInt8], chain: [[UInt8]]) {
        self.id = id
        self.device = device
        self.certificate = certificate
        self.chain = chain
    }

    /// The certificate in force with the soft key of the caller's post, or for the seal the organisation's. Throws
    /// `SignaturesError.keyMissing`, `.certificateExpired`, `.keyLocked`.
    public static func soft(
        _ purpose: CertificatePurpose, in transaction: borrowing Transaction
    ) throws -> SigningCertificate {
        let found: (found: SigningCertificate, isInForce: Bool, triesLeft: Int32, wait: Int32?)? =
            try transaction.first(
                """
                SELECT c.id, c.certificate, now() BETWEEN c.not_before AND c.not_after, signatures.tries_left(k.failures, k.locked_until),
                       ceil(extract(epoch FROM k.locked_until - now()))::integer
                  FROM signatures.certificate AS c
                  JOIN signatures.soft_key AS k ON k.certificate_id = c.id
                 WHERE c.purpose = \(purpose.rawValue) AND c.state = 'valid' AND c.device = 'soft'
                   AND (\(purpose.rawValue)::text = 'seal' OR c.post_id = platform.current_post())
                """
            ) { row in
                let certificate = SigningCertificate(
                    id: try row.column(0), device: .soft, certificate: try row.column(1), chain: [])
                return (certificate, try row.column(2), try row.column(3), try row.optional(4))
            }
        guard let found else { throw SignaturesError.keyMissing }
        guard found.isInForce else { throw SignaturesError.certificateExpired }
        guard found.triesLeft > 0 else { throw SignaturesError.keyLocked(seconds: found.wait.map(Int.init)) }
        return found.found
    }

    /// A certificate of the caller's post, or of the organisation for its clerks, by its id. Throws
    /// `SignaturesError.certificateNotFound`, `.certificateExpired`.
    public static func kept(
        _ id: UUID, _ purpose: CertificatePurpose, in transaction: borrowing Transaction
    ) throws -> SigningCertificate {
        try self.first("c.id = \(id)", purpose, in: transaction)
    }

    /// A registered certificate of a device, by its bytes.
    static func registered(
        _ certificate: [UInt8], _ purpose: CertificatePurpose, in transaction: borrowing Transaction
    ) throws -> SigningCertificate {
        try self.first(
            "c.fingerprint = \(SHA256.digest(certificate)) AND c.device <> 'soft'", purpose, in: transaction)
    }

    private static func first(
        _ condition: SQL, _ purpose: CertificatePurpose, in transaction: borrowing Transaction
    ) throws -> SigningCertificate {
        let found: (found: SigningCertificate, isInForce: Bool)? = try transaction.first(
            """
            SELECT c.id, c.device, c.certificate, c.chain, now() BETWEEN c.not_before AND c.not_after
              FROM signatures.certificate AS c
             WHERE \(condition) AND c.purpose = \(purpose.rawValue) AND c.state = 'valid'
               AND CASE c.purpose WHEN 'seal' THEN platform.current_role() = 'clerk' ELSE c.post_id = platform.current_post() END
            """
        ) { row in
            let certificate = SigningCertificate(
                id: try row.column(0), device: SigningDevice(rawValue: try row.column(1)) ?? .token,
                certificate: try row.column(2), chain: CertificateFacts.chain(in: try row.column(3)) ?? [])
            return (certificate, try row.column(4))
        }
        guard let found else { throw SignaturesError.certificateNotFound }
        guard found.isInForce else { throw SignaturesError.certificateExpired }
        return found.found
    }
}
