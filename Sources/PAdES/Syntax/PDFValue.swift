/// A PDF object as written in a file (ISO 32000-2, 7.3).
///
/// Names and keys hold one Unicode scalar below U+0100 for each byte, so that no byte is lost and two names are equal when
/// their bytes are. Real numbers keep their spelling: rewriting `595.30` as `595.3` is a change that other validators report.
indirect enum PDFValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case real(String)
    case name(String)
    case string([UInt8])
    case array([PDFValue])
    case dictionary(PDFDictionary)
    case reference(PDFReference)

    var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    var name: String? { if case .name(let value) = self { value } else { nil } }
    var array: [PDFValue]? { if case .array(let value) = self { value } else { nil } }
    var dictionary: PDFDictionary? { if case .dictionary(let value) = self { value } else { nil } }
    var reference: PDFReference? { if case .reference(let value) = self { value } else { nil } }
    var string: [UInt8]? { if case .string(let value) = self { value } else { nil } }

    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let text): Double(text.hasPrefix(".") ? "0" + text : text)
        default: nil
        }
    }
}

struct PDFReference: Hashable, Sendable, Comparable {
    var number: Int
    var generation = 0

    static func < (a: PDFReference, b: PDFReference) -> Bool {
        (a.number, a.generation) < (b.number, b.generation)
    }
}

/// A dictionary that remembers the order of its keys, so that it is written back as it was read.
struct PDFDictionary: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    private(set) var keys: [String] = []
    private var values: [String: PDFValue] = [:]

    init(dictionaryLiteral pairs: (String, PDFValue)...) {
        for (key, value) in pairs { self[key] = value }
    }

    subscript(key: String) -> PDFValue? {
        get { self.values[key] }
        set {
            if let newValue {
                if self.values.updateValue(newValue, forKey: key) == nil { self.keys.append(key) }
            } else if self.values.removeValue(forKey: key) != nil {
                self.keys.removeAll { $0 == key }
            }
        }
    }

    /// Two dictionaries are equal whatever the order of their keys.
    static func == (a: PDFDictionary, b: PDFDictionary) -> Bool { a.values == b.values }
    func hash(into hasher: inout Hasher) { hasher.combine(self.values) }
}

/// An indirect object: its value and, for a stream, where its raw bytes lie.
struct PDFObject: Sendable {
    var reference: PDFReference
    var value: PDFValue
    /// The raw (still filtered) bytes of a stream, as a range of the file.
    var stream: Range<Int>?
    /// From the first byte of the object number to after `endobj`; `nil` for an object in an object stream.
    var extent: Range<Int>?
    /// What its value takes in memory (`PDFLexer.weight`).
    var weight = 0
}

extension [UInt8] {
    /// Writes text whose scalars are all below U+0100, one byte each.
    mutating func write(_ text: String) {
        for scalar in text.unicodeScalars { self.append(UInt8(truncatingIfNeeded: scalar.value)) }
    }

    mutating func write(_ value: PDFValue) {
        switch value {
        case .null: self.write("null")
        case .boolean(let flag): self.write(flag ? "true" : "false")
        case .integer(let number): self.write(String(number))
        case .real(let text): self.write(text)
        case .name(let name): self.writeName(name)
        case .string(let bytes): self.writeString(bytes)
        case .reference(let reference): self.write("\(reference.number) \(reference.generation) R")
        case .array(let items):
            self.write("[")
            for (index, item) in items.enumerated() {
                if index > 0 { self.append(0x20) }
                self.write(item)
            }
            self.write("]")
        case .dictionary(let dictionary):
            self.write("<<")
            for key in dictionary.keys {
                self.writeName(key)
                self.append(0x20)
                self.write(dictionary[key] ?? .null)
            }
            self.write(">>")
        }
    }

    private mutating func writeName(_ name: String) {
        self.append(0x2F)
        for scalar in name.unicodeScalars {
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            if byte > 0x20, byte < 0x7F, !PDFLexer.isDelimiter(byte), byte != 0x23 {
                self.append(byte)
            } else {
                self.append(0x23)
                self.writeHex([byte])
            }
        }
    }

    /// Printable text as a literal string, anything else in hexadecimal.
    private mutating func writeString(_ bytes: [UInt8]) {
        guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            self.append(0x3C)
            self.writeHex(bytes)
            self.append(0x3E)
            return
        }
        self.append(0x28)
        for byte in bytes {
            if byte == 0x28 || byte == 0x29 || byte == 0x5C { self.append(0x5C) }
            self.append(byte)
        }
        self.append(0x29)
    }

    mutating func writeHex(_ bytes: some Sequence<UInt8>) {
        let digits = StaticString("0123456789abcdef")
        for byte in bytes {
            self.append(digits.utf8Start[Int(byte >> 4)])
            self.append(digits.utf8Start[Int(byte & 15)])
        }
    }
}

extension PDFValue {
    /// A text string: PDFDocEncoding where ASCII is enough, else UTF-16BE with its mark.
    static func text(_ text: String) -> PDFValue {
        if text.unicodeScalars.allSatisfy({ (0x20...0x7E).contains($0.value) }) { return .string(Array(text.utf8)) }
        return .string([0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
    }

    /// The text of a text string, for showing: UTF-16 and UTF-8 by their marks, anything else byte by byte.
    var text: String? {
        guard case .string(let bytes) = self else { return nil }
        if bytes.starts(with: [0xFE, 0xFF]) {
            let pairs = stride(from: 2, to: bytes.count - 1, by: 2).map {
                UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
            }
            return String(decoding: pairs, as: UTF16.self)
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return String(decoding: bytes.dropFirst(3), as: UTF8.self) }
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
