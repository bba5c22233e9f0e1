import FoundationEssentials
import Postgres
import Testing

@Suite(.enabled(if: TestServer.isAvailable, "VANTHU_TEST_SOCKET and VANTHU_TEST_PORT name no server"))
struct TransactionTests {
    struct Abort: Error {}

    let database = TestServer.database()

    @Test func whatTheClosureDoesIsCommitted() async throws {
        try await database.withTable("n int") { table in
            let written = try await database.transaction { transaction in
                try transaction.run("INSERT INTO \(unescaped: table) SELECT generate_series(1, \(10))")
            }
            #expect(written == 10)
            let count = try await database.rowCount(of: table)
            #expect(count == 10)
        }
    }

    @Test func aThrowingClosureLeavesNothing() async throws {
        try await database.withTable("n int") { table in
            await #expect(throws: Abort.self) {
                try await database.transaction { transaction in
                    try transaction.run("INSERT INTO \(unescaped: table) VALUES (1)")
                    transaction.queue("INSERT INTO \(unescaped: table) VALUES (2)")
                    throw Abort()
                }
            }
            let count = try await database.rowCount(of: table)
            #expect(count == 0)
            #expect(database.statistics.idle == 1)
        }
    }

    @Test func theOpeningRunsInTheTransaction() async throws {
        let tenant = UUID()
        let seen: String = try await database.transaction("SELECT set_config('test.tenant', \(tenant)::text, true)") {
            try $0.one("SELECT current_setting('test.tenant')", closing: true) { try $0.column(0) }
        }
        #expect(seen == tenant.uuidString.lowercased())
        #expect(try await database.value("SELECT current_setting('test.tenant', true)") == "")
    }

    @Test func aRefusedOpeningLetsNothingHappen() async throws {
        try await database.withTable("n int") { table in
            let refusal: SQL = """
                DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'VT401', MESSAGE = 'unauthenticated'; END $$
                """
            for closing in [false, true] {
                let error = await #expect(throws: DatabaseError.self) {
                    try await database.transaction(refusal) {
                        try $0.run("INSERT INTO \(unescaped: table) VALUES (1)", closing: closing)
                    }
                }
                #expect(error?.condition == "unauthenticated")
                #expect(error?.refusalStatus == 401)
            }
            let error = await #expect(throws: DatabaseError.self) {
                try await database.json(refusal, "SELECT 1 AS one")
            }
            #expect(error?.refusalStatus == 401)
            // An opening alone is still run.
            await #expect(throws: DatabaseError.self) { try await database.transaction(refusal) { _ in } }
            let count = try await database.rowCount(of: table)
            #expect(count == 0)
        }
    }

    @Test func aQueuedErrorRollsEverythingBack() async throws {
        try await database.withTable("n int PRIMARY KEY") { table in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.transaction { transaction in
                    try transaction.run("INSERT INTO \(unescaped: table) VALUES (1)")
                    transaction.queue("INSERT INTO \(unescaped: table) VALUES (2)")
                    transaction.queue("INSERT INTO \(unescaped: table) VALUES (1)")
                    transaction.queue("INSERT INTO \(unescaped: table) VALUES (3)")
                }
            }
            #expect(error?.code == .uniqueViolation)
            #expect(error?.constraint == "\(table)_pkey")
            let count = try await database.rowCount(of: table)
            #expect(count == 0)
            #expect(database.statistics.idle == 1)
            // The error comes out at the next wait, and the statement that waited was not done.
            let early = await #expect(throws: DatabaseError.self) {
                try await database.transaction { transaction in
                    transaction.queue("INSERT INTO \(unescaped: table) VALUES (NULL)")
                    try transaction.run("INSERT INTO \(unescaped: table) VALUES (4)", closing: true)
                }
            }
            #expect(early?.code == .notNullViolation)
            #expect(early?.column == "n")
            let still = try await database.rowCount(of: table)
            #expect(still == 0)
        }
    }

    @Test func queuedStatementsByTheThousandAreDoneInOrder() async throws {
        try await database.withTable("n int GENERATED ALWAYS AS IDENTITY, v int") { table in
            try await database.transaction { transaction in
                for number in 1...5000 {
                    transaction.queue("INSERT INTO \(unescaped: table) (v) VALUES (\(number)::int)")
                }
            }
            let wrong: Int = try await database.value("SELECT count(*) FROM \(unescaped: table) WHERE n <> v")
            #expect(wrong == 0)
            let count = try await database.rowCount(of: table)
            #expect(count == 5000)
        }
    }

    @Test func aClosureThatSwallowsAnErrorStillFails() async throws {
        try await database.withTable("n int") { table in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.transaction { transaction in
                    try transaction.run("INSERT INTO \(unescaped: table) VALUES (1)")
                    _ = try? transaction.run("SELECT 1 / 0")
                    _ = try? transaction.run("INSERT INTO \(unescaped: table) VALUES (2)")
                }
            }
            #expect(error?.code.sqlState == "22012")
            let count = try await database.rowCount(of: table)
            #expect(count == 0)
        }
    }

    @Test func afterClosingTheTransactionTakesNothingMore() async throws {
        try await database.withTable("n int") { table in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.transaction { transaction in
                    try transaction.run("INSERT INTO \(unescaped: table) VALUES (1)", closing: true)
                    try transaction.run("INSERT INTO \(unescaped: table) VALUES (2)")
                }
            }
            #expect(error?.code == .transactionClosed)
            let queued = await #expect(throws: DatabaseError.self) {
                try await database.transaction { transaction in
                    try transaction.run("INSERT INTO \(unescaped: table) VALUES (3)", closing: true)
                    transaction.queue("INSERT INTO \(unescaped: table) VALUES (4)")
                }
            }
            #expect(queued?.code == .transactionClosed)
            // What was closed was committed.
            let committed = try await database.transaction { transaction in
                try transaction.rows("SELECT n FROM \(unescaped: table) ORDER BY n") { try $0.column(0, as: Int.self) }
            }
            #expect(committed == [1, 3])
        }
    }

    @Test func aDeferredConstraintFailsTheCommit() async throws {
        try await database.withTable("n int UNIQUE DEFERRABLE INITIALLY DEFERRED") { table in
            for closing in [true, false] {
                let error = await #expect(throws: DatabaseError.self) {
                    try await database.transaction { transaction in
                        try transaction.run("INSERT INTO \(unescaped: table) VALUES (1), (1)", closing: closing)
                    }
                }
                #expect(error?.code == .uniqueViolation)
            }
            let error = await #expect(throws: DatabaseError.self) {
                try await database.json(nil, "INSERT INTO \(unescaped: table) VALUES (1), (1) RETURNING n", as: .array)
            }
            #expect(error?.code == .uniqueViolation)
            let count = try await database.rowCount(of: table)
            #expect(count == 0)
            #expect(database.statistics.idle == 1)
        }
    }

    @Test func oneWantsExactlyOneRow() async throws {
        for count in [0, 2] {
            let error = await #expect(throws: DatabaseError.self) {
                try await database.value("SELECT 1 FROM generate_series(1, \(count))", as: Int.self)
            }
            #expect(error?.code == .unexpectedRowCount)
        }
        let first = try await database.transaction { transaction in
            try transaction.first("SELECT 7 WHERE \(false)") { try $0.column(0, as: Int.self) }
        }
        #expect(first == nil)
    }

    @Test func aReadOnlyTransactionWritesNothing() async throws {
        try await database.withTable("n int") { table in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.transaction(readOnly: true) {
                    try $0.run("INSERT INTO \(unescaped: table) VALUES (1)")
                }
            }
            #expect(error?.code == .readOnlyTransaction)
        }
    }

    @Test func collidingTransactionsAreRunAgain() async throws {
        let pair = TestServer.database(poolSize: 8)
        try await pair.withTable("n int") { table in
            try await pair.transaction { try $0.run("INSERT INTO \(unescaped: table) VALUES (0)") }
            // Each pair reads before either writes, so one of the two must fail with 40001 and be run again.
            let attempts = try await withThrowingTaskGroup(of: Int.self) { group in
                let counter = Counter()
                for _ in 0..<2 {
                    group.addTask {
                        try await pair.transaction(isolation: .repeatableRead) { transaction in
                            counter.increment()
                            let n = try transaction.one("SELECT n FROM \(unescaped: table)") {
                                try $0.column(0, as: Int32.self)
                            }
                            counter.waitForTwo()
                            try transaction.run("UPDATE \(unescaped: table) SET n = \(n + 1)", closing: true)
                        }
                        return 0
                    }
                }
                try await group.waitForAll()
                return counter.value
            }
            #expect(attempts == 3)
            #expect(try await pair.value("SELECT n FROM \(unescaped: table)") == 2)
        }
        await pair.close()
    }

    @Test func aDeadlineEndsAStatement() async throws {
        let began = ContinuousClock.now
        let error = await #expect(throws: DatabaseError.self) {
            try await database.transaction(deadline: .milliseconds(50)) { try $0.run("SELECT pg_sleep(20)") }
        }
        #expect(error?.isTimeout == true)
        let late = await #expect(throws: DatabaseError.self) {
            try await database.json(nil, "SELECT pg_sleep(20)", deadline: .milliseconds(50))
        }
        #expect(late?.isTimeout == true)
        #expect(ContinuousClock.now - began < .seconds(15))
        // The limit was that transaction's own.
        #expect(try await database.value("SELECT current_setting('statement_timeout')") == "30s")
    }

    @Test func aChangedResultTypeIsPreparedAnew() async throws {
        try await database.withTable("n int") { table in
            let select: SQL = "SELECT * FROM \(unescaped: table)"
            try await database.transaction { try $0.run("INSERT INTO \(unescaped: table) VALUES (1)") }
            let before = try await database.json(nil, select)
            #expect(String(decoding: before.bytes, as: UTF8.self) == #"{"n":1}"#)
            try await database.transaction {
                try $0.run("ALTER TABLE \(unescaped: table) ADD COLUMN m text DEFAULT 'x'")
            }
            let after = try await database.json(nil, select)
            #expect(String(decoding: after.bytes, as: UTF8.self) == #"{"n":1,"m":"x"}"#)
            try await database.transaction { try $0.run("ALTER TABLE \(unescaped: table) DROP COLUMN n") }
            let rows = try await database.transaction { try $0.rows(select) { try $0.column(0, as: String.self) } }
            #expect(rows == ["x"])
            // Somebody may have dropped every prepared statement of the session.
            try await database.transaction { try $0.run("DEALLOCATE ALL") }
            #expect(try await database.json(nil, select).rowCount == 1)
        }
    }

    @Test func moreStatementsThanTheCacheHoldsAllWork() async throws {
        for round in 0..<3 {
            for number in 0..<130 {
                let sum: Int = try await database.value("SELECT \(round) + \(unescaped: String(number))")
                #expect(sum == round + number)
            }
        }
        let kept: Int = try await database.value("SELECT count(*) FROM pg_prepared_statements")
        #expect(kept <= 101)
    }

    @Test func theSessionIsSetUpForVietnam() async throws {
        let settings = try await database.transaction { transaction in
            try transaction.rows(
                """
                SELECT current_setting(name) FROM unnest(\([
                    "TimeZone", "DateStyle", "client_encoding", "lock_timeout", "idle_in_transaction_session_timeout",
                ])) AS name
                """
            ) { try $0.column(0, as: String.self) }
        }
        #expect(settings == ["Asia/Ho_Chi_Minh", "ISO, MDY", "UTF8", "5s", "10s"])
        let adjusted = TestServer.database {
            $0.settings = ["search_path": "pg_catalog, public", "application_name": "a\\b c"]
        }
        #expect(try await adjusted.value("SHOW search_path") == "pg_catalog, public")
    }
}
