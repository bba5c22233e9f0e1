public import Logging

/// A PostgreSQL database behind a pool of connections.
///
/// Everything goes through transactions: a transaction takes one connection, runs a synchronous closure on the connection's own
/// thread, and gives the connection back. Connections are made when they are first needed, and anew after the server was away.
public final class Database: Sendable {
    private let configuration: DatabaseConfiguration
    private let pool: Pool
    private let connections: [Connection]
    /// Blocks in `PQcancel`, so that neither a connection nor a task does.
    private let canceller: ConnectionThread

    /// Makes a pool; connects nothing yet.
    /// - Parameter logger: Told of lost connections and of the server's notices; never of statements or data.
    public init(_ configuration: DatabaseConfiguration, logger: Logger) {
        let pool = Pool(size: max(1, configuration.poolSize))
        self.configuration = configuration
        self.pool = pool
        self.connections = (0..<max(1, configuration.poolSize)).map { _ in
            Connection(configuration: configuration, pool: pool, logger: logger)
        }
        self.canceller = ConnectionThread()
    }

    deinit {
        self.canceller.stop()
    }

    /// The pool's state and what it did so far.
    public var statistics: PoolStatistics { self.pool.statistics }

    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws.
    ///
    /// BEGIN, `opening` and the first statement share one round trip. `body` runs again, up to three times, when the transaction
    /// collides with another (40001, 40P01), so it must do nothing but talk to the database.
    ///
    /// Throws what `body` throws, `DatabaseError`, or `CancellationError` when the task is cancelled, which also cancels the
    /// statement that runs.
    /// - Parameters:
    ///   - opening: Runs first in the transaction; its rows are not read. A failure of it fails the first statement.
    ///   - deadline: How long the transaction may take, waiting for a connection included.
    @discardableResult
    public func transaction<Value: Sendable>(
        _ opening: SQL? = nil,
        deadline: Duration? = nil,
        isolation: IsolationLevel = .readCommitted,
        readOnly: Bool = false,
        _ body: @Sendable (borrowing Transaction) throws -> Value
    ) async throws -> Value {
        try await self.retrying(deadline: deadline) { connection, lease, remaining in
            let options = TransactionOptions(
                opening: opening, isolation: isolation, isReadOnly: readOnly, deadline: remaining
            )
            return try await connection.transaction(lease, options, body)
        }
    }

    /// Runs one statement in a transaction of its own and writes its rows as JSON, in one round trip with `opening`.
    ///
    /// The server makes the transaction without a BEGIN, so the statement can be anything but one that wants a transaction block
    /// (SAVEPOINT, LOCK, DECLARE).
    ///
    /// Throws as `transaction` does.
    public func json(
        _ opening: SQL?,
        _ sql: SQL,
        as shape: JSONShape = .object,
        deadline: Duration? = nil
    ) async throws -> JSONResult {
        try await self.retrying(deadline: deadline) { connection, lease, remaining in
            let options = TransactionOptions(
                opening: opening, isolation: .readCommitted, isReadOnly: false, deadline: remaining
            )
            return try await connection.json(lease, options, sql, as: shape)
        }
    }

    /// Lends no connection any more, waits for those in use, and closes all.
    public func close() async {
        await self.pool.close()
        for connection in self.connections { await connection.disconnect() }
    }

    /// Leases a connection for each attempt, and lets a cancellation of the task reach it.
    private func retrying<Value: Sendable>(
        deadline: Duration?,
        _ attempt: (Connection, Pool.Lease, _ remaining: Duration?) async throws -> Value
    ) async throws -> Value {
        let end = deadline.map { ContinuousClock.now + $0 }
        var tries = 1
        while true {
            let remaining = end.map { max(.zero, $0 - .now) }
            let patience = min(self.configuration.leaseTimeout, remaining ?? self.configuration.leaseTimeout)
            let lease = try await self.pool.lease(within: patience)
            let connection = self.connections[lease.slot]
            do {
                return try await withTaskCancellationHandler {
                    try await attempt(connection, lease, end.map { max(.zero, $0 - .now) })
                } onCancel: {
                    connection.gate.cancel(lease: lease.id, on: self.canceller)
                }
            } catch let error as DatabaseError where error.isRetriable && tries <= 3 {
                // Jitter keeps those who collided from colliding again.
                try await Task.sleep(for: .microseconds(Int.random(in: 1000...10_000) * tries))
                tries += 1
            }
        }
    }
}
