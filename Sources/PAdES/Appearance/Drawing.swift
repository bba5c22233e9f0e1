/// The content of an appearance: a small writer of page-description operators with the fonts and pictures they use.
struct Drawing {
    /// Size of the appearance as the reader sees it.
    let width: Double
    let height: Double
    private var content = ""
    private var fonts: [(name: String, subset: FontSubset)] = []
    private var pictures: [(name: String, reference: PDFReference)] = []

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    /// At most three decimals, without an exponent.
    static func number(_ value: Double) -> String {
        let thousandths = Int((value * 1_000).rounded())
        let (whole, rest) = (abs(thousandths) / 1_000, abs(thousandths) % 1_000)
        let sign = thousandths < 0 ? "-" : ""
        guard rest != 0 else { return sign + String(whole) }
        var digits = String(rest + 1_000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return sign + "\(whole)." + digits
    }

    mutating func write(_ numbers: Double..., operation: String) {
        self.content +=
            numbers.map(Self.number).joined(separator: " ") + (numbers.isEmpty ? "" : " ") + operation + "\n"
    }

    mutating func fillColour(_ colour: Colour) { self.write(colour.red, colour.green, colour.blue, operation: "rg") }
    mutating func strokeColour(_ colour: Colour) { self.write(colour.red, colour.green, colour.blue, operation: "RG") }

    struct Colour {
        var red: Double
        var green: Double
        var blue: Double
        static let black = Colour(red: 0, green: 0, blue: 0)
        static let blue = Colour(red: 0.05, green: 0.15, blue: 0.65)
        static let red = Colour(red: 0.85, green: 0.08, blue: 0.1)
    }

    private mutating func font(_ face: TrueTypeFace) -> Int {
        if let index = self.fonts.firstIndex(where: { $0.subset.face.name == face.name }) { return index }
        self.fonts.append(("F\(self.fonts.count)", FontSubset(face)))
        return self.fonts.count - 1
    }

    mutating func width(_ text: String, _ face: TrueTypeFace, size: Double) throws(PDFError) -> Double {
        let index = self.font(face)
        return try self.fonts[index].subset.width(text, size: size)
    }

    /// Shows text with its baseline beginning at a point, turned by `angle` (radians, anticlockwise).
    mutating func text(
        _ text: String, _ face: TrueTypeFace, size: Double, x: Double, y: Double,
        angle: (cos: Double, sin: Double) = (1, 0)
    ) throws(PDFError) {
        let index = self.font(face)
        let shown = try self.fonts[index].subset.show(text)
        self.content += "BT /\(self.fonts[index].name) \(Self.number(size)) Tf "
        self.write(angle.cos, angle.sin, -angle.sin, angle.cos, x, y, operation: "Tm \(shown) Tj ET")
    }

    /// As `text`, centred at `x`.
    mutating func centred(_ text: String, _ face: TrueTypeFace, size: Double, x: Double, y: Double) throws(PDFError) {
        let width = try self.width(text, face, size: size)
        try self.text(text, face, size: size, x: x - width / 2, y: y)
    }

    mutating func circle(x: Double, y: Double, radius: Double) {
        let k = radius * 0.5522847498
        self.write(x + radius, y, operation: "m")
        self.write(x + radius, y + k, x + k, y + radius, x, y + radius, operation: "c")
        self.write(x - k, y + radius, x - radius, y + k, x - radius, y, operation: "c")
        self.write(x - radius, y - k, x - k, y - radius, x, y - radius, operation: "c")
        self.write(x + k, y - radius, x + radius, y - k, x + radius, y, operation: "c")
        self.write(operation: "h")
    }

    /// Draws a picture as large as fits, in the middle.
    mutating func picture(_ png: PNGPicture, in update: inout IncrementalUpdate) throws(PDFError) {
        let scale = min(self.width / Double(png.width), self.height / Double(png.height))
        let (w, h) = (Double(png.width) * scale, Double(png.height) * scale)
        let name = "I\(self.pictures.count)"
        self.pictures.append((name, try png.embed(in: &update)))
        self.content += "q "
        self.write(w, 0, 0, h, (self.width - w) / 2, (self.height - h) / 2, operation: "cm /\(name) Do Q")
    }

    /// Writes the appearance as a form XObject that stays upright on a page turned by `geometry.rotation`.
    func embed(in update: inout IncrementalUpdate, on geometry: PageGeometry?) throws(PDFError) -> PDFReference {
        var resources = PDFDictionary()
        if !self.fonts.isEmpty {
            var entries = PDFDictionary()
            for font in self.fonts { entries[font.name] = .reference(try font.subset.embed(in: &update)) }
            resources["Font"] = .dictionary(entries)
        }
        if !self.pictures.isEmpty {
            var entries = PDFDictionary()
            for picture in self.pictures { entries[picture.name] = .reference(picture.reference) }
            resources["XObject"] = .dictionary(entries)
        }
        var form: PDFDictionary = [
            "Type": .name("XObject"), "Subtype": .name("Form"), "FormType": .integer(1),
            "BBox": .array([.integer(0), .integer(0), .real(Self.number(self.width)), .real(Self.number(self.height))]),
            "Resources": .dictionary(resources),
        ]
        if let turn = geometry?.appearanceMatrix { form["Matrix"] = .array(turn.map { .integer($0) }) }
        return try update.addStream(form, Array(self.content.utf8))
    }
}
