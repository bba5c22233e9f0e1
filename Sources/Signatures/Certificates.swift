import Foundation
import Platform
import Postgres

/// What a certificate stands for: a person in a post, or the organisation (con dấu số).
public enum CertificatePurpose: String, Sendable, Codable {
    case signer, seal
}

/// A soft key as a signature needs it. One of its tries has been taken: a right PIN gives it back.
public struct SigningKey: Sendable {
    public let certificateID: UUID
    public let tenant: UUID
    /// DER.
    public let certificate: [UInt8]
    let wrapped: [UInt8]
    /// Wrong PINs in a row, should this one be wrong too.
    let failures: Int

    /// Takes one of the key's tries, in the caller's transaction: once it has committed, a try is spent even if the server dies while
    /// the PIN is being checked. The fifth try locks the key for 15 minutes unless its PIN is right, each further one for twice as long, the
    /// tenth for good. Throws `SignaturesError.keyMissing`, `.certificateExpired`, `.keyLocked`.
    public static func takeTry(of certificate: UUID, in transaction: borrowing Transaction) throws -> SigningKey {
        struct Found {
            let key: SigningKey
            let isInForce: Bool
            let triesLeft: Int32
            let wait: Int32?
        }
        let found: Found? = try transaction.first(
            """
            SELECT c.tenant_id, c.certificate, k.wrapped, k.failures::integer, now() BETWEEN c.not_before AND c.not_after,
                   signatures.tries_left(k.failures, k.locked_until), ceil(extract(epoch FROM k.locked_until - now()))::integer
              FROM signatures.certificate AS c
              JOIN signatures.soft_key AS k ON k.certificate_id = c.id
             WHERE c.id = \(certificate) AND c.state = 'valid'
               FOR NO KEY UPDATE OF k
            """
        ) { row in
            Found(
                key: SigningKey(
                    certificateID: certificate, tenant: try row.column(0), certificate: try row.column(1),
                    wrapped: try row.column(2), failures: Int(try row.column(3, as: Int32.self)) + 1),
                isInForce: try row.column(4), triesLeft: try row.column(5), wait: try row.optional(6))
        }
        guard let found else { throw SignaturesError.keyMissing }
        guard found.isInForce else { throw SignaturesError.certificateExpired }
        guard found.triesLeft > 0 else { throw SignaturesError.keyLocked(seconds: found.wait.map(Int.init)) }
        transaction.queue(
            """
            UPDATE signatures.soft_key
               SET failures = failures + 1,
                   locked_until = CASE WHEN failures + 1 BETWEEN 5 AND 9 THEN now() + interval '15 minutes' * power(2, failures - 4) END
             WHERE certificate_id = \(certificate)
            """)
        return found.key
    }

    /// Queues that the PIN was right: all tries are there again.
    public func giveTriesBack(in transaction: borrowing Transaction) {
        transaction.queue(
            """
            UPDATE signatures.soft_key SET failures = 0, locked_until = NULL WHERE certificate_id = \(self.certificateID)
            """)
    }

    /// Queues that the PIN was not what failed: the one try that was taken is there again, and no more than that.
    public func giveTryBack(in transaction: borrowing Transaction) {
        transaction.queue(
            """
            UPDATE signatures.soft_key SET failures = greatest(failures - 1, 0), locked_until = NULL
             WHERE certificate_id = \(self.certificateID)
            """)
    }

    /// The refusal of a wrong PIN.
    public var refusal: SignaturesError {
        switch self.failures {
        case ..<5: .wrongPIN(triesLeft: 5 - self.failures)
        case ..<10: .keyLocked(seconds: 15 * 60 << (self.failures - 5))
        default: .keyLocked(seconds: nil)
        }
    }
}

/// Whose certificate is to be issued: names as they stand today in the organisation.
public struct CertificateHolder: Sendable, Codable {
    public let purpose: CertificatePurpose
    public let post: UUID?
    public let tenant: UUID
    public let name: String
    public let title: String?
    public let unit: String?
    public let organisation: String

    /// The name on the certificate: the person with title, unit and organisation, or the organisation.
    var subject: DistinguishedName {
        DistinguishedName(
            organisation: self.organisation.clippedForSubject, organisationalUnit: self.unit?.clippedForSubject,
            title: self.title?.clippedForSubject, commonName: self.name.clippedForSubject)
    }

    /// The caller's present post, or for a clerk the organisation. Throws `SignaturesError.keyExists` when there is a certificate in
    /// force, and refuses (`clerk_only`) the seal to anyone but a clerk (Decree 30/2020, art. 32), and everything (`no_post`) to somebody
    /// whose post has ended.
    public static func caller(_ purpose: CertificatePurpose, in transaction: borrowing Transaction) throws
        -> CertificateHolder
    {
        if purpose == .seal {
            transaction.queue("SELECT platform.ensure(platform.current_role() = 'clerk', 'VT403', 'clerk_only')")
        }
        transaction.queue("SELECT platform.ensure(platform.current_post() IS NOT NULL, 'VT403', 'no_post')")
        let found: (holder: CertificateHolder, hasKey: Bool) = try transaction.one(
            """
            SELECT t.id, t.tenant_id, p.full_name, t.title, u.name, o.name,
                   EXISTS (SELECT FROM signatures.certificate AS c
                             JOIN signatures.soft_key AS k ON k.certificate_id = c.id
                            WHERE c.purpose = \(purpose.rawValue) AND c.state = 'valid' AND c.not_after > now()
                              AND c.device = 'soft' AND signatures.tries_left(k.failures, k.locked_until) > 0 AND (\(purpose.rawValue)::text = 'seal' OR c.post_id = t.id))
              FROM organisation.post AS t
              JOIN organisation.person AS p ON p.id = t.person_id
              JOIN organisation.unit AS u ON u.id = t.unit_id
              JOIN platform.tenant AS o ON o.id = t.tenant_id
             WHERE t.id = platform.current_post()
            """
        ) { row in
            let organisation: String = try row.column(5)
            let holder = CertificateHolder(
                purpose: purpose, post: purpose == .seal ? nil : try row.column(0), tenant: try row.column(1),
                name: purpose == .seal ? organisation : try row.column(2),
                title: purpose == .seal ? nil : try row.column(3),
                unit: purpose == .seal ? nil : try row.column(4), organisation: organisation)
            return (holder, try row.column(6))
        }
        if found.hasKey { throw SignaturesError.keyExists }
        return found.holder
    }
}

/// A certificate that has been issued, ready to be kept with its wrapped key.
public struct IssuedCertificate: Sendable, Codable {
    public let id: UUID
    public let authority: UUID
    public let subject: String
    /// Hexadecimal.
    public let serial: String
    /// DER.
    public let certificate: [UInt8]
    public let wrapped: [UInt8]
    public let notBefore: Instant
    public let notAfter: Instant

    /// Queues the certificate and its key; an earlier one of the same holder is revoked first.
    public func keep(for holder: CertificateHolder, in transaction: borrowing Transaction) {
        CertificateRevocation(reason: .superseded).queue(
            of: """
                c.purpose = \(holder.purpose.rawValue) AND c.device = 'soft' AND c.post_id IS NOT DISTINCT FROM \(holder.post)
                """, in: transaction)
        transaction.queue(
            """
            INSERT INTO signatures.certificate (id, authority_id, purpose, post_id, subject, serial, certificate, not_before, not_after)
            VALUES (\(self.id), \(self.authority), \(holder.purpose.rawValue), \(holder.post), \(self.subject), \(self.serial),
                    \(self.certificate), \(self.notBefore), \(self.notAfter))
            """)
        transaction.queue(
            "INSERT INTO signatures.soft_key (certificate_id, wrapped) VALUES (\(self.id), \(self.wrapped))")
        transaction.queue(
            """
            SELECT platform.record('certificate.issue', 'certificate', \(self.id), NULL,
                       jsonb_build_object('subject', \(self.subject)::text, 'serial', \(self.serial)::text))
            """)
    }
}

/// Lists of certificates.
public enum CertificateQueries {
    /// The certificates of the caller's post and of the organisation, newest first.
    public static var mine: SQL {
        """
        SELECT c.id, c.purpose, c.device, c.kind, c.subject, c.serial, c.state, c.not_before, c.not_after, c.revoked_at,
               c.revocation_reason,
               coalesce((SELECT signatures.tries_left(k.failures, k.locked_until) FROM signatures.soft_key AS k
                          WHERE k.certificate_id = c.id), 0) AS tries_left
          FROM signatures.certificate AS c
         WHERE c.post_id = platform.current_post() OR c.purpose = 'seal'
         ORDER BY c.id DESC
         LIMIT 100
        """
    }

    /// The certificates with which the caller can sign, or seal, at this moment, those with the server first, then the newest: `id`, `device`,
    /// `kind`, `subject`, `not_after`, and of one at a remote service `provider`, `batch`, `wants_pin`, `wants_otp`,
    /// `sends_otp`, `is_elsewhere`.
    public static func usable(_ purpose: CertificatePurpose) -> SQL {
        """
        SELECT c.id, c.device, c.kind, c.subject, c.not_after, r.provider, r.batch, r.wants_pin, r.wants_otp,
               r.sends_otp, r.is_elsewhere
          FROM signatures.certificate AS c
          LEFT JOIN signatures.soft_key AS k ON k.certificate_id = c.id
          LEFT JOIN signatures.remote_credential AS r ON r.certificate_id = c.id
         WHERE c.purpose = \(purpose.rawValue) AND c.state = 'valid' AND now() BETWEEN c.not_before AND c.not_after
           AND CASE c.purpose WHEN 'seal' THEN platform.current_role() = 'clerk' ELSE c.post_id = platform.current_post() END
           AND CASE c.device WHEN 'soft' THEN signatures.tries_left(k.failures, k.locked_until) > 0
                             WHEN 'remote' THEN r.certificate_id IS NOT NULL ELSE true END
         ORDER BY c.device = 'soft' DESC, c.id DESC
         LIMIT 100
        """
    }

    /// Who issued each certificate that `mine` lists, by its id.
    public static func issuers(in transaction: borrowing Transaction) throws -> [UUID: String] {
        let found = try transaction.rows(
            """
            SELECT c.id, c.certificate
              FROM signatures.certificate AS c
             WHERE c.post_id = platform.current_post() OR c.purpose = 'seal'
             ORDER BY c.id DESC
             LIMIT 100
            """
        ) { row in (id: try row.column(0, as: UUID.self), der: try row.column(1, as: [UInt8].self)) }
        return Dictionary(
            found.compactMap { one in (try? CertificateFacts(one.der)).map { (one.id, $0.issuer) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The certificates of the internal CA, DER in base64, root first.
    public static var authorities: SQL {
        """
        SELECT a.id, a.kind, a.state, a.subject, encode(a.certificate, 'base64') AS certificate, a.not_after
          FROM signatures.authority AS a
         ORDER BY array_position(ARRAY['root', 'issuing', 'time_stamp', 'responder'], a.kind), a.id
        """
    }
}

/// A signature that was made, as it is kept beside the document.
public struct MadeSignature: Sendable {
    public let id: UUID
    public let document: UUID
    /// The file that the signature made.
    public let file: UUID
    public let purpose: CertificatePurpose
    public let certificate: UUID
    public let signerName: String
    public let signerTitle: String

    public init(
        id: UUID, document: UUID, file: UUID, purpose: CertificatePurpose, certificate: UUID, signerName: String,
        signerTitle: String
    ) {
        self.id = id
        self.document = document
        self.file = file
        self.purpose = purpose
        self.certificate = certificate
        self.signerName = signerName
        self.signerTitle = signerTitle
    }

    /// Queues the record.
    public func keep(in transaction: borrowing Transaction) {
        transaction.queue(
            """
            INSERT INTO signatures.signature (id, document_id, file_id, purpose, certificate_id, signer_name, signer_title)
            VALUES (\(self.id), \(self.document), \(self.file), \(self.purpose.rawValue), \(self.certificate), \(self.signerName),
                    \(self.signerTitle))
            """)
    }
}
