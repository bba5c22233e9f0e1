import CLibPQ

/// Takes the rows of a `copyIn` in COPY's binary format and passes them on in pieces.
///
/// A value must have exactly the type of its column: `Int32` for `integer`, `Int` for `bigint`, `JSONText` for `jsonb`. The binary
/// format knows no casts.
public struct CopyWriter: ~Copyable {
    /// How many rows were written.
    public private(set) var rowCount = 0
    private let connection: OpaquePointer?
    private let columnCount: Int
    private var buffer = SQLBuffer()

    /// Pieces of about this size keep libpq's buffer small and its calls few.
    private static let pieceSize = 60_000

    init(connection: OpaquePointer?, columnCount: Int) {
        self.connection = connection
        self.columnCount = columnCount
        self.buffer.bytes.reserveCapacity(Self.pieceSize + 4096)
        // Signature, flags, and the length of a header extension.
        self.buffer.append(contentsOf: Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00])
        self.buffer.append(Int32(0))
        self.buffer.append(Int32(0))
    }

    /// Writes one row, with a value or NULL for each of the columns that `copyIn` named.
    public mutating func row<each Value: SQLValue>(_ values: repeat (each Value)?) throws(DatabaseError) {
        let start = self.buffer.bytes.count
        self.buffer.append(Int16(0))
        var fields = 0
        for value in repeat each values {
            self.buffer.appendCounted(value)
            fields += 1
        }
        guard fields == self.columnCount else {
            throw DatabaseError(.typeMismatch, message: "a row of \(fields) values for \(self.columnCount) columns")
        }
        withUnsafeBytes(of: Int16(fields).bigEndian) {
            self.buffer.bytes.replaceSubrange(start..<start + 2, with: $0)
        }
        self.rowCount += 1
        if self.buffer.bytes.count >= Self.pieceSize { try self.flush() }
    }

    /// Writes the end of the data.
    mutating func finish() throws(DatabaseError) {
        self.buffer.append(Int16(-1))
        try self.flush()
    }

    private mutating func flush() throws(DatabaseError) {
        // The server's refusal would show only after the last row.
        if Task.isCancelled { throw DatabaseError(.queryCanceled) }
        let count = Int32(self.buffer.bytes.count)
        let status = self.buffer.bytes.withUnsafeBytes { bytes in
            PQputCopyData(self.connection, bytes.bindMemory(to: CChar.self).baseAddress, count)
        }
        guard status == 1 else { throw .lost(self.connection) }
        self.buffer.bytes.removeAll(keepingCapacity: true)
    }
}
