/// A failure reported by the server, by libpq, or by this module.
///
/// `description` may be logged anywhere: it holds the code and the names of constraint, table and column, and never the text
/// of a statement, a parameter or the content of a row. The server's own message, which may quote data, is in
/// `debugDescription` only.
public struct DatabaseError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// What happened.
    public let code: Code
    /// The name of the violated constraint, where the server gave one.
    public internal(set) var constraint: String?
    /// The table that the failure concerns, where the server gave one.
    public internal(set) var table: String?
    /// The column that the failure concerns, where the server gave one.
    public internal(set) var column: String?
    /// For a business refusal (SQLSTATE class `VT`, raised by our own SQL): its stable code, such as `register_closed`.
    public internal(set) var condition: String?
    /// For a business refusal: the name of the field that is at fault, such as `issued_on`.
    public internal(set) var field: String?
    /// The server function that raised the failure, which tells apart what shares an SQLSTATE.
    var routine: String?
    /// The server's or libpq's message. May quote data.
    var message: String?

    init(_ code: Code, message: String? = nil) {
        self.code = code
        self.message = message
    }

    public var description: String {
        let parts = [
            ("constraint", self.constraint), ("table", self.table), ("column", self.column),
            ("condition", self.condition), ("field", self.field),
        ]
        let known = parts.compactMap { name, value in value.map { ", \(name): \($0)" } }
        return "DatabaseError(\(self.code)\(known.joined()))"
    }

    public var debugDescription: String {
        guard let message = self.message else { return self.description }
        return "\(self.description): \(message)"
    }
}

extension DatabaseError {
    /// No connection could be made, or the connection was lost; another attempt later may succeed.
    public var isConnectionFailure: Bool {
        self.code.sqlState.hasPrefix("08") || self.code.sqlState.hasPrefix("57P0") || self.code == .tooManyConnections
    }

    /// The whole transaction may succeed when it is run again at once. `Database` has done so three times already.
    public var isRetriable: Bool {
        self.code == .serializationFailure || self.code == .deadlockDetected
    }

    /// A unique or an exclusion constraint was violated; `constraint` says which.
    public var isUniqueViolation: Bool {
        self.code == .uniqueViolation || self.code == .exclusionViolation
    }

    /// A foreign key was violated; `constraint` says which.
    public var isForeignKeyViolation: Bool { self.code == .foreignKeyViolation }

    /// A check or a not-null constraint was violated, or a value does not fit its type.
    public var isInvalidValue: Bool {
        self.code == .checkViolation || self.code == .notNullViolation || self.code.sqlState.hasPrefix("22")
    }

    /// Time ran out: of the statement, of waiting for a lock, or of waiting for a connection.
    public var isTimeout: Bool {
        self.code == .queryCanceled || self.code == .lockNotAvailable || self.code == .leaseTimeout
    }

    /// Our own SQL refused the act; `condition` says why.
    public var isRefusal: Bool { self.code.sqlState.hasPrefix("VT") }

    /// The HTTP status that a refusal asks for: the digits of its SQLSTATE, 409 for `VT409`.
    public var refusalStatus: Int? {
        self.isRefusal ? Int(self.code.sqlState.dropFirst(2)) : nil
    }

    /// A prepared statement no longer fits the schema, or is gone; prepared anew it will work.
    var isStaleStatement: Bool {
        (self.code == .featureNotSupported && self.routine == "RevalidateCachedQuery")
            || self.code == .invalidStatementName
    }
}
