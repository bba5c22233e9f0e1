import Foundation
import PAdES
import Testing

@Suite(.enabled(if: OfficialLetter.isAvailable, "skipped: LibreOffice or poppler is not installed"))
struct TravelTests {
    let pki: TestPKI
    let letter: OfficialLetter

    init() throws {
        self.pki = try TestPKI.shared.get()
        self.letter = try OfficialLetter.shared.get()
    }

    @Test func everyPlaceIsFoundOnTheLetter() throws {
        let fields = self.letter.fields
        let number = try #require(fields.number)
        let date = try #require(fields.date)
        let signer = try #require(fields.signer)
        let seal = try #require(fields.seal)
        #expect(number.page == 0 && date.page == 0)
        #expect(fields.numberSize == 13 && fields.dateSize == 13)
        #expect(date.printedYear == 2026 && date.yearX == nil)
        #expect(abs(seal.rectangle.maxX - signer.rectangle.x - signer.rectangle.width / 3) < 0.01)
    }

    @Test(arguments: [TestPKI.Key.p256, .p384, .rsa2048])
    func everyJudgeAcceptsTheIssuedLetter(key: TestPKI.Key) throws {
        let travel = try self.letter.travel(self.pki, key: key)
        if let out = ProcessInfo.processInfo.environment["VANTHU_TEST_OUT"] {
            try Data(travel.sealed).write(to: URL(fileURLWithPath: out + "/issued-\(key.rawValue).pdf"))
        }
        try Judges.accept(travel.sealed, signatures: 2, pki: self.pki)
    }
}
