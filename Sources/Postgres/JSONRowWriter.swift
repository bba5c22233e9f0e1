import CLibPQ

/// Writes the rows of a result as JSON straight into a byte buffer, without a value of their own in between.
enum JSONRowWriter {
    /// Writes a result that has text format. `columns` belongs to the same statement.
    static func write(
        _ result: OpaquePointer,
        columns: borrowing JSONColumns,
        shape: JSONShape,
        into writer: inout ByteWriter
    ) -> JSONResult {
        writer.clear()
        let available = PQntuples(result)
        let written: Int32
        switch shape {
        case .object:
            written = min(available, 1)
            self.write(rows: written, of: result, columns: columns, into: &writer)
        case .array:
            written = available
            writer.append(UInt8(ascii: "["))
            self.write(rows: written, of: result, columns: columns, into: &writer)
            writer.append(UInt8(ascii: "]"))
        case .page(let limit):
            written = min(available, Int32(clamping: max(0, limit)))
            writer.append("{\"items\":[")
            self.write(rows: written, of: result, columns: columns, into: &writer)
            writer.append("],\"next\":")
            if written < available, written > 0, let cursor = columns.cursor,
                PQgetisnull(result, written - 1, cursor) == 0
            {
                writer.appendJSON(escaping: self.value(of: result, written - 1, cursor))
            } else {
                writer.append("null")
            }
            writer.append(UInt8(ascii: "}"))
        }
        var document = JSONResult(bytes: writer.bytes, rowCount: Int(written), etag: nil, hidden: [:])
        if available > 0 {
            for (index, name) in columns.hidden where PQgetisnull(result, 0, index) == 0 {
                document.hidden[name] = String(decoding: self.value(of: result, 0, index), as: UTF8.self)
            }
            document.etag = document.hidden["_etag"]
        }
        return document
    }

    private static func write(
        rows: Int32,
        of result: OpaquePointer,
        columns: borrowing JSONColumns,
        into writer: inout ByteWriter
    ) {
        let isEmpty = columns.isEmpty
        columns.keys.withUnsafeBytes { keys in
            columns.columns.withUnsafeBufferPointer { columns in
                for row in 0..<rows {
                    if row > 0 { writer.append(UInt8(ascii: ",")) }
                    if isEmpty { writer.append(UInt8(ascii: "{")) }
                    for index in 0..<columns.count {
                        let column = columns[index]
                        if column.kind == .hidden { continue }
                        writer.append(UnsafeRawBufferPointer(rebasing: keys[column.key]))
                        if PQgetisnull(result, row, Int32(index)) != 0 {
                            writer.append("null")
                        } else {
                            self.write(self.value(of: result, row, Int32(index)), as: column.kind, into: &writer)
                        }
                    }
                    writer.append(UInt8(ascii: "}"))
                }
            }
        }
    }

    @inline(__always)
    private static func value(of result: OpaquePointer, _ row: Int32, _ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
    }

    @inline(__always)
    private static func write(
        _ value: UnsafeRawBufferPointer,
        as kind: JSONColumns.Kind,
        into writer: inout ByteWriter
    ) {
        switch kind {
        case .raw: writer.append(value)
        case .bool: writer.append(value[0] == UInt8(ascii: "t") ? "true" : "false")
        case .float:
            // NaN, Infinity, -Infinity: the only ones that have an 'N' or an 'I' in the first two places.
            let isNumber = !value.prefix(2).contains { $0 == UInt8(ascii: "N") || $0 == UInt8(ascii: "I") }
            isNumber ? writer.append(value) : writer.appendJSON(quoting: value)
        case .quoted: writer.appendJSON(quoting: value)
        case .timestamp: writer.appendJSON(timestamp: value)
        case .bytea: writer.appendJSON(bytea: value)
        case .string: writer.appendJSON(escaping: value)
        case .hidden: break
        }
    }
}
