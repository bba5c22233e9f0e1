import Foundation
import Platform
import Postgres

/// A certificate whose key is in the hand of its holder or at a remote service: registered for a person's post, or for the organisation's
/// seal by a clerk. That the person holds the key is shown by every signature, which is verified before it is kept.
public struct DeviceCertificate: Sendable {
    public let purpose: CertificatePurpose
    public let device: SigningDevice
    /// DER.
    public let certificate: [UInt8]
    /// The issuers, DER, nearest first.
    public let chain: [[UInt8]]
    public let facts: CertificateFacts

    /// Throws `SignaturesError.certificateUnsuitable` for bytes that are no certificate, more than eight issuers, or a soft key.
    public init(
        purpose: CertificatePurpose, device: SigningDevice, certificate: [UInt8], chain: [[UInt8]]
    ) throws(SignaturesError) {
        do {
            self.facts = try CertificateFacts(certificate)
        } catch {
            throw .certificateUnsuitable
        }
        guard device != .soft, chain.count <= 8, chain.allSatisfy({ CertificateFacts.chain(in: $0)?.count == 1 }) else {
            throw .certificateUnsuitable
        }
        self.purpose = purpose
        self.device = device
        self.certificate = certificate
        self.chain = chain
    }

    /// The certificate of that kind as it is kept; registered now when the caller has not done so before. Refuses the seal to anyone but a
    /// clerk (`clerk_only`) and everything by delegation. Throws `SignaturesError.certificateOfAnother` when its name is not the person's
    /// or the organisation's, `.certificateExpired`.
    public func register(
        _ kind: CertificateKind, in transaction: borrowing Transaction
    ) throws -> SigningCertificate {
        transaction.queue("SELECT platform.ensure_in_person()")
        transaction.queue("SELECT platform.ensure(platform.current_post() IS NOT NULL, 'VT403', 'no_post')")
        if self.purpose == .seal {
            transaction.queue("SELECT platform.ensure(platform.current_role() = 'clerk', 'VT403', 'clerk_only')")
        }
        let isHolders: Bool = try transaction.one(
            """
            SELECT CASE \(self.purpose.rawValue)::text
                   WHEN 'seal' THEN platform.fold(o.name) IN (platform.fold(\(self.facts.commonName)), platform.fold(\(self.facts.organisation)))
                   ELSE platform.fold(p.full_name) = platform.fold(\(self.facts.commonName)) END
              FROM organisation.post AS t
              JOIN organisation.person AS p ON p.id = t.person_id
              JOIN platform.tenant AS o ON o.id = t.tenant_id
             WHERE t.id = platform.current_post()
            """
        ) { row in try row.optional(0) ?? false }
        guard isHolders else { throw SignaturesError.certificateOfAnother }
        let now = Int64(Date().timeIntervalSince1970)
        guard (self.facts.notBefore...max(self.facts.notBefore, self.facts.notAfter)).contains(now) else {
            throw SignaturesError.certificateExpired
        }
        let post: SQL = self.purpose == .seal ? "NULL::uuid" : "platform.current_post()"
        let id = UUIDv7.make()
        // Its path was followed to the internal root: its serial number is one that the internal CA answers for. What a device shows beside
        // it is passed over; most tokens hold the certificate alone.
        let issuer = kind == .internal ? try Authorities.read(in: transaction).issuer(of: self.certificate) : nil
        let chain = issuer?.chain ?? self.chain
        let isNew =
            try transaction.run(
                """
                INSERT INTO signatures.certificate (id, authority_id, purpose, post_id, device, kind, subject, serial, certificate, chain, not_before, not_after)
                VALUES (\(id), \(issuer?.id), \(self.purpose.rawValue), \(post), \(self.device.rawValue), \(kind.rawValue), \(self.facts.subject),
                        \(self.facts.serial), \(self.certificate), \(chain.flatMap { $0 }),
                        \(Instant(microseconds: self.facts.notBefore * 1_000_000)), \(Instant(microseconds: self.facts.notAfter * 1_000_000)))
                ON CONFLICT DO NOTHING
                """) == 1
        if isNew {
            transaction.queue(
                """
                SELECT platform.record('certificate.register', 'certificate', \(id), NULL,
                           jsonb_build_object('subject', \(self.facts.subject)::text, 'serial', \(self.facts.serial)::text,
                               'device', \(self.device.rawValue)::text, 'kind', \(kind.rawValue)::text))
                """)
        }
        return try SigningCertificate.registered(self.certificate, self.purpose, in: transaction)
    }

    /// Takes a device's certificate out of use. Throws `SignaturesError.notFound` for one that is not the caller's, or is a soft key's.
    public static func withdraw(_ id: UUID, in transaction: borrowing Transaction) throws {
        let isFound =
            try transaction.run(
                """
                UPDATE signatures.certificate AS c
                   SET state = 'revoked', revoked_at = now(), revocation_reason = 'unspecified', revoked_by = platform.current_account()
                 WHERE c.id = \(id) AND c.device <> 'soft' AND c.state = 'valid'
                   AND CASE c.purpose WHEN 'seal' THEN platform.current_role() = 'clerk' ELSE c.post_id = platform.current_post() END
                """) == 1
        guard isFound else { throw SignaturesError.notFound }
        transaction.queue("SELECT platform.record('certificate.withdraw', 'certificate', \(id), NULL, NULL)")
    }
}
