import FoundationEssentials
import Glibc
import Logging
import Postgres

/// The PostgreSQL server that the environment names for tests, with the superuser `postgres`.
enum TestServer {
    static let socket = environment("VANTHU_TEST_SOCKET")
    static let port = environment("VANTHU_TEST_PORT").flatMap { Int($0) }

    /// Without a server the suites that need one are skipped.
    static var isAvailable: Bool { Self.socket != nil && Self.port != nil }

    static func configuration(poolSize: Int) -> DatabaseConfiguration {
        var configuration = DatabaseConfiguration(
            host: Self.socket ?? "/nonexistent", port: Self.port ?? 5432, database: "postgres", user: "postgres"
        )
        configuration.poolSize = poolSize
        // A busy machine is no failure; tests of time limits set their own.
        configuration.leaseTimeout = .seconds(60)
        return configuration
    }

    static func database(
        poolSize: Int = 1,
        _ adjust: (inout DatabaseConfiguration) -> Void = { _ in }
    ) -> Database {
        var configuration = Self.configuration(poolSize: poolSize)
        adjust(&configuration)
        return Database(configuration, logger: Self.logger)
    }

    static var logger: Logger {
        var logger = Logger(label: "PostgresTests") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .debug
        return logger
    }

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Database {
    /// Runs `body` with the name of a table of its own, which every connection sees and which is dropped afterwards.
    func withTable(_ columns: String, _ body: (_ table: String) async throws -> Void) async throws {
        let table = "test_" + UUID().uuidString.filter { $0 != "-" }.lowercased()
        try await self.transaction { try $0.run("CREATE UNLOGGED TABLE \(unescaped: table) (\(unescaped: columns))") }
        do {
            try await body(table)
        } catch {
            try await self.transaction { try $0.run("DROP TABLE \(unescaped: table)") }
            throw error
        }
        try await self.transaction { try $0.run("DROP TABLE \(unescaped: table)") }
    }

    /// How many rows a table has.
    func rowCount(of table: String) async throws -> Int {
        try await self.value("SELECT count(*) FROM \(unescaped: table)")
    }

    /// The one value that a statement gives.
    func value<Value: SQLValue>(_ sql: SQL, as: Value.Type = Value.self) async throws -> Value {
        try await self.transaction { transaction in try transaction.one(sql) { try $0.column(0) } }
    }
}

/// Waits until something holds, by asking again and again; fails after ten seconds.
func eventually(_ isTrue: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
        if try await isTrue() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}

/// A generator whose numbers depend on its seed only, so that a failing fuzz run can be run again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {  // splitmix64
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Text full of what breaks quoting: quotes, backslashes, braces, commas, control characters, accents, other planes.
    mutating func nastyText() -> String {
        let alphabet: [Unicode.Scalar] = [
            "\"", "\\", "'", "{", "}", ",", " ", "\n", "\t", "\r", "\u{1}", "\u{8}", "\u{c}", "\u{1f}", "\u{7f}", "a",
            "N",
            "U", "L", "ế", "đ", "\u{301}", "\u{2028}", "😀", "$", "1", "/", "<",
        ]
        let length = Int.random(in: 0...40, using: &self)
        var text = String.UnicodeScalarView()
        for _ in 0..<length { text.append(alphabet.randomElement(using: &self) ?? "x") }
        return String(text)
    }
}
