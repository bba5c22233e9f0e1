import Foundation
import PAdES
import Testing

/// Signs a small file as other programs do: the place is prepared here, what fills it comes from the `openssl` command.
struct ForeignSignature {
    var subFilter = "adbe.pkcs7.detached"
    /// Further entries of the signature dictionary.
    var entries = ""
    /// Entries of the catalogue and further objects, numbered from 5.
    var catalog = ""
    var space = 8_192

    /// A file whose first object after the page is the field, and the second the signature. `fill` gets what is signed.
    func signed(_ fill: ([UInt8]) throws -> [UInt8]) throws -> [UInt8] {
        let blank = "[0 ********** ********** **********]"
        let field = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Foreign)/F 132/Rect[0 0 0 0]/P 3 0 R/V 6 0 R>>"
        let dictionary =
            "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/\(self.subFilter)\(self.entries)/ByteRange \(blank)"
            + "/Contents <\(String(repeating: "0", count: 2 * self.space))>>>"
        let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 4 0 R/Annots[5 0 R]>>"
        var pdf = SmallPDF.table(
            page: page, catalog: "/AcroForm<</Fields[5 0 R]/SigFlags 3>>" + self.catalog, more: [field, dictionary])
        let contents = try #require(Self.place(of: "/Contents <00", in: pdf)) + 10
        let end = contents + 2 * self.space + 2
        let range = "[0 \(contents) \(end) \(pdf.count - end)]"
        let place = try #require(Self.place(of: blank, in: pdf))
        pdf.replaceSubrange(
            place..<(place + blank.utf8.count),
            with: Array(range.utf8) + [UInt8](repeating: 0x20, count: blank.utf8.count - range.utf8.count))
        let value = try fill(Array(pdf[..<contents]) + pdf[end...])
        try #require(value.count <= self.space)
        let digits = Array(value.map { String(format: "%02x", $0) }.joined().utf8)
        pdf.replaceSubrange((contents + 1)..<(contents + 1 + digits.count), with: digits)
        return pdf
    }

    static func place(of text: String, in bytes: [UInt8]) -> Int? {
        let needle = Array(text.utf8)
        return bytes.indices.first { bytes[$0] == needle[0] && bytes[$0...].starts(with: needle) }
    }

    /// A key with its own certificate, made by OpenSSL.
    struct Identity {
        let folder: TemporaryFolder

        init(_ algorithm: [String]) throws {
            self.folder = try TemporaryFolder()
            let output = try Tools.run(
                "openssl",
                [
                    "req", "-x509", "-nodes", "-days", "3650", "-subj", "/C=VN/CN=Ngoai", "-newkey",
                ] + algorithm + [
                    "-addext", "keyUsage=critical,digitalSignature,nonRepudiation",
                    "-keyout", self.folder.path("key.pem"), "-out", self.folder.path("certificate.pem"),
                ])
            try #require(output.status == 0, "\(output.text)")
        }

        /// `openssl cms -sign` over the data; detached unless an option says otherwise.
        func cms(_ data: [UInt8], _ options: [String]) throws -> [UInt8] {
            let input = try self.folder.write(data, "data")
            let output = try Tools.run(
                "openssl",
                [
                    "cms", "-sign", "-binary", "-outform", "DER", "-in", input, "-out", self.folder.path("signature"),
                    "-signer", self.folder.path("certificate.pem"), "-inkey", self.folder.path("key.pem"),
                ] + options)
            try #require(output.status == 0, "\(output.text)")
            return try self.folder.read("signature")
        }
    }
}
