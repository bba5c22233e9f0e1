import PAdES

/// What a check found of one signature in a file, in the words that a page has sentences for.
public struct SignatureVerdict: Sendable, Hashable, Codable {
    /// The finding as a whole.
    public enum Standing: String, Sendable, Codable {
        /// Good, by a certificate that leads to a known root, and nothing changed afterwards.
        case valid
        /// As `valid`; afterwards only what the signature allows was added: number, date, further signatures.
        case validFilled = "valid_filled"
        /// Good, but the certificate leads to no known root.
        case unknownSigner = "unknown_signer"
        /// Good, but the certificate was revoked, out of date or not made for signing.
        case refusedSigner = "refused_signer"
        /// The file was changed afterwards in a way that the signature does not allow.
        case modified
        /// Digest, value or form are wrong: it proves nothing.
        case invalid
        /// Good, but not of the form that the law asks for (PAdES).
        case notStandard = "not_standard"
    }

    /// A change made after the signature. `kind` is a `ChangeWord`.
    public struct Change: Sendable, Hashable, Codable {
        public let kind: String
        public let isAllowed: Bool
    }

    public let standing: Standing
    /// Whether it stands in the field of the organisation's seal (con dấu số).
    public let isSeal: Bool
    public let signerName: String?
    public let signerTitle: String?
    public let organisation: String?
    /// `23/11/2026 10:30:05 +07:00`. What the signer's machine said, which proves nothing.
    public let claimedTime: String?
    public let algorithm: String?
    /// The name of the root that the certificate leads to.
    public let root: String?
    public let coversWholeFile: Bool
    public let changes: [Change]
    /// Stable words for reports of a defect; the first is the decisive one.
    public let reasons: [String]

    /// What is said of the certificate, its path, its revocation, the time, the level and the algorithm, and what was changed since:
    /// whole sentences, by language (`vi`, `en`).
    public let words: [String: Words]

    /// The parts of a report in one language.
    public struct Words: Sendable, Hashable, Codable {
        public let certificate: String
        public let path: String
        public let revocation: String
        public let time: String
        public let level: String
        public let changes: [String]
        public let remarks: String
    }

    init(_ whole: SignatureAssessment) {
        var report = whole
        report.changes.removeAll(where: Self.isMaintenance)
        self.standing = Standing(report)
        self.isSeal = report.name == OfficialFields.sealName
        self.signerName = report.signerName
        self.signerTitle = report.signerTitle
        self.organisation = report.signerOrganisation
        self.claimedTime = report.claimedTime?.vietnameseText
        self.algorithm = report.algorithm
        self.root = report.certificate.root
        self.coversWholeFile = report.coverage == .wholeFile
        self.changes = report.changes.map { Change(kind: $0.kind.rawValue, isAllowed: $0.isAllowed) }
        self.reasons = report.reasons + report.certificate.reasons.map(\.rawValue)
        var words: [String: Words] = [:]
        for language in ReportLanguage.allCases { words[language.rawValue] = Words(report, in: language) }
        self.words = words
    }

    /// Evidence and time stamps, which later reports of the same file stand on: they say nothing else than the document says.
    private static func isMaintenance(_ change: SignatureAssessment.Change) -> Bool {
        change.isAllowed
            && (change.kind == .metadata
                || (change.kind == .signatureAdded && change.subject.hasPrefix(PreparedTimeStamp.fieldNamePrefix)))
    }

    /// Those of a report in the order the signatures were made; time stamps speak for nobody, and are not among them. `nil` for a file
    /// that cannot be read for certain, of which nothing can be said.
    static func all(of report: FileAssessment) -> [SignatureVerdict]? {
        guard !report.signatures.isEmpty || report.verdict == .noSignature else { return nil }
        return report.inOrder.filter { $0.kind == .signature }.map(SignatureVerdict.init)
    }
}

extension SignatureVerdict.Standing {
    init(_ report: SignatureAssessment) {
        self =
            switch report.verdict {
            case .valid, .validFull:
                switch report.certificate.trust {
                case .trusted: report.changes.isEmpty ? .valid : .validFilled
                case .untrusted: .refusedSigner
                case .unknown: .unknownSigner
                }
            case .modified, .allowedWithWarning: .modified
            case .notPAdES, .notCAdES, .levelDisputed, .validWithWeakAlgorithm: .notStandard
            default: .invalid
            }
    }
}

extension SignatureVerdict.Words {
    init(_ report: SignatureAssessment, in language: ReportLanguage) {
        func word(_ key: String) -> String { ReportWords.word(key, in: language) }
        self.certificate = report.certificate.sentence(in: language)
        self.path = report.certificate.path.map(\.name).joined(separator: " → ")
        self.revocation = report.certificate.revocation.sentence(in: language)
        self.time = report.time.sentence(in: language)
        self.level = report.level.map { word("level." + $0.rawValue) } ?? word("level.none")
        self.changes = report.changes.map { $0.sentence(in: language) }
        self.remarks = report.algorithmRemarks.map { word("algorithm." + $0.rawValue) }.joined(separator: "; ")
    }
}
