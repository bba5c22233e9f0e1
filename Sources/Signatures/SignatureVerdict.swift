import PAdES
import Platform
import Postgres

/// What a check found of one signature in a file, in the words that a page has sentences for.
public struct SignatureVerdict: Sendable, Hashable {
    /// The finding as a whole.
    public enum Standing: String, Sendable {
        /// Good, by a certificate that leads to a known root, and nothing changed afterwards.
        case valid
        /// As `valid`; afterwards only what the signature allows was added: number, date, further signatures.
        case validFilled = "valid_filled"
        /// Good, but the certificate leads to no known root or is out of date.
        case unknownSigner = "unknown_signer"
        /// The file was changed afterwards in a way that the signature does not allow.
        case modified
        /// Digest, value or form are wrong: it proves nothing.
        case invalid
        /// Good, but not of the form that the law asks for (PAdES).
        case notStandard = "not_standard"
    }

    /// A change made after the signature. `kind` is `fieldFilled`, `signatureAdded`, `metadata`, `structure` or `forbidden`.
    public struct Change: Sendable, Hashable {
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

    init(_ report: SignatureReport) {
        var root: String?
        if case .trusted(let name) = report.trust { root = name }
        let changes = report.changes.filter { !Self.isMaintenance($0) }
        self.standing =
            switch report.verdict {
            case .valid where root == nil: .unknownSigner
            case .valid: changes.isEmpty ? .valid : .validFilled
            case .modified, .allowedWithWarning: .modified
            case .invalidStructure, .invalidCryptography, .invalidPolicy, .noSignature, .error: .invalid
            case .notPAdES, .levelDisputed, .validWithWeakAlgorithm: .notStandard
            }
        self.isSeal = report.fieldName == OfficialFields.sealName
        self.signerName = report.signerName
        self.signerTitle = report.signerTitle
        self.organisation = report.signerOrganisation
        self.claimedTime = report.claimedTime.flatMap(Self.time)
        self.algorithm = report.algorithm
        self.root = root
        self.coversWholeFile = report.coversWholeFile
        self.changes = changes.map { Change(kind: $0.kind.rawValue, isAllowed: $0.isAllowed) }
        var reasons = report.reasons
        if case .untrusted(let reason) = report.trust { reasons.append(reason) }
        self.reasons = reasons
    }

    /// `D:20261123103005+07'00'` in Vietnam's time; nil for what is no date.
    private static func time(_ text: String) -> String? {
        let text = text.hasPrefix("D:") ? text.dropFirst(2) : text[...]
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard digits.count == 14 else { return nil }
        let parts = [4, 2, 2, 2, 2, 2].reduce(into: (rest: digits, out: [Substring]())) { read, length in
            read.out.append(read.rest.prefix(length))
            read.rest = read.rest.dropFirst(length)
        }.out
        let zone = text.dropFirst(14).split(separator: "'")
        let offset = zone.count >= 2 ? "\(zone[0]):\(zone[1])" : "Z"
        let written = "\(parts[0])-\(parts[1])-\(parts[2])T\(parts[3]):\(parts[4]):\(parts[5])\(offset)"
        guard let instant = Instant(written) else { return nil }
        return SigningTime(secondsSince1970: instant.microseconds / 1_000_000).vietnameseText
    }

    /// Evidence and time stamps, which later reports of the same file stand on: they say nothing else than the document says.
    private static func isMaintenance(_ change: SignatureReport.Change) -> Bool {
        change.isAllowed
            && (change.kind == .metadata
                || (change.kind == .signatureAdded && change.subject.hasPrefix(PreparedTimeStamp.fieldNamePrefix)))
    }

    /// Checks every signature of the file at `path` against these roots, in the order they were made; time stamps speak for nobody, and
    /// are not among them. Blocking.
    ///
    /// Returns nil for a file that cannot be read for certain, of which nothing can be said.
    static func all(
        ofFileAt path: String, roots: [[UInt8]], intermediates: [[UInt8]]
    ) -> [SignatureVerdict]? {
        guard let pdf = PDFBytes.read(path) else { return nil }
        let verifier = PDFVerifier(roots: roots, intermediates: intermediates)
        return (try? verifier.verify(pdf))?.signatures.filter { $0.kind == .signature }.map(SignatureVerdict.init)
    }
}
