import COpenSSL
import Foundation

/// What a certificate says of its holder and of its time, whoever issued it.
public struct CertificateFacts: Sendable, Hashable {
    public let commonName: String?
    public let title: String?
    public let organisation: String?
    /// `CN=…, T=…, OU=…, O=…, C=…`, what there is of it.
    public let subject: String
    /// The issuer's common name, or its organisation's; empty when it has neither.
    public let issuer: String
    /// Hexadecimal.
    public let serial: String
    /// Seconds since 1970 UTC.
    public let notBefore: Int64
    public let notAfter: Int64

    /// - Parameter der: exactly one certificate.
    /// - Throws: `malformed` for anything else.
    public init(_ der: [UInt8]) throws(SoftKeyError) {
        guard Self.chain(in: der)?.count == 1 else { throw .malformed }
        let certificate = try CertificateBuilder(parsing: der)
        let name = X509_get_subject_name(certificate.handle)
        func part(_ attribute: Int32) -> String? { Self.text(of: attribute, in: name) }
        self.commonName = part(NID_commonName)
        self.title = part(NID_title)
        self.organisation = part(NID_organizationName)
        let parts = [
            ("CN", self.commonName), ("T", self.title), ("OU", part(NID_organizationalUnitName)),
            ("O", self.organisation), ("C", part(NID_countryName)),
        ]
        self.subject = String(
            parts.compactMap { label, value in value.map { "\(label)=\($0)" } }.joined(separator: ", ").prefix(400))
        let issuer = X509_get_issuer_name(certificate.handle)
        self.issuer = Self.text(of: NID_commonName, in: issuer) ?? Self.text(of: NID_organizationName, in: issuer) ?? ""
        self.serial = try certificate.serial
        self.notBefore = try Self.seconds(X509_get0_notBefore(certificate.handle))
        self.notAfter = try Self.seconds(X509_get0_notAfter(certificate.handle))
    }

    /// Certificates that stand one after the other; nil when something else is among them, or more than sixteen.
    public static func chain(in bytes: [UInt8]) -> [[UInt8]]? {
        var found: [[UInt8]] = []
        var rest = bytes[...]
        defer { ERR_clear_error() }
        while !rest.isEmpty {
            let used = rest.withUnsafeBufferPointer { buffer -> Int? in
                var cursor = buffer.baseAddress
                guard let start = cursor, let certificate = d2i_X509(nil, &cursor, buffer.count), let end = cursor
                else { return nil }
                X509_free(certificate)
                return end - start
            }
            guard let used, found.count < 16 else { return nil }
            found.append(Array(rest.prefix(used)))
            rest = rest.dropFirst(used)
        }
        return found
    }

    /// NFC, without characters that no name has.
    private static func text(of attribute: Int32, in name: OpaquePointer?) -> String? {
        let index = X509_NAME_get_index_by_NID(name, attribute, -1)
        guard index >= 0, let entry = X509_NAME_get_entry(name, index), let string = X509_NAME_ENTRY_get_data(entry)
        else { return nil }
        var utf8: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&utf8, string)
        guard count >= 0, let utf8 else { return nil }
        defer { CRYPTO_free(utf8, #file, #line) }
        let text = String(decoding: UnsafeBufferPointer(start: utf8, count: Int(count)), as: UTF8.self)
        let plain = text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        return String(String.UnicodeScalarView(plain)).precomposedStringWithCanonicalMapping
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) throws(SoftKeyError) -> Int64 {
        var parts = tm()
        guard ASN1_TIME_to_tm(time, &parts) == 1 else { throw .malformed }
        return Int64(timegm(&parts))
    }
}
