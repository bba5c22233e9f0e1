import COpenSSL
import PAdES

/// A private key with its public half. OpenSSL wipes the private numbers when it is freed.
///
/// Marked `@unchecked Sendable` because an `EVP_PKEY` is not changed after it was made and OpenSSL counts its uses atomically.
public final class KeyPair: @unchecked Sendable {
    /// Algorithm and size (Circular 15/2025: RSA from 2,048 bits, or an elliptic curve).
    public enum Kind: Hashable, Sendable {
        case p256
        case p384
        /// 2048 bits or more.
        case rsa(bits: Int)
    }

    let handle: OpaquePointer

    init(owning handle: OpaquePointer) {
        self.handle = handle
    }

    deinit { EVP_PKEY_free(self.handle) }

    /// - Throws: `unacceptable` for RSA below 2048 bits (Circular 15/2025/TT-BKHCN) or above 8192.
    public static func generate(_ kind: Kind = .p256) throws(SoftKeyError) -> KeyPair {
        let algorithm: String
        switch kind {
        case .p256, .p384: algorithm = "EC"
        case .rsa(let bits):
            guard (2_048...8_192).contains(bits) else { throw .unacceptable("RSA key size") }
            algorithm = "RSA"
        }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, algorithm, nil) else { throw .cryptography("key context") }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_keygen_init(context) == 1 else { throw .cryptography("key generation") }
        let isReady =
            switch kind {
            case .p256: EVP_PKEY_CTX_set_group_name(context, "P-256")
            case .p384: EVP_PKEY_CTX_set_group_name(context, "P-384")
            case .rsa(let bits): EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits))
            }
        var key: OpaquePointer?
        guard isReady == 1, EVP_PKEY_generate(context, &key) == 1, let key else {
            throw .cryptography("key generation")
        }
        return KeyPair(owning: key)
    }

    /// Reads the DER of a PKCS#8 PrivateKeyInfo.
    public init(pkcs8: SecretBytes) throws(SoftKeyError) {
        let key = pkcs8.withUnsafeBytes { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard let info = d2i_PKCS8_PRIV_KEY_INFO(nil, &cursor, buffer.count) else { return nil }
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            return EVP_PKCS82PKEY(info)
        }
        ERR_clear_error()
        guard let key else { throw .malformed }
        self.handle = key
    }

    /// The DER of the PKCS#8 PrivateKeyInfo.
    public func pkcs8() throws(SoftKeyError) -> SecretBytes {
        guard let info = EVP_PKEY2PKCS8(self.handle) else { throw .cryptography("PKCS#8") }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        let size = i2d_PKCS8_PRIV_KEY_INFO(info, nil)
        guard size > 0 else { throw .cryptography("PKCS#8") }
        return SecretBytes(count: Int(size)) { memory in
            var cursor = memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
            i2d_PKCS8_PRIV_KEY_INFO(info, &cursor)
        }
    }

    /// The DER of the SubjectPublicKeyInfo.
    public func publicKey() throws(SoftKeyError) -> [UInt8] {
        let size = i2d_PUBKEY(self.handle, nil)
        guard size > 0 else { throw .cryptography("public key") }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        bytes.withUnsafeMutableBufferPointer { buffer in
            var cursor = buffer.baseAddress
            i2d_PUBKEY(self.handle, &cursor)
        }
        return bytes
    }

    /// The algorithm that `PreparedSignature` chooses for this key.
    public var defaultAlgorithm: SignatureAlgorithm {
        guard EVP_PKEY_get_base_id(self.handle) == EVP_PKEY_EC else { return .rsaPSSWithSHA256 }
        return EVP_PKEY_get_bits(self.handle) <= 256 ? .ecdsaWithSHA256 : .ecdsaWithSHA384
    }

    /// Signs data (hashing it itself): for a PAdES signature, `PreparedSignature.signedAttributes`.
    public func sign(_ data: [UInt8], _ algorithm: SignatureAlgorithm) throws(SoftKeyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .cryptography("signature context") }
        defer { EVP_MD_CTX_free(context) }
        try self.prepare(context, algorithm)
        var size = 0
        guard EVP_DigestSign(context, nil, &size, data, data.count) == 1 else { throw .cryptography("signature") }
        var signature = [UInt8](repeating: 0, count: size)
        guard EVP_DigestSign(context, &signature, &size, data, data.count) == 1 else {
            throw .cryptography("signature")
        }
        return Array(signature.prefix(size))
    }

    /// Signs a hash that was computed elsewhere: for a PAdES signature, `PreparedSignature.digest`.
    public func sign(digest: [UInt8], _ algorithm: SignatureAlgorithm) throws(SoftKeyError) -> [UInt8] {
        guard digest.count == algorithm.digestSize else { throw .unacceptable("digest of another size") }
        guard let context = EVP_PKEY_CTX_new(self.handle, nil) else { throw .cryptography("signature context") }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_sign_init(context) == 1 else { throw .cryptography("signature") }
        try Self.configure(context, algorithm)
        guard EVP_PKEY_CTX_set_signature_md(context, algorithm.hash) == 1 else { throw .cryptography("signature") }
        var size = 0
        guard EVP_PKEY_sign(context, nil, &size, digest, digest.count) == 1 else { throw .cryptography("signature") }
        var signature = [UInt8](repeating: 0, count: size)
        guard EVP_PKEY_sign(context, &signature, &size, digest, digest.count) == 1 else {
            throw .cryptography("signature")
        }
        return Array(signature.prefix(size))
    }

    /// Makes a context ready to sign with this key: also certificates, which OpenSSL signs itself.
    func prepare(_ context: OpaquePointer, _ algorithm: SignatureAlgorithm) throws(SoftKeyError) {
        let isElliptic = EVP_PKEY_get_base_id(self.handle) == EVP_PKEY_EC
        guard isElliptic != algorithm.isRSA else { throw .unacceptable("key of another algorithm") }
        var keyContext: OpaquePointer?
        guard EVP_DigestSignInit(context, &keyContext, algorithm.hash, nil, self.handle) == 1, let keyContext else {
            throw .cryptography("signature")
        }
        try Self.configure(keyContext, algorithm)
    }

    private static func configure(_ context: OpaquePointer, _ algorithm: SignatureAlgorithm) throws(SoftKeyError) {
        guard algorithm.isRSA else { return }
        if algorithm.isPKCS1 {
            guard EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 else { throw .cryptography("PKCS#1") }
            return
        }
        guard EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1,
            EVP_PKEY_CTX_set_rsa_pss_saltlen(context, Int32(algorithm.digestSize)) == 1,
            EVP_PKEY_CTX_set_rsa_mgf1_md(context, algorithm.hash) == 1
        else { throw .cryptography("PSS") }
    }
}

extension SignatureAlgorithm {
    fileprivate var isPKCS1: Bool {
        switch self {
        case .rsaPKCS1WithSHA256, .rsaPKCS1WithSHA384, .rsaPKCS1WithSHA512: true
        default: false
        }
    }

    fileprivate var isRSA: Bool {
        switch self {
        case .rsaPSSWithSHA256, .rsaPSSWithSHA384, .rsaPSSWithSHA512: true
        case .rsaPKCS1WithSHA256, .rsaPKCS1WithSHA384, .rsaPKCS1WithSHA512: true
        case .ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512: false
        }
    }

    fileprivate var digestSize: Int {
        switch self {
        case .rsaPSSWithSHA256, .ecdsaWithSHA256, .rsaPKCS1WithSHA256: 32
        case .rsaPSSWithSHA384, .ecdsaWithSHA384, .rsaPKCS1WithSHA384: 48
        case .rsaPSSWithSHA512, .ecdsaWithSHA512, .rsaPKCS1WithSHA512: 64
        }
    }

    fileprivate var hash: OpaquePointer? {
        switch self.digestSize {
        case 32: EVP_sha256()
        case 48: EVP_sha384()
        default: EVP_sha512()
        }
    }
}
