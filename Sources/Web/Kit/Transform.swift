import API

/// The language to speak, and the words of it.
struct Tongue: Sendable {
    let language: Language
    let words: Words

    func word(_ key: String) -> String { self.words.word(key, in: self.language) }
}

/// What templates can make of a value before they show it.
enum Transform: Sendable, Hashable {
    /// `word_GROUP`: the catalogue's word `GROUP.value`.
    case word(String)
    /// `is_VALUE`: whether it is that value.
    case isValue(String)
    /// Of an instant or a day: `23/11/2026`, `14:05 23/11/2026`, `14:05`; how long it is until then; whether it has passed; whether it
    /// comes within two days.
    case date, time, clock, due, late, soon
    /// Of bytes: `1,2 MB`; of a number: `1.234.567`; as a value in a query.
    case size, number, url
    /// Of a list: whether nothing is in it, and how much is.
    case empty, count
    /// Where in a list we are: `first()`, `last()`, `index()` from 1.
    case first, last, index

    init?(_ name: String) {
        if name.hasPrefix("word_") {
            self = .word(String(name.dropFirst(5)))
        } else if name.hasPrefix("is_") {
            self = .isValue(String(name.dropFirst(3)))
        } else if let known = Self.plain[name] {
            self = known
        } else {
            return nil
        }
    }

    private static let plain: [String: Transform] = [
        "date": .date, "time": .time, "clock": .clock, "due": .due, "late": .late, "soon": .soon, "size": .size,
        "number": .number, "url": .url, "empty": .empty, "count": .count, "first": .first, "last": .last,
        "index": .index,
    ]

    /// `nil` when this cannot be made of such a value.
    func apply(_ value: JSONValue, _ tongue: Tongue) -> JSONValue? {
        switch (self, value) {
        case (.first, _), (.last, _), (.index, _): return value
        case (.empty, .array(let items)): return .boolean(items.isEmpty)
        case (.empty, .null): return true
        case (.count, .array(let items)): return .integer(Int64(items.count))
        case (_, .array), (_, .object), (.empty, _), (.count, _): return nil
        default: return self.apply(Self.text(of: value), tongue)
        }
    }

    private func apply(_ text: String, _ tongue: Tongue) -> JSONValue? {
        switch self {
        case .word(let group): .string(tongue.word("\(group).\(text)"))
        case .isValue(let wanted): .boolean(text == wanted)
        case .date: .string(Moment.date(text))
        case .time: .string(Moment.time(text))
        case .clock: .string(Moment.clock(text))
        case .due: .string(Moment.due(text, tongue))
        case .late: .boolean(Moment.days(until: text).map { $0 < 0 } ?? false)
        case .soon: .boolean(Moment.days(until: text).map { (0...2).contains($0) } ?? false)
        case .size: .string(Self.size(text, tongue.language))
        case .number: .string(Self.grouped(text))
        case .url: .string(text.urlEncoded)
        case .empty, .count, .first, .last, .index: nil
        }
    }

    private static func text(of value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .boolean(let flag): flag ? "true" : "false"
        case .null, .array, .object: ""
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
