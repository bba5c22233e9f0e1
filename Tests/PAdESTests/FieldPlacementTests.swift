import PAdES
import Testing

struct FieldPlacementTests {
    /// A line of words of 13 points: text and left edge, 7 points a letter.
    private func line(_ top: Double, _ words: [(String, Double)]) -> [PageWord] {
        words.map { PageWord(text: $0, left: $1, top: top, right: $1 + Double($0.count) * 7, bottom: top + 16.9) }
    }

    private func page(_ words: [PageWord]...) -> PageText {
        PageText(width: 595, height: 842, words: words.flatMap { $0 })
    }

    @Test func aLetterWithoutPlacesGivesNone() {
        let fields = FieldPlacement.propose(
            pages: [self.page(self.line(700, [("Số:", 100), ("/BĐHN", 150)]))], signerName: "Nguyễn Văn An")
        #expect(fields.number == nil && fields.date == nil && fields.signer == nil && fields.seal == nil)
        #expect(FieldPlacement.propose(pages: [], signerName: "").signer == nil)
    }

    @Test func aDateInTheBodyIsNoPlace() {
        let written = self.line(
            120, [("ngày", 300), ("05", 335), ("tháng", 355), ("3", 395), ("năm", 410), ("2020", 440)])
        #expect(FieldPlacement.propose(pages: [self.page(written)], signerName: "A").date == nil)
    }

    @Test func aNumberThatIsPrintedIsNoPlace() {
        let written = self.line(120, [("Số:", 100), ("12/BĐHN-VP", 125)])
        #expect(FieldPlacement.propose(pages: [self.page(written)], signerName: "A").number == nil)
    }

    @Test func aYearThatIsNotPrintedGetsAPlace() throws {
        let open = self.line(120, [("ngày", 300), ("tháng", 360), ("năm", 430)])
        let date = try #require(FieldPlacement.propose(pages: [self.page(open)], signerName: "A").date)
        #expect(date.printedYear == nil)
        #expect(try #require(date.yearX) > 450)
    }

    @Test func theLastSignersNameOfTheLastPageCounts() throws {
        let name = [("Nguyễn", 400.0), ("Văn", 450), ("An", 480)]
        let first = self.page(self.line(300, name))
        let last = self.page(self.line(100, name), self.line(400, [("GIÁM", 410), ("ĐỐC", 450)]), self.line(520, name))
        let fields = FieldPlacement.propose(pages: [first, last], signerName: "nguyễn văn an")
        let signer = try #require(fields.signer)
        #expect(signer.page == 1)
        #expect(abs(signer.rectangle.midX - 447) < 0.01)
        // Between the title's lower and the name's upper edge.
        #expect(signer.rectangle.maxY <= 842 - 416.9 && signer.rectangle.y >= 842 - 520)
    }

    @Test func withoutRoomThereIsNoPlace() {
        let name = self.line(120, [("Trần", 400), ("Bình", 440)])
        let title = self.line(100, [("GIÁM", 400), ("ĐỐC", 440)])
        #expect(FieldPlacement.propose(pages: [self.page(title, name)], signerName: "Trần Bình").signer == nil)
    }
}
