import Foundation
import Signatures
import TestSupport
import Testing

@testable import API

@Suite struct CatalogueTests {
    @Test func everyEntrySpeaksBothLanguages() {
        for (code, entry) in Catalogue.entries {
            for language in Language.allCases {
                let words = entry[language]
                #expect(
                    words?.title.isEmpty == false && words?.detail.isEmpty == false,
                    "\(code) lacks \(language.rawValue)")
            }
        }
        #expect(Catalogue.entries.count > 80)
    }

    @Test(arguments: OutsideSilence.allCases)
    func whoeverIsAskedInVainIsNamed(silence: OutsideSilence) {
        #expect(Catalogue.entries[silence.code] != nil)
    }

    @Test func noEntryIsWrittenTwice() {
        let codes = (Catalogue.text + "\n" + Catalogue.contextText).split(separator: "\n").filter { !$0.hasPrefix(" ") }
        #expect(codes.count == Catalogue.entries.count)
    }

    @Test func anUnknownCodeFallsBackToItsStatus() {
        #expect(Catalogue.words(for: "no_such_code", status: 409, in: .english).title == "Conflict")
    }

    /// Every code that the sources and the SQL raise, read from them as text.
    @Test func everyCodeThatIsRaisedIsInTheCatalogue() throws {
        var codes: Set<String> = []
        func collect(_ pattern: Regex<(Substring, Substring)>, in folder: String, endingWith suffix: String) throws {
            let root = TestCluster.packageRoot + "/" + folder
            for name in FileManager.default.enumerator(atPath: root)?.compactMap({ $0 as? String }) ?? [] {
                guard name.hasSuffix(suffix) else { continue }
                let text = try String(contentsOfFile: root + "/" + name, encoding: .utf8)
                for match in text.matches(of: pattern) { codes.insert(String(match.output.1)) }
            }
        }
        try collect(/ERRCODE = 'VT4[0-9]+', MESSAGE = '([a-z_]+)'/, in: "sql/migrations", endingWith: ".sql")
        for folder in ["Sources", "sql/migrations"] {
            for suffix in [".swift", ".sql"] {
                try collect(/'VT4[0-9]{2}',\s*'([a-z_]+)'/, in: folder, endingWith: suffix)
            }
        }
        try collect(/Refusal\(\s*[0-9]{3},\s*"([a-z_]+)"/, in: "Sources", endingWith: ".swift")
        try collect(/Problem\(\s*[0-9]{3},\s*"([a-z_]+)"/, in: "Sources/API", endingWith: ".swift")
        try collect(/code: "([a-z_]+)"/, in: "Sources/API", endingWith: ".swift")
        try collect(/issue = "([a-z_]+)"/, in: "Sources/API", endingWith: ".swift")
        try collect(/(?:unavailable|payloadTooLarge)\("([a-z_]+)"/, in: "Sources/API", endingWith: ".swift")
        #expect(codes.count > 70, "the sources were not found")
        for code in codes.sorted() { #expect(Catalogue.entries[code] != nil, "\(code) has no words") }
    }
}
