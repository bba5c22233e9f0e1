import Foundation
import Platform
import Postgres

/// How an authority of each kind is made.
enum NewAuthority {
    /// Days that a certificate of each kind is valid: Decree 23/2025 gives a CA 10 years, a time-stamp authority 5. A responder's status
    /// is asked by nobody, so it is short and renewed.
    static func days(_ kind: Authority.Kind) -> Int64 {
        switch kind {
        case .root: 20 * 365
        case .issuing: 10 * 365
        case .responder: 365
        case .timeStamp: 5 * 365
        }
    }

    /// Days before its end at which another one takes over.
    static func renewalDays(_ kind: Authority.Kind) -> Int64 { kind == .timeStamp ? 365 : 30 }

    /// The Vietnamese name on the certificate; from the second of its kind on with a number.
    static func name(_ kind: Authority.Kind, generation: Int) -> String {
        let name =
            switch kind {
            case .root: "Vănthư CA gốc nội bộ"
            case .issuing: "Vănthư CA nội bộ"
            case .responder: "Vănthư OCSP"
            case .timeStamp: "Vănthư cấp dấu thời gian"
            }
        return generation > 1 ? "\(name) G\(generation)" : name
    }

    /// Makes the certificate of `key`. It never outlives its issuer. Nil issuer: a root.
    static func certified(
        _ kind: Authority.Kind, id: UUID, key: KeyPair, owner: String, generation: Int,
        below issuer: (authority: Authority, key: KeyPair)?, settings: AuthoritySettings, now: Int64,
        wrap: (KeyPair, [UInt8]) throws -> [UInt8]
    ) throws -> Authority {
        let name = DistinguishedName(
            organisation: owner.clippedForSubject, commonName: Self.name(kind, generation: generation))
        var validity = CertificateValidity(from: now, days: Self.days(kind))
        let certificate: [UInt8]
        if let issuer {
            validity.notAfter = min(validity.notAfter, issuer.authority.notAfter.microseconds / 1_000_000)
            let above = try CertificateAuthority(issuer.authority, key: issuer.key, settings: settings)
            certificate =
                switch kind {
                case .root, .issuing: try above.issueAuthority(name, key: key, validity: validity).certificate
                case .responder:
                    try above.issueResponder(name, publicKey: key.publicKey(), validity: validity)
                case .timeStamp:
                    try above.issueTimeStampAuthority(name, publicKey: key.publicKey(), validity: validity)
                }
        } else {
            certificate = try CertificateAuthority.root(name, key: key, validity: validity).certificate
        }
        return Authority(
            id: id, kind: kind, state: .active, issuer: issuer?.authority.id,
            serial: try CertificateBuilder(parsing: certificate).serial, subject: name.text, certificate: certificate,
            issuers: issuer?.authority.chain ?? [], wrappedKey: try wrap(key, certificate),
            notBefore: Instant(microseconds: validity.notBefore * 1_000_000),
            notAfter: Instant(microseconds: validity.notAfter * 1_000_000))
    }
}

extension CertificateAuthority {
    init(_ kept: Authority, key: KeyPair, settings: AuthoritySettings) throws(SoftKeyError) {
        try self.init(
            certificate: kept.certificate, issuers: kept.issuers, key: key, addresses: settings.addresses(of: kept))
        self.policy = settings.policy
    }
}

extension Authority {
    /// Keeps a new authority in the place of `predecessor`, which retires; one of the same kind that came first stays, and this one is
    /// forgotten. Returns whether it was kept.
    ///
    /// - Parameter actor: the operator whose ceremony makes it; nil when the system founds what is missing.
    public func keep(
        replacing predecessor: UUID?, by actor: InstallationAct.Operator? = nil, in transaction: borrowing Transaction
    ) throws -> Bool {
        if let predecessor {
            transaction.queue(
                "UPDATE signatures.authority SET state = 'retired' WHERE id = \(predecessor) AND state = 'active'")
        }
        let isKept =
            try transaction.run(
                """
                INSERT INTO signatures.authority (id, kind, issuer_id, serial, subject, certificate, wrapped_key, not_before, not_after)
                VALUES (\(self.id), \(self.kind.rawValue), \(self.issuer), \(self.serial), \(self.subject), \(self.certificate),
                        \(self.wrappedKey), \(self.notBefore), \(self.notAfter))
                    ON CONFLICT DO NOTHING
                """) == 1
        if isKept { try self.operation("ca.\(self.kind.rawValue).make", by: actor).queue(in: transaction) }
        return isKept
    }

    /// An act on this authority, for the trail of the installation.
    public func operation(_ action: String, by actor: InstallationAct.Operator?) -> InstallationAct {
        InstallationAct(
            action, on: "authority", self.id, by: actor,
            details: [
                "subject": self.subject, "serial": self.serial,
                "sha256": SHA256.digest(self.certificate).hexadecimal,
            ])
    }
}

extension DistinguishedName {
    /// `CN=…, T=…, OU=…, O=…, C=…`
    var text: String {
        let parts = [
            ("CN", self.commonName), ("T", self.title), ("OU", self.organisationalUnit), ("O", self.organisation),
            ("C", self.country),
        ]
        return parts.compactMap { label, value in value.map { "\(label)=\($0)" } }.joined(separator: ", ")
    }
}

extension String {
    /// X.520 gives every part of a name 64 characters.
    var clippedForSubject: String {
        String(UnicodeScalarView(self.precomposedStringWithCanonicalMapping.unicodeScalars.prefix(64)))
    }
}
