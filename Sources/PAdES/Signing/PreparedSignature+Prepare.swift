extension PreparedSignature {
    /// The space for the SignedData in bytes (twice as many hexadecimal digits). Enough for long public chains and, later, a
    /// time stamp.
    static let reservedBytes = 16_384

    /// Fixes every byte of a signature but its value.
    ///
    /// Reads the file once and hashes it once; `pdf` is not copied.
    /// - Throws: `certificateUnsuitable`, `fieldMissing`, `fieldFilled`, `changeForbidden`, `noSuchPage`, `badRectangle`,
    ///   `unusableImage`, `missingGlyph`, `textDoesNotFit`, and what `PDFInspection` throws of a broken file.
    public static func prepare(_ pdf: [UInt8], _ request: SigningRequest) throws(PDFError) -> PreparedSignature {
        let certificate = try Certificate(request.certificate)
        if let reason = certificate.unsuitability { throw .certificateUnsuitable(reason) }
        let algorithm = request.algorithm ?? certificate.defaultAlgorithm
        guard certificate.fits(algorithm.scheme) else { throw .certificateUnsuitable("key of another algorithm") }

        let file = try PDFFile(pdf)
        let permissions = try file.permissions(in: file.lastView)
        if permissions.certification == 1 { throw .changeForbidden("certified, no changes allowed") }
        var editor = try FormEditor(file)
        let field = try Self.field(for: request, permissions, &editor)
        guard !permissions.locks(field.name) else { throw .changeForbidden("fields locked by a signature") }
        let isCertification = request.purpose == .signer && permissions.signatureCount == 0
        let signature = editor.update.reserve()
        try Self.fill(field, with: signature, request, &editor)
        try editor.editForm { $0["SigFlags"] = .integer(3) }
        if isCertification {
            let root = try file.catalog(in: file.lastView).reference
            var catalog = try editor.dictionary(root)
            var grants = try file.resolve(catalog["Perms"], in: file.lastView).dictionary ?? [:]
            grants["DocMDP"] = .reference(signature)
            catalog["Perms"] = .dictionary(grants)
            editor.set(root, catalog)
        }
        let dictionary = Self.signatureDictionary(request, isCertification: isCertification)
        editor.update.write(signature, body: dictionary.bytes)
        var (appended, bodyOffsets) = try editor.serialise()
        guard let body = bodyOffsets[signature] else { throw .damaged("signature not written") }

        let total = pdf.count + appended.count
        let gapStart = body + dictionary.contentsOffset
        let gapEnd = gapStart + 2 * Self.reservedBytes + 2
        let byteRange = [0, gapStart, gapEnd, total - gapEnd]
        guard total < 10_000_000_000 else { throw .tooComplex("file of 10 GB or more") }
        var range: [UInt8] = []
        range.write("[" + byteRange.map(String.init).joined(separator: " ") + "]")
        let rangeStart = body - pdf.count + dictionary.byteRangeOffset
        appended.replaceSubrange(rangeStart..<(rangeStart + range.count), with: range)

        let digest = try Digest(algorithm.scheme.digest)
        digest.update(pdf[...])
        digest.update(appended[..<(gapStart - pdf.count)])
        digest.update(appended[(gapEnd - pdf.count)...])
        let messageDigest = try digest.value()
        let attributes = try CMSWriter.signedAttributes(
            messageDigest: messageDigest, certificate: request.certificate, chain: request.chain,
            scheme: algorithm.scheme)
        return PreparedSignature(
            appended: appended, baseLength: pdf.count, byteRange: byteRange, fieldName: field.name,
            messageDigest: messageDigest, signedAttributes: attributes,
            digest: try Digest.hash(algorithm.scheme.digest, attributes), algorithm: algorithm,
            certificate: request.certificate, chain: request.chain)
    }

    /// The field to be signed, with its place on a page if it is seen.
    private struct Target {
        var name: String
        var reference: PDFReference
        var page: PageGeometry?
        var place: PDFRectangle?
    }

    private static func field(
        for request: SigningRequest, _ permissions: PDFFile.Permissions, _ editor: inout FormEditor
    ) throws(PDFError) -> Target {
        let (file, view) = (editor.file, editor.view)
        let fields = try file.fields(in: view)
        let pages = try file.pages(in: view)
        switch request.place {
        case .field(let name):
            guard let field = fields.first(where: { $0.name == name }), field.isSignature else {
                throw .fieldMissing(name)
            }
            guard try file.resolve(field.value, in: view) == .null else { throw .fieldFilled(name) }
            let corners = try file.numbers(field.dictionary["Rect"], in: view)
            let page = try Self.page(of: field, pages, file)
            let isSeen = corners.count == 4 && corners[2] - corners[0] >= 1 && corners[3] - corners[1] >= 1
            return Target(
                name: name, reference: field.reference, page: page?.geometry,
                place: isSeen ? page?.geometry.seen(corners) : nil)
        case .new(let name, let index, let rectangle):
            // Strict validators call a visible field added after certification tampering, and rightly.
            guard permissions.certification == nil else { throw .changeForbidden("certified, no new visible field") }
            guard pages.indices.contains(index) else { throw .noSuchPage(index) }
            return try Self.added(name, fields, on: pages[index], rectangle, &editor)
        case .hidden(let name):
            guard let page = pages.first else { throw .noSuchPage(0) }
            return try Self.added(name, fields, on: page, nil, &editor)
        }
    }

    private static func added(
        _ name: String, _ fields: [PDFField], on page: PDFPage, _ rectangle: PDFRectangle?, _ editor: inout FormEditor
    ) throws(PDFError) -> Target {
        guard !fields.contains(where: { $0.name == name }) else { throw .fieldExists(name) }
        let entries: PDFDictionary = ["FT": .name("Sig"), "F": .integer(132)]
        let reference = try editor.addField(name, entries, page: page, rectangle: rectangle)
        return Target(name: name, reference: reference, page: page.geometry, place: rectangle)
    }

    /// The page by `/P`, or the one whose annotations name the widget.
    private static func page(of field: PDFField, _ pages: [PDFPage], _ file: PDFFile) throws(PDFError) -> PDFPage? {
        if let page = pages.first(where: { .reference($0.reference) == field.dictionary["P"] }) { return page }
        for page in pages {
            let annotations = try file.resolve(page.dictionary["Annots"], in: file.lastView).array ?? []
            if annotations.contains(.reference(field.reference)) { return page }
        }
        return nil
    }

    /// Points the field to its signature and gives it its picture.
    private static func fill(
        _ target: Target, with signature: PDFReference, _ request: SigningRequest, _ editor: inout FormEditor
    ) throws(PDFError) {
        var field = try editor.dictionary(target.reference)
        field["V"] = .reference(signature)
        if let appearance = request.appearance, let place = target.place {
            let drawing = try SignatureDrawing.draw(
                appearance, width: place.width, height: place.height, in: &editor.update)
            let form = try drawing.embed(in: &editor.update, on: target.page)
            field["AP"] = .dictionary(["N": .reference(form)])
        }
        editor.set(target.reference, field)
    }

    /// The signature dictionary (EN 319 142-1, 6.3) with blank byte range and contents, and where those are in it.
    private static func signatureDictionary(
        _ request: SigningRequest, isCertification: Bool
    ) -> (bytes: [UInt8], byteRangeOffset: Int, contentsOffset: Int) {
        var bytes: [UInt8] = []
        bytes.write("<</Type /Sig/Filter /Adobe.PPKLite/SubFilter /ETSI.CAdES.detached/ByteRange ")
        let byteRangeOffset = bytes.count
        // Ten digits a number: files above 99,999,999 bytes have broken narrower ones.
        bytes.write("[0" + String(repeating: " ", count: 3 * 11) + "]")
        // Blanked: the closing bracket is written with the numbers.
        bytes[bytes.count - 1] = 0x20
        bytes.write("/Contents ")
        let contentsOffset = bytes.count
        bytes.write("<")
        bytes += [UInt8](repeating: 0x30, count: 2 * self.reservedBytes)
        bytes.write(">")
        var rest: PDFDictionary = ["M": .text(request.time.pdfText)]
        if let name = request.name { rest["Name"] = .text(FontSubset.normalised(name)) }
        if let reason = request.reason { rest["Reason"] = .text(FontSubset.normalised(reason)) }
        if let location = request.location { rest["Location"] = .text(FontSubset.normalised(location)) }
        var transforms: [PDFValue] = []
        if isCertification {
            transforms.append(Self.transform("DocMDP", ["P": .integer(2)]))
        }
        if request.purpose == .seal {
            transforms.append(Self.transform("FieldMDP", ["Action": .name("All")]))
        }
        if !transforms.isEmpty { rest["Reference"] = .array(transforms) }
        for key in rest.keys {
            bytes.write(.name(key))
            bytes.write(" ")
            bytes.write(rest[key] ?? .null)
        }
        bytes.write(">>")
        return (bytes, byteRangeOffset, contentsOffset)
    }

    private static func transform(_ method: String, _ parameters: PDFDictionary) -> PDFValue {
        var parameters = parameters
        parameters["Type"] = .name("TransformParams")
        parameters["V"] = .name("1.2")
        return .dictionary([
            "Type": .name("SigRef"), "TransformMethod": .name(method), "TransformParams": .dictionary(parameters),
        ])
    }
}
