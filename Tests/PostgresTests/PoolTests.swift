import FoundationEssentials
import Postgres
import Testing

@Suite(.enabled(if: TestServer.isAvailable, "VANTHU_TEST_SOCKET and VANTHU_TEST_PORT name no server"))
struct PoolTests {
    @Test func twoHundredTasksShareFourConnections() async throws {
        let database = TestServer.database(poolSize: 4)
        try await database.withTable("n int PRIMARY KEY, pid int") { table in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        try await database.transaction("SELECT set_config('test.number', \(String(number)), true)") {
                            transaction in
                            transaction.queue(
                                "INSERT INTO \(unescaped: table) SELECT current_setting('test.number')::int, pg_backend_pid()"
                            )
                            return try transaction.one("SELECT current_setting('test.number')", closing: true) {
                                Int(try $0.column(0, as: String.self)) ?? -1
                            }
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 199 * 100)
            let (count, backends) = try await database.transaction { transaction in
                try transaction.one("SELECT count(*), count(DISTINCT pid) FROM \(unescaped: table)") {
                    (try $0.column(0, as: Int.self), try $0.column(1, as: Int.self))
                }
            }
            #expect(count == 200)
            #expect((1...4).contains(backends))
        }
        let statistics = database.statistics
        #expect(statistics.leased == 0 && statistics.waiting == 0 && statistics.timeouts == 0)
        #expect(statistics.idle <= 4 && statistics.leases == 203)
        await database.close()
    }

    @Test func whoWaitsTooLongForAConnectionFails() async throws {
        let database = TestServer.database { $0.leaseTimeout = .milliseconds(50) }
        let holder = Task { try await database.transaction { try $0.run("SELECT pg_sleep(20)") } }
        #expect(try await eventually { database.statistics.leased == 1 })
        let began = ContinuousClock.now
        let error = await #expect(throws: DatabaseError.self) { try await database.value("SELECT 1", as: Int.self) }
        #expect(error?.code == .leaseTimeout)
        #expect(error?.isTimeout == true)
        // A deadline of the transaction's own may be shorter.
        let hasty = await #expect(throws: DatabaseError.self) {
            try await database.json(nil, "SELECT 1 AS one", deadline: .milliseconds(1))
        }
        #expect(hasty?.code == .leaseTimeout)
        #expect(ContinuousClock.now - began < .seconds(15))
        #expect(database.statistics.timeouts == 2)
        holder.cancel()
        await #expect(throws: CancellationError.self) { try await holder.value }
        #expect(try await database.value("SELECT 1") == 1)
    }

    @Test func aCancelledWaiterLeavesTheQueue() async throws {
        let database = TestServer.database()
        let holder = Task { try await database.transaction { try $0.run("SELECT pg_sleep(20)") } }
        #expect(try await eventually { database.statistics.leased == 1 })
        let waiter = Task { try await database.value("SELECT 1", as: Int.self) }
        #expect(try await eventually { database.statistics.waiting == 1 })
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        #expect(database.statistics.waiting == 0)
        holder.cancel()
        _ = await holder.result
    }

    @Test func aKilledBackendIsAConnectionFailureAndIsReplaced() async throws {
        let database = TestServer.database()
        let other = TestServer.database()
        let pid: Int = try await database.value("SELECT pg_backend_pid()")
        let victim = Task { try await database.transaction { try $0.run("SELECT pg_sleep(20)") } }
        #expect(
            try await eventually {
                try await other.value(
                    "SELECT count(*) FROM pg_stat_activity WHERE pid = \(pid) AND wait_event = 'PgSleep'") == 1
            }
        )
        try await other.transaction { try $0.run("SELECT pg_terminate_backend(\(pid)::int)") }
        let error = await #expect(throws: DatabaseError.self) { try await victim.value }
        #expect(error?.isConnectionFailure == true)
        let next: Int = try await database.value("SELECT pg_backend_pid()")
        #expect(next != pid)
    }

    @Test func aBackendThatDiedIdleIsReplacedWithoutAnError() async throws {
        let database = TestServer.database()
        let other = TestServer.database()
        for _ in 0..<10 {
            let pid: Int = try await database.value("SELECT pg_backend_pid()")
            try await other.transaction { try $0.run("SELECT pg_terminate_backend(\(pid)::int)") }
            #expect(
                try await eventually {
                    try await other.value("SELECT count(*) FROM pg_stat_activity WHERE pid = \(pid)") == 0
                }
            )
            let next: Int = try await database.value("SELECT pg_backend_pid()")
            #expect(next != pid)
        }
    }

    @Test func noConnectionComesBackInsideATransaction() async throws {
        let database = TestServer.database()
        await #expect(throws: (any Error).self) {
            try await database.transaction { transaction in
                try transaction.run("SELECT set_config('test.leak', 'left', false)")
                throw CancellationError()
            }
        }
        #expect(try await database.value("SELECT coalesce(current_setting('test.leak', true), '')") == "")
        // Somebody ends our transaction behind our back: what follows is not what was meant, and nothing stays open.
        try await database.transaction { try $0.run("BEGIN") }
        #expect(database.statistics.leased == 0)
        #expect(try await database.value("SELECT 1") == 1)
    }

    @Test func aClosedDatabaseLendsNothing() async throws {
        let database = TestServer.database(poolSize: 2)
        let running = Task { try await database.value("SELECT 1 FROM pg_sleep(0.2)", as: Int.self) }
        #expect(try await eventually { database.statistics.leased == 1 })
        await database.close()
        // What ran could finish.
        #expect(try await running.value == 1)
        let error = await #expect(throws: DatabaseError.self) { try await database.value("SELECT 1", as: Int.self) }
        #expect(error?.code == .poolClosed)
    }

    @Test func aDatabaseThatGoesClosesItsConnections() async throws {
        let name = "test-" + UUID().uuidString.prefix(8)
        let other = TestServer.database()
        do {
            let database = TestServer.database { $0.applicationName = name }
            #expect(
                try await database.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = \(name)") == 1)
        }
        #expect(
            try await eventually {
                try await other.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = \(name)") == 0
            }
        )
    }

    @Test func withoutAServerEverythingFailsAtOnce() async throws {
        let database = TestServer.database(poolSize: 4) { $0.host = "/nonexistent" }
        let began = ContinuousClock.now
        let failures = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do {
                        _ = try await database.value("SELECT 1", as: Int.self)
                        return false
                    } catch let error as DatabaseError {
                        return error.isConnectionFailure
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 200)
        // Had they waited, it would have been for a minute.
        #expect(ContinuousClock.now - began < .seconds(30))
        #expect(database.statistics.connectionFailures >= 1)
    }
}
