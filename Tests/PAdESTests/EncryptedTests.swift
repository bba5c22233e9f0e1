import Foundation
import PAdES
import Testing

/// Files that open without a password although they are encrypted: signed where their permissions allow it.
@Suite(.enabled(if: Tools.has("qpdf") && Tools.python != nil, "skipped: qpdf or pyHanko is not installed"))
struct EncryptedTests {
    let pki: TestPKI

    init() throws { self.pki = try TestPKI.shared.get() }

    enum Method: String, CaseIterable, Sendable {
        case rc4With40Bits, rc4With128Bits, aes128, aes256

        var arguments: [String] {
            switch self {
            case .rc4With40Bits: ["--allow-weak-crypto", "--encrypt", "", "owner", "40", "--"]
            case .rc4With128Bits: ["--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=n", "--"]
            case .aes128: ["--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=y", "--"]
            case .aes256: ["--encrypt", "", "owner", "256", "--"]
            }
        }
    }

    private func encrypted(_ pdf: [UInt8], _ arguments: [String]) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let output = try Tools.run("qpdf", arguments + [try folder.write(pdf, "in.pdf"), folder.path("out.pdf")])
        try #require(output.status == 0, "\(output.text)")
        return try folder.read("out.pdf")
    }

    /// pdfsig 22.12 fails on every signature in an encrypted file, so it is not asked.
    private func judge(_ pdf: [UInt8], signatures: Int) throws {
        let folder = try TemporaryFolder()
        let qpdf = try Tools.run("qpdf", ["--check", try folder.write(pdf, "a.pdf")])
        #expect(qpdf.status == 0, "\(qpdf.text)")
        try Judges.pyHankoAccepts(pdf, signatures: signatures, pki: self.pki)
        let report = try self.pki.verifier.verify(pdf)
        #expect(report.isValidAndTrusted && report.signatures.count == signatures, "\(report)")
    }

    @Test(arguments: Method.allCases, [SmallPDF.table(), SmallPDF.stream()])
    func isSignedWithEverythingNewEncrypted(method: Method, pdf: [UInt8]) throws {
        let base = try self.encrypted(pdf, method.arguments)
        let place = PDFRectangle(x: 100, y: 200, width: 130, height: 60)
        let once = try self.pki.signed(
            base, .signer, .new("Người ký", page: 0, place), appearance: OfficialLetter.signatureText)
        let twice = try self.pki.signed(once, .approval, .hidden("Sig"))
        #expect(once.starts(with: base) && twice.starts(with: once))
        // Neither the name of the signer nor that of the field can be read without deciphering.
        let hidden = Array("Nguyễn Văn An".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
        let hexadecimal = hidden.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(!String(decoding: twice, as: UTF8.self).contains(hexadecimal))
        try self.judge(twice, signatures: 2)
        guard Tools.has("pdftotext") else { return }
        let folder = try TemporaryFolder()
        let text = try Tools.run("pdftotext", [try folder.write(twice, "a.pdf"), "-"]).text
        #expect(text.contains("Nguyễn Văn An"), "\(text)")
    }

    @Test func permissionsAreKept() throws {
        let refusal = PDFError.changeForbidden("the file's encryption permits no such change")
        let closed = try self.encrypted(
            SmallPDF.table(), ["--encrypt", "", "owner", "256", "--modify=none", "--"])
        #expect(throws: refusal) { try self.pki.signed(closed, .approval, .hidden("Sig")) }
        #expect(throws: refusal) { try PreparedTimeStamp.prepare(closed) }
        // May be filled in, so a field that is there may be signed, but no other.
        let field = "<</FT/Sig/T(Sig)/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/F 132/P 3 0 R>>"
        let page = SmallPDF.page.replacingOccurrences(of: "/Parent", with: "/Annots[5 0 R]/Parent")
        let form = SmallPDF.table(page: page, catalog: "/AcroForm<</Fields[5 0 R]>>", more: [field])
        let fillable = try self.encrypted(form, ["--encrypt", "", "owner", "256", "--modify=form", "--"])
        #expect(throws: refusal) { try self.pki.signed(fillable, .approval, .hidden("Other")) }
        try self.judge(try self.pki.signed(fillable, .approval, .field("Sig")), signatures: 1)
    }

    @Test func aPasswordIsAskedForByNobody() throws {
        let locked = try self.encrypted(SmallPDF.table(), ["--encrypt", "secret", "owner", "256", "--"])
        #expect(throws: PDFError.encrypted) { try self.pki.signed(locked, .approval, .hidden("Sig")) }
    }
}
