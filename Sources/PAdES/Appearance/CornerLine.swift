/// The line of text in the top right corner of the first page, which stands for the signature on attachments in files of their own and on
/// copies: Times New Roman of 10 points, upright, black, without a picture (Decree 30/2020, Annex I, parts I.II.7d, I.II.8 and III.1d).
struct CornerLine {
    static let size = 10.0
    /// From the page's right and upper edges to the text, in points: within the margins of 15–20 and 20–25 mm that documents leave free.
    private static let rightMargin = 15 * pointsPerMillimetre
    private static let topMargin = 8 * pointsPerMillimetre
    private static let leading = 12.0

    /// One, or where the page is too narrow several.
    let lines: [String]
    /// In points.
    let width: Double
    var height: Double { Self.leading * Double(self.lines.count) }

    /// - Parameter pageWidth: in points.
    init(_ appearance: SignatureAppearance, pageWidth: Double) throws(PDFError) {
        let parts: [String]
        switch appearance {
        case .attachmentLine(let number, let time): parts = ["Số: \(number)"] + time.lineParts
        case .copyLine(let form, let organisation, let time): parts = [form, organisation] + time.lineParts
        default: throw .unsupported("a picture in the corner")
        }
        guard parts.allSatisfy({ !$0.isEmpty }) else { throw .textDoesNotFit }
        let limit = pageWidth - 2 * Self.rightMargin
        let face = FontSubset(.regular)
        var lines: [String] = []
        for (index, part) in parts.enumerated() {
            let part = part + (index < parts.count - 1 ? ";" : "")
            for word in part.split(separator: " ") {
                if let last = lines.last, try face.width(last + " " + word, size: Self.size) <= limit {
                    lines[lines.count - 1] = last + " " + word
                } else {
                    lines.append(String(word))
                }
            }
        }
        var width = 0.0
        for line in lines { width = max(width, try face.width(line, size: Self.size)) }
        guard width <= limit, lines.count <= 4 else { throw .textDoesNotFit }
        self.lines = lines
        self.width = width
    }

    /// Where it stands on the page, in the page's units.
    func rectangle(on page: PageGeometry) -> PDFRectangle {
        PDFRectangle(
            x: page.shownWidth - (Self.rightMargin + self.width + 1) / page.unit,
            y: page.shownHeight - (Self.topMargin + self.height) / page.unit,
            width: (self.width + 1) / page.unit, height: self.height / page.unit)
    }

    /// Flush right, as the corner is.
    func draw(_ drawing: inout Drawing) throws(PDFError) {
        guard drawing.width >= self.width, drawing.height >= self.height - 0.01 else { throw .textDoesNotFit }
        drawing.fillColour(.black)
        let descent = Double(-TrueTypeFace.regular.descent) * Self.size / 1_000
        for (index, line) in self.lines.enumerated() {
            let width = try drawing.width(line, .regular, size: Self.size)
            try drawing.text(
                line, .regular, size: Self.size, x: drawing.width - width,
                y: drawing.height - Self.leading * Double(index + 1) + descent)
        }
    }
}

extension SigningTime {
    /// `05/11/2026` and `08:15:30 +07:00`: day, then hour with the zone of ISO 8601.
    fileprivate var lineParts: [String] {
        let text = self.vietnameseText
        guard let blank = text.firstIndex(of: " ") else { return [text] }
        return [String(text[..<blank]), String(text[text.index(after: blank)...])]
    }
}
