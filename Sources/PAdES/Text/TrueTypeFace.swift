import CLiberationSerif

/// A TrueType font program: its metrics, and subsets of it (OpenType specification, tables head, hhea, hmtx, maxp, cmap,
/// loca, glyf). Only the fonts compiled into this module are read, yet every access is checked.
struct TrueTypeFace: Sendable {
    let name: String
    private let data: [UInt8]
    private let tables: [String: Range<Int>]
    private let glyphs: [UInt32: Int]
    let unitsPerEm: Int
    /// In thousandths of the size; the descent is negative.
    let ascent: Int
    let descent: Int
    let capHeight = 662
    let italicAngle: Int
    let boundingBox: [Int]
    private let longMetrics: Int
    private let hasLongOffsets: Bool

    /// The metric twin of the Times New Roman that Decree 30/2020 prescribes.
    static let regular = TrueTypeFace(name: "LiberationSerif", italicAngle: 0) { liberation_serif_regular($0) }
    static let italic = TrueTypeFace(name: "LiberationSerif-Italic", italicAngle: -16) { liberation_serif_italic($0) }

    private init(name: String, italicAngle: Int, _ load: (UnsafeMutablePointer<Int>) -> UnsafePointer<UInt8>?) {
        var size = 0
        let bytes = load(&size)
        let data = Array(UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : size))
        var tables: [String: Range<Int>] = [:]
        for index in 0..<data.u16(4) {
            let record = 12 + 16 * index
            let (offset, length) = (data.u32(record + 8), data.u32(record + 12))
            guard offset + length <= data.count else { continue }
            tables[String(decoding: data[record..<(record + 4)], as: UTF8.self)] = offset..<(offset + length)
        }
        func start(_ table: String) -> Int { tables[table]?.lowerBound ?? data.count }
        let em = max(1, data.u16(start("head") + 18))
        self.name = name
        self.data = data
        self.tables = tables
        self.italicAngle = italicAngle
        self.unitsPerEm = em
        self.ascent = data.i16(start("hhea") + 4) * 1_000 / em
        self.descent = data.i16(start("hhea") + 6) * 1_000 / em
        self.boundingBox = [36, 38, 40, 42].map { data.i16(start("head") + $0) * 1_000 / em }
        self.longMetrics = data.u16(start("hhea") + 34)
        self.hasLongOffsets = data.u16(start("head") + 50) == 1
        self.glyphs = Self.characterMap(data, at: start("cmap"))
    }

    /// The Unicode map of format 4 (basic multilingual plane), which holds every Vietnamese letter.
    private static func characterMap(_ data: [UInt8], at cmap: Int) -> [UInt32: Int] {
        var result: [UInt32: Int] = [:]
        for index in 0..<data.u16(cmap + 2) {
            let record = cmap + 4 + 8 * index
            let table = cmap + data.u32(record + 4)
            guard data.u16(record) == 3, data.u16(record + 2) == 1, data.u16(table) == 4 else { continue }
            let segments = data.u16(table + 6) / 2
            for segment in 0..<segments {
                let last = data.u16(table + 14 + 2 * segment)
                let first = data.u16(table + 16 + 2 * segments + 2 * segment)
                let delta = data.u16(table + 16 + 4 * segments + 2 * segment)
                let place = table + 16 + 6 * segments + 2 * segment
                let rangeOffset = data.u16(place)
                guard first <= last, first != 0xFFFF else { continue }
                for code in first...last {
                    var glyph = code
                    if rangeOffset != 0 {
                        glyph = data.u16(place + rangeOffset + 2 * (code - first))
                        if glyph == 0 { continue }
                    }
                    glyph = (glyph + delta) & 0xFFFF
                    if glyph != 0 { result[UInt32(code)] = glyph }
                }
            }
        }
        return result
    }

    /// - Throws: `missingGlyph`: an empty box must never stand for a letter on a signed document.
    func glyph(_ scalar: Unicode.Scalar) throws(PDFError) -> Int {
        guard let glyph = self.glyphs[scalar.value] else { throw .missingGlyph(scalar: scalar.value) }
        return glyph
    }

    /// In font units.
    private func advance(_ glyph: Int) -> Int {
        guard let metrics = self.tables["hmtx"]?.lowerBound, self.longMetrics > 0 else { return 0 }
        return self.data.u16(metrics + 4 * min(glyph, self.longMetrics - 1))
    }

    /// In thousandths of the size.
    func width(_ glyph: Int) -> Int { (self.advance(glyph) * 1_000 + self.unitsPerEm / 2) / self.unitsPerEm }

    private func outline(_ glyph: Int) -> ArraySlice<UInt8> {
        guard let loca = self.tables["loca"]?.lowerBound, let glyf = self.tables["glyf"] else { return [] }
        let scale = self.hasLongOffsets ? 1 : 2
        func offset(_ index: Int) -> Int {
            scale * (self.hasLongOffsets ? self.data.u32(loca + 4 * index) : self.data.u16(loca + 2 * index))
        }
        let (start, end) = (glyf.lowerBound + offset(glyph), glyf.lowerBound + offset(glyph + 1))
        return start < end && end <= glyf.upperBound ? self.data[start..<end] : []
    }

    /// Places, within an outline, of the glyph numbers that a composite glyph is made of.
    private func components(_ outline: ArraySlice<UInt8>) -> [Int] {
        let bytes = Array(outline)
        guard bytes.i16(0) < 0 else { return [] }
        var places: [Int] = []
        var position = 10
        while position + 4 <= bytes.count {
            let flags = bytes.u16(position)
            places.append(position + 2)
            position += 4 + (flags & 0x0001 != 0 ? 4 : 2)
            position += flags & 0x0008 != 0 ? 2 : flags & 0x0040 != 0 ? 4 : flags & 0x0080 != 0 ? 8 : 0
            if flags & 0x0020 == 0 { break }
        }
        return places
    }

    /// A font program with these glyphs only, numbered 1, 2, 3 … in the order given (0 is `.notdef`); the parts of composite
    /// letters follow behind them.
    func subset(_ wanted: [Int]) -> [UInt8] {
        var order = [0] + wanted
        var numbers: [Int: Int] = [:]
        for (number, glyph) in order.enumerated() where numbers[glyph] == nil { numbers[glyph] = number }
        var (glyf, loca, hmtx): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
        var index = 0
        while index < order.count {
            var outline = Array(self.outline(order[index]))
            for place in self.components(outline[...]) {
                let part = outline.u16(place)
                if numbers[part] == nil {
                    numbers[part] = order.count
                    order.append(part)
                }
                let number = numbers[part] ?? 0
                outline[place] = UInt8(number >> 8)
                outline[place + 1] = UInt8(number & 0xFF)
            }
            loca.append32(glyf.count)
            glyf += outline
            while glyf.count % 4 != 0 { glyf.append(0) }
            hmtx.append16(self.advance(order[index]))
            hmtx.append16(outline.count >= 4 ? outline.u16(2) : 0)
            index += 1
        }
        loca.append32(glyf.count)
        var head = self.table("head")
        head.replaceSubrange(8..<12, with: [0, 0, 0, 0])
        head.replaceSubrange(50..<52, with: [0, 1])
        var hhea = self.table("hhea")
        hhea.replaceSubrange(34..<36, with: [UInt8(order.count >> 8), UInt8(order.count & 0xFF)])
        var maxp = self.table("maxp")
        maxp.replaceSubrange(4..<6, with: [UInt8(order.count >> 8), UInt8(order.count & 0xFF)])
        return Self.assemble([
            ("cvt ", self.table("cvt ")), ("fpgm", self.table("fpgm")), ("glyf", glyf), ("head", head), ("hhea", hhea),
            ("hmtx", hmtx), ("loca", loca), ("maxp", maxp), ("prep", self.table("prep")),
        ])
    }

    private func table(_ name: String) -> [UInt8] { self.tables[name].map { Array(self.data[$0]) } ?? [] }

    private static func assemble(_ tables: [(String, [UInt8])]) -> [UInt8] {
        var directory: [UInt8] = [0, 1, 0, 0]
        directory.append16(tables.count)
        let power = 8  // the largest power of two that is not above the number of tables (9)
        directory.append16(power * 16)
        directory.append16(3)
        directory.append16(tables.count * 16 - power * 16)
        var body: [UInt8] = []
        let start = 12 + 16 * tables.count
        for (name, content) in tables {
            directory.write(name)
            directory.append32(self.checksum(content))
            directory.append32(start + body.count)
            directory.append32(content.count)
            body += content
            while body.count % 4 != 0 { body.append(0) }
        }
        var font = directory + body
        let adjustment = (0xB1B0_AFBA - self.checksum(font)) & 0xFFFF_FFFF
        if let head = tables.firstIndex(where: { $0.0 == "head" }) {
            let place = font.u32(12 + 16 * head + 8) + 8
            var bytes: [UInt8] = []
            bytes.append32(adjustment)
            font.replaceSubrange(place..<(place + 4), with: bytes)
        }
        return font
    }

    private static func checksum(_ bytes: [UInt8]) -> Int {
        stride(from: 0, to: bytes.count, by: 4).reduce(0) { ($0 + bytes.u32($1)) & 0xFFFF_FFFF }
    }
}

extension [UInt8] {
    /// Big-endian numbers; a place past the end reads as zero.
    fileprivate func u16(_ place: Int) -> Int { self.byte(place) << 8 | self.byte(place + 1) }
    fileprivate func i16(_ place: Int) -> Int { Int(Int16(truncatingIfNeeded: self.u16(place))) }
    fileprivate func u32(_ place: Int) -> Int { self.u16(place) << 16 | self.u16(place + 2) }
    private func byte(_ place: Int) -> Int { self.indices.contains(place) ? Int(self[place]) : 0 }

    fileprivate mutating func append16(_ value: Int) {
        self.append(UInt8(value >> 8 & 0xFF))
        self.append(UInt8(value & 0xFF))
    }

    fileprivate mutating func append32(_ value: Int) {
        self.append16(value >> 16)
        self.append16(value & 0xFFFF)
    }
}
