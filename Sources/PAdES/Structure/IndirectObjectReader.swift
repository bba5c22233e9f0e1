/// Reads one indirect object, `12 0 obj … endobj`, at a place in the file.
struct IndirectObjectReader {
    let bytes: [UInt8]

    /// - Parameter length: resolves a `/Length` that is a reference; `nil` when it can't.
    func object(
        at offset: Int, length: (PDFReference) throws(PDFError) -> Int?
    ) throws(PDFError) -> PDFObject {
        var lexer = PDFLexer(self.bytes, at: offset)
        guard let number = lexer.takeUnsigned(), case _ = lexer.skipSpace(), let generation = lexer.takeUnsigned(),
            case _ = lexer.skipSpace(), lexer.takeKeyword("obj")
        else { throw .damaged("no object where the cross-reference says") }
        let value = try lexer.value()
        lexer.skipSpace()
        var stream: Range<Int>?
        if case .dictionary(let dictionary) = value, lexer.takeKeyword("stream") {
            stream = try self.stream(dictionary, &lexer, length: length)
            lexer.skipSpace()
        }
        guard lexer.takeKeyword("endobj") else { throw .damaged("endobj missing") }
        return PDFObject(
            reference: PDFReference(number: number, generation: generation), value: value, stream: stream,
            extent: offset..<lexer.position, weight: lexer.weight)
    }

    private func stream(
        _ dictionary: PDFDictionary, _ lexer: inout PDFLexer, length: (PDFReference) throws(PDFError) -> Int?
    ) throws(PDFError) -> Range<Int> {
        if lexer.peek() == 0x0D { lexer.position += 1 }
        guard lexer.peek() == 0x0A else { throw .damaged("stream keyword without line end") }
        lexer.position += 1
        let size: Int? =
            switch dictionary["Length"] {
            case .integer(let value): value
            case .reference(let reference): try length(reference)
            default: nil
            }
        let start = lexer.position
        guard let size, size >= 0, size <= lexer.end - start else { throw .damaged("stream length") }
        lexer.position = start + size
        while let byte = lexer.peek(), PDFLexer.isSpace(byte) { lexer.position += 1 }
        guard lexer.takeKeyword("endstream") else { throw .damaged("stream length") }
        return start..<(start + size)
    }
}

/// Decodes the streams that hold structure: not compressed, or Flate with or without a PNG predictor.
enum StreamDecoder {
    static func decode(
        _ dictionary: PDFDictionary, _ raw: ArraySlice<UInt8>, limit: Int
    ) throws(PDFError) -> [UInt8] {
        let filter = Self.single(dictionary["Filter"])
        switch filter {
        case nil:
            guard dictionary["Filter"] == nil || dictionary["Filter"] == .array([]) else {
                throw .unsupported("several stream filters")
            }
            guard raw.count <= limit else { throw .tooComplex("stream too large") }
            return Array(raw)
        case .name("FlateDecode"): break
        default: throw .unsupported("stream filter")
        }
        let data = try Deflate.inflate(raw, limit: limit)
        guard let parameters = Self.single(dictionary["DecodeParms"])?.dictionary,
            let predictor = parameters["Predictor"]?.integer, predictor != 1
        else { return data }
        let (colors, bits) = (parameters["Colors"]?.integer ?? 1, parameters["BitsPerComponent"]?.integer ?? 8)
        let columns = parameters["Columns"]?.integer ?? 1
        guard (10...15).contains(predictor), (1...4).contains(colors), bits == 8, (1...1_000_000).contains(columns)
        else {
            throw .unsupported("stream predictor")
        }
        return try Deflate.undoPNGFilter(data, bytesPerPixel: colors, bytesPerRow: columns * colors)
    }

    private static func single(_ value: PDFValue?) -> PDFValue? {
        if case .array(let items) = value { return items.count == 1 ? items[0] : nil }
        return value
    }
}
