import COpenSSL
import PAdES

/// A signature of a remote service over hashes that mean nothing, to see that all of it works: access, authorisation, signature value.
public struct RemoteRehearsal: Sendable {
    /// Hashes of 32, 48 or 64 random bytes, which no document has.
    public static func items(_ count: Int, for algorithm: SignatureAlgorithm) -> [RemoteWish.Item] {
        (1...max(1, count)).map { number in
            RemoteWish.Item(
                name: "vanthu-rehearsal-\(number)",
                digest: (0..<algorithm.hashSize).map { _ in UInt8.random(in: .min ... .max) })
        }
    }

    /// Whether the certificate's key made `signature` over `digest`. ECDSA may come as r ‖ s or as DER.
    public static func verifies(
        _ signature: [UInt8], over digest: [UInt8], _ algorithm: SignatureAlgorithm, certificate: [UInt8]
    ) -> Bool {
        defer { ERR_clear_error() }
        let parsed = certificate.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            return d2i_X509(nil, &cursor, buffer.count)
        }
        guard let parsed else { return false }
        defer { X509_free(parsed) }
        guard let key = X509_get0_pubkey(parsed) else { return false }
        if algorithm.family == .ecdsa {
            let half = Int(EVP_PKEY_get_bits(key) + 7) / 8
            return self.verifies(signature, digest, algorithm, key)
                || (signature.count == 2 * half
                    && self.verifies(self.der(signature, half), digest, algorithm, key))
        }
        return self.verifies(signature, digest, algorithm, key)
    }

    private static func verifies(
        _ signature: [UInt8], _ digest: [UInt8], _ algorithm: SignatureAlgorithm, _ key: OpaquePointer
    ) -> Bool {
        let hash =
            switch algorithm.hashSize {
            case 32: EVP_sha256()
            case 48: EVP_sha384()
            default: EVP_sha512()
            }
        guard let context = EVP_PKEY_CTX_new(key, nil) else { return false }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_verify_init(context) == 1, EVP_PKEY_CTX_set_signature_md(context, hash) == 1 else {
            return false
        }
        switch algorithm.family {
        case .pss:
            guard EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1,
                EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash) == 1,
                EVP_PKEY_CTX_set_rsa_pss_saltlen(context, Int32(algorithm.hashSize)) == 1
            else { return false }
        case .pkcs1:
            guard EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 else { return false }
        case .ecdsa: break
        }
        return EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1
    }

    /// ECDSA-Sig-Value of r ‖ s.
    private static func der(_ raw: [UInt8], _ half: Int) -> [UInt8] {
        func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            var value = Array(bytes.drop { $0 == 0 })
            if value.isEmpty || value[0] >= 0x80 { value.insert(0, at: 0) }
            return [0x02, UInt8(value.count)] + value
        }
        let content = integer(raw.prefix(half)) + integer(raw.suffix(half))
        return [0x30] + (content.count < 0x80 ? [] : [0x81]) + [UInt8(content.count)] + content
    }
}
