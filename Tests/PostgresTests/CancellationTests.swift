import Postgres
import Testing

@Suite(.enabled(if: TestServer.isAvailable, "VANTHU_TEST_SOCKET and VANTHU_TEST_PORT name no server"))
struct CancellationTests {
    @Test func aCancelledTaskEndsItsStatement() async throws {
        let database = TestServer.database()
        let task = Task { try await database.transaction { try $0.run("SELECT pg_sleep(20)") } }
        #expect(try await eventually { database.statistics.leased == 1 })
        let began = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - began < .seconds(15))
        #expect(database.statistics.idle == 1)
    }

    /// A cancel request names a server process; one that arrives late would end what another task runs there next.
    @Test func aCancellationNeverHitsTheNextStatement() async throws {
        let database = TestServer.database()
        let pid: Int = try await database.value("SELECT pg_backend_pid()")
        var cancelled = 0
        for cycle in 0..<300 {
            // From just before the end of a short statement to the middle of a long one.
            let task = Task {
                try await database.transaction { try $0.run("SELECT pg_sleep(\(cycle % 3 == 0 ? 10.0 : 0.001))") }
            }
            try await Task.sleep(for: .microseconds(cycle % 30 * 100))
            task.cancel()
            async let next = database.value("SELECT \(cycle)", as: Int.self)
            do {
                _ = try await task.value
            } catch is CancellationError {
                cancelled += 1
            }
            #expect(try await next == cycle)
        }
        #expect(cancelled >= 100)
        // The connection outlived it all.
        #expect(try await database.value("SELECT pg_backend_pid()") == pid)
    }

    @Test func aTaskThatIsCancelledAlreadyRunsNothing() async throws {
        let database = TestServer.database()
        let counter = Counter()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await database.transaction { transaction in
                counter.increment()
                try transaction.run("SELECT 1")
            }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(counter.value == 0)
        #expect(try await database.value("SELECT 1") == 1)
    }

    @Test func aCancelledTransactionIsRolledBack() async throws {
        let database = TestServer.database()
        try await database.withTable("n int") { table in
            let task = Task {
                try await database.transaction { transaction in
                    try transaction.run("INSERT INTO \(unescaped: table) VALUES (1)")
                    transaction.queue("SELECT pg_sleep(20)")
                    transaction.queue("INSERT INTO \(unescaped: table) VALUES (2)")
                }
            }
            #expect(try await eventually { database.statistics.leased == 1 })
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let count = try await database.rowCount(of: table)
            #expect(count == 0)
        }
    }

    @Test func aCancelledCopyCopiesNothing() async throws {
        let database = TestServer.database()
        try await database.withTable("n bigint") { table in
            let counter = Counter()
            let task = Task {
                try await database.copyIn(into: table, columns: ["n"]) { writer in
                    // Only the cancellation ends this.
                    while true {
                        try writer.row(1)
                        if writer.rowCount == 20_000 { counter.increment() }
                    }
                }
            }
            #expect(try await eventually { counter.value == 1 })
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let count = try await database.rowCount(of: table)
            #expect(count == 0)
            #expect(database.statistics.idle == 1)
        }
    }
}
