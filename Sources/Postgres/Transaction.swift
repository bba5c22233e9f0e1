/// An open transaction, lent to a synchronous closure on the connection's own thread.
///
/// It can be neither stored nor captured by a task, and nothing can be awaited while it is open: so no task can want a second
/// connection while it holds one, and no transaction stays open while something else is waited for. (Swift 6.3 reports a
/// capture by `Task { }`, or of a `Row` by a local function, by crashing with signal 11 instead of an error. Closures such
/// as those of `map` may capture both.)
///
/// After a statement has failed,
/// every later one fails with the same error, and everything is rolled back, even when the closure catches it.
///
/// With `closing: true` the commit travels in the same round trip as the statement. The transaction is then over: an error
/// thrown afterwards (by `read`, by `one` for a wrong number of rows, by the closure) no longer undoes it, and another statement
/// throws `transactionClosed`.
public struct Transaction: ~Copyable {
    let work: Work

    init(work: Work) {
        self.work = work
    }

    /// Runs a statement. Returns how many rows it wrote, or returned.
    @discardableResult
    public func run(_ sql: SQL, closing: Bool = false) throws -> Int {
        try self.work.execute(sql, closing: closing, format: .typed)?.affectedRows ?? 0
    }

    /// Runs a statement and reads every row.
    public func rows<Value>(
        _ sql: SQL,
        closing: Bool = false,
        _ read: (borrowing Row) throws -> Value
    ) throws -> [Value] {
        guard let result = try self.result(of: sql, closing: closing) else { return [] }
        var values: [Value] = []
        values.reserveCapacity(Int(result.rowCount))
        for index in 0..<result.rowCount {
            values.append(try read(Row(result: result.pointer, index: index)))
        }
        return values
    }

    /// Runs a statement and reads its first row; `nil` when there is none.
    public func first<Value>(
        _ sql: SQL,
        closing: Bool = false,
        _ read: (borrowing Row) throws -> Value
    ) throws -> Value? {
        guard let result = try self.result(of: sql, closing: closing), result.rowCount > 0 else { return nil }
        return try read(Row(result: result.pointer, index: 0))
    }

    /// Runs a statement and reads its only row. Throws `unexpectedRowCount` when it gives none, or more.
    public func one<Value>(
        _ sql: SQL,
        closing: Bool = false,
        _ read: (borrowing Row) throws -> Value
    ) throws -> Value {
        guard let result = try self.result(of: sql, closing: closing), result.rowCount == 1 else {
            throw DatabaseError(.unexpectedRowCount)
        }
        return try read(Row(result: result.pointer, index: 0))
    }

    /// Sends a statement without waiting for its result. When it fails, the next wait throws its error, or the commit does, and
    /// everything is rolled back.
    public func queue(_ sql: SQL) {
        self.work.queue(sql)
    }

    /// Runs a statement and writes its rows as JSON; see `JSONResult`.
    public func json(_ sql: SQL, closing: Bool = false, as shape: JSONShape = .object) throws -> JSONResult {
        guard let result = try self.work.execute(sql, closing: closing, format: .text) else {
            throw DatabaseError(.unexpectedRowCount)
        }
        return self.work.session.json(result, as: shape)
    }

    private func result(of sql: SQL, closing: Bool) throws -> ServerResult? {
        guard let result = try self.work.execute(sql, closing: closing, format: .typed) else { return nil }
        self.work.session.learnFormat(from: result)
        return result
    }
}
