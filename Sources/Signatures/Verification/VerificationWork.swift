import Foundation
import PAdES
import Postgres
import XAdES

/// One file to be verified, with everything that is at hand beside it. Written to and read from the process that does the work.
public struct VerificationWork: Sendable, Codable {
    /// Something that is known of revocation beside the file.
    public struct Evidence: Sendable, Codable, Hashable {
        public var kind: RevocationEvidence.Kind
        /// DER.
        public var bytes: Data

        public init(kind: RevocationEvidence.Kind, bytes: Data) {
            self.kind = kind
            self.bytes = bytes
        }
    }

    public var path: String
    /// The file that a detached signature is about; `nil` for the one that its name tells.
    public var content: String?
    /// DER.
    public var roots: [Data]
    public var intermediates: [Data]
    public var evidence: [Evidence]
    /// Seconds since 1970: the time as of which is judged; `nil` is now.
    public var time: Int64?
    /// By which it is told until when a file's own evidence carries.
    public var algorithmEnds = AlgorithmEnds.none

    /// Bytes above which a file is not looked at: it is held in memory while it is.
    static let largest = 200 << 20

    public init(
        path: String, content: String? = nil, roots: [Data] = [], intermediates: [Data] = [], evidence: [Evidence] = [],
        time: Int64? = nil
    ) {
        self.path = path
        self.content = content
        self.roots = roots
        self.intermediates = intermediates
        self.evidence = evidence
        self.time = time
    }

    /// Adds OCSP responses and CRLs, DER.
    public mutating func add(responses: [[UInt8]], lists: [[UInt8]]) {
        self.evidence += responses.map { Evidence(kind: .ocsp, bytes: Data($0)) }
        self.evidence += lists.map { Evidence(kind: .crl, bytes: Data($0)) }
    }

    /// Does the work in this very process. Blocking; the caller sees to its bounds.
    public func answer() -> VerificationAnswer {
        let now = SigningTime(secondsSince1970: self.time ?? Int64(Date().timeIntervalSince1970))
        let bytes: [UInt8]
        do throws(WholeFile.Failure) {
            bytes = try WholeFile.read(self.path, limit: Self.largest)
        } catch {
            return VerificationAnswer(
                FileAssessment(.unknown, [], verdict: error.verdict, reasons: [error.code], checkedAt: now))
        }
        return VerificationAnswer(self.assess(bytes, now))
    }

    private func assess(_ bytes: [UInt8], _ now: SigningTime) -> FileAssessment {
        let roots = self.roots.map { [UInt8]($0) }
        let intermediates = self.intermediates.map { [UInt8]($0) }
        let given = self.evidence.map { RevocationEvidence($0.kind, [UInt8]($0.bytes), from: .given) }
        switch FileForm(bytes) {
        case .pdf:
            var verifier = PDFVerifier(roots: roots, intermediates: intermediates)
            verifier.algorithmEnds = self.algorithmEnds
            return verifier.assess(bytes, given: given, now: now)
        case .cms:
            var verifier = CMSVerifier(roots: roots, intermediates: intermediates, time: now)
            verifier.maximumBytes = Self.largest
            return FileAssessment(
                verifier.verify(bytes, content: self.detached), cms: bytes, roots: roots, intermediates: intermediates,
                given: given, now: now)
        case .xml:
            var verifier = XMLVerifier(roots: roots, intermediates: intermediates, time: now)
            if self.content != nil { verifier.contents[""] = self.detached }
            return FileAssessment(
                verifier.verify(bytes), roots: roots, intermediates: intermediates, given: given, now: now)
        case .unknown:
            return FileAssessment(.unknown, [], verdict: .unreadable, reasons: ["unknown_format"], checkedAt: now)
        }
    }

    /// The file that a detached signature is about: the one that was named, or the one whose name the signature's extends.
    private var detached: DetachedContent? {
        let extended = (self.path as NSString).deletingPathExtension
        guard let path = self.content ?? (FileManager.default.fileExists(atPath: extended) ? extended : nil),
            let bytes = try? WholeFile.read(path, limit: Self.largest)
        else { return nil }
        return DetachedContent(bytes)
    }
}

/// What kind of file some bytes are, by how they begin.
enum FileForm {
    case pdf, cms, xml, unknown

    init(_ bytes: [UInt8]) {
        let mark = Array("%PDF-".utf8)
        let head = bytes.prefix(1_024 + mark.count)
        // A message first: it may carry a PDF.
        if CMSVerifier.recognises(bytes) {
            self = .cms
        } else if head.indices.contains(where: { bytes[$0...].starts(with: mark) }) {
            self = .pdf
        } else {
            // A byte order mark, white space, and then the beginning of an element or declaration; UTF-16 has zeros between.
            let first = head.first { ![0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0x00, 0x20, 0x09, 0x0A, 0x0D].contains($0) }
            self = first == 0x3C ? .xml : .unknown
        }
    }
}

/// What became of a ``VerificationWork``.
public struct VerificationAnswer: Sendable, Codable {
    public var verdict: VerdictWord
    public var trust: TrustWord
    /// The report as one JSON object (`FileAssessment.json`), without the file's name.
    public var json: String
    /// The report in words, by language.
    public var text: [String: String]
    /// What pages show of each signature, in the order they were made; `nil` for a file that cannot be read for certain.
    public var verdicts: [SignatureVerdict]?
    /// The certificates and the evidence that the report rests on, DER.
    public var certificates: [Data]
    public var evidence: [VerificationWork.Evidence]
    /// Paths to a known root, DER, of which the revocation of some part is not known.
    public var openPaths: [[Data]]
    public var isPDF: Bool
    /// Until when the file's own evidence carries; `nil` when it has none.
    public var archivedUntil: Instant?

    init(_ report: FileAssessment) {
        self.verdict = report.verdict
        self.trust = report.trust
        self.json = report.json()
        self.text = [:]
        for language in ReportLanguage.allCases { self.text[language.rawValue] = report.text(in: language) }
        self.verdicts = SignatureVerdict.all(of: report)
        self.certificates = report.certificates.map { Data($0) }
        self.evidence = report.evidence.map { VerificationWork.Evidence(kind: $0.kind, bytes: Data($0.der)) }
        self.openPaths = report.openPaths.map { path in path.map { Data($0) } }
        self.isPDF = report.format == .pdf
        self.archivedUntil = report.archivedUntil.map { Instant(microseconds: $0.secondsSince1970 * 1_000_000) }
    }

    /// The answer when the work met a bound; the reason is `time_limit` or `memory_limit`.
    static func bounded(_ reason: String) -> VerificationAnswer {
        VerificationAnswer(
            FileAssessment(
                .unknown, [], verdict: .bounded, reasons: [reason],
                checkedAt: SigningTime(secondsSince1970: Int64(Date().timeIntervalSince1970))))
    }

    /// The report with the file's name in it.
    public func json(named file: String) -> String {
        // The report begins with an empty place for the name.
        let empty = "{\"file\":null"
        guard self.json.hasPrefix(empty), let name = try? JSONEncoder().encode(file) else { return self.json }
        return "{\"file\":" + String(decoding: name, as: UTF8.self) + self.json.dropFirst(empty.count)
    }
}
