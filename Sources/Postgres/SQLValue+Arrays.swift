/// An array of scalars is an SQL array; `[UInt8]` is `bytea`.
extension Array: SQLValue where Element: SQLElement {
    public static var sqlType: SQLType { Element.arrayType }

    public func encode(into buffer: inout SQLBuffer) {
        Element.encode(self, into: &buffer)
    }

    public static func decode(_ cell: SQLCell) -> [Element]? {
        Element.decodeArray(cell)
    }
}

extension SQLScalar {
    public static func encode(_ array: [Self], into buffer: inout SQLBuffer) {
        ArrayFormat.appendHeader(count: array.count, hasNulls: false, element: Self.sqlType, to: &buffer)
        for value in array { buffer.appendCounted(value) }
    }

    public static func decodeArray(_ cell: SQLCell) -> [Self]? {
        var values: [Self] = []
        let isWhole = ArrayFormat.forEach(in: cell) { element in
            guard let element else { return false }
            guard let value = Self.decode(element) else { return false }
            values.append(value)
            return true
        }
        return isWhole ? values : nil
    }
}

extension Optional: SQLElement where Wrapped: SQLScalar {
    public static var arrayType: SQLType { Wrapped.arrayType }

    public static func encode(_ array: [Wrapped?], into buffer: inout SQLBuffer) {
        let hasNulls = array.contains { $0 == nil }
        ArrayFormat.appendHeader(count: array.count, hasNulls: hasNulls, element: Wrapped.sqlType, to: &buffer)
        for value in array { buffer.appendCounted(value) }
    }

    public static func decodeArray(_ cell: SQLCell) -> [Wrapped?]? {
        var values: [Wrapped?] = []
        let isWhole = ArrayFormat.forEach(in: cell) { element in
            guard let element else {
                values.append(nil)
                return true
            }
            guard let value = Wrapped.decode(element) else { return false }
            values.append(value)
            return true
        }
        return isWhole ? values : nil
    }
}

/// A byte is no SQL type of its own: an array of bytes is one `bytea`.
extension UInt8: SQLElement {
    public static var arrayType: SQLType { .bytea }

    public static func encode(_ array: [UInt8], into buffer: inout SQLBuffer) {
        buffer.append(contentsOf: array)
    }

    public static func decodeArray(_ cell: SQLCell) -> [UInt8]? {
        guard cell.type == .bytea else { return nil }
        guard cell.isBinary else { return Hexadecimal.bytes(ofBytea: cell.bytes) }
        return Array(cell.bytes)
    }
}
