import Foundation

/// What is seen of a signature (Decree 30/2020, Annex I, parts I.II.7d and 8).
enum SignatureDrawing {
    /// All lengths in points.
    static func draw(
        _ appearance: SignatureAppearance, width: Double, height: Double, pageWidth: Double,
        in update: inout IncrementalUpdate
    ) throws(PDFError) -> Drawing {
        var drawing = Drawing(width: width, height: height)
        switch appearance {
        case .signatureImage(let png), .sealImage(let png): try drawing.picture(try PNGPicture(png), in: &update)
        case .signatureText(let name, let time): try self.signature(name, time, &drawing)
        case .sealDrawing(let organisation, let parent): try self.seal(organisation, parent, &drawing)
        case .attachmentLine, .copyLine: try CornerLine(appearance, pageWidth: pageWidth).draw(&drawing)
        }
        return drawing
    }

    /// The name in blue above a pen stroke, and the time below it.
    private static func signature(_ name: String, _ time: SigningTime, _ drawing: inout Drawing) throws(PDFError) {
        let (w, h) = (drawing.width, drawing.height)
        var size = h * 0.38
        let nameWidth = try drawing.width(name, .italic, size: size)
        if nameWidth > w * 0.94 { size *= w * 0.94 / nameWidth }
        guard size >= 4 else { throw .textDoesNotFit }
        let shown = min(nameWidth, w * 0.94)
        drawing.fillColour(.blue)
        drawing.strokeColour(.blue)
        try drawing.centred(name, .italic, size: size, x: w / 2, y: h * 0.54)
        let (left, right) = (w / 2 - shown / 2, w / 2 + shown / 2)
        drawing.write(max(0.8, h / 50), operation: "w 1 J")
        drawing.write(left, h * 0.42, operation: "m")
        drawing.write(
            left + shown * 0.3, h * 0.52, left + shown * 0.6, h * 0.32, right, h * 0.48, operation: "c S")
        // In the right two thirds: the seal covers the left one.
        let parts = time.vietnameseText.split(separator: " ").map(String.init)
        let lines = ["Ký số: \(parts[0])", parts.dropFirst().joined(separator: " ")]
        var small = min(7, h * 0.125)
        for line in lines {
            let lineWidth = try drawing.width(line, .regular, size: small)
            if lineWidth > w * 0.64 { small *= w * 0.64 / lineWidth }
        }
        guard small >= 3 else { throw .textDoesNotFit }
        for (line, y) in zip(lines, [0.21, 0.06]) {
            try drawing.centred(line, .regular, size: small, x: w * 2 / 3, y: h * y)
        }
    }

    /// Two rings; the parent's name along the upper arc, a star below, the organisation's own name in the middle.
    private static func seal(_ organisation: String, _ parent: String?, _ drawing: inout Drawing) throws(PDFError) {
        let radius = min(drawing.width, drawing.height) / 2
        let (x, y) = (drawing.width / 2, drawing.height / 2)
        drawing.fillColour(.red)
        drawing.strokeColour(.red)
        drawing.write(radius * 0.045, operation: "w")
        drawing.circle(x: x, y: y, radius: radius * 0.97)
        drawing.write(operation: "S")
        drawing.write(radius * 0.02, operation: "w")
        drawing.circle(x: x, y: y, radius: radius * 0.68)
        drawing.write(operation: "S")
        if let parent { try self.arc(parent, radius: radius, x: x, y: y, &drawing) }
        self.star(x: x, y: y - radius * 0.82, radius: radius * 0.1, &drawing)
        try self.block(organisation, radius: radius * 0.62, x: x, y: y, &drawing)
    }

    /// Letters around the circle, standing outwards, centred on its top.
    private static func arc(
        _ text: String, radius: Double, x: Double, y: Double, _ drawing: inout Drawing
    ) throws(PDFError) {
        let text = FontSubset.normalised(text)
        let baseline = radius * 0.745
        var size = radius * 0.17
        let length = try drawing.width(text, .regular, size: size)
        let limit = baseline * Double.pi * 1.6
        if length > limit { size *= limit / length }
        guard size >= 3 else { throw .textDoesNotFit }
        var travelled = -min(length, limit) / 2
        for letter in text {
            let width = try drawing.width(String(letter), .regular, size: size)
            let angle = Double.pi / 2 - (travelled + width / 2) / baseline
            let turn = angle - Double.pi / 2
            try drawing.text(
                String(letter), .regular, size: size,
                x: x + baseline * cos(angle) - width / 2 * cos(turn),
                y: y + baseline * sin(angle) - width / 2 * sin(turn), angle: (cos(turn), sin(turn)))
            travelled += width
        }
    }

    private static func star(x: Double, y: Double, radius: Double, _ drawing: inout Drawing) {
        for corner in 0..<10 {
            let angle = Double.pi / 2 + Double(corner) * Double.pi / 5
            let reach = corner % 2 == 0 ? radius : radius * 0.4
            drawing.write(x + reach * cos(angle), y + reach * sin(angle), operation: corner == 0 ? "m" : "l")
        }
        drawing.write(operation: "f")
    }

    /// Words in up to four lines that fit into a circle.
    private static func block(
        _ text: String, radius: Double, x: Double, y: Double, _ drawing: inout Drawing
    ) throws(PDFError) {
        let words = FontSubset.normalised(text).split(separator: " ").map(String.init)
        var size = radius * 0.36
        while size >= 3 {
            let lines = try self.lines(words, width: radius * 1.72, size: size, &drawing)
            let leading = size * 1.2
            let top = leading * Double(lines.count) / 2
            // The chord at the upper edge of the first and the lower edge of the last line must hold them.
            let chord = 2 * (max(0, radius * radius - top * top)).squareRoot()
            let outer = try [lines.first, lines.last].compactMap { $0 }.map { (line) throws(PDFError) in
                try drawing.width(line, .regular, size: size)
            }
            if lines.count <= 4, outer.allSatisfy({ $0 <= chord }) {
                for (index, line) in lines.enumerated() {
                    let baseline = y + top - leading * Double(index) - size * 0.92
                    try drawing.centred(line, .regular, size: size, x: x, y: baseline)
                }
                return
            }
            size -= 0.25
        }
        throw .textDoesNotFit
    }

    private static func lines(
        _ words: [String], width: Double, size: Double, _ drawing: inout Drawing
    ) throws(PDFError) -> [String] {
        var lines: [String] = []
        for word in words {
            if let last = lines.last, try drawing.width(last + " " + word, .regular, size: size) <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(word)
            }
        }
        return lines
    }
}
