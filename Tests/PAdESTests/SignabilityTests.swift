import Foundation
import PAdES
import Testing

/// What is said of signing a file is what the signer does with it.
@Suite(.enabled(if: Tools.has("qpdf"), "skipped: qpdf is not installed"))
struct SignabilityTests {
    let pki: TestPKI

    init() throws { self.pki = try TestPKI.shared.get() }

    /// The answer; and that a hidden signature is then really made, or really refused.
    private func said(_ pdf: [UInt8]) throws -> Signability {
        let said = Signability(of: pdf)
        let signed = try? self.pki.signed(pdf, .approval, .hidden("Thêm"))
        #expect((signed != nil) == (said.word == .signable && !said.reasons.contains(.onlyPreparedFields)), "\(said)")
        return said
    }

    private func encrypted(_ pdf: [UInt8], _ arguments: String...) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let output = try Tools.run(
            "qpdf", ["--encrypt"] + arguments + ["--", try folder.write(pdf, "in.pdf"), folder.path("out.pdf")])
        try #require(output.status == 0, "\(output.text)")
        return try folder.read("out.pdf")
    }

    private func form(_ field: String) -> [UInt8] {
        let page = SmallPDF.page.replacingOccurrences(of: "/Parent", with: "/Annots[5 0 R]/Parent")
        let widget = "<<\(field)/T(Sig)/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/F 132/P 3 0 R>>"
        return SmallPDF.table(page: page, catalog: "/AcroForm<</Fields[5 0 R]>>", more: [widget])
    }

    @Test(arguments: [SmallPDF.table(), SmallPDF.stream()])
    func aPlainFileIsSignable(pdf: [UInt8]) throws {
        #expect(try self.said(pdf).word == .signable)
        #expect(try self.said(pdf).reasons.isEmpty)
    }

    @Test func certificationLeavesOnlyWhatIsNotSeen() throws {
        let certified = try self.pki.signed(SmallPDF.table(), .signer, .hidden("Sig"))
        let said = try self.said(certified)
        #expect(said.word == .signable && said.reasons == [.noNewVisibleField])
        let place = PDFRectangle(x: 100, y: 200, width: 130, height: 60)
        #expect(throws: PDFError.self) { try self.pki.signed(certified, .approval, .new("Mới", page: 0, place)) }
    }

    @Test func theSealEndsIt() throws {
        let sealed = try self.pki.signed(SmallPDF.table(), .seal, .hidden("Sig"))
        let said = try self.said(sealed)
        #expect(said.word == .refuseToSign && said.reasons == [.fieldsLocked])
    }

    @Test func aCertificationWithoutChangesEndsIt() throws {
        let strict = self.form("/FT/Sig/Lock<</Type/SigFieldLock/Action/All/P 1>>")
        let said = try self.said(try self.pki.signed(strict, .signer, .field("Sig")))
        #expect(said.word == .refuseToSign && said.reasons == [.certifiedNoChanges])
    }

    @Test func permissionsOfEncryptionAreAsked() throws {
        let open = try self.said(try self.encrypted(SmallPDF.table(), "", "owner", "256"))
        #expect(open.word == .signable && open.reasons.isEmpty)
        let closed = try self.said(try self.encrypted(SmallPDF.table(), "", "owner", "256", "--modify=none"))
        #expect(closed.word == .refuseToSign && closed.reasons == [.permissionsForbid])
        let fillable = try self.said(try self.encrypted(self.form("/FT/Sig"), "", "owner", "256", "--modify=form"))
        #expect(fillable.word == .signable && fillable.reasons == [.onlyPreparedFields])
    }

    @Test func aPasswordIsNamed() throws {
        let locked = try self.encrypted(SmallPDF.table(), "user", "owner", "256")
        let said = try self.said(locked)
        #expect(said.word == .signableWithPassword && said.reasons == [.passwordNeeded])
        // In object streams everything is enciphered.
        let hidden = try self.said(
            try self.encrypted(SmallPDF.table(), "user", "owner", "256", "--", "--object-streams=generate"))
        #expect(hidden.word == .needsPassword)
        let forbidden = try self.said(try self.encrypted(SmallPDF.table(), "user", "owner", "256", "--modify=none"))
        #expect(forbidden.word == .refuseToSign && forbidden.reasons == [.permissionsForbid, .passwordNeeded])
        let report = PDFVerifier(roots: []).assess(locked, now: SigningTime(secondsSince1970: 1_780_000_000))
        #expect(report.verdict == .needsPassword && report.reasons == ["encrypted_pdf"])
    }

    @Test func whatIsBrokenIsRefused() throws {
        let pdf = SmallPDF.table()
        #expect(try self.said(Array("Không phải PDF".utf8)).reasons == [.notAPDF])
        let cut = try self.said(Array(pdf.dropLast(40)))
        #expect(cut.word == .refuseOrRepair && cut.reasons == [.truncated])
        let text = String(decoding: pdf, as: UTF8.self)
        let circle = text.replacingOccurrences(of: "/Kids[3 0 R]", with: "/Kids[2 0 R]")
        try #require(circle != text)
        #expect(try self.said(Array(circle.utf8)).word == .refuse)
        // What an XFA form shows is not what is signed, so the server takes none, though an update could be written.
        let form = Signability(of: SmallPDF.table(catalog: "/AcroForm<</Fields[]/XFA(<x/>)>>"))
        #expect(form.word == .refuse && form.reasons == [.unsupported])
    }

    @Test func aBrokenSignatureIsNotMendedByAnother() throws {
        let signed = try self.pki.signed(SmallPDF.table(), .approval, .hidden("Sig"))
        var changed = signed
        let place = try #require(changed.firstIndex(of: 0x25))
        changed[place + 6] ^= 1  // the header's minor version
        let report = PDFVerifier(roots: []).assess(changed, now: SigningTime(secondsSince1970: 1_780_000_000))
        #expect(!report.verdict.isGood && report.signing?.reasons == [.earlierSignatureNotValid])
    }

    @Test(arguments: Sample.all.filter { Signability.Word(rawValue: $0.verdict) != nil })
    func aKnownFileGetsItsWord(sample: Sample) throws {
        let said = Signability(of: try sample.bytes())
        #expect(said.word.rawValue == sample.verdict, "\(said)")
    }
}
