import Foundation
import PAdES
import Testing

struct InspectionTests {
    private func refusal(_ pdf: [UInt8], limits: PDFLimits = .standard) -> PDFError? {
        do {
            _ = try PDFInspection(pdf, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [SmallPDF.table(), SmallPDF.stream()])
    func aPlainFileIsDescribed(pdf: [UInt8]) throws {
        let inspection = try PDFInspection(pdf)
        #expect(inspection.version == "1.7" && inspection.pageCount == 1 && inspection.revisions == 1)
        #expect(!inspection.isSigned && inspection.fieldNames.isEmpty)
        #expect(abs(inspection.pages[0].shownWidth - 595.3) < 0.001)
    }

    @Test(arguments: ["", "x", "PK\u{3}\u{4}", "<html>", "\u{FEFF}", String(repeating: "A", count: 100_000)])
    func whatIsNoPDFIsToldSo(text: String) {
        #expect(self.refusal(Array(text.utf8)) == .notAPDF)
    }

    @Test func aFileCutOffAnywhereIsRefused() {
        for pdf in [SmallPDF.table(), SmallPDF.stream()] {
            for length in 0..<(pdf.count - 1) {
                let error = self.refusal(Array(pdf.prefix(length)))
                #expect(error == (length < 5 ? .notAPDF : .truncated), "length \(length)")
            }
        }
    }

    @Test func anEncryptedFileIsToldSo() {
        let pdf = String(decoding: SmallPDF.table(more: ["<</Filter/Standard>>"]), as: UTF8.self)
        let encrypted = pdf.replacingOccurrences(of: "/Root 1 0 R", with: "/Root 1 0 R/Encrypt 5 0 R")
        // The two bytes above 127 in the header don't survive the round trip; the offsets are the same all the same.
        #expect(self.refusal(Array(encrypted.utf8).filter { $0 < 0x80 }) != nil)
        let ascii = SmallPDF.stream().map { Character(Unicode.Scalar($0)) }
        let text = String(ascii).replacingOccurrences(of: "/Root 1 0 R", with: "/Encrypt 9 0 R/Root 1 0 R")
        #expect(self.refusal(text.unicodeScalars.map { UInt8($0.value) }) == .encrypted)
    }

    @Test func aHybridFileIsRefused() {
        let text = SmallPDF.table().map { Character(Unicode.Scalar($0)) }
        let hybrid = String(text).replacingOccurrences(of: "/Root 1 0 R>>", with: "/Root 1 0 R/XRefStm 15>>")
        #expect(self.refusal(hybrid.unicodeScalars.map { UInt8($0.value) }) == .hybridCrossReference)
    }

    @Test func boundsHold() {
        var limits = PDFLimits.standard
        limits.objects = 3
        #expect(self.refusal(SmallPDF.table(), limits: limits) == .tooComplex("too many objects"))
        limits = .standard
        limits.inflatedBytes = 40
        #expect(self.refusal(SmallPDF.stream(), limits: limits) == .tooComplex("stream too large"))
        let deep = String(repeating: "[", count: 100_000)
        #expect(self.refusal(SmallPDF.table(page: deep)) == .tooComplex("objects nested too deep"))
    }

    @Test func circlesAreNotFollowed() {
        let circle = "<</Type/Pages/Kids[3 0 R]/Parent 2 0 R/MediaBox[0 0 9 9]>>"
        #expect(self.refusal(SmallPDF.table(page: circle)) == .damaged("page tree in a circle"))
        #expect(self.refusal(SmallPDF.table(catalog: "/AcroForm 5 0 R", more: ["5 0 R"])) != nil)
        let length = "<</Length 5 0 R>>\nstream\n\nendstream"
        #expect(self.refusal(SmallPDF.table(catalog: "/AcroForm 5 0 R", more: [length])) != nil)
    }

    @Test func aKeyGivenTwiceIsRefused() {
        let page = "<</Type/Page/MediaBox[0 0 9 9]/MediaBox[0 0 99 99]>>"
        #expect(self.refusal(SmallPDF.table(page: page)) == .damaged("dictionary with a key twice"))
    }

    /// Any bytes end in a refusal or an answer, never in a trap. VANTHU_FUZZ sets the number of rounds.
    @Test func mutatedFilesAreSafe() throws {
        let rounds = Int(ProcessInfo.processInfo.environment["VANTHU_FUZZ"] ?? "") ?? 60
        var random = SeededGenerator(state: 7)
        var seeds = [SmallPDF.table(), SmallPDF.stream()]
        seeds += try Sample.all.map { try $0.bytes() }.filter { $0.count < 40_000 }
        let verifier = PDFVerifier(roots: [])
        let fields = OfficialFields(
            number: OfficialFields.Box(page: 0, rectangle: PDFRectangle(x: 1, y: 1, width: 9, height: 9)), date: nil,
            signer: nil, seal: nil)
        for _ in 0..<rounds {
            var pdf = seeds[Int.random(in: seeds.indices, using: &random)]
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<pdf.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: pdf[place] = UInt8.random(in: 0...255, using: &random)
                case 1: pdf[place] = Array("0123456789<>[]()/ %R".utf8).randomElement(using: &random) ?? 0
                case 2: pdf.removeSubrange(place..<min(pdf.count, place + Int.random(in: 1...20, using: &random)))
                case 3:
                    let from = Int.random(in: 0..<pdf.count, using: &random)
                    pdf.insert(contentsOf: pdf[from..<min(pdf.count, from + 30)], at: place)
                default:
                    // Digits are offsets, lengths and counts.
                    if let digit = pdf[place...].firstIndex(where: { (0x30...0x39).contains($0) }) {
                        pdf[digit] = UInt8.random(in: 0x30...0x39, using: &random)
                    }
                }
                if pdf.isEmpty { pdf = [0] }
            }
            _ = try? PDFInspection(pdf)
            _ = try? verifier.verify(pdf)
            _ = try? fields.added(to: pdf)
            _ = try? OfficialFields.filled(number: "1", date: nil, in: pdf)
        }
    }
}
