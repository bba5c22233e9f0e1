import COpenSSL
import Foundation
import PAdES
import Platform
import Postgres

/// A root or CA of others as its administrator imports it.
public struct TrustAnchor: Sendable {
    /// Whether a path may end at it, or it only leads on to a root.
    public typealias Kind = TrustList.Anchor.Kind

    public let kind: Kind
    /// `national` or `public_duty`.
    public let scope: String
    public let name: String
    public let source: String
    /// DER.
    public let certificate: [UInt8]
    public let subject: String
    public let from: Instant
    public let until: Instant

    public var sha256: [UInt8] { SHA256.digest(self.certificate) }

    /// - Parameters:
    ///   - file: DER or PEM of one certificate.
    ///   - from: nil: from the certificate's own beginning; never before it, and `until` never after its end.
    /// - Throws: `SoftKeyError` for what is no CA's certificate, for a root that did not sign itself, and for a time without a moment.
    public init(
        kind: Kind, scope: String, name: String, source: String, file: [UInt8], from: Instant?, until: Instant?
    ) throws {
        let builder = try CertificateBuilder(parsing: try Self.der(file))
        let certificate = try encoded { i2d_X509(builder.handle, $0) }
        guard X509_check_ca(builder.handle) == 1, let validity = builder.validity else {
            throw SoftKeyError.unacceptable("not a CA")
        }
        if kind == .root {
            let key = X509_get0_pubkey(builder.handle)
            guard builder.issued(builder), X509_verify(builder.handle, key) == 1 else {
                ERR_clear_error()
                throw SoftKeyError.unacceptable("root that did not sign itself")
            }
        }
        let start = Instant(microseconds: validity.notBefore * 1_000_000)
        let end = Instant(microseconds: validity.notAfter * 1_000_000)
        self.from = max(start, from ?? start)
        self.until = min(end, until ?? end)
        guard self.from < self.until else { throw SoftKeyError.unacceptable("validity") }
        self.kind = kind
        self.scope = scope
        self.name = name.precomposedStringWithCanonicalMapping
        self.source = source.precomposedStringWithCanonicalMapping
        self.certificate = certificate
        self.subject = try CertificateFacts(certificate).subject
    }

    private static func der(_ file: [UInt8]) throws(SoftKeyError) -> [UInt8] {
        guard file.first != 0x30 else { return file }
        let text = String(decoding: file, as: UTF8.self)
        guard let start = text.range(of: "-----BEGIN CERTIFICATE-----"),
            let end = text.range(of: "-----END CERTIFICATE-----"), start.upperBound < end.lowerBound,
            let body = Data(base64Encoded: String(text[start.upperBound..<end.lowerBound].filter { !$0.isWhitespace }))
        else { throw .malformed }
        return Array(body)
    }

    /// Keeps it, as the owner of the schema. Returns whether it was not there before.
    public func keep(in transaction: borrowing Transaction) throws -> Bool {
        try transaction.run(
            """
            INSERT INTO signatures.trust_anchor (kind, scope, name, subject, certificate, sha256, valid_from, valid_until, source)
            VALUES (\(self.kind.rawValue), \(self.scope), \(self.name), \(self.subject), \(self.certificate), \(self.sha256),
                    \(self.from), \(self.until), \(self.source))
                ON CONFLICT DO NOTHING
            """) == 1
    }

    /// One line for each: SHA-256, kind, scope, days, name, source.
    public static func lines(in transaction: borrowing Transaction) throws -> [String] {
        try transaction.rows(
            """
            SELECT concat_ws('  ', encode(t.sha256, 'hex'), rpad(t.kind, 4), rpad(t.scope, 11), t.valid_from::date || ' – ' || t.valid_until::date,
                             t.name, '(' || t.source || ')')
              FROM signatures.trust_anchor AS t
             ORDER BY t.kind DESC, t.name COLLATE "C", t.id
            """
        ) { row in try row.column(0) }
    }

    /// Removes the one whose SHA-256 begins so; none when there are several. Returns how many begin so.
    public static func remove(beginning digits: String, in transaction: borrowing Transaction) throws -> Int {
        let found: [UUID] = try transaction.rows(
            "SELECT t.id FROM signatures.trust_anchor AS t WHERE starts_with(encode(t.sha256, 'hex'), \(digits))"
        ) { row in try row.column(0) }
        guard found.count == 1, let id = found.first else { return found.count }
        return try transaction.run("DELETE FROM signatures.trust_anchor WHERE id = \(id)")
    }
}
