import Foundation
import PAdES
import Testing

/// What an attacker without a key may try on a signed letter.
@Suite(.enabled(if: OfficialLetter.isAvailable, "skipped: LibreOffice or poppler is not installed"))
struct TamperingTests {
    let pki: TestPKI
    let travel: OfficialLetter.Travel

    private static let sharedTravel = Result {
        try OfficialLetter.shared.get().travel(try TestPKI.shared.get())
    }

    init() throws {
        self.pki = try TestPKI.shared.get()
        self.travel = try Self.sharedTravel.get()
    }

    private func expectModified(
        _ pdf: [UInt8], isMalformed: Bool = false, location: SourceLocation = #_sourceLocation
    ) throws {
        let report = try self.pki.verifier.verify(pdf)
        #expect(report.signatures.count == 2, sourceLocation: location)
        for signature in report.signatures {
            #expect(signature.verdict == .modified, "\(signature.changes)", sourceLocation: location)
            let forbidden = signature.changes.filter { !$0.isAllowed }.map(\.subject)
            // An attack that is only noticed because the test wrote a bad file would prove nothing.
            #expect((forbidden == ["malformed update"]) == isMalformed, "\(forbidden)", sourceLocation: location)
        }
        #expect(!report.isValid, sourceLocation: location)
    }

    private func replacing(_ needle: String, with text: String, inObjectWith mark: String) -> [UInt8] {
        let pdf = self.travel.sealed
        let number = RawUpdate.number(containing: mark, in: pdf)
        let body = RawUpdate.body(number, in: pdf).replacingOccurrences(of: needle, with: text)
        return RawUpdate(objects: [(number, body)]).applied(to: pdf)
    }

    @Test func anEmptyUpdateIsHarmless() throws {
        let report = try self.pki.verifier.verify(RawUpdate().applied(to: self.travel.sealed))
        #expect(report.isValid)
    }

    @Test func theNumberCantBeChangedAfterTheSeal() throws {
        try self.expectModified(self.replacing("/V (01)", with: "/V (99)", inObjectWith: "/T (number)"))
        #expect(throws: PDFError.fieldFilled("vanthu.number")) {
            try OfficialFields.filled(number: "99", date: nil, in: self.travel.sealed)
        }
    }

    @Test func theNumbersPictureCantBeChanged() throws {
        let number = RawUpdate.number(containing: "/T (number)", in: self.travel.sealed)
        let size = try #require(Int(RawUpdate.size(self.travel.sealed)))
        let body = RawUpdate.body(number, in: self.travel.sealed)
        let start = try #require(body.range(of: "/N "))
        let changed =
            body[..<start.upperBound] + "\(size) 0 R>>" + body[start.upperBound...].drop { $0 != ">" }.dropFirst(2)
        let form = "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 0>>\nstream\n\nendstream"
        try self.expectModified(
            RawUpdate(objects: [(number, String(changed)), (size, form)]).applied(to: self.travel.sealed))
    }

    @Test func aFieldCantBeMoved() throws {
        try self.expectModified(self.replacing("/Rect [", with: "/Rect [1", inObjectWith: "/T (seal)"))
    }

    @Test func aPageCantGetOtherContent() throws {
        let size = try #require(Int(RawUpdate.size(self.travel.sealed)))
        let page = RawUpdate.number(containing: "/MediaBox", in: self.travel.sealed)
        let body = RawUpdate.body(page, in: self.travel.sealed)
        let start = try #require(body.range(of: "/Contents "))
        let changed =
            body[..<start.upperBound] + "\(size) 0 R" + body[start.upperBound...].drop { $0 != "R" }.dropFirst()
        let content = "<</Length 2>>\nstream\nq \nendstream"
        try self.expectModified(
            RawUpdate(objects: [(page, String(changed)), (size, content)]).applied(to: self.travel.sealed))
    }

    @Test func anAnnotationCantBeAdded() throws {
        let size = try #require(Int(RawUpdate.size(self.travel.sealed)))
        let page = RawUpdate.number(containing: "/MediaBox", in: self.travel.sealed)
        let body = RawUpdate.body(page, in: self.travel.sealed)
            .replacingOccurrences(of: "/Annots [", with: "/Annots [\(size) 0 R ")
        let note = "<</Type/Annot/Subtype/Square/Rect[100 100 300 300]/IC[1 1 1]>>"
        try self.expectModified(RawUpdate(objects: [(page, body), (size, note)]).applied(to: self.travel.sealed))
    }

    @Test func theFormCantBeTakenAway() throws {
        let catalog = RawUpdate.number(containing: "/Type /Catalog", in: self.travel.sealed)
        let number = catalog == 0 ? RawUpdate.number(containing: "/Type/Catalog", in: self.travel.sealed) : catalog
        let body = RawUpdate.body(number, in: self.travel.sealed)
        let changed = body.replacingOccurrences(of: "/AcroForm", with: "/AcroForn")
        try self.expectModified(RawUpdate(objects: [(number, changed)]).applied(to: self.travel.sealed))
    }

    @Test func bytesThatNoCrossReferenceListsAreTampering() throws {
        // ISA-3: readers that repair a file show the second page object; pyHanko 0.38 sees nothing.
        let page = RawUpdate.number(containing: "/MediaBox", in: self.travel.sealed)
        let stray = "\(page) 0 obj\n<</Type/Page/MediaBox[0 0 9 9]>>\nendobj\n"
        try self.expectModified(RawUpdate(stray: stray).applied(to: self.travel.sealed), isMalformed: true)
        try self.expectModified(RawUpdate(stray: "some text\n").applied(to: self.travel.sealed), isMalformed: true)
    }

    @Test func anObjectCantBeDeleted() throws {
        let number = RawUpdate.number(containing: "/T (number)", in: self.travel.sealed)
        try self.expectModified(RawUpdate(freed: [number]).applied(to: self.travel.sealed))
    }

    @Test func theIssuersCertificateBesideTheSignersIsProtectedToo() throws {
        let digits = Array(self.pki.issuer.map { String(format: "%02x", $0) }.joined().utf8)
        let sealed = self.travel.sealed
        let start = try #require(
            sealed.indices.reversed().first { sealed[$0] == digits[0] && sealed[$0...].starts(with: digits) })
        // Its signature's last digit, and a letter written large.
        let last = start + digits.count - 1
        let letter = try #require((start..<last).first { (0x61...0x66).contains(sealed[$0]) })
        for (place, byte) in [(last, sealed[last] == 0x30 ? UInt8(0x31) : 0x30), (letter, sealed[letter] ^ 0x20)] {
            var changed = sealed
            changed[place] = byte
            let report = try self.pki.verifier.verify(changed)
            #expect(report.signatures.last?.verdict != .valid)
            #expect(!report.isValid)
        }
    }

    @Test func newObjectsThatNothingShowsAreHarmless() throws {
        let size = try #require(Int(RawUpdate.size(self.travel.sealed)))
        let update = RawUpdate(objects: [(size, "<</Harmless true>>")])
        #expect(try self.pki.verifier.verify(update.applied(to: self.travel.sealed)).isValid)
    }

    @Test func nothingMayBeSignedUnderTheSealsLock() throws {
        #expect(throws: PDFError.changeForbidden("fields locked by a signature")) {
            try self.pki.signed(self.travel.sealed, .approval, .hidden("later"))
        }
    }

    @Test func aVisibleFieldCantFollowACertification() throws {
        let place = PDFRectangle(x: 10, y: 10, width: 100, height: 50)
        #expect(throws: PDFError.changeForbidden("certified, no new visible field")) {
            try self.pki.signed(self.travel.certified, .approval, .new("later", page: 0, place))
        }
    }

    @Test func twoApprovalsOfAnUncertifiedFileAreValid() throws {
        let pdf = try OfficialLetter.shared.get().pdf
        let place = PDFRectangle(x: 60, y: 60, width: 120, height: 50)
        let first = try self.pki.signed(
            pdf, .approval, .new("first", page: 0, place), appearance: OfficialLetter.signatureText)
        let second = try self.pki.signed(first, .approval, .hidden("second"), key: .rsa2048)
        try Judges.accept(second, signatures: 2, pki: self.pki)
        #expect(try self.pki.verifier.verify(second).isValidAndTrusted)
    }
}
