import Foundation
import PAdES
import Platform
import Postgres

/// A session in which one person signs documents with one certificate, as it is kept: prepared once, completed item by item, over after a
/// few minutes.
public struct SigningSession: Sendable {
    public let id: UUID
    public let purpose: CertificatePurpose
    public let certificate: SigningCertificate
    public let isExpired: Bool
    public let isAbandoned: Bool
    /// In the order in which they were asked for.
    public let items: [SigningItem]

    /// Reads a session of the caller's own, in the post it was made in. Throws `SignaturesError.notFound`.
    public static func read(_ id: UUID, in transaction: borrowing Transaction) throws -> SigningSession {
        struct Head {
            let purpose: CertificatePurpose
            let certificate: SigningCertificate
            let isExpired: Bool
            let isAbandoned: Bool
        }
        let head: Head? = try transaction.first(
            """
            SELECT s.purpose, c.id, c.device, c.certificate, c.chain, s.expires_at <= now(), s.abandoned_at IS NOT NULL
              FROM signatures.signing_session AS s
              JOIN signatures.certificate AS c ON c.id = s.certificate_id
             WHERE s.id = \(id) AND \(Self.isCallers)
            """
        ) { row in
            Head(
                purpose: CertificatePurpose(rawValue: try row.column(0)) ?? .signer,
                certificate: SigningCertificate(
                    id: try row.column(1), device: SigningDevice(rawValue: try row.column(2)) ?? .soft,
                    certificate: try row.column(3), chain: CertificateFacts.chain(in: try row.column(4)) ?? []),
                isExpired: try row.column(5), isAbandoned: try row.column(6))
        }
        guard let head else { throw SignaturesError.notFound }
        return SigningSession(
            id: id, purpose: head.purpose, certificate: head.certificate, isExpired: head.isExpired,
            isAbandoned: head.isAbandoned, items: try SigningItem.all(of: id, in: transaction))
    }

    /// Throws `SignaturesError.sessionExpired`, `.sessionAbandoned`.
    public func ensureOpen() throws(SignaturesError) {
        if self.isAbandoned { throw .sessionAbandoned }
        if self.isExpired { throw .sessionExpired }
    }

    /// SQL for whether a session `s` is the caller's.
    static let isCallers: SQL =
        "s.account_id = platform.current_account() AND s.post_id = platform.current_post()"

    /// Queues a new session with its items. With a soft key it has a challenge for a passkey.
    public static func keep(
        _ id: UUID, purpose: CertificatePurpose, certificate: SigningCertificate, lifetime: Duration,
        items: [NewSigningItem], in transaction: borrowing Transaction
    ) throws {
        let asked =
            certificate.device == .soft
            ? try SessionChallenge(digests: items.compactMap(\.digest), key: certificate.id) : nil
        transaction.queue(
            """
            INSERT INTO signatures.signing_session (id, purpose, certificate_id, nonce, challenge, expires_at)
            VALUES (\(id), \(purpose.rawValue), \(certificate.id), \(asked?.nonce), \(asked?.challenge.bytes),
                    now() + \(lifetime.components.seconds)::double precision * interval '1 second')
            """)
        for (position, item) in items.enumerated() {
            try item.keep(in: id, at: Int64(position), transaction)
        }
    }

    /// Gives up what is not signed yet. Doing it again changes nothing. Throws `SignaturesError.notFound`.
    public static func abandon(_ id: UUID, in transaction: borrowing Transaction) throws {
        let isFound = try transaction.run(
            """
            UPDATE signatures.signing_session AS s SET abandoned_at = coalesce(s.abandoned_at, now())
             WHERE s.id = \(id) AND \(Self.isCallers)
            """)
        guard isFound == 1 else { throw SignaturesError.notFound }
        transaction.queue(
            """
            UPDATE signatures.signing_item SET addition = NULL, prepared = NULL WHERE session_id = \(id) AND state <> 'completed'
            """)
    }

    /// A session of the caller's as the API shows it; no row for somebody else's.
    ///
    /// - Parameter rule: says whether a passkey has to answer, whose site's is `party`.
    public static func page(
        _ id: UUID, rule: SignaturePolicy.SecondFactor, for party: RelyingParty?
    ) -> SQL {
        """
        SELECT s.id, s.purpose, c.device, s.certificate_id, c.subject AS certificate_subject, s.created_at, s.expires_at,
               CASE WHEN NOT EXISTS (SELECT FROM signatures.signing_item AS i WHERE i.session_id = s.id AND i.state = 'prepared')
                    THEN 'done' WHEN s.abandoned_at IS NOT NULL THEN 'abandoned' WHEN s.expires_at <= now() THEN 'expired'
                    ELSE 'open' END AS state,
               CASE WHEN s.nonce IS NOT NULL AND s.abandoned_at IS NULL AND s.expires_at > now() AND \(PasskeyQueries.isNeeded(rule))
                         AND EXISTS (SELECT FROM signatures.signing_item AS i WHERE i.session_id = s.id AND i.state = 'prepared')
                    THEN json_build_object('challenge', \(PasskeyQueries.base64URL("s.challenge")), 'relying_party_id', \(party?.id)::text,
                             'credential_ids', \(PasskeyQueries.credentials)) END AS passkey,
               (SELECT json_agg(json_build_object(
                           'id', i.id, 'document_id', i.document_id, 'state', i.state, 'algorithm', i.algorithm,
                           'digest', replace(encode(i.digest, 'base64'), E'\\n', ''),
                           'signed_attributes', replace(encode(i.signed_attributes, 'base64'), E'\\n', ''),
                           'file_name', i.file_name, 'warnings', coalesce(i.decision -> 'warnings', '[]'::jsonb), 'problem', i.problem,
                           'problem_status', i.problem_status, 'signature_id', i.signature_id, 'document_state', i.result_state,
                           'document_version', i.result_version) ORDER BY i.position)
                  FROM signatures.signing_item AS i WHERE i.session_id = s.id) AS items
          FROM signatures.signing_session AS s
          JOIN signatures.certificate AS c ON c.id = s.certificate_id
         WHERE s.id = \(id) AND \(Self.isCallers)
        """
    }
}
