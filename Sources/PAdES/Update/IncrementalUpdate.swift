/// New and changed objects that are written behind a file, in the file's own manner: a table after a table, a stream after
/// a stream. Every byte that is there stays.
struct IncrementalUpdate {
    let file: PDFFile
    /// The view that is updated: the last.
    var view: Int { self.file.lastView }
    private var nextNumber: Int
    /// What stands between `n g obj` and `endobj`.
    private var bodies: [PDFReference: [UInt8]] = [:]

    init(_ file: PDFFile) throws(PDFError) {
        self.file = file
        let sections = file.revisions.flatMap(\.sections)
        let highest = sections.compactMap { $0.entries.keys.max() }.max() ?? 0
        let sizes = sections.compactMap { $0.trailer["Size"]?.integer }
        self.nextNumber = max(highest + 1, sizes.max() ?? 0)
        guard self.nextNumber > 0, self.nextNumber < 8_388_607 - 1_000 else { throw .tooComplex("object numbers") }
    }

    /// A number for an object that is written later.
    mutating func reserve() -> PDFReference {
        defer { self.nextNumber += 1 }
        return PDFReference(number: self.nextNumber)
    }

    mutating func add(_ value: PDFValue) throws(PDFError) -> PDFReference {
        let reference = self.reserve()
        try self.write(reference, value)
        return reference
    }

    /// Adds a stream; `data` is compressed unless that is no gain.
    mutating func addStream(_ dictionary: PDFDictionary, _ data: [UInt8]) throws(PDFError) -> PDFReference {
        var dictionary = dictionary
        var data = data
        let deflated = try Deflate.deflate(data)
        if deflated.count < data.count, dictionary["Filter"] == nil {
            dictionary["Filter"] = .name("FlateDecode")
            data = deflated
        }
        let reference = self.reserve()
        data = try self.file.decryption?.encryptedStream(data, of: reference) ?? data
        dictionary["Length"] = .integer(data.count)
        var body: [UInt8] = []
        body.write(try self.encrypted(.dictionary(dictionary), in: reference))
        body.write("\nstream\n")
        body += data
        body.write("\nendstream")
        self.bodies[reference] = body
        return reference
    }

    /// Writes an object anew, or for the first time after `reserve`.
    mutating func write(_ reference: PDFReference, _ value: PDFValue) throws(PDFError) {
        var body: [UInt8] = []
        body.write(try self.encrypted(value, in: reference))
        self.bodies[reference] = body
    }

    /// A value as it is written into this object: with its strings encrypted where the file is.
    func encrypted(_ value: PDFValue, in reference: PDFReference) throws(PDFError) -> PDFValue {
        try self.file.decryption?.encrypted(value, of: reference) ?? value
    }

    mutating func write(_ reference: PDFReference, body: [UInt8]) {
        self.bodies[reference] = body
    }

    /// The bytes to append, and where in the whole file each object's body begins.
    func serialise() throws(PDFError) -> (appended: [UInt8], bodyOffsets: [PDFReference: Int]) {
        let base = self.file.bytes.count
        var appended: [UInt8] = []
        if let last = self.file.bytes.last, last != 0x0A && last != 0x0D { appended.append(0x0A) }
        var entries: [Int: (offset: Int, generation: Int)] = [:]
        var bodyOffsets: [PDFReference: Int] = [:]
        for (reference, body) in self.bodies.sorted(by: { $0.key < $1.key }) {
            entries[reference.number] = (base + appended.count, reference.generation)
            appended.write("\(reference.number) \(reference.generation) obj\n")
            bodyOffsets[reference] = base + appended.count
            appended += body
            appended.write("\nendobj\n")
        }
        let start = base + appended.count
        let head = self.file.revisions[self.view].sections[0]
        var trailer = try self.trailer(previous: head, content: appended)
        switch head.kind {
        case .table:
            trailer["Size"] = .integer(self.nextNumber)
            Self.writeTable(entries, trailer, to: &appended)
        case .stream:
            let number = self.nextNumber
            entries[number] = (start, 0)
            trailer["Size"] = .integer(number + 1)
            Self.writeStream(number, entries, trailer, to: &appended)
        }
        appended.write("startxref\n\(start)\n%%EOF\n")
        return (appended, bodyOffsets)
    }

    /// Only what a trailer may carry over: never `/XRefStm`, nor the keys of a cross-reference stream.
    private func trailer(
        previous: CrossReferenceSection, content: [UInt8]
    ) throws(PDFError) -> PDFDictionary {
        var trailer = PDFDictionary()
        trailer["Size"] = .integer(0)
        trailer["Root"] = previous.trailer["Root"]
        trailer["Info"] = previous.trailer["Info"]
        trailer["Encrypt"] = previous.trailer["Encrypt"]
        trailer["Prev"] = .integer(previous.offset)
        if let identifier = try self.file.resolve(previous.trailer["ID"], in: self.view).array, identifier.count == 2 {
            let hash = try Digest.hash(.sha256, [self.file.bytes.suffix(1_024), content[...]])
            trailer["ID"] = .array([identifier[0], .string(Array(hash.prefix(16)))])
        }
        return trailer
    }

    /// Runs of consecutive numbers.
    private static func runs(_ numbers: [Int]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for number in numbers {
            if let last = runs.last, last.upperBound == number {
                runs[runs.count - 1] = last.lowerBound..<(number + 1)
            } else {
                runs.append(number..<(number + 1))
            }
        }
        return runs
    }

    private static func writeTable(
        _ entries: [Int: (offset: Int, generation: Int)], _ trailer: PDFDictionary, to output: inout [UInt8]
    ) {
        output.write("xref\n")
        for run in self.runs(entries.keys.sorted()) {
            output.write("\(run.lowerBound) \(run.count)\n")
            for number in run {
                let entry = entries[number] ?? (0, 0)
                let (offset, generation) = (String(entry.offset), String(entry.generation))
                output.write(String(repeating: "0", count: max(0, 10 - offset.count)) + offset + " ")
                output.write(String(repeating: "0", count: max(0, 5 - generation.count)) + generation + " n \n")
            }
        }
        output.write("trailer\n")
        output.write(.dictionary(trailer))
        output.write("\n")
    }

    private static func writeStream(
        _ number: Int, _ entries: [Int: (offset: Int, generation: Int)], _ trailer: PDFDictionary,
        to output: inout [UInt8]
    ) {
        let runs = self.runs(entries.keys.sorted())
        var data: [UInt8] = []
        for key in entries.keys.sorted() {
            let entry = entries[key] ?? (0, 0)
            data.append(1)
            for shift in stride(from: 32, through: 0, by: -8) { data.append(UInt8(entry.offset >> shift & 0xFF)) }
            data.append(UInt8(entry.generation >> 8 & 0xFF))
            data.append(UInt8(entry.generation & 0xFF))
        }
        var dictionary = trailer
        dictionary["Type"] = .name("XRef")
        dictionary["W"] = .array([.integer(1), .integer(5), .integer(2)])
        dictionary["Index"] = .array(runs.flatMap { [.integer($0.lowerBound), .integer($0.count)] })
        dictionary["Length"] = .integer(data.count)
        output.write("\(number) 0 obj\n")
        output.write(.dictionary(dictionary))
        output.write("\nstream\n")
        output += data
        output.write("\nendstream\nendobj\n")
    }
}
