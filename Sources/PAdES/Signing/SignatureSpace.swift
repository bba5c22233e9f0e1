/// A signature dictionary whose place in the file is fixed and whose contents are still zero (EN 319 142-1, 6.3; ISO 32000-2, 12.8.1).
struct SignatureSpace {
    /// What is appended to the file.
    private(set) var appended: [UInt8]
    let baseLength: Int
    /// `/ByteRange`: offset, length, offset, length.
    let byteRange: [Int]

    /// Writes the dictionary into an update and serialises that.
    /// - Parameters:
    ///   - head: what stands before `/ByteRange`: type, filter, sub-filter.
    ///   - rest: the other entries.
    ///   - reserved: bytes for the DER, twice as many hexadecimal digits.
    init(
        head: PDFDictionary, rest: PDFDictionary, reserved: Int, as signature: PDFReference, in editor: inout FormEditor
    ) throws(PDFError) {
        var bytes: [UInt8] = []
        bytes.write("<<")
        bytes.write(entries: head)
        bytes.write("/ByteRange ")
        let rangeOffset = bytes.count
        // Eleven digits a number: files above 99,999,999 bytes have broken narrower ones. The brackets come with the numbers.
        bytes += [UInt8](repeating: 0x20, count: 4 + 3 * 12)
        bytes.write("/Contents ")
        let contentsOffset = bytes.count
        bytes.append(0x3C)
        bytes += [UInt8](repeating: 0x30, count: 2 * reserved)
        bytes.append(0x3E)
        // The contents are the only string that is never encrypted (ISO 32000-2, 7.6.2).
        bytes.write(entries: try editor.update.encrypted(.dictionary(rest), in: signature).dictionary ?? [:])
        bytes.write(">>")
        editor.update.write(signature, body: bytes)
        let (appended, offsets) = try editor.serialise()
        guard let body = offsets[signature] else { throw .damaged("signature not written") }
        self.appended = appended
        self.baseLength = editor.file.bytes.count
        let total = self.baseLength + appended.count
        guard total < 10_000_000_000 else { throw .tooComplex("file of 10 GB or more") }
        let gapStart = body + contentsOffset
        let gapEnd = gapStart + 2 * reserved + 2
        self.byteRange = [0, gapStart, gapEnd, total - gapEnd]
        var range: [UInt8] = []
        range.write("[" + self.byteRange.map(String.init).joined(separator: " ") + "]")
        let start = body - self.baseLength + rangeOffset
        self.appended.replaceSubrange(start..<(start + range.count), with: range)
    }

    /// A space that was stored. `nil` when the numbers contradict each other.
    init?(appended: [UInt8], baseLength: Int, byteRange: [Int]) {
        guard byteRange.count == 4, byteRange.allSatisfy({ (0...1 << 40).contains($0) }), byteRange[0] == 0,
            (0...1 << 40).contains(baseLength), byteRange[1] >= baseLength, byteRange[2] - byteRange[1] >= 2,
            byteRange[2] + byteRange[3] == baseLength + appended.count
        else { return nil }
        self.appended = appended
        self.baseLength = baseLength
        self.byteRange = byteRange
    }

    /// The hash of the byte range; `base` is the file without what is appended.
    func hash(_ algorithm: Digest.Algorithm, over base: [UInt8]) throws(PDFError) -> [UInt8] {
        let reading = try BaseReading(algorithm)
        reading.take(base[...])
        return try self.hash(after: reading)
    }

    /// As `hash(_:over:)`, of a file that was read in pieces.
    func hash(after base: BaseReading) throws(PDFError) -> [UInt8] {
        guard base.count == self.baseLength else { throw .baseChanged }
        let digest = try base.digest.copy()
        digest.update(self.appended[..<(self.byteRange[1] - self.baseLength)])
        digest.update(self.appended[(self.byteRange[2] - self.baseLength)...])
        return try digest.value()
    }

    /// What is appended, with the DER in its place.
    /// - Throws: `signatureTooLarge`.
    func filled(with der: [UInt8]) throws(PDFError) -> [UInt8] {
        let start = self.byteRange[1] - self.baseLength + 1
        guard 2 * der.count <= self.byteRange[2] - self.byteRange[1] - 2 else { throw .signatureTooLarge }
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * der.count)
        digits.writeHex(der)
        var result = self.appended
        result.replaceSubrange(start..<(start + digits.count), with: digits)
        return result
    }
}

extension [UInt8] {
    fileprivate mutating func write(entries dictionary: PDFDictionary) {
        for key in dictionary.keys {
            self.write(.name(key))
            self.append(0x20)
            self.write(dictionary[key] ?? .null)
        }
    }
}
