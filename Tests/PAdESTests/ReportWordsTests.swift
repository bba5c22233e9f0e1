import Foundation
import PAdES
import Testing

/// No code of a report is without words in either language.
struct ReportWordsTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")

    /// Every string in the rooms that judge which looks like a reason.
    private static let reasons: Set<String> = {
        var found = Set(["version"])
        for folder in ["PAdES/CMS", "PAdES/Verification", "PAdES/AdES", "XAdES"] {
            let files = FileManager.default.enumerator(atPath: Self.sources.appendingPathComponent(folder).path)
            for case let name as String in files ?? FileManager.DirectoryEnumerator() where name.hasSuffix(".swift") {
                let file = Self.sources.appendingPathComponent(folder).appendingPathComponent(name)
                let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
                for match in text.matches(of: /"([a-z][a-z0-9]*(?:_[a-z0-9]+)+)"/) {
                    found.insert(String(match.output.1))
                }
            }
        }
        // Kinds of covered data, and what only signing meets.
        return found.subtracting([
            "attached_content", "detached_content", "base_changed", "certificate_unsuitable", "identifier_taken",
            "no_such_place", "signature_does_not_verify", "already_signed", "time_stamp_unusable",
        ])
    }()

    private func expectWords(_ keys: some Sequence<String>) {
        for key in keys {
            for language in ReportLanguage.allCases {
                #expect(ReportWords.known(key, in: language)?.isEmpty == false, "\(key) in \(language.rawValue)")
            }
        }
    }

    @Test func everyCodeHasWordsInBothLanguages() {
        self.expectWords(VerdictWord.allCases.map { "verdict." + $0.rawValue })
        self.expectWords(CoverageWord.allCases.map { "coverage." + $0.rawValue })
        self.expectWords(ChangeWord.allCases.map { "change." + $0.rawValue })
        self.expectWords(LevelWord.allCases.map { "level." + $0.rawValue })
        self.expectWords(TimeSource.allCases.map { "time." + $0.rawValue })
        self.expectWords(TrustWord.allCases.flatMap { ["trust." + $0.rawValue, "summary.good_" + $0.rawValue] })
        self.expectWords(TrustReason.allCases.map { "trust_reason." + $0.rawValue })
        self.expectWords(RevocationFinding.Status.allCases.map { "revocation." + $0.rawValue })
        self.expectWords(RevocationReason.allCases.map { "revocation_reason." + $0.rawValue })
        self.expectWords(RevocationEvidence.Kind.allCases.map { "evidence." + $0.rawValue })
        self.expectWords(RevocationEvidence.Source.allCases.map { "source." + $0.rawValue })
        self.expectWords(AlgorithmRemark.allCases.map { "algorithm." + $0.rawValue })
        self.expectWords(SignatureAssessment.Kind.allCases.map { "kind." + $0.rawValue })
        self.expectWords(Signability.Word.allCases.map { "signing." + $0.rawValue })
        self.expectWords(Signability.Reason.allCases.map { "signing_reason." + $0.rawValue })
        self.expectWords(FileAssessment.Format.allCases.map { "format." + $0.rawValue })
    }

    @Test func everyReasonHasWordsInBothLanguages() {
        #expect(Self.reasons.count > 30)
        self.expectWords(Self.reasons.map { "reason." + $0 })
        let failures: [PDFError] = [
            .notAPDF, .truncated, .damaged(""), .encrypted, .hybridCrossReference, .tooComplex(""), .unsupported(""),
            .cryptography(""),
        ]
        self.expectWords(failures.map { "reason." + $0.code })
        self.expectWords(
            ["time_limit", "memory_limit", "file_missing", "file_too_large", "unknown_format"].map { "reason." + $0 })
    }

    @Test func everyVerdictOfAPDFIsOneOfTheCommonWords() {
        for verdict in SignatureReport.Verdict.allCases { #expect(VerdictWord(rawValue: verdict.rawValue) != nil) }
    }
}
