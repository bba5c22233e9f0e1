import Foundation
import Testing

@testable import PAdES

struct TextTests {
    static let letters = "aăâbcdđeêghiklmnoôơpqrstuưvxyAĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY"
    static let vowels = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    static let tones = ["", "\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"]

    @Test(arguments: [TrueTypeFace.regular, .italic])
    func everyVietnameseLetterHasAGlyph(face: TrueTypeFace) throws {
        var subset = FontSubset(face)
        for letter in Self.letters { _ = try subset.show(String(letter)) }
        for vowel in Self.vowels {
            for tone in Self.tones {
                // One code of four digits: the letter is one glyph, not a base with a mark.
                #expect(try subset.show(String(vowel) + tone).count == 6)
            }
        }
    }

    @Test func composedAndDecomposedTextIsTheSame() throws {
        var subset = FontSubset(.regular)
        let composed = try subset.show("Nguyễn Thị Ánh – Bưu điện Thừa Thiên Huế")
        let decomposed = try subset.show(
            "Nguyễn Thị Ánh – Bưu điện Thừa Thiên Huế".decomposedStringWithCanonicalMapping)
        #expect(composed == decomposed)
    }

    @Test(arguments: ["漢", "😀", "\u{E000}", "\u{7}"])
    func aLetterWithoutGlyphIsAnError(text: String) throws {
        var subset = FontSubset(.regular)
        let scalar = try #require(text.unicodeScalars.first)
        #expect(throws: PDFError.missingGlyph(scalar: scalar.value)) { try subset.show("a" + text) }
    }

    @Test func theBaselineMetricsAreThoseOfTimes() throws {
        #expect(TrueTypeFace.regular.ascent == 891 && TrueTypeFace.regular.descent == -216)
        #expect(try FontSubset(.regular).width("0123456789", size: 10) == 50)
    }

    @Test func numbersAreWrittenShortAndWithoutExponent() {
        #expect(Drawing.number(0) == "0" && Drawing.number(-1.5) == "-1.5" && Drawing.number(12.3456) == "12.346")
        #expect(Drawing.number(0.0004) == "0" && Drawing.number(1_234_567.05) == "1234567.05")
    }

    @Test(arguments: [
        (1_795_000_000, "18/11/2026 18:06:40 +07:00", "D:20261118180640+07'00'"),
        (0, "01/01/1970 07:00:00 +07:00", "D:19700101070000+07'00'"),
        (1_709_226_000, "01/03/2024 00:00:00 +07:00", "D:20240301000000+07'00'"),
        (1_709_225_999, "29/02/2024 23:59:59 +07:00", "D:20240229235959+07'00'"),
    ])
    func timesAreShownInVietnam(seconds: Int64, text: String, pdf: String) {
        let time = SigningTime(secondsSince1970: seconds)
        #expect(time.vietnameseText == text && time.pdfText == pdf)
    }

    @Test(arguments: [
        (5, 1, "ngày 05 tháng 01 năm 2026"), (31, 3, "ngày 31 tháng 3 năm 2026"), (9, 12, "ngày 09 tháng 12 năm 2026"),
    ])
    func datesHaveZerosWhereTheDecreeWantsThem(day: Int, month: Int, text: String) {
        #expect(OfficialDate(day: day, month: month, year: 2026)?.text == text)
    }

    @Test(arguments: [(0, 1, 2026), (32, 1, 2026), (29, 2, 2026), (1, 13, 2026), (1, 1, 1800), (31, 4, 2026)])
    func aDateThatDoesNotExistIsRefused(day: Int, month: Int, year: Int) {
        #expect(OfficialDate(day: day, month: month, year: year) == nil)
    }
}

extension TrueTypeFace: CustomTestStringConvertible {
    public var testDescription: String { self.name }
}
