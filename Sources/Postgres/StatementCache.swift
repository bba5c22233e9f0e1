/// A statement that the server has parsed, or is about to parse, under a name.
final class PreparedStatement {
    let name: String
    fileprivate let key: StatementCache.Key
    fileprivate var lastUse: UInt64 = 0
    /// Whether results of typed reads are asked for in binary; known after the first execution.
    var isReadInBinary = false
    /// How its rows become JSON; known after the first execution for JSON.
    var jsonColumns: JSONColumns?

    fileprivate init(name: String, key: StatementCache.Key) {
        self.name = name
        self.key = key
    }
}

/// The prepared statements of one connection, least recently used out first.
///
/// A statement is prepared at its first use: in a pipeline that costs no round trip, and the server parses an unnamed statement
/// just the same. Names come from a counter, so that no name ever means two statements.
struct StatementCache {
    /// Statements differ by their text and the types of their parameters.
    struct Key: Hashable {
        var text: String
        var types: [SQLType]
    }

    private var statements: [String: [PreparedStatement]] = [:]
    private var count = 0
    private var uses: UInt64 = 0
    private var names: UInt64 = 0
    private let capacity: Int
    /// Names that the server still knows and nobody uses: to be deallocated.
    private(set) var discarded: [String] = []

    init(capacity: Int = 100) {
        self.capacity = capacity
    }

    /// The statement's prepared form, if it has one.
    mutating func find(_ sql: SQL) -> PreparedStatement? {
        guard let candidates = self.statements[sql.text],
            let statement = candidates.first(where: { $0.key.types.elementsEqual(sql.parameters.lazy.map(\.type)) })
        else { return nil }
        self.uses += 1
        statement.lastUse = self.uses
        return statement
    }

    /// Names a statement that is to be prepared, and discards the one that was not used for longest when there are too many.
    mutating func add(_ sql: SQL) -> PreparedStatement {
        if self.count == self.capacity,
            let oldest = self.statements.values.joined().min(by: { $0.lastUse < $1.lastUse })
        {
            self.remove(oldest)
            self.discarded.append(oldest.name)
        }
        self.names += 1
        self.uses += 1
        let key = Key(text: sql.text, types: sql.parameters.map(\.type))
        let statement = PreparedStatement(name: "s\(self.names)", key: key)
        statement.lastUse = self.uses
        self.statements[sql.text, default: []].append(statement)
        self.count += 1
        return statement
    }

    /// Forgets a statement that the server does not have.
    mutating func remove(_ statement: PreparedStatement) {
        guard var candidates = self.statements[statement.key.text],
            let index = candidates.firstIndex(where: { $0 === statement })
        else { return }
        candidates.remove(at: index)
        self.statements[statement.key.text] = candidates.isEmpty ? nil : candidates
        self.count -= 1
    }

    /// Forgets all; the server may still have them.
    mutating func discardAll() {
        self.discarded += self.statements.values.joined().map(\.name)
        self.statements.removeAll()
        self.count = 0
    }

    /// Forgets all; the connection they belonged to is gone.
    mutating func reset() {
        self.statements.removeAll()
        self.discarded.removeAll()
        self.count = 0
    }

    /// The server has deallocated a discarded statement, or never had it.
    mutating func deallocated(_ name: String) {
        self.discarded.removeAll { $0 == name }
    }
}
