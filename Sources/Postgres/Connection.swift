import Logging

/// A connection of the pool: an actor on a thread of its own, so that libpq's blocking calls hold up nobody else.
///
/// Each method is one hop: it takes a lease over, does all of its work without an `await`, and gives the lease back.
actor Connection {
    private let thread: ConnectionThread
    private let session: Session
    private let pool: Pool
    nonisolated let gate: CancelGate

    init(configuration: DatabaseConfiguration, pool: Pool, logger: Logger) {
        self.thread = ConnectionThread()
        self.gate = CancelGate()
        self.session = Session(configuration: configuration, gate: self.gate, logger: logger)
        self.pool = pool
    }

    isolated deinit {
        self.session.disconnect()
        self.thread.stop()
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        self.thread.asUnownedSerialExecutor()
    }

    /// Runs a transaction under a lease, which ends with it.
    func transaction<Value: Sendable>(
        _ lease: Pool.Lease,
        _ options: TransactionOptions,
        _ body: @Sendable (borrowing Transaction) throws -> Value
    ) throws -> Value {
        try self.work(under: lease) { session in try session.transaction(options, body) }
    }

    /// Runs one statement under a lease, which ends with it, and writes its rows as JSON.
    func json(
        _ lease: Pool.Lease,
        _ options: TransactionOptions,
        _ sql: SQL,
        as shape: JSONShape
    ) throws -> JSONResult {
        try self.work(under: lease) { session in try session.json(options, sql, as: shape) }
    }

    /// Closes the connection; the pool lends it no more.
    func disconnect() {
        self.session.disconnect()
    }

    private func work<Value>(under lease: Pool.Lease, _ body: (Session) throws -> Value) throws -> Value {
        var outcome = PoolStateMachine.Outcome.broken
        self.gate.open(lease: lease.id)
        defer {
            if self.gate.close() { self.session.absorbCancel() }
            if self.session.isIdle {
                outcome = .healthy
            } else {
                self.session.disconnect()
            }
            self.pool.giveBack(lease, outcome)
        }
        do throws(DatabaseError) {
            if try self.session.ensureConnected() { self.pool.connected() }
        } catch {
            outcome = .unreachable
            throw error
        }
        // A cancellation from here on reaches the statement that runs.
        try Task.checkCancellation()
        do {
            return try self.withFreshStatements(body)
        } catch let error as DatabaseError where error.code == .queryCanceled && Task.isCancelled {
            throw CancellationError()
        }
    }

    /// Runs the work once more when the schema changed under a prepared statement, which then was undone as a whole.
    private func withFreshStatements<Value>(_ body: (Session) throws -> Value) throws -> Value {
        do {
            return try body(self.session)
        } catch let error as DatabaseError where error.isStaleStatement && self.session.isIdle {
            self.session.forgetStatements(isOnServer: error.code != .invalidStatementName)
            return try body(self.session)
        }
    }
}
