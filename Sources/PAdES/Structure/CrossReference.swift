/// Where an object is (ISO 32000-2, 7.5.4 and 7.5.8).
enum CrossReferenceEntry: Hashable, Sendable {
    case free
    case offset(Int, generation: Int)
    case compressed(stream: Int, index: Int)
}

/// One cross-reference section with its trailer.
struct CrossReferenceSection: Sendable {
    enum Kind: Sendable { case table, stream }
    var kind: Kind
    /// Where the word `xref`, or the number of the cross-reference stream object, begins.
    var offset: Int
    var entries: [Int: CrossReferenceEntry]
    var trailer: PDFDictionary
    /// The number of the stream object of a cross-reference stream.
    var streamNumber: Int?
    /// Where the stream lies that `/XRefStm` adds to a table; its entries are in `entries`.
    var hybridStream: Int?
    /// After the trailer dictionary or `endobj`, where `startxref` must follow.
    var bodyEnd: Int

    /// What `startxref` after this section says, and where its `%%EOF` ends. `nil` when the section has no such tail.
    func tail(in bytes: [UInt8]) -> (startxref: Int, end: Int)? {
        var lexer = PDFLexer(bytes, at: self.bodyEnd)
        lexer.skipSpace()
        guard lexer.takeKeyword("startxref") else { return nil }
        lexer.skipSpace()
        guard let value = lexer.takeUnsigned() else { return nil }
        while let byte = lexer.peek(), PDFLexer.isSpace(byte) { lexer.position += 1 }
        return lexer.take("%%EOF") ? (value, lexer.position) : nil
    }
}

/// Reads cross-reference sections and follows `/Prev`, newest first.
struct CrossReferenceReader {
    let bytes: [UInt8]
    let limits: PDFLimits
    let reading: PDFFile.Reading
    private(set) var inflated = 0
    private var entryCount = 0

    init(bytes: [UInt8], limits: PDFLimits, reading: PDFFile.Reading) {
        self.bytes = bytes
        self.limits = limits
        self.reading = reading
    }

    /// Every section of the file, newest first.
    mutating func sections() throws(PDFError) -> [CrossReferenceSection] {
        var sections: [CrossReferenceSection] = []
        var seen: Set<Int> = []
        var next: Int? = try self.lastStart()
        while let offset = next {
            guard offset < self.bytes.count else {
                throw sections.isEmpty ? .truncated : .damaged("/Prev past the end")
            }
            guard seen.insert(offset).inserted else { throw .damaged("cross-reference sections in a circle") }
            guard sections.count < self.limits.sections else { throw .tooComplex("too many revisions") }
            var section = try self.section(at: offset)
            if let hidden = section.trailer["XRefStm"] { try self.addHidden(hidden, to: &section) }
            sections.append(section)
            switch section.trailer["Prev"] {
            case nil: next = nil
            case .integer(let previous) where previous > 0: next = previous
            // Some writers say 0 for "none".
            case .integer(0) where self.reading == .forgiving: next = nil
            default: throw .damaged("/Prev is no offset")
            }
        }
        return sections
    }

    /// The entries of `/XRefStm` where the table has none, or calls the object free so that old readers pass it over (7.5.8.4).
    private mutating func addHidden(_ place: PDFValue, to section: inout CrossReferenceSection) throws(PDFError) {
        guard self.reading == .forgiving else { throw .hybridCrossReference }
        guard let offset = place.integer, offset > 0, offset < self.bytes.count else { throw .damaged("/XRefStm") }
        let hidden = try self.stream(at: offset)
        section.hybridStream = offset
        section.entries.merge(hidden.entries) { table, stream in table == .free ? stream : table }
    }

    /// What the last `startxref` says. After its `%%EOF` only white space may follow.
    private func lastStart() throws(PDFError) -> Int {
        var end = self.bytes.count
        while end > 0, PDFLexer.isSpace(self.bytes[end - 1]) { end -= 1 }
        let marker = Array("%%EOF".utf8)
        guard end >= marker.count else { throw .truncated }
        guard self.bytes[(end - marker.count)..<end].elementsEqual(marker) else {
            // A `%%EOF` near the end with something behind it is another kind of damage than a file cut off.
            let tail = self.bytes[max(0, end - 1_024)..<end]
            let isFollowed = tail.indices.contains { tail[$0...].starts(with: marker) }
            throw isFollowed ? .damaged("bytes after the last %%EOF") : .truncated
        }
        let word = Array("startxref".utf8)
        var start = end - marker.count
        let lowest = max(0, start - 64)
        repeat { start -= 1 } while start >= lowest && !self.bytes[start...].starts(with: word)
        guard start >= lowest else { throw .damaged("startxref missing") }
        var lexer = PDFLexer(self.bytes, at: start + word.count)
        lexer.skipSpace()
        guard let offset = lexer.takeUnsigned(), offset > 0 else { throw .damaged("startxref says no offset") }
        while let byte = lexer.peek(), PDFLexer.isSpace(byte) { lexer.position += 1 }
        guard lexer.position == end - marker.count else { throw .damaged("startxref is not followed by %%EOF") }
        return offset
    }

    private mutating func section(at offset: Int) throws(PDFError) -> CrossReferenceSection {
        var lexer = PDFLexer(self.bytes, at: offset)
        if lexer.takeKeyword("xref") { return try self.table(at: offset, &lexer) }
        guard let digit = lexer.peek(), (0x30...0x39).contains(digit) else {
            throw .damaged("no cross-reference where one should be")
        }
        return try self.stream(at: offset)
    }

    private mutating func count(_ entries: Int) throws(PDFError) {
        self.entryCount += entries
        guard self.entryCount <= self.limits.objects else { throw .tooComplex("too many objects") }
    }

    private mutating func table(at offset: Int, _ lexer: inout PDFLexer) throws(PDFError) -> CrossReferenceSection {
        var entries: [Int: CrossReferenceEntry] = [:]
        while true {
            lexer.skipSpace()
            if lexer.takeKeyword("trailer") { break }
            guard let first = lexer.takeUnsigned(), case _ = lexer.skipSpace(), let number = lexer.takeUnsigned() else {
                throw .damaged("cross-reference subsection")
            }
            try self.count(number)
            for index in 0..<number {
                lexer.skipSpace()
                guard let place = lexer.takeUnsigned(), case _ = lexer.skipSpace(),
                    let generation = lexer.takeUnsigned(), case _ = lexer.skipSpace()
                else { throw .damaged("cross-reference entry") }
                let isUsed = lexer.takeKeyword("n")
                guard isUsed || lexer.takeKeyword("f") else { throw .damaged("cross-reference entry") }
                // Offset 0 can't hold an object: writers use it for numbers that they skipped.
                let entry: CrossReferenceEntry = isUsed && place > 0 ? .offset(place, generation: generation) : .free
                guard entries.updateValue(entry, forKey: first + index).map({ $0 == entry }) ?? true else {
                    throw .damaged("object twice in one cross-reference")
                }
            }
        }
        guard case .dictionary(let trailer) = try lexer.value() else { throw .damaged("trailer") }
        return CrossReferenceSection(
            kind: .table, offset: offset, entries: entries, trailer: trailer, streamNumber: nil, bodyEnd: lexer.position
        )
    }

    private mutating func stream(at offset: Int) throws(PDFError) -> CrossReferenceSection {
        let object = try IndirectObjectReader(bytes: self.bytes).object(at: offset) { _ throws(PDFError) in nil }
        guard let dictionary = object.value.dictionary, let raw = object.stream, let extent = object.extent,
            dictionary["Type"] == .name("XRef"), let size = dictionary["Size"]?.integer, size >= 0,
            let widths = dictionary["W"]?.array?.compactMap(\.integer), widths.count == 3,
            widths.allSatisfy({ (0...8).contains($0) }), widths[1] > 0
        else { throw .damaged("cross-reference stream") }
        let data = try StreamDecoder.decode(
            dictionary, self.bytes[raw], limit: self.limits.inflatedBytes - self.inflated)
        self.inflated += data.count
        let runs = dictionary["Index"]?.array?.compactMap(\.integer) ?? [0, size]
        guard runs.count % 2 == 0, runs.allSatisfy({ $0 >= 0 && $0 <= 1 << 40 }) else { throw .damaged("/Index") }
        var entries: [Int: CrossReferenceEntry] = [:]
        let width = widths.reduce(0, +)
        var position = 0
        for run in stride(from: 0, to: runs.count, by: 2) {
            try self.count(runs[run + 1])
            for number in runs[run]..<(runs[run] + runs[run + 1]) {
                guard position + width <= data.count else { throw .damaged("cross-reference stream too short") }
                let entry = Self.entry(data[position..<(position + width)], widths)
                guard entries.updateValue(entry, forKey: number).map({ $0 == entry }) ?? true else {
                    throw .damaged("object twice in one cross-reference")
                }
                position += width
            }
        }
        return CrossReferenceSection(
            kind: .stream, offset: offset, entries: entries, trailer: dictionary, streamNumber: object.reference.number,
            bodyEnd: extent.upperBound)
    }

    private static func entry(_ data: ArraySlice<UInt8>, _ widths: [Int]) -> CrossReferenceEntry {
        var fields = [1, 0, 0]
        var position = data.startIndex
        for (index, width) in widths.enumerated() where width > 0 {
            // Eight bytes may not fit into an Int; such an offset is past every file anyway.
            let value = data[position..<(position + width)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            fields[index] = Int(clamping: value)
            position += width
        }
        return switch fields[0] {
        case 1 where fields[1] > 0: .offset(fields[1], generation: fields[2])
        case 2: .compressed(stream: fields[1], index: fields[2])
        default: .free
        }
    }
}
