/// The verdict on the integrity and structure of a signature, or of a file by its worst signature: one list for every kind of
/// file. Whether the certificate is trusted is another question.
public enum VerdictWord: String, Sendable, Codable, CaseIterable {
    // From the best to the worst.
    case valid = "VALID"
    case validFull = "VALID_FULL"
    case validWithWeakAlgorithm = "VALID_WEAK_ALGO"
    case levelDisputed = "CRYPTO_VALID_LEVEL_DISPUTED"
    case allowedWithWarning = "ALLOWED_WARN"
    case validPartial = "VALID_PARTIAL"
    case notPAdES = "NOT_PADES"
    case notCAdES = "NOT_CADES"
    case noSignature = "NO_SIGNATURE"
    case badTimeStamp = "BAD_TIMESTAMP"
    case indeterminate = "INDETERMINATE"
    case invalidPolicy = "INVALID_POLICY"
    case invalidFormat = "INVALID_FORMAT"
    case modified = "MODIFIED"
    case invalidStructure = "INVALID_STRUCTURE"
    case invalid = "INVALID"
    case invalidCryptography = "INVALID_CRYPTO"
    case refused = "REFUSE"
    /// It opens only with a password, which nobody gave: nothing can be said.
    case needsPassword = "NEEDS_PASSWORD"
    case unreadable = "ERROR"
    /// Nothing can be said: the file is damaged beyond reading, or a bound of time, memory or size was met.
    case bounded = "ERROR_BOUNDED"

    public init(_ verdict: SignatureReport.Verdict) { self = Self(rawValue: verdict.rawValue) ?? .bounded }
    public init(_ verdict: AdESVerdict) { self = Self(rawValue: verdict.rawValue) ?? .unreadable }

    public var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }

    /// Whether what is shown is what was signed, be it with a remark.
    public var isGood: Bool {
        [.valid, .validFull, .validWithWeakAlgorithm, .levelDisputed, .allowedWithWarning].contains(self)
    }

    /// Whether nothing was judged.
    public var isAbsent: Bool { [.noSignature, .refused, .needsPassword, .unreadable, .bounded].contains(self) }
}

/// The baseline level that a signature reaches by what is really in the file (EN 319 142-1, 6).
public enum LevelWord: String, Sendable, Codable, CaseIterable {
    case basic = "B-B"
    /// With a time stamp.
    case timed = "B-T"
    /// With everything that a later check needs.
    case longTerm = "B-LT"
    /// And a later time stamp over that.
    case longTermArchived = "B-LTA"
}

/// Where the time comes from at which a signature is known to have existed.
public enum TimeSource: String, Sendable, Codable, CaseIterable {
    case signatureTimeStamp = "signature_time_stamp"
    case documentTimeStamp = "document_time_stamp"
    /// No time stamp: certificates are judged as of the check.
    case check
}

/// How much of the file a signature covers.
public enum CoverageWord: String, Sendable, Codable, CaseIterable {
    case wholeFile = "whole_file"
    /// Everything up to its own save; later saves added something.
    case wholeRevision = "whole_revision"
    /// The parts of a file that the report names.
    case parts
    case nothing
}

/// What kind of change was made after a signature.
public enum ChangeWord: String, Sendable, Codable, CaseIterable {
    case fieldFilled = "field_filled"
    case signatureAdded = "signature_added"
    case annotation
    case metadata
    case structure
    case forbidden

    init(_ kind: SignatureReport.Change.Kind) {
        self =
            switch kind {
            case .fieldFilled: .fieldFilled
            case .signatureAdded: .signatureAdded
            case .annotation: .annotation
            case .metadata: .metadata
            case .structure: .structure
            case .forbidden: .forbidden
            }
    }
}

/// How the algorithms of a signature stand to Circular 15/2025/TT-BKHCN (in force from 15 August 2025): what it does not list is
/// still verified, and said.
public enum AlgorithmRemark: String, Sendable, Codable, CaseIterable {
    /// RSA with PKCS#1 v1.5 padding, where RSASSA-PSS is asked for.
    case pkcs1 = "rsa_pkcs1_v15"
    /// SHA-1, MD5 or the like.
    case weakHash = "weak_hash"
    /// RSA below 2,048 bits, or an elliptic curve below 256.
    case smallKey = "small_key"
    /// Neither RSA nor ECDSA, or SHA-224 or the like.
    case unlisted = "algorithm_not_listed"

    /// 2025-08-15 00:00 +07:00.
    public static let rulesInForce = SigningTime(secondsSince1970: 1_755_190_800)

    /// - Parameter algorithm: such as `RSA PKCS#1 v1.5 SHA-256`.
    static func remarks(on algorithm: String?, certificate: [UInt8]?) -> [AlgorithmRemark] {
        guard let algorithm, let hash = algorithm.split(separator: " ").last else { return [] }
        var remarks: [AlgorithmRemark] = []
        if algorithm.hasPrefix("RSA PKCS#1") { remarks.append(.pkcs1) }
        if ["MD5", "SHA-1", "RIPEMD-160"].contains(hash) {
            remarks.append(.weakHash)
        } else if !algorithm.hasPrefix("RSA") && !algorithm.hasPrefix("ECDSA")
            || ["SHA-224", "SHAKE256"].contains(hash)
        {
            remarks.append(.unlisted)
        }
        if let certificate, let reason = (try? Certificate(certificate))?.unsuitability, reason.contains("key below") {
            remarks.append(.smallKey)
        }
        return remarks
    }
}
