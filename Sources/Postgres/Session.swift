import CLibPQ
import Glibc
import Logging

/// One connection to the server and what belongs to it. Used by one thread only, that of the `Connection` that owns it.
final class Session {
    private let configuration: DatabaseConfiguration
    private let gate: CancelGate
    private let notices: NoticeLog
    private let logger: Logger
    private(set) var connection: OpaquePointer?

    var statements = StatementCache()
    /// Statements whose answers were not read yet, in the order of sending.
    var pending: [Pending] = []
    /// The statement that was sent as `awaited` last.
    var awaited: PreparedStatement?
    let arguments = ArgumentArrays()
    var scratch = ByteWriter()

    init(configuration: DatabaseConfiguration, gate: CancelGate, logger: Logger) {
        self.configuration = configuration
        self.gate = gate
        self.notices = NoticeLog(logger: logger)
        self.logger = logger
    }

    /// Whether the connection works and is in no transaction, so that it can be lent again.
    var isIdle: Bool {
        self.connection != nil && self.pending.isEmpty && PQtransactionStatus(self.connection) == PQTRANS_IDLE
    }

    /// Makes sure of a connection; one that the server ended in the meantime is replaced.
    ///
    /// Returns whether a new one was made. Throws `cannotConnect`.
    func ensureConnected() throws(DatabaseError) -> Bool {
        if self.connection != nil {
            if !self.isDead { return false }
            self.logger.info("database connection lost, connecting again")
            self.disconnect()
        }
        try self.connect()
        return true
    }

    /// Closes the connection. A transaction that is open is rolled back by the server.
    func disconnect() {
        self.gate.aim(at: nil)
        self.pending.removeAll()
        self.statements.reset()
        PQfinish(self.connection)
        self.connection = nil
    }

    /// Between transactions a server has nothing to say but farewell. (It may also report a setting that an administrator
    /// changed; a connection that starts with the new setting is as good.)
    private var isDead: Bool {
        var descriptor = pollfd(fd: PQsocket(self.connection), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) != 0
    }

    private func connect() throws(DatabaseError) {
        let connection = PQ.connect(self.configuration)
        guard let connection, PQstatus(connection) == CONNECTION_OK else {
            let message = DatabaseError.message(of: connection)
            PQfinish(connection)
            throw DatabaseError(.cannotConnect, message: message)
        }
        self.connection = connection
        self.notices.attach(to: connection)
        self.gate.aim(at: connection)
        guard PQenterPipelineMode(connection) == 1 else {
            let error = DatabaseError(.cannotConnect, message: DatabaseError.message(of: connection))
            self.disconnect()
            throw error
        }
    }
}

/// A statement whose answer is still to be read.
struct Pending {
    /// What the answer means to the transaction.
    enum Role {
        /// The server parsed the statement.
        case preparation
        /// Nobody reads the rows; only an error counts.
        case unread
        /// The one statement of a pipeline whose result is wanted.
        case awaited
        case commit
        case deallocation(name: String)
    }

    var role: Role
    var statement: PreparedStatement?
}

/// Calls of libpq that need arrays of C strings.
enum PQ {
    /// Connects and waits until it is done; the caller finishes the connection, whatever its state.
    static func connect(_ configuration: DatabaseConfiguration) -> OpaquePointer? {
        let pairs = configuration.keywords
        let strings = (pairs.map(\.0) + pairs.map(\.1)).map { strdup($0) }
        defer { for string in strings { free(string) } }
        let pointers = strings.map { UnsafePointer<CChar>($0) }
        let keywords = pointers.prefix(pairs.count) + [nil]
        let values = pointers.suffix(pairs.count) + [nil]
        return PQconnectdbParams(Array(keywords), Array(values), 0)
    }
}
