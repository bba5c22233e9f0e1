import FoundationEssentials

extension Bool: SQLScalar {
    public static var sqlType: SQLType { .bool }
    public static var arrayType: SQLType { .boolArray }

    public func encode(into buffer: inout SQLBuffer) {
        buffer.append(UInt8(self ? 1 : 0))
    }

    public static func decode(_ cell: SQLCell) -> Bool? {
        guard cell.type == .bool, let byte = cell.bytes.first else { return nil }
        return cell.isBinary ? byte != 0 : byte == UInt8(ascii: "t")
    }
}

/// Reads any integer type, and `numeric` where it holds a whole number (`sum(bigint)` is numeric).
private func decodeInteger<Integer: FixedWidthInteger>(_ cell: SQLCell) -> Integer? {
    guard cell.isBinary else {
        switch cell.type {
        case .int2, .int4, .int8, SQLType(oid: 1700): return Integer(cell.string)
        default: return nil
        }
    }
    switch cell.type {
    case .int2: return cell.integer(as: Int16.self).flatMap(Integer.init(exactly:))
    case .int4: return cell.integer(as: Int32.self).flatMap(Integer.init(exactly:))
    case .int8: return cell.integer(as: Int64.self).flatMap(Integer.init(exactly:))
    default: return nil
    }
}

extension Int16: SQLScalar {
    public static var sqlType: SQLType { .int2 }
    public static var arrayType: SQLType { .int2Array }
    public func encode(into buffer: inout SQLBuffer) { buffer.append(self) }
    public static func decode(_ cell: SQLCell) -> Int16? { decodeInteger(cell) }
}

extension Int32: SQLScalar {
    public static var sqlType: SQLType { .int4 }
    public static var arrayType: SQLType { .int4Array }
    public func encode(into buffer: inout SQLBuffer) { buffer.append(self) }
    public static func decode(_ cell: SQLCell) -> Int32? { decodeInteger(cell) }
}

extension Int64: SQLScalar {
    public static var sqlType: SQLType { .int8 }
    public static var arrayType: SQLType { .int8Array }
    public func encode(into buffer: inout SQLBuffer) { buffer.append(self) }
    public static func decode(_ cell: SQLCell) -> Int64? { decodeInteger(cell) }
}

/// Bound as `bigint`: a function that takes `integer` needs `\(value)::int`, or an `Int32`.
extension Int: SQLScalar {
    public static var sqlType: SQLType { .int8 }
    public static var arrayType: SQLType { .int8Array }
    public func encode(into buffer: inout SQLBuffer) { buffer.append(Int64(self)) }
    public static func decode(_ cell: SQLCell) -> Int? { decodeInteger(cell) }
}

extension Double: SQLScalar {
    public static var sqlType: SQLType { .float8 }
    public static var arrayType: SQLType { .float8Array }

    public func encode(into buffer: inout SQLBuffer) {
        buffer.append(self.bitPattern)
    }

    public static func decode(_ cell: SQLCell) -> Double? {
        switch (cell.type, cell.isBinary) {
        case (.float8, true): cell.integer(as: UInt64.self).map(Double.init(bitPattern:))
        case (.float4, true): cell.integer(as: UInt32.self).map { Double(Float(bitPattern: $0)) }
        case (.float4, false): Float(cell.string).map(Double.init)
        case (.float8, false), (SQLType(oid: 1700), false): Double(cell.string)
        default: (decodeInteger(cell) as Int64?).flatMap(Double.init(exactly:))
        }
    }
}

/// Bound as `text`; read from every textual type, from `uuid`, and from types that no other Swift type here stands for
/// (`interval`, `numeric`, …). What has a Swift type of its own is read as that, or cast in the statement.
extension String: SQLScalar {
    public static var sqlType: SQLType { .text }
    public static var arrayType: SQLType { .textArray }

    public func encode(into buffer: inout SQLBuffer) {
        buffer.append(self)
    }

    public static func decode(_ cell: SQLCell) -> String? {
        if cell.type == .uuid {
            return UUID.decode(cell)?.uuidString.lowercased()
        }
        if cell.type == .jsonb, cell.isBinary {
            // The first byte is the version of the format, 1.
            return String(decoding: cell.bytes.dropFirst(), as: UTF8.self)
        }
        guard cell.type.isTextual || !cell.type.isReadableInBinary else { return nil }
        return cell.string
    }
}

extension UUID: SQLScalar {
    public static var sqlType: SQLType { .uuid }
    public static var arrayType: SQLType { .uuidArray }

    public func encode(into buffer: inout SQLBuffer) {
        withUnsafeBytes(of: self.uuid) { buffer.append(contentsOf: $0) }
    }

    public static func decode(_ cell: SQLCell) -> UUID? {
        guard cell.type == .uuid else { return nil }
        guard cell.isBinary else { return UUID(uuidString: cell.string) }
        guard cell.bytes.count == 16 else { return nil }
        return UUID(uuid: cell.bytes.loadUnaligned(as: uuid_t.self))
    }
}
