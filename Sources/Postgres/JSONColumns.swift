import CLibPQ

/// How the columns of one statement are written; worked out once for each prepared statement.
struct JSONColumns {
    /// How a value's text becomes JSON.
    enum Kind {
        /// Is JSON already: integers, json, jsonb.
        case raw
        case bool
        /// A number, or one of NaN, Infinity and -Infinity, which are strings in JSON.
        case float
        /// Needs quotes and never an escape: uuid, date.
        case quoted
        case timestamp
        case bytea
        case string
        case hidden
    }

    struct Column {
        var kind: Kind
        /// Where `,"name":` is within `keys`; it starts with `{` instead for the first visible column.
        var key: Range<Int>
    }

    private(set) var columns: [Column] = []
    private(set) var keys: [UInt8] = []
    /// Index and name of each hidden column.
    private(set) var hidden: [(index: Int32, name: String)] = []
    /// The index of the column `_cursor`.
    private(set) var cursor: Int32?

    init(result: OpaquePointer) {
        var writer = ByteWriter(capacity: 1024)
        for index in 0..<PQnfields(result) {
            let name = PQfname(result, index).map { String(cString: $0) } ?? ""
            if name.hasPrefix("_") {
                self.hidden.append((index, name))
                if name == "_cursor" { self.cursor = index }
                self.columns.append(Column(kind: .hidden, key: 0..<0))
                continue
            }
            let start = writer.count
            writer.append(start == 0 ? UInt8(ascii: "{") : UInt8(ascii: ","))
            var copy = name
            copy.withUTF8 { writer.appendJSON(escaping: UnsafeRawBufferPointer($0)) }
            writer.append(UInt8(ascii: ":"))
            let kind = Self.kind(of: SQLType(oid: PQftype(result, index)))
            self.columns.append(Column(kind: kind, key: start..<writer.count))
        }
        self.keys = writer.bytes
    }

    /// Whether every column is hidden, so that a row is `{}`.
    var isEmpty: Bool { self.keys.isEmpty }

    private static func kind(of type: SQLType) -> Kind {
        switch type {
        case .int2, .int4, .int8, .json, .jsonb: .raw
        case .bool: .bool
        case .float4, .float8: .float
        case .uuid, .date: .quoted
        case .timestamptz, .timestamp: .timestamp
        case .bytea: .bytea
        default: .string
        }
    }
}
