extension OfficialFields {
    /// Writes number and date into their fields, after the signer's certification and before the seal.
    ///
    /// Each field can be filled once. The text is drawn in an embedded subset of Liberation Serif.
    /// - Parameter number: what goes between `Số:` and the notation, such as `01` or `1250`.
    /// - Returns: the bytes to append to `pdf`.
    /// - Throws: `fieldMissing`, `fieldFilled`, `changeForbidden` (an earlier signature locks the field), `yearDisagrees`,
    ///   `missingGlyph`, `textDoesNotFit`.
    public static func filling(number: String?, date: OfficialDate?, in pdf: [UInt8]) throws(PDFError) -> [UInt8] {
        let file = try PDFFile(pdf, reading: .extending)
        try file.ensurePermission(toAddFields: false)
        let view = file.lastView
        let permissions = try file.permissions(in: view)
        if let level = permissions.certification, level < 2 { throw .changeForbidden("certified without form filling") }
        let fields = try file.fields(in: view)
        let pages = try file.pages(in: view)
        var editor = try FormEditor(file)
        func fillable(_ name: String) throws(PDFError) -> (field: PDFField, page: PageGeometry, place: PDFRectangle) {
            guard let field = fields.first(where: { $0.name == name }), field.type == "Tx" else {
                throw .fieldMissing(name)
            }
            guard field.value == nil else { throw .fieldFilled(name) }
            guard !permissions.locks(name) else { throw .changeForbidden("field locked by a signature") }
            let corners = try file.numbers(field.dictionary["Rect"], in: view)
            guard corners.count == 4,
                let page = pages.first(where: { .reference($0.reference) == field.dictionary["P"] })
            else { throw .damaged("field without a place") }
            return (field, page.geometry, page.geometry.seen(corners))
        }
        if let number {
            let (field, page, place) = try fillable(Self.numberName)
            var drawing = Drawing(width: place.width, height: place.height)
            let size = Self.fontSize(of: field)
            let baseline = Self.baseline(.regular, size: size, height: place.height)
            let width = try drawing.width(number, .regular, size: size)
            guard width <= place.width else { throw .textDoesNotFit }
            drawing.fillColour(.black)
            let x = field.dictionary["Q"] == .integer(2) ? place.width - width : 0
            try drawing.text(number, .regular, size: size, x: x, y: baseline)
            try self.set(field, text: number, drawing, page, &editor)
        }
        if let date {
            let (field, page, place) = try fillable(Self.dateName)
            let gaps = try file.resolve(field.dictionary["VanthuGaps"], in: view).array ?? []
            let drawing = try self.draw(date, gaps: gaps, size: Self.fontSize(of: field), place)
            try self.set(field, text: date.text, drawing, page, &editor)
        }
        return try editor.serialise().appended
    }

    /// As `filling`, and returns the whole new file.
    public static func filled(number: String?, date: OfficialDate?, in pdf: [UInt8]) throws(PDFError) -> [UInt8] {
        pdf + (try self.filling(number: number, date: date, in: pdf))
    }

    private static func set(
        _ field: PDFField, text: String, _ drawing: Drawing, _ page: PageGeometry, _ editor: inout FormEditor
    ) throws(PDFError) {
        let appearance = try drawing.embed(in: &editor.update, on: page)
        var dictionary = field.dictionary
        dictionary["V"] = .text(FontSubset.normalised(text))
        dictionary["AP"] = .dictionary(["N": .reference(appearance)])
        editor.set(field.reference, dictionary)
    }

    /// Day, month and year in italics: in their gaps, or as one line where nothing is printed.
    private static func draw(
        _ date: OfficialDate, gaps: [PDFValue], size: Double, _ place: PDFRectangle
    ) throws(PDFError) -> Drawing {
        var drawing = Drawing(width: place.width, height: place.height)
        drawing.fillColour(.black)
        let baseline = self.baseline(.italic, size: size, height: place.height)
        let printedYear = gaps.count == 4 ? gaps[3].integer : nil
        if let printedYear, printedYear != date.year { throw .yearDisagrees(printed: printedYear) }
        let places = gaps.prefix(3).map(\.number)
        guard places.contains(where: { $0 != nil }) else {
            guard try drawing.width(date.text, .italic, size: size) <= place.width else { throw .textDoesNotFit }
            try drawing.text(date.text, .italic, size: size, x: 0, y: baseline)
            return drawing
        }
        for (x, text) in zip(places, [date.dayText, date.monthText, String(date.year)]) {
            if let x { try drawing.centred(text, .italic, size: size, x: x, y: baseline) }
        }
        return drawing
    }

    /// The size in the field's default appearance, `/Helv 13 Tf 0 g`.
    private static func fontSize(of field: PDFField) -> Double {
        let words = (field.dictionary["DA"]?.text ?? "").split(separator: " ")
        return words.count > 1 ? Double(words[1]) ?? 13 : 13
    }

    /// The baseline that puts the face's line box in the middle of the rectangle: with a rectangle as high as the printed
    /// line's box, text stands on the printed line.
    private static func baseline(_ face: TrueTypeFace, size: Double, height: Double) -> Double {
        let (ascent, descent) = (Double(face.ascent) * size / 1_000, Double(-face.descent) * size / 1_000)
        return (height - ascent - descent) / 2 + descent
    }
}
