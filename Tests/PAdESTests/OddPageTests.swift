import Foundation
import PAdES
import Testing

/// Signatures on pages as other programs leave them: each is shown where it should be, or refused with the reason.
struct OddPageTests {
    let pki: TestPKI
    private let place = PDFRectangle(x: 60, y: 80, width: 130, height: 60)

    init() throws { self.pki = try TestPKI.shared.get() }

    struct Oddity: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var pdf: [UInt8]
        /// The size of a unit in points.
        var unit = 1.0
    }

    private static func page(_ entries: String) -> [UInt8] {
        SmallPDF.table(page: "<</Type/Page/Parent 2 0 R/Resources<<>>/Contents 4 0 R\(entries)>>")
    }

    static let oddities: [Oddity] = [
        Oddity(testDescription: "media box away from the origin", pdf: page("/MediaBox[-100 -50 495 792]")),
        Oddity(testDescription: "corners in another order", pdf: page("/MediaBox[595 842 0 0]")),
        Oddity(testDescription: "crop box", pdf: page("/MediaBox[0 0 700 900]/CropBox[40 30 640 870]")),
        Oddity(
            testDescription: "crop box beyond the media box", pdf: page("/MediaBox[0 0 595 842]/CropBox[-9 -9 900 900]")
        ),
        Oddity(
            testDescription: "crop box, turned", pdf: page("/MediaBox[10 20 700 900]/CropBox[40 30 640 870]/Rotate 90")
        ),
        Oddity(
            testDescription: "crop box, turned backwards",
            pdf: page("/MediaBox[10 20 700 900]/CropBox[40 30 640 870]/Rotate -90")),
        Oddity(testDescription: "upside down", pdf: page("/MediaBox[10 20 700 900]/Rotate 180")),
        Oddity(testDescription: "real numbers", pdf: page("/MediaBox[0.0 .5 595.276 841.89]")),
        Oddity(testDescription: "units of two points", pdf: page("/MediaBox[0 0 297 421]/UserUnit 2"), unit: 2),
        Oddity(
            testDescription: "annotations in an object of their own",
            pdf: SmallPDF.table(
                page: SmallPDF.page.replacingOccurrences(of: "/Parent", with: "/Annots 5 0 R/Parent"), more: ["[]"])),
        Oddity(
            testDescription: "fields in an object of their own",
            pdf: SmallPDF.table(catalog: "/AcroForm 5 0 R", more: ["<</Fields 6 0 R>>", "[]"])),
        // Object 3 is a node of the page tree, and the page below it has neither boxes nor turn of its own.
        Oddity(
            testDescription: "boxes and turn from the page tree",
            pdf: SmallPDF.table(
                page:
                    "<</Type/Pages/Parent 2 0 R/Kids[5 0 R]/Count 1/MediaBox[0 0 700 900]/CropBox[9 9 600 850]/Rotate 90>>",
                more: ["<</Type/Page/Parent 3 0 R/Resources<<>>/Contents 4 0 R>>"])),
    ]

    @Test(arguments: Self.oddities)
    func isSignedWhereItShouldBe(oddity: Oddity) throws {
        let appearance = OfficialLetter.signatureText
        let signed = try self.pki.signed(
            oddity.pdf, .signer, .new("Sig", page: 0, self.place), appearance: appearance)
        #expect(signed.starts(with: oddity.pdf))
        try Judges.accept(signed, signatures: 1, pki: self.pki)
        #expect(try self.pki.verifier.verify(signed).isValidAndTrusted)
        guard Tools.has("pdftotext") else { return }
        let shown = try #require(try OfficialLetter.text(of: signed).first)
        let word = try #require(shown.words.first { $0.text == "Nguyễn" })
        #expect(word.left > self.place.x - 1 && word.right < self.place.maxX + 1, "\(word)")
        #expect(
            shown.height - word.bottom > self.place.y - 1 && shown.height - word.top < self.place.maxY + 1, "\(word)")
    }

    @Test(arguments: Self.oddities)
    func theCornerIsTheOneThatIsSeen(oddity: Oddity) throws {
        let line = SignatureAppearance.copyLine(
            form: "SAO Y", organisation: "Tổng công ty Bưu điện Việt Nam",
            time: SigningTime(secondsSince1970: 1_795_000_000))
        let signed = try self.pki.signed(oddity.pdf, .approval, .corner("Sao"), appearance: line)
        try Judges.accept(signed, signatures: 1, pki: self.pki)
        guard Tools.has("pdftotext") else { return }
        let shown = try #require(try OfficialLetter.text(of: signed).first)
        let words = shown.words.map(\.text).joined(separator: " ")
        #expect(words == "SAO Y; Tổng công ty Bưu điện Việt Nam; 18/11/2026; 18:06:40 +07:00")
        let last = try #require(shown.words.last)
        let margin = 15 * pointsPerMillimetre / oddity.unit
        #expect(abs(shown.width - last.right - margin) < 2, "\(last) of \(shown.width)")
        #expect(last.top < 60 / oddity.unit, "\(last)")
    }

    @Test func aPlaceOutsideWhatIsShownIsRefused() throws {
        let pdf = Self.page("/MediaBox[0 0 700 900]/CropBox[0 0 300 300]")
        #expect(throws: PDFError.badRectangle) {
            try self.pki.signed(
                pdf, .approval, .new("Sig", page: 0, PDFRectangle(x: 280, y: 10, width: 90, height: 40)))
        }
    }

    @Test func aPageThatReadersShowDifferentlyShowsNoSignature() throws {
        let pdf = Self.page("/MediaBox[0 0 595 842]/CropBox[900 900 950 950]")
        #expect(throws: PDFError.badRectangle) { try self.pki.signed(pdf, .approval, .new("Sig", page: 0, self.place)) }
        try Judges.accept(try self.pki.signed(pdf, .approval, .hidden("Sig")), signatures: 1, pki: self.pki)
    }

    @Test func aLineThatHasNoRoomIsRefused() throws {
        let line = SignatureAppearance.copyLine(
            form: "SAO LỤC", organisation: "Bưu điện", time: SigningTime(secondsSince1970: 0))
        #expect(throws: PDFError.textDoesNotFit) {
            try self.pki.signed(Self.page("/MediaBox[0 0 100 400]"), .approval, .corner("Sao"), appearance: line)
        }
        // In a narrow page it breaks between words.
        let narrow = try self.pki.signed(
            Self.page("/MediaBox[0 0 240 400]"), .approval, .corner("Sao"), appearance: line)
        try Judges.accept(narrow, signatures: 1, pki: self.pki)
    }

    @Test func anAttachmentCarriesItsNumber() throws {
        let line = SignatureAppearance.attachmentLine(
            number: "12/QĐ-BĐVN", time: SigningTime(secondsSince1970: 1_795_000_000))
        let signed = try self.pki.signed(SmallPDF.table(), .seal, .corner("Số"), appearance: line)
        try Judges.accept(signed, signatures: 1, pki: self.pki)
        guard Tools.has("pdftotext") else { return }
        let words = try OfficialLetter.text(of: signed)[0].words.map(\.text).joined(separator: " ")
        #expect(words == "Số: 12/QĐ-BĐVN; 18/11/2026; 18:06:40 +07:00")
    }

    @Test func aHybridFileIsRefused() throws {
        let text = String(String.UnicodeScalarView(SmallPDF.table().map { Unicode.Scalar($0) }))
        let hybrid = text.replacingOccurrences(of: "/Root 1 0 R>>", with: "/Root 1 0 R/XRefStm 9>>").unicodeScalars
            .map { UInt8($0.value) }
        #expect(throws: PDFError.hybridCrossReference) { try self.pki.signed(hybrid, .approval, .hidden("Sig")) }
    }

    @Test func objectsBeyondTheSizeOfTheFileAreRefused() {
        let text = String(String.UnicodeScalarView(SmallPDF.table().map { Unicode.Scalar($0) }))
        let small = text.replacingOccurrences(of: "/Size 5", with: "/Size 3").unicodeScalars.map { UInt8($0.value) }
        #expect(throws: PDFError.damaged("/Size")) { try self.pki.signed(small, .approval, .hidden("Sig")) }
    }

    @Test func aFieldsOwnLockIsKept() throws {
        let field = """
            <</FT/Sig/T(Sig)/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/F 132/P 3 0 R\
            /Lock<</Type/SigFieldLock/Action/Include/Fields[(Free) (Other)]>>>>
            """
        let text = "<</FT/Tx/T(Free)/Type/Annot/Subtype/Widget/Rect[9 9 99 30]/F 4/P 3 0 R/DA(/Helv 9 Tf)>>"
        let page = SmallPDF.page.replacingOccurrences(of: "/Parent", with: "/Annots[5 0 R 6 0 R]/Parent")
        let pdf = SmallPDF.table(page: page, catalog: "/AcroForm<</Fields[5 0 R 6 0 R]>>", more: [field, text])
        let signed = try self.pki.signed(pdf, .approval, .field("Sig"))
        try Judges.accept(signed, signatures: 1, pki: self.pki)
        #expect(String(decoding: signed, as: UTF8.self).contains("/TransformMethod /FieldMDP"))
        #expect(throws: PDFError.changeForbidden("fields locked by a signature")) {
            try self.pki.signed(signed, .approval, .hidden("Other"))
        }
        try Judges.accept(try self.pki.signed(signed, .approval, .hidden("Third")), signatures: 2, pki: self.pki)
    }
}
