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

        let (space, field) = try Self.space(in: try PDFFile(pdf, reading: .extending), request)
        let messageDigest = try space.hash(algorithm.scheme.digest, over: pdf)
        let attributes = try CMSWriter.signedAttributes(
            messageDigest: messageDigest, certificate: request.certificate, chain: request.chain,
            scheme: algorithm.scheme)
        return PreparedSignature(
            appended: space.appended, baseLength: pdf.count, byteRange: space.byteRange, fieldName: field,
            messageDigest: messageDigest, signedAttributes: attributes,
            digest: try Digest.hash(algorithm.scheme.digest, attributes), algorithm: algorithm,
            certificate: request.certificate, chain: request.chain)
    }

    /// Everything of a signature but its hash and what is signed: the place in the file, whose rules are asked. No certificate is needed.
    /// - Returns: also the full name of the field.
    static func space(in file: PDFFile, _ request: SigningRequest) throws(PDFError) -> (SignatureSpace, field: String) {
        if case .field = request.place {
            try file.ensurePermission(toAddFields: false)
        } else {
            try file.ensurePermission(toAddFields: true)
        }
        let permissions = try file.permissions(in: file.lastView)
        if permissions.certification == 1 { throw .changeForbidden("certified, no changes allowed") }
        var editor = try FormEditor(file)
        let field = try Self.field(for: request, permissions, &editor)
        guard !permissions.locks(field.name) else { throw .changeForbidden("fields locked by a signature") }
        let isCertification = request.purpose == .signer && permissions.signatureCount == 0
        let transforms = try Self.transforms(request, field, isCertification: isCertification, file)
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
        let space = try SignatureSpace(
            head: ["Type": .name("Sig"), "Filter": .name("Adobe.PPKLite"), "SubFilter": .name("ETSI.CAdES.detached")],
            rest: Self.entries(request, transforms: transforms), reserved: Self.reservedBytes, as: signature,
            in: &editor)
        return (space, field.name)
    }

    /// The field to be signed, with its place on a page if it is seen.
    private struct Target {
        var name: String
        var reference: PDFReference
        var page: PageGeometry?
        var place: PDFRectangle?
        /// `/Lock`, unresolved.
        var lock: PDFValue?
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
                place: isSeen ? page?.geometry.seen(corners) : nil, lock: field.dictionary["Lock"])
        case .new(let name, let index, let rectangle):
            // Strict validators call a visible field added after certification tampering, and rightly.
            guard permissions.certification == nil else { throw .changeForbidden("certified, no new visible field") }
            guard pages.indices.contains(index) else { throw .noSuchPage(index) }
            return try Self.added(name, fields, on: pages[index], rectangle, &editor)
        case .corner(let name):
            guard permissions.certification == nil else { throw .changeForbidden("certified, no new visible field") }
            guard let page = pages.first else { throw .noSuchPage(0) }
            guard let appearance = request.appearance else { throw .unsupported("a corner without a line") }
            let line = try CornerLine(appearance, pageWidth: page.geometry.shownWidth * page.geometry.unit)
            return try Self.added(name, fields, on: page, line.rectangle(on: page.geometry), &editor)
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
            // Drawn in points: readers fit it into the rectangle, whatever its units.
            let unit = target.page?.unit ?? 1
            let drawing = try SignatureDrawing.draw(
                appearance, width: place.width * unit, height: place.height * unit,
                pageWidth: (target.page?.shownWidth ?? place.width) * unit, in: &editor.update)
            let form = try drawing.embed(in: &editor.update, on: target.page)
            field["AP"] = .dictionary(["N": .reference(form)])
        }
        editor.set(target.reference, field)
    }

    /// What the signature dictionary says besides form and contents (EN 319 142-1, 6.3).
    private static func entries(_ request: SigningRequest, transforms: [PDFValue]) -> PDFDictionary {
        var entries: PDFDictionary = ["M": .text(request.time.pdfText)]
        if let name = request.name { entries["Name"] = .text(FontSubset.normalised(name)) }
        if let reason = request.reason { entries["Reason"] = .text(FontSubset.normalised(reason)) }
        if let location = request.location { entries["Location"] = .text(FontSubset.normalised(location)) }
        if !transforms.isEmpty { entries["Reference"] = .array(transforms) }
        return entries
    }

    /// What the signature forbids afterwards: by its purpose, and by the `/Lock` that the field had (ISO 32000-2, table 235).
    private static func transforms(
        _ request: SigningRequest, _ target: Target, isCertification: Bool, _ file: PDFFile
    ) throws(PDFError) -> [PDFValue] {
        let lock = try file.resolve(target.lock, in: file.lastView).dictionary
        var transforms: [PDFValue] = []
        let limit = try file.resolve(lock?["P"], in: file.lastView).integer
        if isCertification || limit != nil {
            // A certification must leave room for number, date and seal unless the field itself is stricter.
            let level = min(isCertification ? 2 : 3, limit ?? 3)
            guard level >= 1 else { throw .damaged("field lock") }
            transforms.append(Self.transform("DocMDP", ["P": .integer(level)]))
        }
        if request.purpose == .seal {
            transforms.append(Self.transform("FieldMDP", ["Action": .name("All")]))
        } else if let lock {
            let action = try file.resolve(lock["Action"], in: file.lastView)
            guard let name = action.name, ["All", "Include", "Exclude"].contains(name) else {
                throw .damaged("field lock")
            }
            var parameters: PDFDictionary = ["Action": action]
            if name != "All" {
                let fields = try file.resolve(lock["Fields"], in: file.lastView).array ?? []
                var names: [PDFValue] = []
                for field in fields { names.append(try file.resolve(field, in: file.lastView)) }
                parameters["Fields"] = .array(names)
            }
            transforms.append(Self.transform("FieldMDP", parameters))
        }
        return transforms
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
