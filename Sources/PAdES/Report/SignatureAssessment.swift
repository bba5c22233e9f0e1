/// Everything that is said about one signature: the report that people and programs read.
public struct SignatureAssessment: Sendable, Hashable {
    /// What made the entry: a person or organisation, a time-stamp authority, or somebody who signed a signature.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case signature
        case documentTimeStamp = "document_time_stamp"
        case counterSignature = "counter_signature"
    }

    /// Something that was changed after the signature.
    public struct Change: Sendable, Hashable {
        public var kind: ChangeWord
        /// The field's name, or what was changed.
        public var subject: String
        public var isAllowed: Bool
    }

    /// A time stamp over the signature.
    public struct TimeStamp: Sendable, Hashable {
        public var time: SigningTime?
        /// Whether it stamps this very signature and its own value is right.
        public var isIntact: Bool
        /// The authority behind it.
        public var authority: CertificateAssessment
    }

    /// When the signature is known to have existed.
    public struct Time: Sendable, Hashable {
        public var source: TimeSource
        /// What the stamp says; of `check`, when it was checked.
        public var time: SigningTime
        /// Whether the stamp's authority is trusted, so that certificates were judged as of this time.
        public var isProven: Bool
    }

    /// The field of a PDF, the `Id` of an XML signature, the number of a CMS signer.
    public var name: String
    public var kind: Kind
    public var verdict: VerdictWord
    /// Why it is not `VALID`, the decisive one first, and what else is to be known: stable words of the catalogue.
    public var reasons: [String]
    public var remarks: [String]
    public var coverage: CoverageWord
    /// What is covered, where the coverage is `parts`.
    public var covered: [String] = []
    /// DocMDP of a certification: 1 nothing, 2 forms and signatures, 3 annotations too may follow.
    public var certification: Int?
    public var changes: [Change]
    public var certificate: CertificateAssessment
    public var signerName: String?
    public var signerTitle: String?
    public var signerOrganisation: String?
    public var time: Time
    /// What the signer's machine said; proves nothing.
    public var claimedTime: SigningTime?
    public var timeStamps: [TimeStamp]
    /// `nil` for what is no baseline signature or does not hold.
    public var level: LevelWord?
    /// The level or form by another name, such as `XAdES-B-T`.
    public var format: String
    public var algorithm: String?
    public var algorithmRemarks: [AlgorithmRemark]

    /// Whether the rules of Circular 15/2025 were in force at its time.
    public var isUnderCircular15: Bool { self.time.time >= AlgorithmRemark.rulesInForce }

    /// The worse, the greater.
    var badness: Int {
        let trust =
            switch self.certificate.trust {
            case .trusted: 0
            case .unknown: 1
            case .untrusted: 2
            }
        return self.verdict.rank * 4 + trust
    }
}

/// Everything that is said about a file.
public struct FileAssessment: Sendable, Hashable {
    /// What kind of file it is, by its bytes rather than its name.
    public enum Format: String, Sendable, Codable, CaseIterable {
        case pdf = "PDF"
        case cms = "CMS"
        case xml = "XML"
        case unknown = "UNKNOWN"
    }

    public var format: Format
    /// The worst of the signatures'; why there are none otherwise.
    public var verdict: VerdictWord
    public var reasons: [String]
    /// The worst first.
    public var signatures: [SignatureAssessment]
    /// As they were made.
    public var inOrder: [SignatureAssessment]
    public var checkedAt: SigningTime
    /// Until when the newest document time stamp, over the whole file and of a trusted authority, proves all of it; `nil` without one.
    public var archivedUntil: SigningTime?
    /// Whether a PDF may still be signed; `nil` for other files, which are signed beside, not within.
    public private(set) var signing: Signability?

    public init(
        _ format: Format, _ signatures: [SignatureAssessment], verdict: VerdictWord? = nil, reasons: [String] = [],
        checkedAt: SigningTime
    ) {
        let sorted = signatures.enumerated().sorted {
            ($1.element.badness, $0.offset) < ($0.element.badness, $1.offset)
        }.map(\.element)
        self.format = format
        self.signatures = sorted
        self.inOrder = signatures
        self.verdict = verdict ?? sorted.first?.verdict ?? .noSignature
        self.reasons =
            !reasons.isEmpty ? reasons : sorted.first.map(\.reasons) ?? (verdict == nil ? ["no_signature"] : [])
        self.checkedAt = checkedAt
    }

    /// As it is, with what is to be said of signing it.
    func adding(_ signing: Signability) -> FileAssessment {
        var copy = self
        copy.signing = signing
        if !self.signatures.isEmpty, !self.verdict.isGood, signing.word == .signable {
            copy.signing?.reasons.append(.earlierSignatureNotValid)
        }
        if self.verdict == .bounded, signing.reasons.contains(.passwordNeeded) { copy.verdict = .needsPassword }
        return copy
    }

    /// The worst of the certificates; of a file without signatures, `unknown`.
    public var trust: TrustWord {
        let words = self.signatures.map(\.certificate.trust)
        return words.contains(.untrusted) ? .untrusted : words.contains(.unknown) || words.isEmpty ? .unknown : .trusted
    }

    /// The certificates and the revocation evidence that the report rests on, each once.
    public var certificates: [[UInt8]] {
        var seen: Set<[UInt8]> = []
        return self.assessments.flatMap { $0.path.map(\.certificate) }
            .filter { !$0.isEmpty && seen.insert($0).inserted }
    }
    public var evidence: [RevocationEvidence] {
        var seen: Set<RevocationEvidence> = []
        return self.assessments.flatMap(\.evidence).filter { seen.insert($0).inserted }
    }
    /// Paths to a known root, DER, of which the revocation of some part is not known.
    public var openPaths: [[[UInt8]]] {
        let open = self.assessments.filter { $0.root != nil && $0.reasons.contains(.revocationUnknown) }
        return Array(Set(open.map { $0.path.map(\.certificate) }))
    }
    private var assessments: [CertificateAssessment] {
        self.signatures.flatMap { [$0.certificate] + $0.timeStamps.map(\.authority) }
    }
}
