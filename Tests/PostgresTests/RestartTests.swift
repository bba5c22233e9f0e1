import Postgres
import Testing

@Suite(
    .enabled(if: TestServer.isAvailable && Cluster.isAvailable, "no server, or no PostgreSQL to run one"),
    .timeLimit(.minutes(2)))
struct RestartTests {
    @Test func aDatabaseComesBackByItselfWhenItsServerDoes() async throws {
        let cluster = try await Cluster()
        do {
            try await self.stopAndStart(cluster)
        } catch {
            try await cluster.remove()
            throw error
        }
        try await cluster.remove()
    }

    private func stopAndStart(_ cluster: Cluster) async throws {
        var configuration = cluster.configuration
        configuration.poolSize = 4
        configuration.leaseTimeout = .seconds(60)
        let database = Database(configuration, logger: TestServer.logger)
        let listener = Listener(configuration, channels: ["channel"], logger: TestServer.logger)
        var events = listener.makeAsyncIterator()

        // The server may come later than its clients.
        try await self.expectFastFailures(of: database)
        try await cluster.start()
        #expect(try await eventually { try await self.answers(database) })
        #expect(await events.next() == .resynchronise)

        // Fill the pool, so that four connections are there to be lost.
        try await self.useAll(database)
        #expect(database.statistics.idle == 4)
        try await cluster.stop()
        try await self.expectFastFailures(of: database)

        try await cluster.start()
        #expect(try await eventually { try await self.answers(database) })
        try await self.useAll(database)
        #expect(await events.next() == .resynchronise)

        // A restart between two uses is not even noticed.
        try await cluster.stop()
        try await cluster.start()
        try await self.useAll(database)
        listener.close()
        await database.close()
    }

    private func answers(_ database: Database) async throws -> Bool {
        do {
            return try await database.value("SELECT 1") == 1
        } catch let error as DatabaseError where error.isConnectionFailure {
            return false
        }
    }

    private func useAll(_ database: Database) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { _ = try await database.transaction { try $0.run("SELECT pg_sleep(0.05)") } }
            }
            try await group.waitForAll()
        }
    }

    private func expectFastFailures(of database: Database) async throws {
        let began = ContinuousClock.now
        for _ in 0..<50 {
            let answered = try await self.answers(database)
            #expect(!answered)
        }
        // Had one waited, it would have been for a minute.
        #expect(ContinuousClock.now - began < .seconds(30))
    }
}
