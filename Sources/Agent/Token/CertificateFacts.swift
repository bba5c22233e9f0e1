import COpenSSL

/// What a person and a page need to know of a certificate, read by OpenSSL.
struct CertificateFacts: Sendable, Hashable {
    enum Key: Sendable, Hashable {
        case rsa(bits: Int)
        case elliptic(bits: Int)
        case other
    }

    let der: [UInt8]
    /// SHA-256 of the DER in hexadecimal: the certificate's name towards pages.
    let fingerprint: String
    let subject: String
    let issuer: String
    /// Hexadecimal.
    let serial: String
    /// ISO 8601, UTC.
    let notBefore: String
    let notAfter: String
    let key: Key
    let isAuthority: Bool
    /// Whether the key may sign documents (key usage, RFC 5280, 4.2.1.3; no key usage allows everything).
    let signs: Bool

    init?(_ der: [UInt8]) {
        let parsed = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            return d2i_X509(nil, &cursor, buffer.count)
        }
        defer { ERR_clear_error() }
        guard let parsed else { return nil }
        defer { X509_free(parsed) }
        guard let key = X509_get0_pubkey(parsed), let from = Self.time(X509_get0_notBefore(parsed)),
            let until = Self.time(X509_get0_notAfter(parsed))
        else { return nil }
        self.der = der
        self.fingerprint = Self.sha256(der).map { Self.hexadecimal($0) }.joined()
        self.subject = Self.name(X509_get_subject_name(parsed))
        self.issuer = Self.name(X509_get_issuer_name(parsed))
        let serial = X509_get0_serialNumber(parsed)
        self.serial = UnsafeBufferPointer(start: ASN1_STRING_get0_data(serial), count: Int(ASN1_STRING_length(serial)))
            .map { Self.hexadecimal($0) }.joined()
        self.notBefore = from
        self.notAfter = until
        let bits = Int(EVP_PKEY_get_bits(key))
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA, EVP_PKEY_RSA_PSS: self.key = .rsa(bits: bits)
        case EVP_PKEY_EC: self.key = .elliptic(bits: bits)
        default: self.key = .other
        }
        self.isAuthority = X509_check_ca(parsed) == 1
        self.signs = X509_get_key_usage(parsed) & UInt32(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) != 0
    }

    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
        return digest
    }

    static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    /// The common name, or the organisation where there is none.
    private static func name(_ name: OpaquePointer?) -> String {
        for attribute in [NID_commonName, NID_organizationName] {
            let index = X509_NAME_get_index_by_NID(name, attribute, -1)
            guard index >= 0, let entry = X509_NAME_get_entry(name, index),
                let string = X509_NAME_ENTRY_get_data(entry)
            else { continue }
            var utf8: UnsafeMutablePointer<UInt8>?
            let count = ASN1_STRING_to_UTF8(&utf8, string)
            guard count >= 0, let utf8 else { continue }
            defer { CRYPTO_free(utf8, nil, 0) }
            return String(decoding: UnsafeBufferPointer(start: utf8, count: Int(count)), as: UTF8.self)
        }
        return ""
    }

    private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> String? {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
            + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
    }
}
