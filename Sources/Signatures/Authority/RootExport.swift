import COpenSSL
import Foundation
import PAdES

/// A root's key and certificate as they lie in a safe: PEM, the key in PKCS#8 under a passphrase (PBES2 with scrypt and AES-256,
/// RFC 8018 and 7914), which `openssl pkey` reads too; then the certificate.
public struct RootExport: Sendable {
    /// The root's certificate, DER.
    public let certificate: [UInt8]
    public let key: KeyPair

    /// scrypt of 16 MiB, the most that OpenSSL's commands read, eight times over: about half a second a guess.
    private static let scrypt: (cost: UInt64, block: UInt64, parallel: UInt64) = (1 << 14, 8, 8)
    /// Characters of a passphrase.
    public static let minimumPassphrase = 12

    /// Throws `SoftKeyError.unacceptable` when the key is not the certificate's.
    public init(certificate: [UInt8], key: KeyPair) throws {
        guard try key.belongs(to: certificate) else { throw SoftKeyError.unacceptable("key of another certificate") }
        self.certificate = certificate
        self.key = key
    }

    /// Reads an export. Throws `SoftKeyError.malformed` for what is none, `wrongPIN` for another passphrase.
    public init(pem: [UInt8], passphrase: SecretBytes) throws {
        defer { ERR_clear_error() }
        guard let sealed = Self.read(pem, { PEM_read_bio_PKCS8($0, nil, nil, nil) }),
            let certificate = Self.read(pem, { PEM_read_bio_X509($0, nil, nil, nil) })
        else { throw SoftKeyError.malformed }
        defer {
            X509_SIG_free(sealed)
            X509_free(certificate)
        }
        let opened = passphrase.withUnsafeBytes { bytes in
            PKCS8_decrypt(sealed, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard let opened else { throw SoftKeyError.wrongPIN }
        defer { PKCS8_PRIV_KEY_INFO_free(opened) }
        guard let key = EVP_PKCS82PKEY(opened) else { throw SoftKeyError.malformed }
        try self.init(certificate: try encoded { i2d_X509(certificate, $0) }, key: KeyPair(owning: key))
    }

    /// Nil when there is no such block, or its bytes are not what its name says.
    private static func read(_ pem: [UInt8], _ read: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
        pem.withUnsafeBytes { bytes in
            guard let input = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
            defer { BIO_free(input) }
            return read(input)
        }
    }

    /// The export under a passphrase, PEM.
    public func pem(passphrase: SecretBytes) throws -> [UInt8] {
        var salt = try SoftKey.random(16)
        guard
            let algorithm = PKCS5_pbe2_set_scrypt(
                EVP_aes_256_cbc(), &salt, Int32(salt.count), nil, Self.scrypt.cost, Self.scrypt.block,
                Self.scrypt.parallel)
        else { throw SoftKeyError.cryptography("scrypt") }
        guard let plain = EVP_PKEY2PKCS8(self.key.handle) else {
            X509_ALGOR_free(algorithm)
            throw SoftKeyError.cryptography("PKCS#8")
        }
        defer { PKCS8_PRIV_KEY_INFO_free(plain) }
        let sealed = passphrase.withUnsafeBytes { bytes in
            PKCS8_set0_pbe(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), plain, algorithm)
        }
        guard let sealed else {
            X509_ALGOR_free(algorithm)
            throw SoftKeyError.cryptography("PKCS#8")
        }
        defer { X509_SIG_free(sealed) }
        let text =
            Self.block("ENCRYPTED PRIVATE KEY", try encoded { i2d_X509_SIG(sealed, $0) })
            + Self.block("CERTIFICATE", self.certificate)
        return Array(text.utf8)
    }

    private static func block(_ name: String, _ der: [UInt8]) -> String {
        let body = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        return "-----BEGIN \(name)-----\n\(body)\n-----END \(name)-----\n"
    }

    /// Proves that the key can do a root's work: an issuing authority made in memory leads to the certificate, and is forgotten. Throws
    /// `SoftKeyError.unacceptable` when it does not.
    public func rehearse() throws {
        let root = try CertificateAuthority(certificate: self.certificate, key: self.key)
        let made = try root.issueAuthority(
            DistinguishedName(organisation: "Vănthư", commonName: "Diễn tập"), key: try KeyPair.generate(),
            validity: CertificateValidity(from: KeyRoom.now, days: 1))
        let path = try PathBuilder.path(
            of: made.certificate, issuers: [], roots: [self.certificate], at: KeyRoom.now)
        guard path == .path([made.certificate, self.certificate]) else {
            throw SoftKeyError.unacceptable("no path from what the key signs to the certificate")
        }
    }
}
