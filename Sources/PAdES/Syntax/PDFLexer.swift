/// Reads PDF objects out of bytes. Strict, and safe on anything: it never reads outside `end`, nests at most `maximumDepth`
/// deep, and refuses what readers understand differently (a dictionary with a key twice, a name with a bad escape).
struct PDFLexer {
    let bytes: [UInt8]
    var position: Int
    let end: Int

    /// Deep enough for every honest file, shallow enough for a thread with a small stack.
    static let maximumDepth = 64
    /// What one object may weigh: a page tree or an array of widths has thousands of values, never a million.
    static let maximumWeight = 1_000_000
    /// What the values read so far take in memory, in units of some 48 bytes: one each, and more for arrays and keys.
    private(set) var weight = 0

    init(_ bytes: [UInt8], at position: Int = 0, end: Int? = nil) {
        self.bytes = bytes
        self.end = min(end ?? bytes.count, bytes.count)
        self.position = position < 0 ? self.end : min(position, self.end)
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 || byte == 0x0C || byte == 0x00
    }

    static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x28, 0x29, 0x3C, 0x3E, 0x5B, 0x5D, 0x7B, 0x7D, 0x2F, 0x25: true
        default: false
        }
    }

    static func isRegular(_ byte: UInt8) -> Bool { !self.isSpace(byte) && !self.isDelimiter(byte) }

    func peek(_ offset: Int = 0) -> UInt8? {
        let index = self.position + offset
        return index < self.end ? self.bytes[index] : nil
    }

    /// Skips white space and comments.
    mutating func skipSpace() {
        while let byte = self.peek() {
            if Self.isSpace(byte) {
                self.position += 1
            } else if byte == 0x25 {
                while let next = self.peek(), next != 0x0A, next != 0x0D { self.position += 1 }
            } else {
                return
            }
        }
    }

    /// Whether the bytes here are exactly `word`; moves past it if so.
    mutating func take(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard self.position + count <= self.end else { return false }
        for index in 0..<count where self.bytes[self.position + index] != word.utf8Start[index] { return false }
        self.position += count
        return true
    }

    /// As `take`, and the word ends here.
    mutating func takeKeyword(_ word: StaticString) -> Bool {
        let start = self.position
        guard self.take(word) else { return false }
        if let next = self.peek(), Self.isRegular(next) {
            self.position = start
            return false
        }
        return true
    }

    /// An unsigned decimal integer of at most 10 digits without sign.
    mutating func takeUnsigned() -> Int? {
        var value = 0
        var digits = 0
        while let byte = self.peek(digits), (0x30...0x39).contains(byte) {
            digits += 1
            guard digits <= 15 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        guard digits > 0 else { return nil }
        self.position += digits
        return value
    }

    mutating func value(depth: Int = 0) throws(PDFError) -> PDFValue {
        guard depth < Self.maximumDepth else { throw .tooComplex("objects nested too deep") }
        try self.weigh(1)
        self.skipSpace()
        guard let byte = self.peek() else { throw .damaged("object missing") }
        switch byte {
        case 0x2F: return .name(try self.nameBody())
        case 0x28: return .string(try self.literalString())
        case 0x3C: return self.peek(1) == 0x3C ? .dictionary(try self.dictionary(depth)) : .string(try self.hexString())
        case 0x5B: return .array(try self.arrayBody(depth))
        case 0x30...0x39, 0x2B, 0x2D, 0x2E: return try self.numberOrReference()
        default:
            if self.takeKeyword("true") { return .boolean(true) }
            if self.takeKeyword("false") { return .boolean(false) }
            if self.takeKeyword("null") { return .null }
            throw .damaged("unknown token")
        }
    }

    private mutating func weigh(_ units: Int) throws(PDFError) {
        self.weight += units
        guard self.weight <= Self.maximumWeight else { throw .tooComplex("object too large") }
    }

    private mutating func arrayBody(_ depth: Int) throws(PDFError) -> [PDFValue] {
        self.position += 1
        try self.weigh(1)
        var items: [PDFValue] = []
        while true {
            self.skipSpace()
            if self.take("]") { return items }
            items.append(try self.value(depth: depth + 1))
        }
    }

    private mutating func dictionary(_ depth: Int) throws(PDFError) -> PDFDictionary {
        self.position += 2
        try self.weigh(4)
        var dictionary = PDFDictionary()
        while true {
            self.skipSpace()
            if self.take(">>") { return dictionary }
            guard self.peek() == 0x2F else { throw .damaged("dictionary key is no name") }
            let key = try self.nameBody()
            // Readers differ on which of two equal keys counts.
            guard dictionary[key] == nil else { throw .damaged("dictionary with a key twice") }
            try self.weigh(2)
            dictionary[key] = try self.value(depth: depth + 1)
        }
    }

    private mutating func nameBody() throws(PDFError) -> String {
        self.position += 1
        var scalars = String.UnicodeScalarView()
        while let byte = self.peek(), Self.isRegular(byte) {
            self.position += 1
            if byte == 0x23 {
                guard let high = Self.hexDigit(self.peek()), let low = Self.hexDigit(self.peek(1)) else {
                    throw .damaged("bad escape in a name")
                }
                self.position += 2
                scalars.append(Unicode.Scalar(high << 4 | low))
            } else {
                scalars.append(Unicode.Scalar(byte))
            }
        }
        return String(scalars)
    }

    static func hexDigit(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case .some(let digit) where (0x30...0x39).contains(digit): digit - 0x30
        case .some(let digit) where (0x41...0x46).contains(digit): digit - 0x41 + 10
        case .some(let digit) where (0x61...0x66).contains(digit): digit - 0x61 + 10
        default: nil
        }
    }

    private mutating func hexString() throws(PDFError) -> [UInt8] {
        let start = self.position + 1
        var (next, isBad, isOpen) = (start, false, true)
        // A signature is tens of thousands of digits: they are read without asking for each byte anew.
        let limit = self.end
        let result = self.bytes.withUnsafeBufferPointer { bytes -> [UInt8] in
            var length = start
            while length < limit, bytes[length] != 0x3E { length += 1 }
            guard length < limit else { return [] }
            isOpen = false
            return [UInt8](unsafeUninitializedCapacity: (length - start) / 2 + 1) { output, count in
                var high: UInt8?
                while next < length {
                    let byte = bytes[next]
                    next += 1
                    guard let digit = Self.hexDigit(byte) else {
                        if Self.isSpace(byte) { continue }
                        isBad = true
                        return
                    }
                    if let first = high {
                        output[count] = first << 4 | digit
                        count += 1
                        high = nil
                    } else {
                        high = digit
                    }
                }
                if let high {
                    output[count] = high << 4
                    count += 1
                }
                next += 1
            }
        }
        guard !isBad else { throw .damaged("bad digit in a hexadecimal string") }
        guard !isOpen else { throw .damaged("string without end") }
        self.position = next
        return result
    }

    private mutating func literalString() throws(PDFError) -> [UInt8] {
        self.position += 1
        var result: [UInt8] = []
        var open = 1
        while let byte = self.peek() {
            self.position += 1
            switch byte {
            case 0x28:
                open += 1
                result.append(byte)
            case 0x29:
                open -= 1
                if open == 0 { return result }
                result.append(byte)
            case 0x5C: self.escape(into: &result)
            case 0x0D:
                if self.peek() == 0x0A { self.position += 1 }
                result.append(0x0A)
            default: result.append(byte)
            }
        }
        throw .damaged("string without end")
    }

    private mutating func escape(into result: inout [UInt8]) {
        guard let byte = self.peek() else { return }
        self.position += 1
        switch byte {
        case 0x6E: result.append(0x0A)
        case 0x72: result.append(0x0D)
        case 0x74: result.append(0x09)
        case 0x62: result.append(0x08)
        case 0x66: result.append(0x0C)
        case 0x0A: break
        case 0x0D: if self.peek() == 0x0A { self.position += 1 }
        case 0x30...0x37:
            var value = Int(byte - 0x30)
            for _ in 0..<2 {
                guard let next = self.peek(), (0x30...0x37).contains(next) else { break }
                self.position += 1
                value = value * 8 + Int(next - 0x30)
            }
            result.append(UInt8(truncatingIfNeeded: value))
        default: result.append(byte)
        }
    }

    private mutating func numberOrReference() throws(PDFError) -> PDFValue {
        let start = self.position
        while let byte = self.peek(), Self.isRegular(byte) { self.position += 1 }
        let token = self.bytes[start..<self.position]
        let digits = token.dropFirst(token.first == 0x2B || token.first == 0x2D ? 1 : 0)
        guard digits.count <= 40, digits.contains(where: { (0x30...0x39).contains($0) }),
            digits.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }), digits.count(where: { $0 == 0x2E }) <= 1
        else { throw .damaged("bad number") }
        let text = String(decoding: token, as: UTF8.self)
        if digits.contains(0x2E) { return .real(text) }
        guard let number = Int(text) else { throw .damaged("number too large") }
        guard number >= 0, token.count == digits.count, let reference = self.referenceTail(number) else {
            return .integer(number)
        }
        return .reference(reference)
    }

    /// The rest of `12 0 R` after its first number; stays where it is when that is not what follows.
    private mutating func referenceTail(_ number: Int) -> PDFReference? {
        let start = self.position
        self.skipSpace()
        guard self.position > start, let generation = self.takeUnsigned(), generation <= 65_535, let byte = self.peek(),
            Self.isSpace(byte) || byte == 0x25
        else {
            self.position = start
            return nil
        }
        self.skipSpace()
        guard self.takeKeyword("R") else {
            self.position = start
            return nil
        }
        return PDFReference(number: number, generation: generation)
    }
}
