import COpenSSL

/// A hash by OpenSSL, fed piece by piece so that big files need not be joined.
package final class Digest {
    /// The hashes that are known. Signatures are made with SHA-2 only; the others are verified, because old files have them.
    package enum Algorithm: String, Sendable, Hashable, CaseIterable {
        case md5 = "MD5"
        case sha1 = "SHA-1"
        case ripemd160 = "RIPEMD-160"
        case sha224 = "SHA-224"
        case sha256 = "SHA-256"
        case sha384 = "SHA-384"
        case sha512 = "SHA-512"
        case sha512Short224 = "SHA-512/224"
        case sha512Short256 = "SHA-512/256"
        case sha3Of224 = "SHA3-224"
        case sha3Of256 = "SHA3-256"
        case sha3Of384 = "SHA3-384"
        case sha3Of512 = "SHA3-512"
        /// With 64 bytes, as Ed448 wants it (RFC 8419).
        case shake256 = "SHAKE256"

        var evp: OpaquePointer? {
            switch self {
            case .md5: EVP_md5()
            case .sha1: EVP_sha1()
            case .ripemd160: EVP_ripemd160()
            case .sha224: EVP_sha224()
            case .sha256: EVP_sha256()
            case .sha384: EVP_sha384()
            case .sha512: EVP_sha512()
            case .sha512Short224: EVP_sha512_224()
            case .sha512Short256: EVP_sha512_256()
            case .sha3Of224: EVP_sha3_224()
            case .sha3Of256: EVP_sha3_256()
            case .sha3Of384: EVP_sha3_384()
            case .sha3Of512: EVP_sha3_512()
            case .shake256: EVP_shake256()
            }
        }

        /// In bytes.
        package var size: Int {
            switch self {
            case .md5: 16
            case .sha1, .ripemd160: 20
            case .sha224, .sha512Short224, .sha3Of224: 28
            case .sha256, .sha512Short256, .sha3Of256: 32
            case .sha384, .sha3Of384: 48
            case .sha512, .sha3Of512, .shake256: 64
            }
        }

        /// Collisions have been made, so that a signature with it proves less than it says.
        package var isWeak: Bool { self == .sha1 || self == .ripemd160 || self.isBroken }
        /// Collisions are made within seconds on any computer: a signature with it proves nothing.
        package var isBroken: Bool { self == .md5 }
    }

    private let context: OpaquePointer
    private let algorithm: Algorithm

    package init(_ algorithm: Algorithm) throws(PDFError) {
        guard let context = EVP_MD_CTX_new() else { throw .cryptography("EVP_MD_CTX_new") }
        self.context = context
        self.algorithm = algorithm
        guard EVP_DigestInit_ex(context, algorithm.evp, nil) == 1 else { throw .cryptography("EVP_DigestInit_ex") }
    }

    private init(copying other: Digest) throws(PDFError) {
        guard let context = EVP_MD_CTX_new() else { throw .cryptography("EVP_MD_CTX_new") }
        self.context = context
        self.algorithm = other.algorithm
        guard EVP_MD_CTX_copy_ex(context, other.context) == 1 else { throw .cryptography("EVP_MD_CTX_copy_ex") }
    }

    deinit { EVP_MD_CTX_free(self.context) }

    /// Another that was fed the same so far.
    func copy() throws(PDFError) -> Digest { try Digest(copying: self) }

    /// Takes more bytes in.
    package func update(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { buffer in _ = EVP_DigestUpdate(self.context, buffer.baseAddress, buffer.count) }
    }

    /// The hash of what was fed so far; more may be fed afterwards.
    package func value() throws(PDFError) -> [UInt8] {
        guard let copy = EVP_MD_CTX_new() else { throw .cryptography("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(copy) }
        var result = [UInt8](repeating: 0, count: self.algorithm.size)
        var size: UInt32 = 0
        guard EVP_MD_CTX_copy_ex(copy, self.context) == 1 else { throw .cryptography("EVP_MD_CTX_copy_ex") }
        let isDone =
            self.algorithm == .shake256
            ? EVP_DigestFinalXOF(copy, &result, result.count) : EVP_DigestFinal_ex(copy, &result, &size)
        guard isDone == 1 else { throw .cryptography("EVP_DigestFinal_ex") }
        return result
    }

    /// The digest of parts that follow each other, none of them copied.
    package static func hash(_ algorithm: Algorithm, _ parts: [ArraySlice<UInt8>]) throws(PDFError) -> [UInt8] {
        let digest = try Digest(algorithm)
        for part in parts { digest.update(part) }
        return try digest.value()
    }

    /// The digest of some bytes at once.
    package static func hash(_ algorithm: Algorithm, _ bytes: [UInt8]) throws(PDFError) -> [UInt8] {
        try self.hash(algorithm, [bytes[...]])
    }
}
