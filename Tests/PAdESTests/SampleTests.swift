import Foundation
import PAdES
import Testing

/// Files of other projects with their right verdicts, where they are at hand beside the package.
struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let verdict: String
    var testDescription: String { "\(self.name): \(self.verdict)" }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("../shared/samples/pdf").standardizedFileURL

    static let all: [Sample] = {
        let manifest =
            (try? String(contentsOf: Self.folder.appendingPathComponent("manifest.tsv"), encoding: .utf8)) ?? ""
        let rows = manifest.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        guard let head = rows.first, let column = head.firstIndex(of: "expected_verdict") else { return [] }
        return rows.dropFirst().filter { $0.count > column }
            .map { Sample(name: String($0[0]), verdict: String($0[column])) }
    }()

    static func with(_ verdicts: String...) -> [Sample] {
        self.all.filter { sample in verdicts.contains { sample.verdict.hasPrefix($0) } }
    }

    func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(self.name))) }
}

@Suite(.enabled(if: !Sample.all.isEmpty, "skipped: ../shared/samples/pdf is absent"))
struct SampleTests {
    /// Those whose verdict is one of verification; the others are about signing.
    static let judged = Sample.all.filter { SignatureReport.Verdict(rawValue: $0.verdict) != nil }

    @Test(arguments: Self.judged)
    func everyFileGetsItsVerdict(sample: Sample) throws {
        let bytes = try sample.bytes()
        let clock = ContinuousClock()
        var report = VerificationReport(signatures: [])
        let time = clock.measure { report = PDFVerifier(roots: []).report(on: bytes) }
        #expect(report.verdict.rawValue == sample.verdict, "\(report)")
        // The bound of the task, not a measurement.
        #expect(time < .seconds(3))
    }

    @Test(arguments: Sample.all.filter { SignatureReport.Verdict(rawValue: $0.verdict) == nil })
    func everyOddFileGetsAnAnswer(sample: Sample) throws {
        let report = PDFVerifier(roots: []).report(on: try sample.bytes())
        #expect(report.signatures.isEmpty || report.verdict.isGood, "\(report)")
        #expect(!report.reasons.isEmpty || report.verdict == .valid)
    }

    @Test(arguments: Sample.all.filter { $0.verdict == "SIGNABLE" })
    func anOddFileThatCanBeSignedIsSigned(sample: Sample) throws {
        let pki = try TestPKI.shared.get()
        let original = try sample.bytes()
        let field = SigningRequest.Place.hidden("Vanthu")
        let signed = try pki.signed(original, .approval, field)
        #expect(signed.starts(with: original))
        try Judges.acceptLast(signed, field: "Vanthu", original: original, pki: pki)
        let report = try pki.verifier.verify(signed)
        let ours = try #require(report.signatures.first { $0.fieldName == "Vanthu" })
        #expect(ours.verdict == .valid && ours.coversWholeFile)
    }

    @Test(
        arguments: Sample.all.filter { sample in
            ["REFUSE", "NEEDS_PASSWORD", "SIGNABLE_WITH_PASSWORD"].contains { sample.verdict.hasPrefix($0) }
        })
    func aFileThatCantBeSignedIsRefusedWithTheReason(sample: Sample) throws {
        let pki = try TestPKI.shared.get()
        let original = try sample.bytes()
        #expect(throws: PDFError.self) { try pki.signed(original, .approval, .hidden("Vanthu")) }
        #expect(throws: PDFError.self) { try PDFInspection(original) }
    }
}
