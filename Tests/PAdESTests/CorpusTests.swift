import Foundation
import PAdES
import Testing

/// What fuzzing found worth keeping: each file gets an answer, and none that nobody signed is called good.
struct CorpusTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Corpus")
    static let files =
        (try? FileManager.default.contentsOfDirectory(atPath: Self.folder.path))?.filter { !$0.hasPrefix(".") }.sorted()
        ?? []

    @Test func theCorpusIsThere() { #expect(!Self.files.isEmpty) }

    @Test(arguments: Self.files)
    func everyFileGetsAnAnswer(name: String) throws {
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(name)))
        let report = PDFVerifier(roots: []).report(on: bytes)
        #expect(report.verdict.isGood == name.hasPrefix("good-"), "\(report)")
        _ = try? TimeStampToken(bytes)
    }
}
