import Foundation
import PAdES
import Testing

/// The official letter of Config/templates as LibreOffice exports it, made once.
struct OfficialLetter: Sendable {
    static let isAvailable = Tools.has("soffice") && Tools.has("pdftotext")
    static let shared = Result { try OfficialLetter() }

    let pdf: [UInt8]
    let fields: OfficialFields

    init(pdf: [UInt8], fields: OfficialFields) {
        self.pdf = pdf
        self.fields = fields
    }

    private init() throws {
        let pdf = try Self.exported(options: nil)
        self.init(
            pdf: pdf, fields: FieldPlacement.propose(pages: try Self.text(of: pdf), signerName: "Nguyễn Văn An"))
    }

    /// What LibreOffice makes of the template, with options of its PDF export filter as JSON.
    static func exported(options: String?) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Config/templates/cong-van.fodt")
        let output = try Tools.run(
            "soffice",
            [
                "-env:UserInstallation=file://" + folder.path("profile"), "--headless", "--convert-to",
                options.map { "pdf:writer_pdf_Export:" + $0 } ?? "pdf", "--outdir", folder.url.path, source.path,
            ])
        #expect(output.status == 0, "\(output.text)")
        return try folder.read("cong-van.pdf")
    }

    static func text(of pdf: [UInt8]) throws -> [PageText] {
        let folder = try TemporaryFolder()
        let output = try Tools.run("pdftotext", ["-bbox", "-cropbox", try folder.write(pdf, "a.pdf"), "-"])
        return PageText.pages(bbox: output.text, geometry: try PDFInspection(pdf).pages)
    }

    static let sealDrawing = SignatureAppearance.sealDrawing(
        organisation: "BƯU ĐIỆN THÀNH PHỐ HÀ NỘI", parent: "TỔNG CÔNG TY BƯU ĐIỆN VIỆT NAM")
    static let signatureText = SignatureAppearance.signatureText(
        name: "Nguyễn Văn An", time: SigningTime(secondsSince1970: 1_795_000_000))

    /// The travel: fields, certification, number and date, seal.
    struct Travel {
        var prepared: [UInt8]
        var certified: [UInt8]
        var numbered: [UInt8]
        var sealed: [UInt8]
    }

    func travel(_ pki: TestPKI, key: TestPKI.Key = .p256) throws -> Travel {
        let prepared = try self.fields.added(to: self.pdf)
        let certified = try pki.signed(
            prepared, .signer, .field(OfficialFields.signerName), key: key, appearance: Self.signatureText)
        let date = try #require(OfficialDate(day: 5, month: 11, year: 2026))
        let numbered = try OfficialFields.filled(number: "01", date: date, in: certified)
        let sealed = try pki.signed(
            numbered, .seal, .field(OfficialFields.sealName), key: key, appearance: Self.sealDrawing)
        return Travel(prepared: prepared, certified: certified, numbered: numbered, sealed: sealed)
    }
}
