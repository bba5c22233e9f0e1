extension Session {
    /// Runs a transaction: commits when `body` returns, rolls back when it throws.
    func transaction<Value>(
        _ options: TransactionOptions,
        _ body: (borrowing Transaction) throws -> Value
    ) throws -> Value {
        let work = Work(session: self, options: options)
        do {
            let value = try body(Transaction(work: work))
            try work.commit()
            return value
        } catch {
            work.rollback()
            throw error
        }
    }

    /// Runs one statement behind an opening and writes its rows as JSON, in one round trip.
    ///
    /// All that is sent up to a sync is one transaction to the server, begun with the first statement and committed at the sync,
    /// or undone after an error. So this needs no BEGIN, no COMMIT and no ROLLBACK.
    func json(_ options: TransactionOptions, _ sql: SQL, as shape: JSONShape) throws(DatabaseError) -> JSONResult {
        try self.sendDeallocations()
        if let (_, timeout) = options.deadline { try self.send(timeout, .unread) }
        if let opening = options.opening { try self.send(opening, .unread) }
        try self.send(sql, .awaited)
        guard let result = try self.synchronise() else { throw DatabaseError(.unexpectedRowCount) }
        return self.json(result, as: shape)
    }

    /// Writes the awaited result, in text format, as JSON.
    func json(_ result: borrowing ServerResult, as shape: JSONShape) -> JSONResult {
        let columns = self.awaited?.jsonColumns ?? JSONColumns(result: result.pointer)
        if let awaited, awaited.jsonColumns == nil { awaited.jsonColumns = columns }
        return JSONRowWriter.write(result.pointer, columns: columns, shape: shape, into: &self.scratch)
    }

    /// Remembers whether the next read of the awaited statement may be in binary.
    func learnFormat(from result: borrowing ServerResult) {
        guard let awaited, !awaited.isReadInBinary else { return }
        awaited.isReadInBinary = result.isReadableInBinary
    }

    /// Prepares every statement anew from now on.
    /// - Parameter isOnServer: Whether the server still has the old ones, to be deallocated.
    func forgetStatements(isOnServer: Bool) {
        if isOnServer {
            self.statements.discardAll()
        } else {
            self.statements.reset()
        }
    }

    /// Takes the blow of a cancel request that may still be about to arrive.
    func absorbCancel() {
        do throws(DatabaseError) {
            try self.send("SELECT", .unread)
            _ = try self.synchronise()
        } catch {
            // Hit, as intended; or the connection is lost, which the pool sees.
        }
    }
}
