import COpenSSL

/// A SHA-2 hash by OpenSSL, fed piece by piece so that big files need not be joined.
final class Digest {
    enum Algorithm: String, Sendable, Hashable {
        case sha256, sha384, sha512

        var evp: OpaquePointer? {
            switch self {
            case .sha256: EVP_sha256()
            case .sha384: EVP_sha384()
            case .sha512: EVP_sha512()
            }
        }

        var size: Int {
            switch self {
            case .sha256: 32
            case .sha384: 48
            case .sha512: 64
            }
        }
    }

    private let context: OpaquePointer
    private let algorithm: Algorithm

    init(_ algorithm: Algorithm) throws(PDFError) {
        guard let context = EVP_MD_CTX_new() else { throw .cryptography("EVP_MD_CTX_new") }
        self.context = context
        self.algorithm = algorithm
        guard EVP_DigestInit_ex(context, algorithm.evp, nil) == 1 else { throw .cryptography("EVP_DigestInit_ex") }
    }

    deinit { EVP_MD_CTX_free(self.context) }

    func update(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { buffer in _ = EVP_DigestUpdate(self.context, buffer.baseAddress, buffer.count) }
    }

    /// The hash of what was fed so far; more may be fed afterwards.
    func value() throws(PDFError) -> [UInt8] {
        guard let copy = EVP_MD_CTX_new() else { throw .cryptography("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(copy) }
        var result = [UInt8](repeating: 0, count: self.algorithm.size)
        var size: UInt32 = 0
        guard EVP_MD_CTX_copy_ex(copy, self.context) == 1, EVP_DigestFinal_ex(copy, &result, &size) == 1 else {
            throw .cryptography("EVP_DigestFinal_ex")
        }
        return result
    }

    static func hash(_ algorithm: Algorithm, _ parts: [ArraySlice<UInt8>]) throws(PDFError) -> [UInt8] {
        let digest = try Digest(algorithm)
        for part in parts { digest.update(part) }
        return try digest.value()
    }

    static func hash(_ algorithm: Algorithm, _ bytes: [UInt8]) throws(PDFError) -> [UInt8] {
        try self.hash(algorithm, [bytes[...]])
    }
}
