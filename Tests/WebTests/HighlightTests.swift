import API
import Postgres
import Testing

@testable import Web

@Suite struct HighlightTests {
    /// The text with what is marked in brackets.
    private func marked(_ text: String, for query: String) throws -> String {
        guard case .array(let pieces) = Highlight(query).pieces(of: text) else { return "" }
        return try pieces.map { piece in
            guard case .object(let piece) = piece else { return "" }
            let text = try #require(piece.string("text"))
            return piece.isTrue("hit") ? "[\(text)]" : text
        }.joined()
    }

    @Test(arguments: [
        ("ke hoach", "Kế hoạch năm", "[Kế] [hoạch] năm"), ("Đổi", "doi ĐỔI đôi", "[doi] [ĐỔI] [đôi]"),
        ("01/BĐHN-VP", "Số 01/BĐHN-VP", "Số [01]/[BĐHN]-[VP]"), ("công", "công cộng", "[công] [cộng]"),
        ("tet", "tetris, Tết!", "tetris, [Tết]!"), ("", "không gì", "không gì"), ("…", "…", "…"),
    ])
    func wordsAreMarkedWithoutRegardToAccentsAndCase(_ query: String, _ text: String, _ wanted: String) throws {
        #expect(try self.marked(text, for: query) == wanted)
    }

    @Test func thePiecesMakeTheTextUpAgain() throws {
        let text = "Vie\u{302}\u{323}t <b>&amp; \u{1F1FB}\u{1F1F3} 1.000"
        guard case .array(let pieces) = Highlight("việt b 1").pieces(of: text) else {
            Issue.record("no pieces")
            return
        }
        let joined = pieces.map { piece in
            if case .object(let piece) = piece { piece.string("text") ?? "" } else { "" }
        }.joined()
        #expect(Array(joined.unicodeScalars) == Array(text.unicodeScalars))
    }
}

@Suite struct BookReadingTests {
    @Test func whatTheAddressSaysIsReadAndWhatIsNoDayIsToldAtItsField() throws {
        let asked = BookReading(try Fields("from=1/2/2026&to=28/02/2026&print=1&register=x"), isIncoming: true)
        #expect(asked.answer == nil && asked.isForPrint && asked.register == nil)
        #expect(asked.from?.description == "2026-02-01" && asked.to?.description == "2026-02-28")
        let wrong = BookReading(try Fields("from=31/02/2026&to=mai"), isIncoming: false)
        #expect(wrong.answer?.problem?.issues.map(\.field) == ["from", "to"])
        #expect(wrong.from == nil)
    }
}
