/// Both wire formats of a one-dimensional array.
enum ArrayFormat {
    /// Starts an array in the binary format; the elements follow, each behind its length.
    static func appendHeader(count: Int, hasNulls: Bool, element: SQLType, to buffer: inout SQLBuffer) {
        buffer.append(Int32(count == 0 ? 0 : 1))
        buffer.append(Int32(hasNulls ? 1 : 0))
        buffer.append(element.oid)
        guard count > 0 else { return }
        buffer.append(Int32(count))
        buffer.append(Int32(1))
    }

    /// Calls `body` with each element, `nil` for NULL, until it returns `false`.
    ///
    /// Returns whether the cell was an array of one dimension and `body` took every element.
    static func forEach(in cell: SQLCell, _ body: (SQLCell?) -> Bool) -> Bool {
        if cell.isBinary {
            guard cell.type.element != nil else { return false }
            return self.forEach(inBinary: cell.bytes, body)
        }
        // An array type unknown here (of a domain, of citext) still has readable text elements.
        guard cell.type.element != nil || !cell.type.isReadableInBinary else { return false }
        return self.forEach(inLiteral: cell.bytes, element: cell.type.element ?? SQLType(oid: 0), body)
    }

    private static func forEach(inBinary bytes: UnsafeRawBufferPointer, _ body: (SQLCell?) -> Bool) -> Bool {
        func integer(at offset: Int) -> Int? {
            guard offset + 4 <= bytes.count else { return nil }
            return Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
        }
        guard let dimensions = integer(at: 0), let oid = integer(at: 8) else { return false }
        if dimensions == 0 { return true }
        guard dimensions == 1, let count = integer(at: 12) else { return false }
        let type = SQLType(oid: UInt32(truncatingIfNeeded: oid))
        var offset = 20
        for _ in 0..<count {
            guard let length = integer(at: offset) else { return false }
            offset += 4
            if length < 0 {
                guard body(nil) else { return false }
                continue
            }
            guard offset + length <= bytes.count else { return false }
            let element = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
            guard body(SQLCell(bytes: element, type: type, isBinary: true)) else { return false }
            offset += length
        }
        return true
    }

    /// Walks an array literal: `{plain,"quoted \" and \\",NULL}`. Only an unquoted NULL is NULL.
    private static func forEach(
        inLiteral bytes: UnsafeRawBufferPointer,
        element type: SQLType,
        _ body: (SQLCell?) -> Bool
    ) -> Bool {
        let (open, close, quote, escape, comma) = (
            UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: ",")
        )
        guard bytes.count >= 2, bytes[0] == open, bytes[bytes.count - 1] == close else { return false }
        if bytes.count == 2 { return true }
        var index = 1
        var value: [UInt8] = []
        while index < bytes.count {
            value.removeAll(keepingCapacity: true)
            let isQuoted = bytes[index] == quote
            if isQuoted { index += 1 }
            while index < bytes.count {
                let byte = bytes[index]
                if isQuoted ? byte == quote : (byte == comma || byte == close) { break }
                if !isQuoted, byte == open { return false }
                if byte == escape { index += 1 }
                guard index < bytes.count else { return false }
                value.append(bytes[index])
                index += 1
            }
            if isQuoted { index += 1 }
            guard index < bytes.count, bytes[index] == comma || bytes[index] == close else { return false }
            index += 1
            let isTaken =
                if !isQuoted, value.elementsEqual("NULL".utf8) {
                    body(nil)
                } else {
                    value.withUnsafeBytes { body(SQLCell(bytes: $0, type: type, isBinary: false)) }
                }
            guard isTaken else { return false }
        }
        return true
    }
}
