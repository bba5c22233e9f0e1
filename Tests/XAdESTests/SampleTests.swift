import Foundation
import PAdES
import Testing
import XAdES

/// CMS and XML files of other projects with their right verdicts, where they are at hand beside the package.
struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let verdict: String
    var testDescription: String { "\(self.name): \(self.verdict)" }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("../shared/samples/xml-cms").standardizedFileURL

    static let all: [Sample] = {
        let manifest =
            (try? String(contentsOf: Self.folder.appendingPathComponent("manifest.tsv"), encoding: .utf8)) ?? ""
        let rows = manifest.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        guard let head = rows.first, let column = head.firstIndex(of: "expected") else { return [] }
        return rows.dropFirst().filter { $0.count > column }
            .map { Sample(name: String($0[0]), verdict: String($0[column])) }
    }()

    func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(self.name))) }

    func report() throws -> AdESReport {
        let bytes = try self.bytes()
        return CMSVerifier.recognises(bytes)
            ? CMSVerifier(roots: []).verify(bytes) : XMLVerifier(roots: []).verify(bytes)
    }
}

@Suite(.enabled(if: !Sample.all.isEmpty, "skipped: ../shared/samples/xml-cms is absent"))
struct SampleTests {
    @Test(arguments: Sample.all.filter { !$0.verdict.hasSuffix("?") })
    func aFileGetsItsVerdict(sample: Sample) throws {
        let report = try sample.report()
        #expect(report.verdict.rawValue == sample.verdict, "\(report)")
    }

    /// Files that nobody's test says anything certain about: good ones, old ones, and one whose content is not there.
    @Test(arguments: Sample.all.filter { $0.verdict == "VALID?" })
    func aFileThatShouldBeGoodIsNotCalledBad(sample: Sample) throws {
        let report = try sample.report()
        let isGood = [.valid, .validFull, .validWeakAlgorithm].contains(report.verdict)
        #expect(isGood || report.reasons == ["signed_data_not_found"], "\(report)")
    }

    @Test(arguments: Sample.all)
    func aCutFileNeitherCrashesNorIsCalledValid(sample: Sample) throws {
        let bytes = try sample.bytes()
        for part in 1...40 {
            let cut = Array(bytes.prefix(bytes.count * part / 41))
            #expect(!XMLVerifier(roots: []).verify(cut).isValid)
            #expect(!CMSVerifier(roots: []).verify(cut).isValid)
        }
    }
}
