import API
import Mustache

/// A value as templates see it: what the database wrote, with the ways to say it to people.
///
/// Absent members look further out, as mustache has it; members that are there and `null`, empty or zero count as no for sections.
struct Shown: Sendable {
    let value: JSONValue
    let tongue: Tongue

    /// The language to speak, and the words of it.
    struct Tongue: Sendable {
        let language: Language
        let words: Words
    }
}

extension Shown: MustacheParent {
    func child(named name: String) -> Any? {
        guard case .object(let object) = self.value, let member = object[name] else { return nil }
        return Self.native(member, self.tongue)
    }

    /// Arrays and booleans as mustache knows them, everything else as it is here.
    static func native(_ value: JSONValue, _ tongue: Tongue) -> Any {
        switch value {
        case .array(let elements): elements.map { Shown(value: $0, tongue: tongue) }
        case .boolean(let flag): flag
        default: Shown(value: value, tongue: tongue)
        }
    }
}

extension Shown: MustacheCustomRenderable {
    var renderText: String {
        switch self.value {
        case .null, .object, .array: ""
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .string(let text): text
        }
    }

    var isNull: Bool {
        switch self.value {
        case .null, .string(""), .integer(0): true
        default: false
        }
    }
}

extension Shown: MustacheTransformable {
    /// - `word_GROUP`: the catalogue's word `GROUP.value`; `is_VALUE`: whether it is that value.
    /// - `date`, `time`, `clock`: of an instant or a day; `due`: how long it is until then, `late`: whether it has passed.
    /// - `size`: of bytes; `number`: with dots; `url`: for a query.
    func transform(_ name: String) -> Any? {
        let text = self.renderText
        if name.hasPrefix("word_") {
            return self.tongue.words.word("\(name.dropFirst(5)).\(text)", in: self.tongue.language)
        }
        if name.hasPrefix("is_") { return text == name.dropFirst(3) }
        switch name {
        case "date": return Moment.date(text)
        case "time": return Moment.time(text)
        case "clock": return Moment.clock(text)
        case "due": return Moment.due(text, self.tongue)
        case "late": return Moment.days(until: text).map { $0 < 0 } ?? false
        case "soon": return Moment.days(until: text).map { (0...2).contains($0) } ?? false
        case "size": return Self.size(text, self.tongue.language)
        case "number": return Self.grouped(text)
        case "url": return text.urlEncoded
        default: return nil
        }
    }

    private static func grouped(_ text: String) -> String {
        var out = ""
        for (index, digit) in text.enumerated() {
            if index > 0, (text.count - index) % 3 == 0 { out.append(".") }
            out.append(digit)
        }
        return out
    }

    private static func size(_ text: String, _ language: Language) -> String {
        guard let bytes = Double(text) else { return text }
        let comma = language == .vietnamese ? "," : "."
        switch bytes {
        case ..<1000: return "\(Int(bytes)) B"
        case ..<1_000_000: return "\(Int((bytes / 1000).rounded())) kB"
        default:
            let tenths = Int((bytes / 100_000).rounded())
            return "\(tenths / 10)\(comma)\(tenths % 10) MB"
        }
    }
}

extension String {
    /// As a value in a query (RFC 3986: all but unreserved characters).
    var urlEncoded: String {
        self.utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
