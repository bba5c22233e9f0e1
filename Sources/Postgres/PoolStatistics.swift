/// The state of a connection pool at one moment, and what it did since it was made.
public struct PoolStatistics: Sendable, Hashable {
    /// How many connections the pool opens at most.
    public let size: Int
    /// Connections that are open and free.
    public let idle: Int
    /// Connections in use.
    public let leased: Int
    /// Transactions that wait for a connection.
    public let waiting: Int
    /// Connections lent so far.
    public let leases: Int
    /// Transactions that waited in vain so far.
    public let timeouts: Int
    /// Failed attempts to connect so far.
    public let connectionFailures: Int
}
