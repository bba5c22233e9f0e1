import COpenSSL
import Foundation
import PAdES
import Platform
import Postgres

/// The post's internal CA as this process knows it: the issuing authority with its key, and the chain up to the root.
struct InternalAuthority: Sendable {
    private let issuing: CertificateAuthority

    /// The issuing authority's certificate and the root's, DER, nearest first.
    var chain: [[UInt8]] { [self.issuing.certificate] + self.issuing.issuers }

    /// A certificate of this authority before it is kept.
    struct Issued: Sendable {
        let certificate: [UInt8]
        let subject: String
        let serial: String
        let notBefore: Instant
        let notAfter: Instant
    }

    /// Days that a certificate is valid: Decree 23/2025 leaves it to the organisation; three years as public CAs have it.
    private static let certificateDays: Int64 = 3 * 365
    private static let issuingDays: Int64 = 10 * 365
    private static let rootDays: Int64 = 20 * 365

    func issue(for key: KeyPair, to holder: CertificateHolder) throws -> Issued {
        let name = DistinguishedName(
            organisation: Self.clipped(holder.organisation), organisationalUnit: holder.unit.map(Self.clipped),
            title: holder.title.map(Self.clipped), commonName: Self.clipped(holder.name))
        let validity = CertificateValidity(from: Self.now, days: Self.certificateDays)
        let certificate = try self.issuing.issue(name, publicKey: key.publicKey(), validity: validity)
        return Issued(
            certificate: certificate, subject: Self.text(of: name),
            serial: try CertificateBuilder(parsing: certificate).serial,
            notBefore: Self.instant(validity.notBefore), notAfter: Self.instant(validity.notAfter))
    }

    // X.520 gives every part of a name 64 characters.
    private static func clipped(_ text: String) -> String {
        String(String.UnicodeScalarView(text.precomposedStringWithCanonicalMapping.unicodeScalars.prefix(64)))
    }

    private static func text(of name: DistinguishedName) -> String {
        let parts = [
            ("CN", name.commonName), ("T", name.title), ("OU", name.organisationalUnit), ("O", name.organisation),
            ("C", name.country),
        ]
        return parts.compactMap { label, value in value.map { "\(label)=\($0)" } }.joined(separator: ", ")
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    private static func instant(_ seconds: Int64) -> Instant { Instant(microseconds: seconds * 1_000_000) }
}

extension InternalAuthority {
    /// Reads the authority, or founds it at the very first use. Two servers that start at once found one.
    static func openOrFound(
        in database: Database, owner: String, secret: SecretBytes, threads: BlockingThreads
    ) async throws -> Self {
        if let kept = try await self.kept(in: database) {
            return try await threads.run { try self.opened(kept, secret) }
        }
        let founded = try await threads.run { try self.found(owner, secret) }
        let isFirst = try await database.transaction { transaction in
            try transaction.run(
                """
                INSERT INTO signatures.authority (kind, subject, certificate, wrapped_key, not_after)
                SELECT f.* FROM (VALUES
                    ('root'::text, \(founded.rootName)::text, \(founded.root)::bytea, \(founded.rootKey)::bytea,
                     \(founded.rootEnd)::timestamptz),
                    ('issuing', \(founded.issuingName), \(founded.issuing), \(founded.issuingKey), \(founded.issuingEnd))
                ) AS f (kind, subject, certificate, wrapped_key, not_after)
                    ON CONFLICT (kind) DO NOTHING
                """, closing: true) == 2
        }
        // Somebody else was first: theirs is the authority.
        guard !isFirst, let kept = try await self.kept(in: database) else {
            let mine = Kept(root: founded.root, issuing: founded.issuing, wrappedKey: founded.issuingKey)
            return try await threads.run { try self.opened(mine, secret) }
        }
        return try await threads.run { try self.opened(kept, secret) }
    }

    private struct Kept: Sendable {
        let root: [UInt8]
        let issuing: [UInt8]
        let wrappedKey: [UInt8]
    }

    private struct Founded: Sendable {
        let rootName: String
        let root: [UInt8]
        let rootKey: [UInt8]
        let rootEnd: Instant
        let issuingName: String
        let issuing: [UInt8]
        let issuingKey: [UInt8]
        let issuingEnd: Instant
    }

    private static func kept(in database: Database) async throws -> Kept? {
        try await database.transaction { transaction in
            try transaction.first(
                """
                SELECT r.certificate, i.certificate, i.wrapped_key
                  FROM signatures.authority AS i CROSS JOIN signatures.authority AS r
                 WHERE i.kind = 'issuing' AND r.kind = 'root' AND i.wrapped_key IS NOT NULL
                """, closing: true
            ) { row in Kept(root: try row.column(0), issuing: try row.column(1), wrappedKey: try row.column(2)) }
        }
    }

    private static func opened(_ kept: Kept, _ secret: SecretBytes) throws -> InternalAuthority {
        let key = try SoftKey.unwrap(
            WrappedKey(encoded: kept.wrappedKey), pin: self.label, secret: secret, binding: self.binding(kept.issuing))
        return InternalAuthority(
            issuing: try CertificateAuthority(certificate: kept.issuing, issuers: [kept.root], key: key))
    }

    private static func found(_ owner: String, _ secret: SecretBytes) throws -> Founded {
        let now = self.now
        let rootValidity = CertificateValidity(from: now, days: self.rootDays)
        let issuingValidity = CertificateValidity(from: now, days: self.issuingDays)
        let rootName = DistinguishedName(organisation: self.clipped(owner), commonName: "Vănthư CA gốc nội bộ")
        let issuingName = DistinguishedName(organisation: self.clipped(owner), commonName: "Vănthư CA nội bộ")
        let rootKey = try KeyPair.generate(.p384)
        let issuingKey = try KeyPair.generate(.p384)
        let root = try CertificateAuthority.root(rootName, key: rootKey, validity: rootValidity)
        let issuing = try root.issueAuthority(issuingName, key: issuingKey, validity: issuingValidity)
        func wrapped(_ key: KeyPair, _ certificate: [UInt8]) throws -> [UInt8] {
            try SoftKey.wrap(key, pin: self.label, secret: secret, binding: self.binding(certificate)).encoded
        }
        return Founded(
            rootName: self.text(of: rootName), root: root.certificate, rootKey: try wrapped(rootKey, root.certificate),
            rootEnd: self.instant(rootValidity.notAfter), issuingName: self.text(of: issuingName),
            issuing: issuing.certificate, issuingKey: try wrapped(issuingKey, issuing.certificate),
            issuingEnd: self.instant(issuingValidity.notAfter))
    }

    /// The authority has no PIN: the server must open it by itself. What protects it is the secret outside the database.
    private static let label = SecretBytes(text: "internal authority")

    private static func binding(_ certificate: [UInt8]) -> KeyBinding {
        KeyBinding(tenant: [], key: [], certificateFingerprint: SHA256.digest(certificate))
    }
}

extension CertificateBuilder {
    /// The serial number, hexadecimal.
    var serial: String {
        get throws(SoftKeyError) {
            guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(self.handle), nil) else {
                throw .cryptography("serial number")
            }
            defer { BN_free(number) }
            guard let text = BN_bn2hex(number) else { throw .cryptography("serial number") }
            defer { CRYPTO_free(text, #file, #line) }
            return String(cString: text)
        }
    }
}
