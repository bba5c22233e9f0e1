public import Postgres

extension Database {
    /// One statement in a transaction of its own; returns the rows it touched.
    @discardableResult
    public func run(_ statement: SQL, opening: SQL? = nil) async throws -> Int {
        try await self.transaction(opening) { transaction in try transaction.run(statement) }
    }

    /// The first column of the one row of a statement.
    public func value<Value: SQLValue>(_ statement: SQL, as type: Value.Type = Value.self, opening: SQL? = nil)
        async throws -> Value
    {
        try await self.transaction(opening) { transaction in
            try transaction.one(statement) { row in try row.column(0, as: type) }
        }
    }
}
