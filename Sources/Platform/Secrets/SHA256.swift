import COpenSSL

/// SHA-256 of bytes that come piece by piece, by OpenSSL.
public struct SHA256: ~Copyable {
    private let context: OpaquePointer

    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            // OpenSSL cannot do SHA-256 or has no memory: nothing that follows would be true.
            fatalError("OpenSSL refuses SHA-256")
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(self.context)
    }

    /// Feeds the next bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        precondition(EVP_DigestUpdate(self.context, bytes.baseAddress, bytes.count) == 1, "OpenSSL refuses to digest")
    }

    /// The 32 bytes of the digest.
    public consuming func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        precondition(EVP_DigestFinal_ex(self.context, &digest, nil) == 1, "OpenSSL refuses to digest")
        return digest
    }

    /// The digest of bytes that are all there.
    public static func digest(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        if bytes.withContiguousStorageIfAvailable({ hash.update(UnsafeRawBufferPointer($0)) }) == nil {
            Array(bytes).withUnsafeBytes { hash.update($0) }
        }
        return hash.finish()
    }
}

extension Sequence<UInt8> {
    /// Lower-case hexadecimal digits, two a byte.
    public var hexadecimal: String {
        var text = ""
        for byte in self {
            text.append(Character(Unicode.Scalar(Self.digit(byte >> 4))))
            text.append(Character(Unicode.Scalar(Self.digit(byte & 15))))
        }
        return text
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }
}

extension [UInt8] {
    /// Bytes from hexadecimal digits; `nil` for anything else.
    public init?(hexadecimal text: some StringProtocol) {
        let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        self.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            self.append(UInt8(high << 4 | low))
        }
    }
}

/// Compares secrets in a time that does not depend on where they differ.
public func equalInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
