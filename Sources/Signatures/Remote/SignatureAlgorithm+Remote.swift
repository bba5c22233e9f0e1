import COpenSSL
import Foundation
import PAdES

/// What remote services call the algorithms of a signing session.
extension SignatureAlgorithm {
    enum Family { case pss, pkcs1, ecdsa }

    var family: Family {
        switch self {
        case .rsaPSSWithSHA256, .rsaPSSWithSHA384, .rsaPSSWithSHA512: .pss
        case .rsaPKCS1WithSHA256, .rsaPKCS1WithSHA384, .rsaPKCS1WithSHA512: .pkcs1
        case .ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512: .ecdsa
        }
    }

    /// Bytes of the hash.
    var hashSize: Int {
        switch self {
        case .rsaPSSWithSHA256, .rsaPKCS1WithSHA256, .ecdsaWithSHA256: 32
        case .rsaPSSWithSHA384, .rsaPKCS1WithSHA384, .ecdsaWithSHA384: 48
        case .rsaPSSWithSHA512, .rsaPKCS1WithSHA512, .ecdsaWithSHA512: 64
        }
    }

    /// 1, 2 or 3 for SHA-256, -384 and -512: the last arc of the hash's name and of the signatures made with it.
    private var arc: Int { self.hashSize / 16 - 1 }

    var hashIdentifier: String { "2.16.840.1.101.3.4.2.\(self.arc)" }

    /// The algorithm's name (RFC 8017, RFC 5758).
    var identifier: String {
        switch self.family {
        case .pss: Self.pssIdentifier
        case .pkcs1: "1.2.840.113549.1.1.\(10 + self.arc)"
        case .ecdsa: "1.2.840.10045.4.3.\(1 + self.arc)"
        }
    }

    static let pssIdentifier = "1.2.840.113549.1.1.10"
    static let rsaIdentifier = "1.2.840.113549.1.1.1"
    static let ellipticIdentifier = "1.2.840.10045.2.1"

    /// RSASSA-PSS-params (RFC 4055): hash and mask by the same hash, the salt of its size. `nil` for the others.
    var parameters: [UInt8]? {
        guard self.family == .pss else { return nil }
        func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag, UInt8(content.count)] + content }
        let name: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, UInt8(self.arc)]
        let hash = tagged(0x30, tagged(0x06, name) + [0x05, 0x00])
        let mask = tagged(0x30, tagged(0x06, [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x08]) + hash)
        return tagged(
            0x30,
            tagged(0xA0, hash) + tagged(0xA1, mask) + tagged(0xA2, tagged(0x02, [UInt8(self.hashSize)])))
    }

    /// What a key with these names can do, the best first (Circular 15/2025: RSA as PSS where it can be had).
    static func offered(by names: [String]) -> [SignatureAlgorithm] {
        let names = Set(names)
        return [
            .rsaPSSWithSHA256, .rsaPSSWithSHA384, .rsaPSSWithSHA512, .ecdsaWithSHA256, .ecdsaWithSHA384,
            .ecdsaWithSHA512, .rsaPKCS1WithSHA256, .rsaPKCS1WithSHA384, .rsaPKCS1WithSHA512,
        ].filter { algorithm in
            switch algorithm.family {
            case .pss: names.contains(Self.pssIdentifier)
            case .pkcs1: names.contains(Self.rsaIdentifier) || names.contains(algorithm.identifier)
            case .ecdsa: names.contains(Self.ellipticIdentifier) || names.contains(algorithm.identifier)
            }
        }
    }
}

extension SignatureAlgorithm {
    /// Whether a certificate's key is of this algorithm's kind.
    public func suits(_ certificate: [UInt8]) -> Bool {
        defer { ERR_clear_error() }
        let parsed = certificate.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            return d2i_X509(nil, &cursor, buffer.count)
        }
        guard let parsed else { return false }
        defer { X509_free(parsed) }
        let kind = X509_get0_pubkey(parsed).map { EVP_PKEY_get_base_id($0) }
        return switch self.family {
        case .ecdsa: kind == EVP_PKEY_EC
        case .pss: kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS
        case .pkcs1: kind == EVP_PKEY_RSA
        }
    }
}
