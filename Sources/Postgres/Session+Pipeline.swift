import CLibPQ

extension Session {
    /// In which wire format a statement's rows come.
    enum Format {
        /// For JSON, which is written from text.
        case text
        /// For typed reads: binary where every column can be read so.
        case typed
    }

    /// More answers than this are never left unread, so that the buffers on either side stay small.
    static let pendingLimit = 1000

    /// Puts a statement into the pipeline. It leaves when the buffer is full, or with the next `synchronise`.
    func send(_ sql: SQL, _ role: Pending.Role, format: Format = .text) throws(DatabaseError) {
        let statement = if let known = self.statements.find(sql) { known } else { try self.prepare(sql) }
        let isSent = self.withArguments(of: sql) { count in
            PQsendQueryPrepared(
                self.connection, statement.name, count, self.arguments.values, self.arguments.lengths,
                self.arguments.formats, format == .typed && statement.isReadInBinary ? 1 : 0
            )
        }
        guard isSent == 1 else { throw .lost(self.connection) }
        self.pending.append(Pending(role: role, statement: statement))
        if case .awaited = role { self.awaited = statement }
    }

    /// Sends what the pipeline holds and reads every answer. Returns the result of the statement that was sent as `awaited`.
    ///
    /// Throws the first error. The server then did nothing that was sent after the statement at fault.
    func synchronise() throws(DatabaseError) -> ServerResult? {
        guard PQpipelineSync(self.connection) == 1 else { throw .lost(self.connection) }
        var awaited: OpaquePointer?
        var failure: DatabaseError?
        for answer in self.pending {
            let result = PQgetResult(self.connection)
            switch (result.map { PQresultStatus($0) }, answer.role) {
            case (PGRES_TUPLES_OK, .awaited), (PGRES_COMMAND_OK, .awaited), (PGRES_EMPTY_QUERY, .awaited):
                awaited = result
            case (PGRES_COMMAND_OK, .commit):
                // COMMIT of a transaction that has failed answers ROLLBACK, and no error.
                if PQcmdStatus(result).pointee == CChar(UInt8(ascii: "R")) {
                    failure = failure ?? DatabaseError(.failedTransaction)
                }
                PQclear(result)
            case (PGRES_COMMAND_OK, .deallocation(let name)):
                self.statements.deallocated(name)
                PQclear(result)
            case (PGRES_TUPLES_OK, _), (PGRES_COMMAND_OK, _), (PGRES_EMPTY_QUERY, _):
                PQclear(result)
            case (PGRES_COPY_IN, _), (PGRES_COPY_OUT, _), (PGRES_COPY_BOTH, _):
                // No pipeline can hold a COPY. What is pending stays so, and the connection is closed for it.
                PQclear(result)
                PQclear(awaited)
                throw DatabaseError(.featureNotSupported, message: "COPY is for copyIn")
            default:
                // An error, or PGRES_PIPELINE_ABORTED: not done because of an earlier error.
                if let result {
                    if PQresultStatus(result) != PGRES_PIPELINE_ABORTED, failure == nil {
                        failure = DatabaseError(result: result, connection: self.connection)
                    }
                    PQclear(result)
                }
                self.didFail(answer)
                if result == nil || PQstatus(self.connection) != CONNECTION_OK {
                    PQclear(awaited)
                    throw failure ?? .lost(self.connection)
                }
            }
            // Each statement's results end with a null.
            while let extra = PQgetResult(self.connection) { PQclear(extra) }
        }
        self.pending.removeAll(keepingCapacity: true)
        do throws(DatabaseError) {
            try self.readSync(&failure)
        } catch {
            PQclear(awaited)
            throw error
        }
        if let failure {
            PQclear(awaited)
            throw failure
        }
        return awaited.map { ServerResult($0) }
    }

    /// Reads up to the sync. Work that is done when the server commits by itself, such as deferred constraints, fails here.
    private func readSync(_ failure: inout DatabaseError?) throws(DatabaseError) {
        while true {
            guard let result = PQgetResult(self.connection) else {
                if PQstatus(self.connection) != CONNECTION_OK { throw failure ?? .lost(self.connection) }
                continue
            }
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC { return }
            failure = failure ?? DatabaseError(result: result, connection: self.connection)
            if PQstatus(self.connection) != CONNECTION_OK { throw failure ?? .lost(self.connection) }
        }
    }

    /// Frees what the server keeps for statements that left the cache.
    func sendDeallocations() throws(DatabaseError) {
        for name in self.statements.discarded {
            guard PQsendQueryParams(self.connection, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 0) == 1 else {
                throw .lost(self.connection)
            }
            self.pending.append(Pending(role: .deallocation(name: name), statement: nil))
        }
    }

    private func prepare(_ sql: SQL) throws(DatabaseError) -> PreparedStatement {
        let statement = self.statements.add(sql)
        let isSent = self.withArguments(of: sql) { count in
            PQsendPrepare(self.connection, statement.name, sql.text, count, self.arguments.types)
        }
        guard isSent == 1 else {
            self.statements.remove(statement)
            throw .lost(self.connection)
        }
        self.pending.append(Pending(role: .preparation, statement: statement))
        return statement
    }

    private func withArguments(of sql: SQL, _ body: (Int32) -> Int32) -> Int32 {
        sql.values.bytes.withUnsafeBufferPointer { bytes in
            self.arguments.fill(sql.parameters, bytes: bytes)
            return body(Int32(sql.parameters.count))
        }
    }

    private func didFail(_ answer: Pending) {
        switch answer.role {
        case .preparation:
            // The server never parsed it.
            guard let statement = answer.statement else { return }
            self.statements.remove(statement)
            self.statements.deallocated(statement.name)
        case .deallocation, .unread, .awaited, .commit:
            break
        }
    }
}
