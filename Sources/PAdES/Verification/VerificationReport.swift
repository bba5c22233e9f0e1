/// What is known about one signature in a file. Each part is judged by itself, and a part that could not be judged says so.
public struct SignatureReport: Sendable, Hashable {
    /// The verdict on integrity and structure; the person behind the certificate is `trust`.
    public enum Verdict: String, Sendable, Codable, CaseIterable {
        case valid = "VALID"
        /// Signature and digest are good, but the file was changed afterwards in a way that was not allowed.
        case modified = "MODIFIED"
        /// Byte range, dictionary or CMS have a form that does not prove what is shown.
        case invalidStructure = "INVALID_STRUCTURE"
        /// Digest or signature value are wrong.
        case invalidCryptography = "INVALID_CRYPTO"
        /// Cryptographically good, but not a PAdES baseline signature.
        case notPAdES = "NOT_PADES"
    }

    /// What the certificate's path says.
    public enum Trust: Sendable, Hashable {
        /// A path to one of the given roots, whose subject is named. Revocation was not asked.
        case trusted(root: String)
        /// No path, or an expired or unsuitable certificate; the reason is OpenSSL's sentence.
        case untrusted(reason: String)
        /// The signature carries no usable certificate.
        case unknown
    }

    /// A change made after the signature.
    public struct Change: Sendable, Hashable {
        public enum Kind: String, Sendable, Codable {
            case fieldFilled, signatureAdded, metadata, structure, forbidden
        }
        public var kind: Kind
        /// The field's name, or what was changed, in English.
        public var subject: String
        public var isAllowed: Bool
    }

    public var fieldName: String
    public var verdict: Verdict
    /// Why the verdict is not `valid`: stable snake_case words, the first is the decisive one.
    public var reasons: [String]
    public var trust: Trust
    /// Whether the byte range reaches the end of the file (the last signature of a finished document does).
    public var coversWholeFile: Bool
    /// 1, 2 or 3 for a certification signature (DocMDP).
    public var certificationLevel: Int?
    public var changes: [Change]
    /// Such as `ECDSA SHA-256`.
    public var algorithm: String?
    /// Whether it has the form of a PAdES baseline signature; an older `adbe.pkcs7.detached` may be valid without.
    public var isBaseline: Bool
    /// From the certificate's subject: CN, title, O.
    public var signerName: String?
    public var signerTitle: String?
    public var signerOrganisation: String?
    public var certificate: [UInt8]?
    /// `/M` as written; a claim, not a proof.
    public var claimedTime: String?
}

/// The signatures of a file, in the order they were made.
public struct VerificationReport: Sendable, Hashable {
    public var signatures: [SignatureReport]
    /// Every signature is valid and there is at least one. Trust is not part of it.
    public var isValid: Bool { !self.signatures.isEmpty && self.signatures.allSatisfy { $0.verdict == .valid } }
    /// As `isValid`, and every certificate has a path to a given root.
    public var isValidAndTrusted: Bool {
        self.isValid && self.signatures.allSatisfy { if case .trusted = $0.trust { true } else { false } }
    }
}
