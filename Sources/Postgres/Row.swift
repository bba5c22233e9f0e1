import CLibPQ

/// One row of a result, read by position next to the `SELECT` list. It cannot outlive the closure it is lent to.
public struct Row: ~Copyable {
    private let result: OpaquePointer
    private let index: Int32

    init(result: OpaquePointer, index: Int32) {
        self.result = result
        self.index = index
    }

    /// How many columns the row has.
    public var count: Int { Int(PQnfields(self.result)) }

    /// Reads a column that is never NULL, counted from 0.
    ///
    /// Throws `unexpectedNull` for NULL, and `typeMismatch` when the value does not fit or there is no such column.
    public func column<Value: SQLValue>(
        _ column: Int,
        as: Value.Type = Value.self
    ) throws(DatabaseError) -> Value {
        guard let value = try self.optional(column, as: Value.self) else {
            throw self.error(.unexpectedNull, column)
        }
        return value
    }

    /// Reads a column that may be NULL, counted from 0.
    ///
    /// Throws `typeMismatch` when the value does not fit or there is no such column.
    public func optional<Value: SQLValue>(
        _ column: Int,
        as: Value.Type = Value.self
    ) throws(DatabaseError) -> Value? {
        guard column >= 0, column < self.count else { throw self.error(.typeMismatch, column) }
        let index = Int32(column)
        if PQgetisnull(self.result, self.index, index) != 0 { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(self.result, self.index, index),
            count: Int(PQgetlength(self.result, self.index, index))
        )
        let type = SQLType(oid: PQftype(self.result, index))
        let cell = SQLCell(bytes: bytes, type: type, isBinary: PQfformat(self.result, index) == 1)
        guard let value = Value.decode(cell) else { throw self.error(.typeMismatch, column) }
        return value
    }

    private func error(_ code: DatabaseError.Code, _ column: Int) -> DatabaseError {
        let name = PQfname(self.result, Int32(clamping: column)).map { String(cString: $0) }
        var error = DatabaseError(code, message: "column \(column)")
        error.column = name ?? String(column)
        return error
    }
}
