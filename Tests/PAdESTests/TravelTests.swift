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

    /// The same letter as other programs would write it.
    enum Form: String, CaseIterable, Sendable {
        case objectStreams, linearized, linearizedObjectStreams, tagged, archive
    }

    private func letter(_ form: Form) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let arguments: [String]
        switch form {
        case .objectStreams: arguments = ["--object-streams=generate"]
        case .linearized: arguments = ["--linearize", "--object-streams=disable"]
        case .linearizedObjectStreams: arguments = ["--linearize", "--object-streams=generate"]
        case .tagged:
            return try OfficialLetter.exported(options: #"{"UseTaggedPDF":{"type":"boolean","value":"true"}}"#)
        case .archive:
            return try OfficialLetter.exported(options: #"{"SelectPdfVersion":{"type":"long","value":"2"}}"#)
        }
        let input = try folder.write(self.letter.pdf, "in.pdf")
        let output = try Tools.run("qpdf", arguments + [input, folder.path("out.pdf")])
        #expect(output.status == 0, "\(output.text)")
        return try folder.read("out.pdf")
    }

    @Test(.enabled(if: Tools.has("qpdf"), "skipped: qpdf is not installed"), arguments: Form.allCases)
    func everyFormOfTheLetterTravels(form: Form) throws {
        let letter = OfficialLetter(pdf: try self.letter(form), fields: self.letter.fields)
        let travel = try letter.travel(self.pki)
        try Judges.accept(travel.sealed, signatures: 2, pki: self.pki)
        #expect(try self.pki.verifier.verify(travel.sealed).isValidAndTrusted)
    }

    @Test func theIssuedLetterReadsAsOneText() throws {
        let words = try OfficialLetter.text(of: self.letter.travel(self.pki).sealed)[0].words.map(\.text)
        let text = words.joined(separator: " ")
        #expect(text.contains("Số: 01/BĐHN-VP") || text.contains("Số: 01 /BĐHN-VP"), "\(text.prefix(300))")
        #expect(text.contains("Hà Nội, ngày 05 tháng 11 năm 2026"), "\(text.prefix(400))")
    }

    @Test func numberAndDateAreWrittenOnce() throws {
        let travel = try self.letter.travel(self.pki)
        let date = try #require(OfficialDate(day: 6, month: 11, year: 2026))
        #expect(throws: PDFError.fieldFilled("vanthu.number")) {
            try OfficialFields.filled(number: "02", date: nil, in: travel.numbered)
        }
        #expect(throws: PDFError.fieldFilled("vanthu.date")) {
            try OfficialFields.filled(number: nil, date: date, in: travel.numbered)
        }
    }

    @Test func theDateMustBeOfThePrintedYear() throws {
        let travel = try self.letter.travel(self.pki)
        let date = try #require(OfficialDate(day: 1, month: 1, year: 2027))
        #expect(throws: PDFError.yearDisagrees(printed: 2026)) {
            try OfficialFields.filled(number: "01", date: date, in: travel.certified)
        }
    }

    @Test func aNumberThatDoesNotFitIsRefused() throws {
        let travel = try self.letter.travel(self.pki)
        #expect(throws: PDFError.textDoesNotFit) {
            try OfficialFields.filled(number: "123456789", date: nil, in: travel.certified)
        }
        #expect(throws: PDFError.missingGlyph(scalar: 0x6F22)) {
            try OfficialFields.filled(number: "漢", date: nil, in: travel.certified)
        }
    }

    @Test func fieldsAreAddedOnceAndBeforeTheFirstSignature() throws {
        let travel = try self.letter.travel(self.pki)
        #expect(throws: PDFError.fieldExists("vanthu.number")) { try self.letter.fields.added(to: travel.prepared) }
        #expect(throws: PDFError.changeForbidden("the document is signed already")) {
            try self.letter.fields.added(to: travel.certified)
        }
    }

    @Test func opensslVerifiesTheSignatureCutOutOfTheFile() throws {
        let pdf = try self.letter.travel(self.pki, key: .rsa2048).certified
        let text = String(String.UnicodeScalarView(pdf.map { Unicode.Scalar($0) }))
        let range = try #require(text.range(of: "/ByteRange ["))
        let numbers = text[range.upperBound...].prefix { $0 != "]" }.split(separator: " ").compactMap { Int($0) }
        let folder = try TemporaryFolder()
        let digits = String(decoding: pdf[(numbers[1] + 1)..<(numbers[2] - 1)], as: UTF8.self)
        let contents = stride(from: 0, to: digits.count, by: 2).compactMap { place in
            UInt8(digits.utf8.dropFirst(place).prefix(2).map { String(UnicodeScalar($0)) }.joined(), radix: 16)
        }
        try folder.write(Array(contents.prefix(4 + (Int(contents[2]) << 8 | Int(contents[3])))), "cms")
        try folder.write(Array(pdf[..<numbers[1]] + pdf[numbers[2]...]), "data")
        let output = try Tools.run(
            "openssl",
            [
                "cms", "-verify", "-cades", "-inform", "DER", "-in", folder.path("cms"), "-content",
                folder.path("data"),
                "-binary", "-CAfile", self.pki.folder.path("root.pem"), "-purpose", "any", "-out", "/dev/null",
            ])
        #expect(output.status == 0, "\(output.text)")
    }
}
