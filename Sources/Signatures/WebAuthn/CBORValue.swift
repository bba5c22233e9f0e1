/// As much of CBOR (RFC 8949) as authenticators send: whole numbers, byte and text strings, arrays, maps and simple values, all of definite
/// length. Bounded in depth and in items, since the bytes come from outside.
enum CBORValue: Hashable, Sendable {
    case integer(Int64)
    case bytes([UInt8])
    case text(String)
    case array([CBORValue])
    case map([CBORValue: CBORValue])
    /// `false`, `true`, `null` and what else is simple, by its number.
    case simple(UInt8)

    struct Malformed: Error {}

    private static let deepest = 8
    private static let mostItems = 256

    /// The value that `bytes` are, to their end.
    init(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        self = try Self(prefix: &rest)
        guard rest.isEmpty else { throw Malformed() }
    }

    /// The value that `rest` begins with; `rest` goes on behind it.
    init(prefix rest: inout ArraySlice<UInt8>) throws {
        var items = 0
        self = try Self.value(&rest, depth: 0, items: &items)
    }

    subscript(_ key: Int64) -> CBORValue? { self.member(.integer(key)) }
    subscript(_ key: String) -> CBORValue? { self.member(.text(key)) }

    private func member(_ key: CBORValue) -> CBORValue? {
        guard case .map(let map) = self else { return nil }
        return map[key]
    }

    private static func value(_ rest: inout ArraySlice<UInt8>, depth: Int, items: inout Int) throws -> CBORValue {
        items += 1
        guard depth < self.deepest, items <= self.mostItems, let head = rest.popFirst() else { throw Malformed() }
        let (kind, low) = (head >> 5, head & 31)
        if kind == 7 {
            guard low < 24 else { throw Malformed() }
            return .simple(low)
        }
        let number = try self.argument(low, &rest)
        switch kind {
        case 0: return .integer(number)
        case 1: return .integer(-1 - number)
        case 2: return .bytes(Array(try self.take(number, &rest)))
        case 3:
            guard let text = String(validating: try self.take(number, &rest), as: UTF8.self) else { throw Malformed() }
            return .text(text)
        case 4:
            guard number <= Int64(self.mostItems) else { throw Malformed() }
            var array: [CBORValue] = []
            for _ in 0..<number { array.append(try self.value(&rest, depth: depth + 1, items: &items)) }
            return .array(array)
        case 5:
            guard number <= Int64(self.mostItems) else { throw Malformed() }
            var map: [CBORValue: CBORValue] = [:]
            for _ in 0..<number {
                let key = try self.value(&rest, depth: depth + 1, items: &items)
                // A key that comes twice would mean one thing to us and another to somebody else.
                guard map.updateValue(try self.value(&rest, depth: depth + 1, items: &items), forKey: key) == nil else {
                    throw Malformed()
                }
            }
            return .map(map)
        default: throw Malformed()
        }
    }

    private static func argument(_ low: UInt8, _ rest: inout ArraySlice<UInt8>) throws -> Int64 {
        guard low >= 24 else { return Int64(low) }
        guard low <= 27 else { throw Malformed() }
        let number = try self.take(Int64(1) << Int64(low - 24), &rest).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let number = Int64(exactly: number) else { throw Malformed() }
        return number
    }

    private static func take(_ count: Int64, _ rest: inout ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
        guard count <= Int64(rest.count) else { throw Malformed() }
        let taken = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        return taken
    }
}
