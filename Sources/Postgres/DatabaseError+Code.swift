extension DatabaseError {
    /// A kind of failure: an SQLSTATE of the server, or one of class `CL` for what this module finds itself.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The five characters of the SQLSTATE.
        public let sqlState: String

        /// Names a failure by its SQLSTATE.
        public init(sqlState: String) {
            self.sqlState = sqlState
        }

        public var description: String { self.sqlState }

        /// No connection could be made.
        public static let cannotConnect = Code(sqlState: "08001")
        /// The connection was lost. Whether a commit that was under way took effect is not known.
        public static let connectionLost = Code(sqlState: "08006")
        /// The server has no connection left for us.
        public static let tooManyConnections = Code(sqlState: "53300")
        /// An administrator ended the connection, or the server shuts down.
        public static let adminShutdown = Code(sqlState: "57P01")
        /// The server uses something it does not support, such as a prepared plan whose result changed.
        public static let featureNotSupported = Code(sqlState: "0A000")
        /// A prepared statement does not exist.
        public static let invalidStatementName = Code(sqlState: "26000")
        /// The transaction failed earlier and takes no further statement.
        public static let failedTransaction = Code(sqlState: "25P02")
        /// A write in a read-only transaction.
        public static let readOnlyTransaction = Code(sqlState: "25006")
        /// A statement ran longer than it may, or was cancelled.
        public static let queryCanceled = Code(sqlState: "57014")
        /// A lock could not be had in time.
        public static let lockNotAvailable = Code(sqlState: "55P03")
        /// The transaction collided with a concurrent one.
        public static let serializationFailure = Code(sqlState: "40001")
        /// The transaction was chosen to end a deadlock.
        public static let deadlockDetected = Code(sqlState: "40P01")
        /// A NOT NULL constraint was violated.
        public static let notNullViolation = Code(sqlState: "23502")
        /// A foreign key was violated.
        public static let foreignKeyViolation = Code(sqlState: "23503")
        /// A unique constraint was violated.
        public static let uniqueViolation = Code(sqlState: "23505")
        /// A check constraint was violated.
        public static let checkViolation = Code(sqlState: "23514")
        /// An exclusion constraint was violated.
        public static let exclusionViolation = Code(sqlState: "23P01")
        /// The role lacks a right.
        public static let insufficientPrivilege = Code(sqlState: "42501")

        /// libpq refused a call, such as one with more than 65,535 parameters.
        public static let invalidCall = Code(sqlState: "CL007")
        /// No connection of the pool came free in time.
        public static let leaseTimeout = Code(sqlState: "CL001")
        /// The pool was closed.
        public static let poolClosed = Code(sqlState: "CL002")
        /// A statement was given to a transaction that a `closing` statement had committed.
        public static let transactionClosed = Code(sqlState: "CL003")
        /// A statement that must give exactly one row gave none, or more.
        public static let unexpectedRowCount = Code(sqlState: "CL004")
        /// A column was read as a type that cannot hold it, or there is no such column.
        public static let typeMismatch = Code(sqlState: "CL005")
        /// A column that was read as not optional is NULL.
        public static let unexpectedNull = Code(sqlState: "CL006")
    }
}
