import Foundation
import Platform
import Postgres

/// Ends certificates before their time. From the next answer and the next list on everybody is told.
public struct CertificateRevocation: Sendable, Hashable {
    public let reason: RevocationReason
    /// In the words of who revoked it; kept, not published.
    public let note: String

    public init(reason: RevocationReason, note: String = "") {
        self.reason = reason
        self.note = note
    }

    /// Queues the revocation of the certificate of a post, if it has one: for a change of post, in the transaction that changes it.
    public func queue(ofPost post: UUID, in transaction: borrowing Transaction) {
        self.queue(of: "c.post_id = \(post)", in: transaction)
    }

    /// Queues the revocation of every certificate in force that fits, each with its entry in the audit trail.
    func queue(of condition: SQL, in transaction: borrowing Transaction) {
        transaction.queue(
            """
            WITH revoked AS (
                UPDATE signatures.certificate AS c
                   SET state = 'revoked', revoked_at = now(), revocation_reason = \(self.reason.rawValue),
                       revocation_note = \(self.note), revoked_by = platform.current_account()
                 WHERE c.state = 'valid' AND \(condition)
                RETURNING c.id, c.serial, c.subject
            )
            SELECT platform.record('certificate.revoke', 'certificate', r.id, jsonb_build_object('state', 'valid'),
                       jsonb_build_object('state', 'revoked', 'subject', r.subject, 'serial', r.serial,
                                          'reason', \(self.reason.rawValue)::text, 'note', \(self.note)::text))
              FROM revoked AS r
            """)
    }
}

extension CertificateRevocation {
    /// Revokes the certificates of the transaction's tenant that have outlived their post or their holder's accounts, as of the moment when
    /// that ended, each with its entry in the audit trail. Gives their number; again at once it is 0.
    public static func revokeOutlived(in transaction: borrowing Transaction) throws -> Int {
        try transaction.rows(
            """
            WITH revoked AS (
                UPDATE signatures.certificate AS c
                   SET state = 'revoked', revoked_at = o.ended_at, revocation_reason = o.reason, revoked_by = NULL
                  FROM signatures.outlived_certificate AS o
                 WHERE o.tenant_id = c.tenant_id AND o.certificate_id = c.id AND c.state = 'valid'
                RETURNING c.id, c.serial, c.subject, c.revoked_at, c.revocation_reason
            )
            SELECT platform.record('certificate.revoke', 'certificate', r.id, jsonb_build_object('state', 'valid'),
                       jsonb_build_object('state', 'revoked', 'subject', r.subject, 'serial', r.serial,
                                          'reason', r.revocation_reason, 'revoked_at', r.revoked_at))::text
              FROM revoked AS r
            """
        ) { _ in 1 }.count
    }
}

/// Revokes one certificate: one's own (lost, compromised), the organisation's as its clerk, any as an administrator.
public struct RevokeCertificate: Sendable {
    public let id: UUID
    public let revocation: CertificateRevocation

    public init(id: UUID, revocation: CertificateRevocation) {
        self.id = id
        self.revocation = revocation
    }

    /// Throws `SignaturesError.notFound`, also for one that the caller has no right to; `.certificateRevoked`. Whoever acts by
    /// delegation revokes nothing (`not_by_delegation`).
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        transaction.queue("SELECT platform.ensure_in_person()")
        let state: String? = try transaction.first(
            """
            SELECT c.state
              FROM signatures.certificate AS c
              LEFT JOIN organisation.post AS t ON t.id = c.post_id
             WHERE c.id = \(self.id)
               AND (t.person_id = platform.current_person() OR platform.current_role() = 'administrator'
                    OR c.purpose = 'seal' AND platform.current_role() = 'clerk')
               FOR NO KEY UPDATE OF c
            """
        ) { row in try row.column(0) }
        guard let state else { throw SignaturesError.notFound }
        guard state == "valid" else { throw SignaturesError.certificateRevoked }
        self.revocation.queue(of: "c.id = \(self.id)", in: transaction)
    }
}
