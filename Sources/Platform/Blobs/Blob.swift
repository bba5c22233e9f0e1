/// Content that is safe on disk, known by its hash.
public struct Blob: Sendable, Hashable {
    /// The 32 bytes of its SHA-256: what `platform.blob` and file rows hold.
    public let digest: [UInt8]
    /// Bytes.
    public let size: Int64

    /// The digest as 64 lower-case hexadecimal digits.
    public var sha256: String { self.digest.hexadecimal }

    public init(digest: [UInt8], size: Int64) {
        self.digest = digest
        self.size = size
    }
}

/// What can go wrong when content is received or read.
public enum BlobError: RefusalConvertible, Hashable {
    /// More bytes came than the limit allows.
    case tooLarge(limit: Int64)
    /// The disk, or our share of it, is full.
    case noSpace
    /// No content has this hash here.
    case notFound
    /// The system refused for another reason; `errno` says which.
    case system(Int32)

    public var refusal: Refusal {
        switch self {
        case .tooLarge(let limit): Refusal(413, "too_large", details: ["limit": Int(limit)])
        case .noSpace: Refusal(507, "no_space")
        case .notFound: Refusal(404, "not_found")
        case .system: Refusal(500, "storage_failed")
        }
    }
}
