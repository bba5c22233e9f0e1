import Foundation

/// PDFs written by the tests themselves, in each form that a file can have.
enum SmallPDF {
    static let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.30 841.9]/Resources<<>>/Contents 4 0 R>>"

    /// With a classic table. Objects are numbered from 1: catalogue, pages, page, content, then `more`.
    static func table(page: String = Self.page, catalog: String = "", more: [String] = []) -> [UInt8] {
        var output = Array("%PDF-1.7\n%\u{E2}\u{E3}\n".unicodeScalars.map { UInt8($0.value) })
        var offsets: [Int] = []
        for (index, body) in self.bodies(page, catalog, more).enumerated() {
            offsets.append(output.count)
            output += Array("\(index + 1) 0 obj\n\(body)\nendobj\n".utf8)
        }
        let start = output.count
        var text = "xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n"
        for offset in offsets {
            text += String(repeating: "0", count: 10 - String(offset).count) + "\(offset) 00000 n \n"
        }
        text += "trailer\n<</Size \(offsets.count + 1)/Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n"
        return output + Array(text.utf8)
    }

    /// With a cross-reference stream, and everything but the content in an object stream; neither is compressed.
    static func stream(page: String = Self.page, catalog: String = "") -> [UInt8] {
        var output = Array("%PDF-1.7\n".utf8)
        var offsets: [Int: Int] = [:]
        let bodies = self.bodies(page, catalog, [])
        func write(_ number: Int, _ body: String) {
            offsets[number] = output.count
            output += Array("\(number) 0 obj\n\(body)\nendobj\n".utf8)
        }
        write(4, bodies[3])
        var (header, content) = ("", "")
        for number in 1...3 {
            header += "\(number) \(content.utf8.count) "
            content += bodies[number - 1] + "\n"
        }
        let stream = header + content
        write(
            5,
            "<</Type/ObjStm/N 3/First \(header.utf8.count)/Length \(stream.utf8.count)>>\nstream\n\(stream)\nendstream")
        let start = output.count
        var rows: [UInt8] = [0, 0, 0, 0]
        for number in 1...3 { rows += [2, 0, 5, UInt8(number - 1)] }
        for number in 4...6 {
            let offset = number == 6 ? start : offsets[number] ?? 0
            rows += [1, UInt8(offset >> 8), UInt8(offset & 255), 0]
        }
        output += Array("6 0 obj\n<</Type/XRef/Size 7/W[1 2 1]/Root 1 0 R/Length \(rows.count)>>\nstream\n".utf8)
        output += rows + Array("\nendstream\nendobj\nstartxref\n\(start)\n%%EOF\n".utf8)
        return output
    }

    private static func bodies(_ page: String, _ catalog: String, _ more: [String]) -> [String] {
        [
            "<</Type/Catalog/Pages 2 0 R\(catalog)>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page,
            "<</Length 18>>\nstream\n0 0 1 rg 9 9 9 9 re\nendstream",
        ].map { $0.replacingOccurrences(of: "/Length 18", with: "/Length 19") } + more
    }

    /// A PNG of one colour with alpha, its data stored without compression.
    static func png(width: Int, height: Int, rgba: [UInt8]) -> [UInt8] {
        let row = [0] + Array(repeatElement(rgba, count: width).joined())
        let raw = Array(repeatElement(row, count: height).joined())
        var (a, b) = (1, 0)
        for byte in raw {
            a = (a + Int(byte)) % 65_521
            b = (b + a) % 65_521
        }
        var zlib: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: raw.count, by: 65_535) {
            let block = raw[start..<min(start + 65_535, raw.count)]
            zlib += [start + 65_535 >= raw.count ? 1 : 0, UInt8(block.count & 255), UInt8(block.count >> 8)]
            zlib += [UInt8(~block.count & 255), UInt8(~block.count >> 8 & 255)] + block
        }
        zlib += self.big(b << 16 | a)
        func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
            self.big(content.count) + Array(name.utf8) + content + [0, 0, 0, 0]
        }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", self.big(width) + self.big(height) + [8, 6, 0, 0, 0]) + chunk("IDAT", zlib)
            + chunk("IEND", [])
    }

    private static func big(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }
}
