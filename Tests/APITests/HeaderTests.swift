import Testing

@testable import API

@Suite struct HeaderTests {
    @Test(arguments: [
        ("bytes=0-9", ByteRange.part(0..<10)), ("bytes=90-", .part(90..<100)), ("bytes=-10", .part(90..<100)),
        ("bytes=0-1000", .part(0..<100)), ("bytes=-1000", .part(0..<100)), ("bytes=100-", .unsatisfiable),
        ("bytes=-0", .unsatisfiable), ("bytes=5-2", .whole), ("bytes=a-b", .whole), ("bytes=0-1,5-6", .whole),
        ("lines=0-1", .whole), ("bytes=-", .whole), ("bytes=99999999999999999999-", .unsatisfiable),
    ])
    func aRangeIsReadAsRFC9110Has(header: String, range: ByteRange) {
        #expect(ByteRange(header: header, size: 100) == range)
    }

    @Test func anEmptyFileHasNoRange() {
        #expect(ByteRange(header: "bytes=0-", size: 0) == .unsatisfiable)
        #expect(ByteRange(header: nil, size: 0) == .whole)
    }

    @Test func onlyAStrongTagMatchesAChange() {
        #expect(EntityTag.list("W/\"7\", \"8\"", names: "\"7\"", weakly: true))
        #expect(!EntityTag.list("W/\"7\"", names: "\"7\"", weakly: false))
        #expect(!EntityTag.list("\"77\"", names: "\"7\"", weakly: true))
    }

    @Test func aChangeNamesTheVersionItWasReadAs() throws {
        #expect(try EntityTag.version(ifMatch: "\"12\"") == 12)
        let shown = EntityTag.of("\"12\"", showing: Array("0123456789".utf8))
        #expect(try EntityTag.version(ifMatch: shown) == 12)
        #expect(shown != EntityTag.of("\"12\"", showing: Array("0123456788".utf8)) && shown.count == 21)
        #expect(throws: Problem.preconditionRequired) { try EntityTag.version(ifMatch: nil) }
        #expect(throws: Problem.preconditionRequired) { try EntityTag.version(ifMatch: "*") }
        #expect(throws: Problem.changedSinceRead) { try EntityTag.version(ifMatch: "W/\"12\"") }
        #expect(throws: Problem.changedSinceRead) { try EntityTag.version(ifMatch: "\"abc\"") }
    }

    @Test(arguments: [
        "", "..", ".", "../../etc/passwd", "a/b.pdf", "a\\b.pdf", "a\0.pdf", "a\n.pdf", "\u{200B}",
        String(repeating: "a", count: 256),
    ])
    func aNameThatIsAPathOrWorseIsRefused(name: String) {
        #expect(FileName(name) == nil)
    }

    @Test func aVietnameseNameSurvivesTheHeader() {
        #expect(
            FileName("Công văn 1.pdf")?.contentDisposition()
                == "attachment; filename=\"C_ng v_n 1.pdf\"; filename*=UTF-8''C%C3%B4ng%20v%C4%83n%201.pdf")
        #expect(FileName("a.pdf")?.contentDisposition(inline: true) == "inline; filename=\"a.pdf\"")
        #expect(FileName("a\"b.pdf")?.contentDisposition().hasPrefix("attachment; filename=\"a_b.pdf\"") == true)
    }

    @Test(arguments: [
        (nil, Language.vietnamese), ("en", .english), ("fr", .vietnamese), ("vi;q=0.1, en;q=0.9", .english),
        ("en-US,en;q=0.9,vi;q=0.8", .english), ("vi-VN", .vietnamese), (";;,=", .vietnamese), ("en;q=0", .vietnamese),
    ])
    func theLanguageWantedMostIsTaken(header: String?, language: Language) {
        #expect(Language(accepting: header) == language)
    }

    @Test func aQueryIsReadAgainstItsRoute() throws {
        let parameters: [QueryParameter] = [.required("q", .text(1...10)), .limit, .after]
        let query = try Query("q=c%C3%B4ng+v%C4%83n&limit=5", parameters: parameters)
        #expect(query.text("q") == "công văn")
        #expect(query.limit == 5)
        func issues(_ text: String) -> [String] {
            do throws(Problem) {
                _ = try Query(text, parameters: parameters)
                return []
            } catch { return error.issues.isEmpty ? [error.code] : error.issues.map { "\($0.field) \($0.code)" } }
        }
        #expect(issues("") == ["q required"])
        #expect(issues("q=a&limit=0") == ["limit out_of_range"])
        #expect(issues("q=a&limit=x") == ["limit wrong_type"])
        #expect(issues("q=a&nothing=1") == ["nothing unknown_parameter"])
        #expect(issues("q=a&q=b") == ["q too_many"])
        #expect(issues("q=%ff") == ["malformed_request"])
        #expect(issues("q=%0") == ["malformed_request"])
        #expect(issues("q=a%00b") == ["q invalid_text"])
    }

    @Test func theCursorOfAPageIsFound() {
        #expect(Call.nextCursor(in: Array(#"{"items":[{"a":"x"}],"next":"abc|1"}"#.utf8)) == "abc|1")
        #expect(Call.nextCursor(in: Array(#"{"items":[],"next":null}"#.utf8)) == nil)
    }
}
