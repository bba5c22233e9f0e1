import Foundation
import Testing

/// Programs that share no code with ours and say what they think of a signed file. One that is not installed says nothing.
enum Judges {
    static func accept(
        _ pdf: [UInt8], signatures: Int, pki: TestPKI, location: SourceLocation = #_sourceLocation
    ) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(pdf, "judged.pdf")
        if Tools.has("qpdf") {
            let output = try Tools.run("qpdf", ["--check", file])
            #expect(output.status == 0, "qpdf: \(output.text)", sourceLocation: location)
        }
        if Tools.has("pdfsig") {
            let output = try Tools.run("pdfsig", ["-nocert", file])
            let valid = output.text.components(separatedBy: "Signature is Valid.").count - 1
            #expect(valid == signatures, "pdfsig: \(output.text)", sourceLocation: location)
        }
        try self.pyHankoAccepts(pdf, signatures: signatures, pki: pki, location: location)
    }

    static func pyHankoAccepts(
        _ pdf: [UInt8], signatures: Int, pki: TestPKI, location: SourceLocation = #_sourceLocation
    ) throws {
        guard let python = Tools.python else { return }
        let folder = try TemporaryFolder()
        let file = try folder.write(pdf, "judged.pdf")
        let root = try folder.write(pki.root, "root.der")
        let script = try folder.write(Array(self.pyHanko.utf8), "judge.py")
        let output = try Tools.run(python, [script, file, root])
        let lines = output.text.split(separator: "\n").filter { $0.hasPrefix("SIGNATURE ") }
        #expect(
            output.status == 0 && lines.count == signatures, "pyHanko: \(output.text)", sourceLocation: location)
        for line in lines {
            #expect(line.hasSuffix("bottom_line=True"), "pyHanko: \(output.text)", sourceLocation: location)
        }
    }

    /// Judges one signature of a file that had its oddities before.
    static func acceptLast(
        _ pdf: [UInt8], field: String, original: [UInt8], pki: TestPKI, location: SourceLocation = #_sourceLocation
    ) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(pdf, "judged.pdf")
        if Tools.has("qpdf") {
            let before = try Tools.run("qpdf", ["--check", try folder.write(original, "original.pdf")])
            let output = try Tools.run("qpdf", ["--check", file])
            #expect(output.status <= before.status, "qpdf: \(output.text)", sourceLocation: location)
        }
        if Tools.has("pdfsig") {
            let output = try Tools.run("pdfsig", ["-nocert", file])
            let own = output.text.components(separatedBy: "Signature #").first { $0.contains("Name: \(field)\n") }
            #expect(own?.contains("Signature is Valid.") == true, "pdfsig: \(output.text)", sourceLocation: location)
        }
        if let python = Tools.python {
            let root = try folder.write(pki.root, "root.der")
            let script = try folder.write(
                Array(self.pyHanko.replacingOccurrences(of: "strict=True", with: "strict=False").utf8), "judge.py")
            let output = try Tools.run(python, [script, file, root])
            let own = output.text.split(separator: "\n").first { $0.hasPrefix("SIGNATURE \(field) ") }
            #expect(own?.hasSuffix("bottom_line=True") == true, "pyHanko: \(output.text)", sourceLocation: location)
        }
    }

    /// Strict reader, the default (strict) difference policy, our root as the only one.
    private static let pyHanko = """
        import sys
        from asn1crypto import x509
        from pyhanko.pdf_utils.reader import PdfFileReader
        from pyhanko.sign.validation import validate_pdf_signature
        from pyhanko_certvalidator import ValidationContext
        root = x509.Certificate.load(open(sys.argv[2], 'rb').read())
        with open(sys.argv[1], 'rb') as handle:
            reader = PdfFileReader(handle, strict=True)
            if reader.encrypted:
                reader.decrypt(b'')
            for signature in reader.embedded_regular_signatures:
                context = ValidationContext(trust_roots=[root], allow_fetching=False)
                status = validate_pdf_signature(signature, context)
                print('SIGNATURE', signature.field_name, 'intact=%s' % status.intact, 'valid=%s' % status.valid,
                      'trusted=%s' % status.trusted, 'coverage=%s' % status.coverage.name,
                      'level=%s' % getattr(status.modification_level, 'name', None), 'docmdp=%s' % status.docmdp_ok,
                      'bottom_line=%s' % status.bottom_line)
        """
}
