import API
import Foundation
import Postgres
import Testing

@testable import Web

@Suite struct FieldsTests {
    @Test func aFormKeepsEveryValueInItsOrderAndReadsTheFirst() throws {
        let fields = try Fields("unit=a&unit=b&note=m%E1%BB%99t+hai&empty=")
        #expect(fields.all("unit") == ["a", "b"])
        #expect(fields["unit"] == "a")
        #expect(fields["note"] == "một hai")
        #expect(fields["empty"] == nil)
        #expect(fields.pairs.map(\.name) == ["unit", "unit", "note", "empty"])
    }

    @Test func whatIsTypedInAnotherSpellingOfUnicodeComesOutComposed() throws {
        let decomposed = "Vie\u{302}\u{323}t".urlEncoded
        let typed = try #require(Fields("name=\(decomposed)")["name"])
        #expect(Array(typed.unicodeScalars) == Array("Việt".unicodeScalars))
    }

    @Test(arguments: ["a=%00", "a=%ff", "a=%4", "a=%zz"])
    func whatIsNoTextIsRefused(_ query: String) {
        #expect(throws: Problem.self) { try Fields(query[...]) }
    }

    @Test(arguments: [
        ("23/11/2026", "2026-11-23"), ("1/2/2026", "2026-02-01"), ("01.02.2026", "2026-02-01"),
        ("2026-11-23", "2026-11-23"),
    ])
    func aDayMayBeTypedAsPeopleTypeIt(_ typed: String, _ meant: String) throws {
        #expect(Fields.date(typed) == CalendarDate(meant))
    }

    @Test(arguments: ["31/02/2026", "1/13/2026", "hôm nay", "23/11/26", "23/11"])
    func aDayThatIsNoneIsRefusedAtItsField(_ typed: String) throws {
        let fields = try Fields("due_on=\(typed.urlEncoded)")
        let problem = #expect(throws: Problem.self) { try fields.date("due_on") }
        #expect(problem?.issues == [.init(field: "due_on", code: "invalid_date")])
    }

    @Test(arguments: [
        nil, "", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "work",
        "/a\r\nSet-Cookie: a",
        "/sign-in?next=/", "/trang đích",
    ])
    func aSignInNeverLeadsOffTheServer(_ next: String?) { #expect(LocalPath.checked(next) == "/") }

    @Test func aSignInLeadsBackToThePageThatWasWanted() {
        #expect(LocalPath.checked("/documents/1?tab=info") == "/documents/1?tab=info")
    }
}
