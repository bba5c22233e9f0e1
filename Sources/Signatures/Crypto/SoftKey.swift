import CArgon2
import COpenSSL

/// What a wrapped key belongs to. It is authenticated with the ciphertext, so a key can't be moved to another row.
public struct KeyBinding: Hashable, Sendable, Codable {
    /// The tenant's and the key's identifiers, as 16 bytes each.
    public var tenant: [UInt8]
    public var key: [UInt8]
    /// SHA-256 of the certificate's DER.
    public var certificateFingerprint: [UInt8]

    public init(tenant: [UInt8], key: [UInt8], certificateFingerprint: [UInt8]) {
        self.tenant = tenant
        self.key = key
        self.certificateFingerprint = certificateFingerprint
    }
}

/// A private key under a PIN and under a secret that is not in the database:
/// `HKDF-SHA256(Argon2id(PIN, salt) ‖ secret)` is the key of AES-256-GCM over the PKCS#8.
///
/// Six digits are a million tries: the PIN alone would not protect a stolen database, so the server's secret is mixed in.
/// A wrong PIN is told by the tag; nothing else about the PIN is stored.
public enum SoftKey {
    static let saltLength = 16
    static let nonceLength = 12
    static let tagLength = 16
    /// Counted in characters of the PIN's NFC form.
    public static let minimumPINLength = 6

    /// The cost of one derivation with `standard`: 64 MiB and about a quarter of a second of one core.
    public struct Cost: Hashable, Sendable {
        public var memoryKiB: UInt32
        public var passes: UInt32
        public static let standard = Cost(memoryKiB: 65_536, passes: 3)

        public init(memoryKiB: UInt32, passes: UInt32) {
            self.memoryKiB = memoryKiB
            self.passes = passes
        }
    }

    /// Wraps a key. Blocks for one Argon2id derivation.
    /// - Parameters:
    ///   - pin: UTF-8 of the PIN.
    ///   - secret: the server's own, at least 32 bytes, kept outside the database.
    /// - Throws: `unacceptable` for a PIN of fewer than six characters or a short secret.
    public static func wrap(
        _ key: KeyPair, pin: SecretBytes, secret: SecretBytes, binding: KeyBinding, cost: Cost = .standard
    ) throws(SoftKeyError) -> WrappedKey {
        let length = pin.withUnsafeBytes { String(decoding: $0, as: UTF8.self).count }
        guard length >= self.minimumPINLength else { throw .unacceptable("PIN of fewer than 6 characters") }
        let salt = try self.random(self.saltLength)
        let nonce = try self.random(self.nonceLength)
        var wrapped = WrappedKey(cost: cost, salt: salt, nonce: nonce, sealed: [])
        let wrappingKey = try self.wrappingKey(for: wrapped, pin: pin, secret: secret)
        let plain = try key.pkcs8()
        var sealed = [UInt8](repeating: 0, count: plain.count)
        var tag = [UInt8](repeating: 0, count: self.tagLength)
        try self.cipher(wrappingKey, nonce: nonce, authenticating: wrapped.authenticated(binding), encrypting: true) {
            context in
            var count: Int32 = 0
            return plain.withUnsafeBytes { input in
                let bytes = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return EVP_EncryptUpdate(context, &sealed, &count, bytes, Int32(input.count)) == 1
            } && EVP_EncryptFinal_ex(context, &tag, &count) == 1
                && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
        }
        wrapped.sealed = sealed + tag
        return wrapped
    }

    /// Opens a wrapped key. Blocks for one Argon2id derivation; the caller counts tries *before*, and lets at most two run.
    /// - Throws: `wrongPIN`, also when the secret or the binding is another one.
    public static func unwrap(
        _ wrapped: WrappedKey, pin: SecretBytes, secret: SecretBytes, binding: KeyBinding
    ) throws(SoftKeyError) -> KeyPair {
        let length = wrapped.sealed.count - self.tagLength
        guard length > 0 else { throw .malformed }
        let wrappingKey = try self.wrappingKey(for: wrapped, pin: pin, secret: secret)
        let sealed = Array(wrapped.sealed.prefix(length))
        var tag = Array(wrapped.sealed.suffix(self.tagLength))
        var isGenuine = false
        var failure: SoftKeyError?
        let plain = SecretBytes(count: length) { memory in
            let output = memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
            do {
                try self.cipher(
                    wrappingKey, nonce: wrapped.nonce, authenticating: wrapped.authenticated(binding), encrypting: false
                ) { context in
                    var count: Int32 = 0
                    guard EVP_DecryptUpdate(context, output, &count, sealed, Int32(sealed.count)) == 1,
                        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
                    else { return false }
                    isGenuine = EVP_DecryptFinal_ex(context, output.map { $0 + length }, &count) == 1
                    return true
                }
            } catch let error as SoftKeyError {
                failure = error
            } catch {}
        }
        ERR_clear_error()
        if let failure { throw failure }
        guard isGenuine else { throw .wrongPIN }
        return try KeyPair(pkcs8: plain)
    }

    private static func wrappingKey(
        for wrapped: WrappedKey, pin: SecretBytes, secret: SecretBytes
    ) throws(SoftKeyError) -> SecretBytes {
        guard secret.count >= 32 else { throw .unacceptable("server secret of fewer than 32 bytes") }
        var status = ARGON2_OK.rawValue
        let material = SecretBytes(count: 32 + secret.count) { memory in
            status = pin.withUnsafeBytes { pin in
                argon2id_hash_raw(
                    wrapped.cost.passes, wrapped.cost.memoryKiB, 1, pin.baseAddress, pin.count, wrapped.salt,
                    wrapped.salt.count, memory.baseAddress, 32)
            }
            secret.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: memory[32...]).copyMemory(from: $0) }
        }
        guard status == ARGON2_OK.rawValue else { throw .cryptography("Argon2id") }
        return try self.expand(material)
    }

    /// HKDF-SHA256 (RFC 5869) with a fixed label.
    private static func expand(_ material: SecretBytes) throws(SoftKeyError) -> SecretBytes {
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nil) else { throw .cryptography("HKDF") }
        defer { EVP_PKEY_CTX_free(context) }
        let label = Array("vanthu soft key 1".utf8)
        var isDone = false
        let key = SecretBytes(count: 32) { memory in
            var size = memory.count
            isDone = material.withUnsafeBytes { input in
                EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1
                    && EVP_PKEY_CTX_set1_hkdf_key(
                        context, input.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(input.count)) == 1
                    && EVP_PKEY_CTX_add1_hkdf_info(context, label, Int32(label.count)) == 1
                    && EVP_PKEY_derive(context, memory.baseAddress?.assumingMemoryBound(to: UInt8.self), &size) == 1
            }
        }
        guard isDone else { throw .cryptography("HKDF") }
        return key
    }

    private static func cipher(
        _ key: SecretBytes, nonce: [UInt8], authenticating data: [UInt8], encrypting: Bool,
        _ body: (OpaquePointer) -> Bool
    ) throws(SoftKeyError) {
        guard let context = EVP_CIPHER_CTX_new() else { throw .cryptography("AES-GCM") }
        defer { EVP_CIPHER_CTX_free(context) }
        var count: Int32 = 0
        let isReady = key.withUnsafeBytes { key in
            EVP_CipherInit_ex(
                context, EVP_aes_256_gcm(), nil, key.baseAddress?.assumingMemoryBound(to: UInt8.self), nonce,
                encrypting ? 1 : 0) == 1
        }
        guard isReady, EVP_CipherUpdate(context, nil, &count, data, Int32(data.count)) == 1, body(context) else {
            throw .cryptography("AES-GCM")
        }
    }

    static func random(_ count: Int) throws(SoftKeyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw .cryptography("random numbers") }
        return bytes
    }
}
