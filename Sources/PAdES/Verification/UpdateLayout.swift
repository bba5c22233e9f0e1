/// Accounts for every byte of an incremental update: white space, objects that its own cross-reference lists, that
/// cross-reference, `startxref` and `%%EOF`. Readers that repair a file show what lies about in it, so nothing may lie about.
struct UpdateLayout {
    /// The extent of each object that was written, by number.
    private(set) var objects: [Int: Range<Int>] = [:]

    /// - Throws: `damaged` with the first thing that has no place in a well-formed update.
    init(_ file: PDFFile, view: Int) throws(PDFError) {
        let revision = file.revisions[view]
        guard revision.sections.count == 1, let section = revision.sections.first, view > 0 else {
            throw .damaged("update of several sections")
        }
        var lexer = PDFLexer(file.bytes, at: file.revisions[view - 1].end, end: revision.end)
        while true {
            lexer.skipSpace()
            if lexer.position == section.offset, section.kind == .table { break }
            guard let byte = lexer.peek(), (0x30...0x39).contains(byte) else { throw .damaged("stray bytes") }
            let object = try file.object(at: lexer.position, in: view)
            guard let extent = object.extent, self.objects[object.reference.number] == nil else {
                throw .damaged("object written twice")
            }
            lexer.position = extent.upperBound
            if extent.lowerBound == section.offset { break }
            if extent.lowerBound == section.hybridStream { continue }
            guard
                section.entries[object.reference.number]
                    == .offset(extent.lowerBound, generation: object.reference.generation)
            else { throw .damaged("object that the cross-reference doesn't list") }
            self.objects[object.reference.number] = extent
        }
        guard let tail = section.tail(in: file.bytes), tail.end == revision.end, tail.startxref == section.offset else {
            throw .damaged("stray bytes behind the cross-reference")
        }
    }
}
