import Foundation

/// The glyphs of one face that one appearance needs, and the PDF objects that embed them: a Type 0 font with Identity-H, so
/// that every Vietnamese letter has a code (WinAnsi lacks ă, ơ, ư, đ and U+1EA0–1EF9).
struct FontSubset {
    let face: TrueTypeFace
    /// Glyphs in the order of their first use; a glyph's code is its place here plus 1.
    private var glyphs: [Int] = []
    private var codes: [Int: Int] = [:]
    private var scalars: [Unicode.Scalar] = []

    init(_ face: TrueTypeFace) {
        self.face = face
    }

    /// Text in the form whose letters are single glyphs: NFC, with every kind of space a plain one.
    static func normalised(_ text: String) -> String {
        let text = text.precomposedStringWithCanonicalMapping
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.isWhitespace ? Unicode.Scalar(0x20) : $0 })
        )
    }

    /// The hexadecimal string that shows the text, such as `<00010002>`.
    mutating func show(_ text: String) throws(PDFError) -> String {
        var codes: [UInt8] = []
        for scalar in Self.normalised(text).unicodeScalars {
            let glyph = try self.face.glyph(scalar)
            let code: Int
            if let known = self.codes[glyph] {
                code = known
            } else {
                self.glyphs.append(glyph)
                self.scalars.append(scalar)
                code = self.glyphs.count
                self.codes[glyph] = code
            }
            codes += [UInt8(code >> 8), UInt8(code & 0xFF)]
        }
        var hex: [UInt8] = []
        hex.writeHex(codes)
        return "<" + String(decoding: hex, as: UTF8.self) + ">"
    }

    /// In points.
    func width(_ text: String, size: Double) throws(PDFError) -> Double {
        var total = 0
        for scalar in Self.normalised(text).unicodeScalars { total += self.face.width(try self.face.glyph(scalar)) }
        return Double(total) * size / 1_000
    }

    /// Writes the font's objects and returns the font.
    func embed(in update: inout IncrementalUpdate) throws(PDFError) -> PDFReference {
        let program = self.face.subset(self.glyphs)
        let tag = try Digest.hash(.sha256, program).prefix(6).map { Character(Unicode.Scalar(0x41 + $0 % 26)) }
        let name = String(tag) + "+" + self.face.name
        let file = try update.addStream(["Length1": .integer(program.count)], program)
        let descriptor = try update.add(
            .dictionary([
                "Type": .name("FontDescriptor"), "FontName": .name(name),
                "Flags": .integer(self.face.italicAngle == 0 ? 6 : 70),
                "FontBBox": .array(self.face.boundingBox.map { .integer($0) }),
                "ItalicAngle": .integer(self.face.italicAngle), "Ascent": .integer(self.face.ascent),
                "Descent": .integer(self.face.descent), "CapHeight": .integer(self.face.capHeight),
                "StemV": .integer(80), "FontFile2": .reference(file),
            ]))
        let widths = self.glyphs.map { PDFValue.integer(self.face.width($0)) }
        let descendant = try update.add(
            .dictionary([
                "Type": .name("Font"), "Subtype": .name("CIDFontType2"), "BaseFont": .name(name),
                "CIDSystemInfo": .dictionary([
                    "Registry": .text("Adobe"), "Ordering": .text("Identity"), "Supplement": .integer(0),
                ]),
                "FontDescriptor": .reference(descriptor), "CIDToGIDMap": .name("Identity"),
                "W": .array([.integer(1), .array(widths)]),
            ]))
        let unicode = try update.addStream([:], Array(self.unicodeMap().utf8))
        return try update.add(
            .dictionary([
                "Type": .name("Font"), "Subtype": .name("Type0"), "BaseFont": .name(name),
                "Encoding": .name("Identity-H"), "DescendantFonts": .array([.reference(descendant)]),
                "ToUnicode": .reference(unicode),
            ]))
    }

    /// A CMap from codes to Unicode, in blocks of at most 100 as its syntax wants.
    private func unicodeMap() -> String {
        var lines = [
            "/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap",
            "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def",
            "/CMapName /Adobe-Identity-UCS def", "/CMapType 2 def", "1 begincodespacerange", "<0000> <FFFF>",
            "endcodespacerange",
        ]
        for start in stride(from: 0, to: self.scalars.count, by: 100) {
            let block = self.scalars.indices[start..<min(start + 100, self.scalars.count)]
            lines.append("\(block.count) beginbfchar")
            for index in block {
                let units = String(self.scalars[index]).utf16.map { Self.hex4(Int($0)) }.joined()
                lines.append("<\(Self.hex4(index + 1))> <\(units)>")
            }
            lines.append("endbfchar")
        }
        lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end", ""]
        return lines.joined(separator: "\n")
    }

    private static func hex4(_ value: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - text.count)) + text
    }
}
