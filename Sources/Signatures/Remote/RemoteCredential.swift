import Foundation
import PAdES
import Platform
import Postgres

/// Which credential of which service a registered certificate is.
public struct RemoteCredential: Sendable {
    public let provider: String
    /// Who the person is to the service.
    public let user: String
    public let credential: String
    /// The best first.
    public let algorithms: [SignatureAlgorithm]
    /// Documents that one authorisation may sign.
    public let batch: Int

    /// Registers a certificate that a service keeps, as one of the caller's own devices. Throws what `DeviceCertificate` throws.
    public static func register(
        _ certificate: RemoteCertificate, purpose: CertificatePurpose, provider: String, user: String,
        kind: CertificateKind, in transaction: borrowing Transaction
    ) throws -> UUID {
        let device = try DeviceCertificate(
            purpose: purpose, device: .remote, certificate: certificate.certificate, chain: certificate.chain)
        let kept = try device.register(kind, in: transaction)
        // A certificate on a token stays one on a token.
        guard kept.device == .remote else { throw SignaturesError.certificateUnsuitable }
        let fitting = certificate.algorithms.filter { $0.suits(certificate.certificate) }.map(\.rawValue)
        guard !fitting.isEmpty else { throw RemoteSigningError.algorithmUnsupported }
        let wants = certificate.authorisation
        transaction.queue(
            """
            INSERT INTO signatures.remote_credential (certificate_id, provider, user_id, credential, algorithms, batch, wants_pin, wants_otp,
                       sends_otp, is_elsewhere)
            SELECT \(kept.id), \(provider), normalize(\(user), NFC), normalize(\(certificate.credential), NFC),
                   string_to_array(\(fitting.joined(separator: ",")), ','), \(Int64(certificate.batch))::bigint::integer, \(wants.pin), \(wants.otp),
                   \(wants.sendsOTP), \(wants.elsewhere)
            ON CONFLICT (tenant_id, certificate_id) DO UPDATE
               SET provider = EXCLUDED.provider, user_id = EXCLUDED.user_id, credential = EXCLUDED.credential,
                   algorithms = EXCLUDED.algorithms, batch = EXCLUDED.batch, wants_pin = EXCLUDED.wants_pin,
                   wants_otp = EXCLUDED.wants_otp, sends_otp = EXCLUDED.sends_otp, is_elsewhere = EXCLUDED.is_elsewhere
            """)
        return kept.id
    }

    /// The credential of a session's certificate. Throws `SignaturesError.wrongProof` for a certificate that no service keeps.
    public static func find(_ certificate: UUID, in transaction: borrowing Transaction) throws -> RemoteCredential {
        let found: RemoteCredential? = try transaction.first(
            """
            SELECT r.provider, r.user_id, r.credential, array_to_string(r.algorithms, ','), r.batch
              FROM signatures.remote_credential AS r
             WHERE r.certificate_id = \(certificate)
            """
        ) { row in
            RemoteCredential(
                provider: try row.column(0), user: try row.column(1), credential: try row.column(2),
                algorithms: try row.column(3, as: String.self).split(separator: ",").compactMap {
                    SignatureAlgorithm(rawValue: String($0))
                }, batch: Int(try row.column(4, as: Int32.self)))
        }
        guard let found else { throw SignaturesError.wrongProof }
        return found
    }

    /// The remote certificates in force of the caller's post and, for clerks, of the organisation.
    public static var mine: SQL {
        """
        SELECT c.id, c.purpose, c.kind, c.subject, c.serial, c.not_after, r.provider, r.credential, to_json(r.algorithms) AS algorithms, r.batch,
               r.wants_pin, r.wants_otp, r.sends_otp, r.is_elsewhere
          FROM signatures.remote_credential AS r
          JOIN signatures.certificate AS c ON c.id = r.certificate_id
         WHERE c.state = 'valid'
           AND CASE c.purpose WHEN 'seal' THEN platform.current_role() = 'clerk' ELSE c.post_id = platform.current_post() END
         ORDER BY c.id DESC
         LIMIT 100
        """
    }
}
