import CLibPQ

extension Transaction {
    /// Fills a table by binary COPY: the fastest way in, some hundred thousand rows a second.
    ///
    /// COPY does not work into a table under row-level security: copy into a temporary table, then `INSERT … SELECT`.
    /// - Parameters:
    ///   - table: The table's name, with its schema before a dot where needed. Quoted here.
    ///   - columns: The columns that each row has a value for, in that order. Quoted here.
    ///   - produce: Writes the rows. When it throws, nothing is copied.
    /// - Returns: How many rows the table received.
    @discardableResult
    public func copyIn(
        into table: String,
        columns: [String],
        _ produce: (inout CopyWriter) throws -> Void
    ) throws -> Int {
        try self.work.withoutPipeline { session in
            try session.copyIn(into: table, columns: columns, produce)
        }
    }
}

extension Database {
    /// Fills a table by binary COPY in a transaction of its own; see `Transaction.copyIn`.
    @discardableResult
    public func copyIn(
        into table: String,
        columns: [String],
        opening: SQL? = nil,
        deadline: Duration? = nil,
        _ produce: @Sendable (inout CopyWriter) throws -> Void
    ) async throws -> Int {
        try await self.transaction(opening, deadline: deadline) { transaction in
            try transaction.copyIn(into: table, columns: columns, produce)
        }
    }
}

extension Session {
    /// Runs a COPY between two pipelines; there must be nothing pending.
    func copyIn(
        into table: String,
        columns: [String],
        _ produce: (inout CopyWriter) throws -> Void
    ) throws -> Int {
        guard PQexitPipelineMode(self.connection) == 1 else { throw DatabaseError.lost(self.connection) }
        // Should this fail, the connection is not idle, and the pool closes it.
        defer { _ = PQenterPipelineMode(self.connection) }
        let target = table.split(separator: ".").map(Self.quoted).joined(separator: ".")
        let list = columns.map { Self.quoted($0[...]) }.joined(separator: ", ")
        try self.begin(copy: "COPY \(target) (\(list)) FROM STDIN (FORMAT binary)")
        var writer = CopyWriter(connection: self.connection, columnCount: columns.count)
        do {
            try produce(&writer)
            try writer.finish()
        } catch {
            PQputCopyEnd(self.connection, "the rows could not be produced")
            // The server's answer to that is the failure we asked for; but a connection that broke says more.
            do throws(DatabaseError) {
                _ = try self.readCopyEnd()
            } catch let failure where failure.isConnectionFailure {
                throw failure
            } catch {}
            throw error
        }
        guard PQputCopyEnd(self.connection, nil) == 1 else { throw DatabaseError.lost(self.connection) }
        return try self.readCopyEnd()
    }

    private func begin(copy statement: String) throws(DatabaseError) {
        guard let pointer = PQexec(self.connection, statement) else { throw .lost(self.connection) }
        let result = ServerResult(pointer)
        guard PQresultStatus(result.pointer) == PGRES_COPY_IN else {
            throw DatabaseError(result: result.pointer, connection: self.connection)
        }
    }

    private func readCopyEnd() throws(DatabaseError) -> Int {
        var rows = 0
        var failure: DatabaseError?
        while let pointer = PQgetResult(self.connection) {
            let result = ServerResult(pointer)
            if PQresultStatus(pointer) == PGRES_COMMAND_OK {
                rows = result.affectedRows
            } else {
                failure = failure ?? DatabaseError(result: pointer, connection: self.connection)
            }
        }
        if let failure { throw failure }
        return rows
    }

    private static func quoted(_ identifier: Substring) -> String {
        "\"" + identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
