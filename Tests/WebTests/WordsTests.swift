import Foundation
import Testing

@testable import Web

@Suite struct WordsTests {
    /// Every literal key that the screens' Swift code names, as a word, a title or a notice.
    @Test func everyWordThatTheScreensNameIsInTheCatalogue() throws {
        let keys = try Words(folder: "Sources/Web/Words").keys
        var named: Set<String> = []
        for file in try PagesFolder.files(in: "Sources/Web/Screens", extension: "swift") {
            let text = try PagesFolder.text("Sources/Web/Screens/\(file)")
            named.formUnion(text.matches(of: /word\("([a-z0-9_.]+)"\)/).map { String($0.1) })
            named.formUnion(text.matches(of: /title: "([a-z0-9_]+\.[a-z0-9_.]+)"/).map { String($0.1) })
            named.formUnion(text.matches(of: /notice: "([a-z_]+)"/).map { "notice.\($0.1)" })
        }
        #expect(named.count > 10)
        let missing = named.subtracting(keys).sorted()
        #expect(missing.isEmpty)
    }
}
