/// Reads JSON text strictly as RFC 8259 has it, and refuses what a careful server should not guess about: bytes that are no
/// UTF-8, the same member twice, lone surrogates, nesting deeper than ``maximumDepth``, more than ``maximumCount`` values.
package struct JSONParser {
    /// Why a text is no JSON, and where: `offset` is the byte at which reading stopped.
    package struct Failure: Error, Hashable {
        enum Reason: String {
            case empty, unexpected, invalidText, duplicateName, tooDeep, tooMany, numberOutOfRange
        }
        let reason: Reason
        let offset: Int
    }

    static let maximumDepth = 32
    /// No body of ours comes near; a megabyte of `[0,0,…` would otherwise become many megabytes of values.
    static let maximumCount = 20_000

    /// Our own database writes no name twice, and as much as we ask for.
    private let isTrusted: Bool
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var count = 0

    /// Reads a whole text; anything but white space after the value is an error.
    static func parse(_ bytes: UnsafeRawBufferPointer, isTrusted: Bool = false) throws(Failure) -> JSONValue {
        var parser = JSONParser(bytes: bytes, isTrusted: isTrusted)
        parser.skipSpace()
        guard parser.position < bytes.count else { throw parser.failure(.empty) }
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.failure(.unexpected) }
        return value
    }

    static func parse(_ bytes: [UInt8]) throws(Failure) -> JSONValue { try Self.parse(bytes, isTrusted: false) }

    /// Reads what our own database wrote.
    package static func parse(ours bytes: [UInt8]) throws(Failure) -> JSONValue {
        try Self.parse(bytes, isTrusted: true)
    }

    private static func parse(_ bytes: [UInt8], isTrusted: Bool) throws(Failure) -> JSONValue {
        let result = bytes.withUnsafeBytes { buffer -> Result<JSONValue, Failure> in
            do throws(Failure) { return .success(try Self.parse(buffer, isTrusted: isTrusted)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private init(bytes: UnsafeRawBufferPointer, isTrusted: Bool) {
        self.bytes = bytes
        self.isTrusted = isTrusted
    }

    private func failure(_ reason: Failure.Reason) -> Failure {
        Failure(reason: reason, offset: self.position)
    }

    private var current: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    private mutating func skipSpace() {
        while let byte = self.current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            self.position += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard self.current == byte else { return false }
        self.position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        guard depth < Self.maximumDepth else { throw self.failure(.tooDeep) }
        self.count += 1
        guard self.isTrusted || self.count <= Self.maximumCount else { throw self.failure(.tooMany) }
        switch self.current {
        case UInt8(ascii: "{"): return try self.object(depth: depth)
        case UInt8(ascii: "["): return try self.array(depth: depth)
        case UInt8(ascii: "\""): return .string(try self.string())
        case UInt8(ascii: "t"): return try self.word("true", .boolean(true))
        case UInt8(ascii: "f"): return try self.word("false", .boolean(false))
        case UInt8(ascii: "n"): return try self.word("null", .null)
        default: return try self.number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue {
        let end = self.position + word.utf8CodeUnitCount
        guard end <= self.bytes.count,
            self.bytes[self.position..<end].elementsEqual(
                UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
            )
        else { throw self.failure(.unexpected) }
        self.position = end
        return value
    }

    private mutating func array(depth: Int) throws(Failure) -> JSONValue {
        self.position += 1
        var elements: [JSONValue] = []
        self.skipSpace()
        if self.take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            self.skipSpace()
            elements.append(try self.value(depth: depth + 1))
            self.skipSpace()
            if self.take(UInt8(ascii: ",")) { continue }
            guard self.take(UInt8(ascii: "]")) else { throw self.failure(.unexpected) }
            return .array(elements)
        }
    }

    private mutating func object(depth: Int) throws(Failure) -> JSONValue {
        self.position += 1
        var members: [JSONObject.Member] = []
        // A set, not a walk over the members: a body of many names must not cost their square.
        var names: Set<String> = []
        self.skipSpace()
        if self.take(UInt8(ascii: "}")) { return .object(JSONObject()) }
        while true {
            self.skipSpace()
            guard self.current == UInt8(ascii: "\"") else { throw self.failure(.unexpected) }
            let name = try self.string()
            guard self.isTrusted || names.insert(name).inserted else { throw self.failure(.duplicateName) }
            self.skipSpace()
            guard self.take(UInt8(ascii: ":")) else { throw self.failure(.unexpected) }
            self.skipSpace()
            members.append(JSONObject.Member(name: name, value: try self.value(depth: depth + 1)))
            self.skipSpace()
            if self.take(UInt8(ascii: ",")) { continue }
            guard self.take(UInt8(ascii: "}")) else { throw self.failure(.unexpected) }
            return .object(JSONObject(members))
        }
    }

    private mutating func number() throws(Failure) -> JSONValue {
        let start = self.position
        var isIntegral = true
        _ = self.take(UInt8(ascii: "-"))
        if self.take(UInt8(ascii: "0")) {
            // A leading zero stands alone.
        } else if self.digits() == 0 {
            throw self.failure(.unexpected)
        }
        if self.take(UInt8(ascii: ".")) {
            isIntegral = false
            guard self.digits() > 0 else { throw self.failure(.unexpected) }
        }
        if self.take(UInt8(ascii: "e")) || self.take(UInt8(ascii: "E")) {
            isIntegral = false
            if !self.take(UInt8(ascii: "+")) { _ = self.take(UInt8(ascii: "-")) }
            guard self.digits() > 0 else { throw self.failure(.unexpected) }
        }
        let text = String(decoding: self.bytes[start..<self.position], as: UTF8.self)
        if isIntegral, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw self.failure(.numberOutOfRange) }
        if let whole = Int64(exactly: value) { return .integer(whole) }
        return .number(value)
    }

    private mutating func digits() -> Int {
        let start = self.position
        while let byte = self.current, byte >= 0x30, byte <= 0x39 { self.position += 1 }
        return self.position - start
    }
}

extension JSONParser {
    /// Reads a string; the position is at its opening quote.
    private mutating func string() throws(Failure) -> String {
        self.position += 1
        let start = self.position
        while let byte = self.current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
            self.position += 1
        }
        if self.current == UInt8(ascii: "\"") {
            let text = String(validating: self.bytes[start..<self.position], as: UTF8.self)
            guard let text else { throw self.failure(.invalidText) }
            self.position += 1
            return text
        }
        return try self.escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) throws(Failure) -> String {
        var text = Array(self.bytes[start..<self.position])
        while let byte = self.current {
            self.position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else { throw self.failure(.invalidText) }
                return text
            case UInt8(ascii: "\\"): try self.escape(into: &text)
            case 0..<0x20: throw self.failure(.invalidText)
            default: text.append(byte)
            }
        }
        throw self.failure(.unexpected)
    }

    private mutating func escape(into text: inout [UInt8]) throws(Failure) {
        guard let byte = self.current else { throw self.failure(.unexpected) }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: Array(String(Character(try self.scalar())).utf8))
        default: throw self.failure(.unexpected)
        }
    }

    private mutating func scalar() throws(Failure) -> Unicode.Scalar {
        let first = try self.codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(UInt16(first)), self.take(UInt8(ascii: "\\")), self.take(UInt8(ascii: "u")) else {
            throw self.failure(.invalidText)
        }
        let second = try self.codeUnit()
        guard UTF16.isTrailSurrogate(UInt16(second)),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw self.failure(.invalidText) }
        return scalar
    }

    private mutating func codeUnit() throws(Failure) -> UInt32 {
        guard self.position + 4 <= self.bytes.count else { throw self.failure(.unexpected) }
        var unit: UInt32 = 0
        for byte in self.bytes[self.position..<self.position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw self.failure(.unexpected)
            }
            unit = unit << 4 | UInt32(digit)
        }
        self.position += 4
        return unit
    }
}
