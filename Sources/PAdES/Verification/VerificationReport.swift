/// What is known about one signature in a file. Each part is judged by itself, and a part that could not be judged says so.
public struct SignatureReport: Sendable, Hashable {
    /// The verdict on integrity and structure; the person behind the certificate is `trust`.
    public enum Verdict: String, Sendable, Codable, CaseIterable {
        case valid = "VALID"
        /// As `valid`, but with a hash for which collisions have been made (SHA-1).
        case validWithWeakAlgorithm = "VALID_WEAK_ALGO"
        /// Digest, value and form are good, but it carries both signing-certificate attributes: validators disagree about it.
        case levelDisputed = "CRYPTO_VALID_LEVEL_DISPUTED"
        /// Good, and afterwards something was added that can be seen and that nothing forbids: an annotation.
        case allowedWithWarning = "ALLOWED_WARN"
        /// Good CMS, but no PAdES signature.
        case notPAdES = "NOT_PADES"
        /// There is nothing to judge: no signature, or one that can't be decoded.
        case noSignature = "NO_SIGNATURE"
        /// Computed rightly, with an algorithm that the rules forbid.
        case invalidPolicy = "INVALID_POLICY"
        /// Signature and digest are good, but the file was changed afterwards in a way that was not allowed.
        case modified = "MODIFIED"
        /// Byte range, dictionary or CMS have a form that does not prove what is shown.
        case invalidStructure = "INVALID_STRUCTURE"
        /// Digest or signature value are wrong.
        case invalidCryptography = "INVALID_CRYPTO"
        /// The file can't be read, or a bound was passed: nothing can be said.
        case error = "ERROR_BOUNDED"

        /// From the best to the worst.
        public var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
        /// Whether the signature holds, be it with a remark.
        public var isGood: Bool { self == .valid || self == .validWithWeakAlgorithm || self == .levelDisputed }
    }

    /// What the change or the signature is.
    public enum Kind: String, Sendable, Codable {
        case signature
        /// `ETSI.RFC3161`: it proves a time and integrity, and speaks for nobody.
        case documentTimeStamp
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
        /// What the change or the signature is.
        public enum Kind: String, Sendable, Codable {
            case fieldFilled, signatureAdded, annotation, metadata, structure, forbidden
        }
        public var kind: Kind
        /// The field's name, or what was changed, in English.
        public var subject: String
        public var isAllowed: Bool
    }

    public var fieldName: String
    public var kind: Kind
    public var verdict: Verdict
    /// Why the verdict is not `valid`: stable snake_case words, the first is the decisive one.
    public var reasons: [String]
    /// Where it falls short of a baseline signature without losing what it proves: stable snake_case words.
    public var remarks: [String]
    public var trust: Trust
    /// Whether the byte range reaches the end of the file (the last signature of a finished document does).
    public var coversWholeFile: Bool
    /// The save that added it; 0 is the first. What was added later lies after `signedLength`.
    public var revision: Int
    /// The bytes from the beginning of the file that it covers, but for the gap of its own `/Contents`.
    public var signedLength: Int?
    /// 1, 2 or 3 for a certification signature (DocMDP).
    public var certificationLevel: Int?
    public var changes: [Change]
    public var subFilter: String?
    /// Such as `ECDSA SHA-256`.
    public var algorithm: String?
    /// Whether it has the form of a PAdES baseline signature; an older `adbe.pkcs7.detached` may be valid without.
    public var isBaseline: Bool
    /// From the certificate's subject: CN, title, O.
    public var signerName: String?
    public var signerTitle: String?
    public var signerOrganisation: String?
    public var certificate: [UInt8]?
    /// Every certificate in the signature, DER.
    public var certificates: [[UInt8]]
    /// `/M` as written; a claim, not a proof.
    public var claimedTime: String?
    /// The decoded `/Contents` with its padding: the SHA-1 of it is the key into `/VRI`.
    public var contents: [UInt8]
    /// The signature value of the first signer.
    public var value: [UInt8]?
    /// The token of a document time stamp.
    public var documentTimeStamp: TimeStampToken?
    /// The tokens over the signature value (B-T), in order.
    public var signatureTimeStamps: [TimeStampToken]
}

extension SignatureReport: CustomStringConvertible {
    /// For logs and tests: without the bytes.
    public var description: String {
        let changes = self.changes.map { "\($0.isAllowed ? "+" : "-")\($0.kind.rawValue) \($0.subject)" }
        return "\(self.fieldName): \(self.verdict.rawValue) \(self.reasons) remarks \(self.remarks) changes \(changes)"
    }
}

/// The signatures of a file, in the order they were made, and what they say together.
public struct VerificationReport: Sendable, Hashable {
    public var signatures: [SignatureReport]
    /// Why the file could not be read in full. Signatures that could be found all the same are in `signatures`.
    public var failure: PDFError?

    public init(signatures: [SignatureReport], failure: PDFError? = nil) {
        self.signatures = signatures
        self.failure = failure
    }

    /// The worst of the signatures; of a file without any, `noSignature`; of one that can't be read, `error`.
    public var verdict: SignatureReport.Verdict {
        if let worst = self.signatures.max(by: { $0.verdict.rank < $1.verdict.rank }) { return worst.verdict }
        return self.failure == nil ? .noSignature : .error
    }

    /// Why the verdict is not `valid`: the reasons of the worst signature, or the code of the failure.
    public var reasons: [String] {
        if let worst = self.signatures.max(by: { $0.verdict.rank < $1.verdict.rank }) { return worst.reasons }
        return [self.failure?.code ?? "no_signature"]
    }

    /// Every signature is valid and there is at least one. Trust is not part of it.
    public var isValid: Bool { !self.signatures.isEmpty && self.signatures.allSatisfy { $0.verdict == .valid } }
    /// As `isValid`, and every certificate has a path to a given root.
    public var isValidAndTrusted: Bool {
        self.isValid && self.signatures.allSatisfy { if case .trusted = $0.trust { true } else { false } }
    }
}
