import Foundation
import Logging
import Platform
import Postgres
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// What ran, by job. Filled by handlers on many tasks.
private final class Ledger: Sendable {
    private let entries = Mutex<[UUID: Int]>([:])

    func note(_ job: Job) { self.entries.withLock { $0[job.id, default: 0] += 1 } }
    var counts: [UUID: Int] { self.entries.withLock { $0 } }
}

@Suite("Job queue", .needsCluster)
struct JobTests {
    private static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Claims are made across tenants, so each test has a database of its own.
    private func withDatabase(_ body: (TestDatabase) async throws -> Void) async throws {
        let database = try await TestDatabase.make()
        do {
            try await body(database)
        } catch {
            await database.drop()
            throw error
        }
        await database.drop()
    }

    private func enqueue(_ count: Int, for tenant: TestTenant, in database: TestDatabase, attempts: Int = 10)
        async throws
    {
        try await database.app.run(
            """
            SELECT platform.enqueue('test', jsonb_build_object('n', n), now() - interval '1 second', \(Int32(attempts)))
              FROM generate_series(1, \(Int32(count))) AS n
            """, opening: "SELECT platform.begin_system(\(tenant.id))")
    }

    private func claim(_ count: Int, by worker: String, in database: TestDatabase) async throws -> [UUID] {
        try await database.app.transaction { transaction in
            try transaction.rows(
                "SELECT tenant_id, id FROM platform.claim_jobs(\(worker), '{test}', \(Int32(count)), interval '1 minute')"
            ) { row in try row.column(1, as: UUID.self) }
        }
    }

    private func runner(
        _ database: TestDatabase, slots: Int = 4, _ handler: @escaping JobHandler
    ) -> JobRunner {
        var settings = JobRunner.Settings()
        settings.slots = slots
        settings.interval = .milliseconds(20)
        settings.backoff.first = .zero
        return JobRunner(database: database.app, handlers: ["test": handler], settings: settings, logger: Self.quiet)
    }

    /// Runs a service until `isDone`, then shuts it down gracefully and waits for its end.
    private func run(_ services: [any Service], until isDone: @escaping @Sendable () async throws -> Bool) async throws
    {
        let group = ServiceGroup(services: services, logger: Self.quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let deadline = ContinuousClock.now + .seconds(30)
            while try await !isDone(), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func states(_ database: TestDatabase) async throws -> [String: Int64] {
        let rows = try await database.superuser.transaction { transaction in
            try transaction.rows("SELECT state, count(*) FROM platform.job GROUP BY state") { row in
                (try row.column(0, as: String.self), try row.column(1, as: Int64.self))
            }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    @Test("Workers at the same time never take one job twice, and take all")
    func workersNeverTakeOneJobTwice() async throws {
        try await self.withDatabase { database in
            let tenants = [try await database.makeTenant(), try await database.makeTenant()]
            for tenant in tenants { try await self.enqueue(200, for: tenant, in: database) }
            let taken = try await withThrowingTaskGroup(of: [UUID].self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        var all: [UUID] = []
                        var misses = 0
                        while misses < 5 {
                            let batch = try await self.claim(7, by: "worker \(worker)", in: database)
                            if batch.isEmpty { misses += 1 }
                            all += batch
                        }
                        return all
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(taken.count == 400)
            #expect(Set(taken).count == 400)
        }
    }

    @Test("A tenant with much work does not keep the others waiting")
    func aBusyTenantDoesNotKeepTheOthersWaiting() async throws {
        try await self.withDatabase { database in
            let busy = try await database.makeTenant()
            let small = try await database.makeTenant()
            try await self.enqueue(500, for: busy, in: database)
            try await self.enqueue(3, for: small, in: database)
            _ = try await self.claim(10, by: "w", in: database)
            let served: Int64 = try await database.superuser.value(
                "SELECT count(*) FROM platform.job WHERE tenant_id = \(small.id) AND state = 'running'")
            #expect(served == 3)
        }
    }

    @Test("Work not yet due, and of kinds a worker does not know, is left alone")
    func whatIsNotDueIsLeftAlone() async throws {
        try await self.withDatabase { database in
            let tenant = try await database.makeTenant()
            try await database.app.run(
                "SELECT platform.enqueue('test', '{}', now() + interval '1 hour'), platform.enqueue('other', '{}')",
                opening: "SELECT platform.begin_system(\(tenant.id))")
            #expect(try await self.claim(10, by: "w", in: database).isEmpty)
        }
    }

    @Test("The jobs of a worker that died come back when its lease has ended, and are parked after their last attempt")
    func theJobsOfADeadWorkerComeBack() async throws {
        try await self.withDatabase { database in
            let tenant = try await database.makeTenant()
            try await self.enqueue(1, for: tenant, in: database, attempts: 2)
            for attempt in 1...2 {
                let claimed = try await self.claim(5, by: "dies \(attempt)", in: database)
                #expect(claimed.count == 1)
                #expect(try await self.claim(5, by: "other", in: database).isEmpty, "a lease holds")
                try await database.superuser.run("UPDATE platform.job SET leased_until = now() - interval '1 second'")
            }
            #expect(try await self.claim(5, by: "third", in: database).isEmpty)
            #expect(try await self.states(database) == ["parked": 1])
        }
    }

    @Test("A living worker keeps its leases, and a lost lease cannot finish another's job")
    func aLostLeaseFinishesNothing() async throws {
        try await self.withDatabase { database in
            let tenant = try await database.makeTenant()
            try await self.enqueue(1, for: tenant, in: database)
            _ = try await self.claim(1, by: "slow", in: database)
            try await database.superuser.run("UPDATE platform.job SET leased_until = now() + interval '1 second'")
            try await database.app.run("SELECT platform.extend_leases('slow', interval '1 hour')")
            let kept: Bool = try await database.superuser.value(
                "SELECT leased_until > now() + interval '50 minutes' FROM platform.job")
            #expect(kept)
            try await database.superuser.run("UPDATE platform.job SET leased_until = now() - interval '1 second'")
            let id = try #require(try await self.claim(1, by: "quick", in: database).first)
            let late = Job(
                tenant: tenant.id, id: id, kind: "test", payload: JSONText("{}"), attempt: 1, maxAttempts: 10)
            let finished = try await database.app.transaction(asSystemOf: tenant.id) { try $0.run(late.finishing) }
            #expect(finished == 0)
        }
    }

    @Test("A runner does every job once, tries failed ones again, and parks what is hopeless")
    func aRunnerDoesEveryJob() async throws {
        try await self.withDatabase { database in
            let tenant = try await database.makeTenant()
            try await self.enqueue(40, for: tenant, in: database, attempts: 3)
            let ledger = Ledger()
            struct Payload: Decodable { let n: Int }
            let runner = self.runner(database) { job in
                ledger.note(job)
                let n = try job.decode(Payload.self).n
                if n == 1 { throw JobFailure.hopeless("no_such_thing") }
                if n == 2 { throw Refusal(409, "always") }
                if n == 3, job.attempt < 3 { throw Refusal(409, "not_yet") }
            }
            try await self.run([runner]) { try await self.states(database) == ["done": 38, "parked": 2] }
            #expect(try await self.states(database) == ["done": 38, "parked": 2])
            #expect(ledger.counts.count == 40)
            #expect(
                ledger.counts.values.filter { $0 == 3 }.count == 2,
                "the one that always fails, the one that fails twice")
            #expect(ledger.counts.values.filter { $0 == 1 }.count == 38)
            let reasons: [String] = try await database.superuser.value(
                "SELECT array_agg(last_error ORDER BY attempt) FROM platform.job WHERE state = 'parked'")
            #expect(reasons.count == 2)
            #expect(reasons[0].contains("no_such_thing"))
        }
    }

    @Test("Two runners share the work and never do one job at the same time")
    func twoRunnersShareTheWork() async throws {
        try await self.withDatabase { database in
            let tenant = try await database.makeTenant()
            try await self.enqueue(60, for: tenant, in: database)
            let ledger = Ledger()
            let runners = (0..<2).map { _ in self.runner(database) { ledger.note($0) } }
            try await self.run(runners) { try await self.states(database) == ["done": 60] }
            #expect(ledger.counts.count == 60)
            #expect(ledger.counts.values.allSatisfy { $0 == 1 })
        }
    }

    @Test("On shutdown what runs is finished and nothing more is taken")
    func onShutdownWhatRunsIsFinished() async throws {
        try await self.withDatabase { database in
            let tenant = try await database.makeTenant()
            try await self.enqueue(5, for: tenant, in: database)
            let ledger = Ledger()
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let runner = self.runner(database, slots: 1) { job in
                ledger.note(job)
                if ledger.counts.count == 1 { for await _ in gate { break } }
            }
            try await self.run([
                runner,
                // Opens the gate only when the shutdown has begun.
                Closer { open.yield() },
            ]) { ledger.counts.count == 1 }
            #expect(ledger.counts.count == 1)
            #expect(try await self.states(database) == ["done": 1, "available": 4])
        }
    }

    private struct Closer: Service {
        let close: @Sendable () -> Void

        func run() async throws {
            try? await gracefulShutdown()
            self.close()
        }
    }

    @Test("Back-off doubles up to its longest and is never less than half")
    func backoffDoubles() {
        let backoff = Backoff()
        for (attempt, seconds) in [(1, 2), (2, 4), (5, 32), (40, 3600)] {
            let delay = backoff.delay(after: attempt)
            #expect(delay <= .seconds(seconds))
            #expect(delay >= .seconds(seconds) / 2)
        }
    }
}
