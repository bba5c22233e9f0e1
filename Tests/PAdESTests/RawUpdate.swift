import Foundation

/// Appends objects to a file as anybody can who knows PDF but has no key: the attacker of the tests. Classic tables only.
struct RawUpdate {
    var objects: [(number: Int, body: String)] = []
    /// Written before the objects, listed nowhere.
    var stray = ""
    var freed: [Int] = []
    /// Further lines of the cross-reference.
    var lines: [(number: Int, text: String)] = []

    static func lastStart(_ pdf: [UInt8]) -> Int {
        let text = String(decoding: pdf.suffix(64), as: UTF8.self)
        let digits = text.components(separatedBy: "startxref\n").last?.prefix { $0.isNumber } ?? ""
        return Int(digits) ?? 0
    }

    static func trailerValue(_ key: String, in pdf: [UInt8]) -> String {
        let text = String(String.UnicodeScalarView(pdf.map { Unicode.Scalar($0) }))
        guard let trailer = text.range(of: "trailer", options: .backwards),
            let start = text.range(of: key, range: trailer.upperBound..<text.endIndex)
        else { return "" }
        let value = text[start.upperBound...]
        return key == "/ID" ? value.prefix { $0 != "]" } + "]" : String(value.prefix { $0 != "/" && $0 != ">" })
    }

    func applied(to pdf: [UInt8]) -> [UInt8] {
        var output = pdf
        func write(_ text: String) { output += text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
        write(self.stray)
        var entries: [(Int, String)] = self.freed.map { ($0, "0000000000 00001 f \n") }
        entries += self.lines.map { ($0.number, $0.text) }
        for object in self.objects {
            let offset = String(output.count)
            entries.append((object.number, String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"))
            write("\(object.number) 0 obj\n\(object.body)\nendobj\n")
        }
        let start = output.count
        write("xref\n")
        for (number, line) in entries.sorted(by: { $0.0 < $1.0 }) { write("\(number) 1\n\(line)") }
        let size = max(self.objects.map(\.number).max() ?? 0, (Int(Self.size(pdf)) ?? 1) - 1) + 1
        write("trailer\n<</Size \(size)/Root\(Self.trailerValue("/Root", in: pdf))/Prev \(Self.lastStart(pdf))")
        for key in ["/Info", "/ID"] {
            let value = Self.trailerValue(key, in: pdf)
            if !value.isEmpty { write(key + value) }
        }
        write(">>\nstartxref\n\(start)\n%%EOF\n")
        return output
    }

    static func size(_ pdf: [UInt8]) -> String {
        self.trailerValue("/Size", in: pdf).trimmingCharacters(in: .whitespaces)
    }

    /// The last body of an object that is no stream, as text of one scalar a byte.
    static func body(_ number: Int, in pdf: [UInt8]) -> String {
        let text = String(String.UnicodeScalarView(pdf.map { Unicode.Scalar($0) }))
        guard let start = text.range(of: "\n\(number) 0 obj", options: .backwards),
            let end = text.range(of: "endobj", range: start.upperBound..<text.endIndex)
        else { return "" }
        return text[start.upperBound..<end.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Where the last body of an object begins.
    static func offset(of number: Int, in pdf: [UInt8]) -> Int {
        let text = String(String.UnicodeScalarView(pdf.map { Unicode.Scalar($0) }))
        guard let start = text.range(of: "\n\(number) 0 obj", options: .backwards) else { return 0 }
        return text.unicodeScalars.distance(from: text.startIndex, to: start.lowerBound) + 1
    }

    /// The number of the object whose last body has this text in it.
    static func number(containing needle: String, in pdf: [UInt8]) -> Int {
        let text = String(String.UnicodeScalarView(pdf.map { Unicode.Scalar($0) }))
        guard let place = text.range(of: needle, options: .backwards),
            let start = text.range(of: " 0 obj", options: .backwards, range: text.startIndex..<place.lowerBound)
        else { return 0 }
        return Int(
            text[..<start.lowerBound].suffix(7).reversed().prefix { $0.isNumber }.reversed().map(String.init).joined())
            ?? 0
    }
}
