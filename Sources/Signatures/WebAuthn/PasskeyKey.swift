import COpenSSL
import SwiftASN1

/// The public key of a passkey (RFC 9052, COSE_Key), kept as a SubjectPublicKeyInfo with its algorithm.
public struct PasskeyKey: Hashable, Sendable {
    /// How the passkey signs (IANA COSE Algorithms).
    public enum Algorithm: Int64, Hashable, Sendable, Codable, CaseIterable {
        case es256 = -7
        case edDSA = -8
        case rs256 = -257
    }

    public let algorithm: Algorithm
    /// DER.
    public let publicKey: [UInt8]

    /// A key that was kept. Whether it is one shows when it verifies.
    public init(algorithm: Algorithm, publicKey: [UInt8]) {
        self.algorithm = algorithm
        self.publicKey = publicKey
    }

    /// - Throws: ``PasskeyError/unsupportedKey``.
    init(_ cose: CBORValue) throws {
        guard case .integer(let type)? = cose[1], case .integer(let name)? = cose[3],
            let algorithm = Algorithm(rawValue: name)
        else { throw PasskeyError.unsupportedKey }
        self.algorithm = algorithm
        switch (algorithm, type) {
        case (.es256, 2):
            guard cose[-1] == .integer(1), case .bytes(let x)? = cose[-2], case .bytes(let y)? = cose[-3],
                x.count == 32,
                y.count == 32
            else { throw PasskeyError.unsupportedKey }
            self.publicKey = try Self.information(
                [1, 2, 840, 10_045, 2, 1], curve: [1, 2, 840, 10_045, 3, 1, 7], [0x04] + x + y)
        case (.edDSA, 1):
            guard cose[-1] == .integer(6), case .bytes(let x)? = cose[-2], x.count == 32 else {
                throw PasskeyError.unsupportedKey
            }
            self.publicKey = try Self.information([1, 3, 101, 112], curve: nil, x)
        case (.rs256, 3):
            guard case .bytes(let modulus)? = cose[-1], case .bytes(let exponent)? = cose[-2],
                (256...1_024).contains(modulus.count), (1...8).contains(exponent.count)
            else { throw PasskeyError.unsupportedKey }
            self.publicKey = try Self.information(rsa: modulus, exponent)
        default: throw PasskeyError.unsupportedKey
        }
        // A point off the curve is no key.
        guard let key = self.open() else { throw PasskeyError.unsupportedKey }
        EVP_PKEY_free(key)
    }

    /// Whether the key made `signature` over `data`.
    func verifies(_ signature: [UInt8], over data: [UInt8]) -> Bool {
        guard let key = self.open() else { return false }
        defer {
            EVP_PKEY_free(key)
            ERR_clear_error()
        }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        let hash = self.algorithm == .edDSA ? nil : EVP_sha256()
        guard EVP_DigestVerifyInit(context, nil, hash, nil, key) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, data, data.count) == 1
    }

    /// The key for OpenSSL, which the caller frees; `nil` for one that is none, or not of its algorithm.
    private func open() -> OpaquePointer? {
        let opened = self.publicKey.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            return d2i_PUBKEY(nil, &cursor, buffer.count)
        }
        ERR_clear_error()
        guard let opened else { return nil }
        let isOfItsAlgorithm =
            switch self.algorithm {
            case .es256: EVP_PKEY_get_base_id(opened) == EVP_PKEY_EC && EVP_PKEY_get_bits(opened) == 256
            case .edDSA: EVP_PKEY_get_base_id(opened) == EVP_PKEY_ED25519
            case .rs256: EVP_PKEY_get_base_id(opened) == EVP_PKEY_RSA && EVP_PKEY_get_bits(opened) >= 2_048
            }
        guard isOfItsAlgorithm else {
            EVP_PKEY_free(opened)
            return nil
        }
        return opened
    }

    private static func information(
        _ algorithm: ASN1ObjectIdentifier, curve: ASN1ObjectIdentifier?, _ key: [UInt8]
    ) throws -> [UInt8] {
        var der = DER.Serializer()
        try der.appendConstructedNode(identifier: .sequence) { information in
            try information.appendConstructedNode(identifier: .sequence) { name in
                try name.serialize(algorithm)
                if let curve { try name.serialize(curve) }
            }
            try information.serialize(ASN1BitString(bytes: key[...]))
        }
        return der.serializedBytes
    }

    private static func information(rsa modulus: [UInt8], _ exponent: [UInt8]) throws -> [UInt8] {
        func integer(_ bytes: [UInt8], _ der: inout DER.Serializer) {
            let digits = Array(bytes.drop { $0 == 0 })
            der.appendPrimitiveNode(identifier: .integer) { $0 += (digits.first ?? 0x80 >= 0x80 ? [0] : []) + digits }
        }
        var key = DER.Serializer()
        key.appendConstructedNode(identifier: .sequence) { numbers in
            integer(modulus, &numbers)
            integer(exponent, &numbers)
        }
        let bytes = key.serializedBytes
        var der = DER.Serializer()
        try der.appendConstructedNode(identifier: .sequence) { information in
            try information.appendConstructedNode(identifier: .sequence) { name in
                let rsaEncryption: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 1, 1]
                try name.serialize(rsaEncryption)
                name.appendPrimitiveNode(identifier: .null) { _ in }
            }
            try information.serialize(ASN1BitString(bytes: bytes[...]))
        }
        return der.serializedBytes
    }
}
