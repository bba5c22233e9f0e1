/// As much of a file as can be read for certain. What lies behind it was put there without a cross-reference that holds, and
/// readers that repair files may show it.
struct ReadableFile {
    /// `nil` when not even a beginning can be read.
    let file: PDFFile?
    /// What can't be accounted for; `nil` when the whole file is read.
    let rest: Range<Int>?
    /// Why the whole can't be read.
    let failure: PDFError?

    /// Beginnings that are tried.
    private static let attempts = 16

    init(_ bytes: [UInt8], limits: PDFLimits) {
        do {
            self.file = try PDFFile(bytes, limits: limits, reading: .forgiving)
            self.rest = nil
            self.failure = nil
            return
        } catch {
            self.failure = error
        }
        if case .damaged = self.failure {
        } else if self.failure != .truncated {
            (self.file, self.rest) = (nil, nil)
            return
        }
        for end in Self.ends(in: bytes) {
            guard let file = try? PDFFile(Array(bytes[..<end]), limits: limits, reading: .forgiving) else { continue }
            (self.file, self.rest) = (file, end..<bytes.count)
            return
        }
        (self.file, self.rest) = (nil, 0..<bytes.count)
    }

    /// Behind each `%%EOF` that does not end the file, the last first.
    private static func ends(in bytes: [UInt8]) -> [Int] {
        let marker = Array("%%EOF".utf8)
        var ends: [Int] = []
        var place = bytes.count - marker.count
        // A file too large to be copied several times is tried once.
        let attempts = bytes.count > 64 << 20 ? 1 : self.attempts
        while place > 0, ends.count < attempts {
            if bytes[place] == 0x25, bytes[place...].starts(with: marker) {
                // With the line end behind it, which a signature may cover.
                var end = place + marker.count
                while end < bytes.count, PDFLexer.isSpace(bytes[end]) { end += 1 }
                if end < bytes.count { ends.append(end) }
                place -= marker.count
            } else {
                place -= 1
            }
        }
        return ends
    }
}

/// Finds signature dictionaries in bytes that no cross-reference makes sense of.
enum StraySignatures {
    static let limit = 16

    static func find(in bytes: [UInt8], _ range: Range<Int>) -> [PDFFile.SignedField] {
        let key = Array("/ByteRange".utf8)
        var found: [PDFReference: PDFFile.SignedField] = [:]
        var place = range.lowerBound
        var lastObject: Int?
        while place < range.upperBound, found.count < self.limit {
            let byte = bytes[place]
            if byte == 0x6F, bytes[place...].starts(with: [0x6F, 0x62, 0x6A]) {
                lastObject = place
                place += 3
            } else if byte == 0x2F, let object = lastObject, bytes[place...].starts(with: key) {
                if let signed = self.signature(in: bytes, object, end: range.upperBound) {
                    found[signed.signature] = signed
                }
                lastObject = nil
                place += key.count
            } else {
                place += 1
            }
        }
        return found.values.sorted { $0.signature < $1.signature }
    }

    /// The signature dictionary behind the keyword `obj` at `place`.
    private static func signature(in bytes: [UInt8], _ place: Int, end: Int) -> PDFFile.SignedField? {
        var lexer = PDFLexer(bytes, at: place + 3, end: end)
        guard let dictionary = (try? lexer.value())?.dictionary, dictionary["ByteRange"] != nil,
            dictionary["Contents"]?.string != nil
        else { return nil }
        // The number stands before the generation, both before the keyword.
        let head = bytes[max(0, place - 24)..<place].split { PDFLexer.isSpace($0) }.suffix(2)
        let number = head.first.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? place
        let reference = PDFReference(number: number)
        let field = PDFField(
            name: "", reference: reference, dictionary: [:], type: "Sig", value: .reference(reference))
        return PDFFile.SignedField(field: field, signature: reference, dictionary: dictionary)
    }
}
