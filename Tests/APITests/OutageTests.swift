import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Platform
import Postgres
import TestSupport
import Testing

@testable import API

/// The database goes away and comes back.
@Suite(.needsCluster, .database) struct OutageTests {
    @Test func withoutADatabaseTheAnswerIs503AndLaterAllIsWellAgain() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        let name = TestDatabase.current.name
        let admin = TestCluster.connect(to: "postgres", as: "postgres", poolSize: 1)
        try await Harness.make().serve { client in
            #expect(try await client.send(.get, "/api/v1/me", as: tenant.clerk).status == 200)
            try await admin.run("ALTER DATABASE \(unescaped: name) WITH ALLOW_CONNECTIONS false")
            try await admin.run(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = \(name)")
            for path in ["/api/v1/me", "/readyz"] {
                let answer = try await client.send(.get, path, as: tenant.clerk)
                #expect(answer.status == 503 && answer.code == "database_unavailable")
                #expect(answer.headers[.retryAfter] != nil)
            }
            #expect(try await client.send(.get, "/healthz").status == 200)
            try await admin.run("ALTER DATABASE \(unescaped: name) WITH ALLOW_CONNECTIONS true")
            // The pool waits between attempts to connect; readiness says when one has succeeded.
            var status = 503
            for _ in 0..<200 where status == 503 {
                status = try await client.send(.get, "/readyz").status
                if status == 503 { try await Task.sleep(for: .milliseconds(50)) }
            }
            #expect(status == 200)
            #expect(try await client.send(.get, "/api/v1/me", as: tenant.clerk).status == 200)
        }
        await admin.close()
    }
}

@Suite(.needsCluster, .database) struct OverloadTests {
    @Test func whoWaitsTooLongForAConnectionIsToldToComeBack() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        var settings = DatabaseConfiguration(
            host: TestCluster.socket ?? "", port: TestCluster.port, database: TestDatabase.current.name,
            user: "vanthu_app")
        settings.poolSize = 1
        settings.leaseTimeout = .milliseconds(100)
        // Longer than any busy machine takes to let the second request run.
        settings.lockTimeout = .seconds(120)
        settings.statementTimeout = .seconds(120)
        let narrow = Database(settings, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let harness = try await Harness.make()
        defer { try? FileManager.default.removeItem(atPath: harness.folder) }
        try await harness.application(database: narrow).test(.router) { inner in
            let client = Client(inner: inner)
            // The one connection waits for a lock that somebody else's session holds.
            let holder = TestCluster.connect(to: TestDatabase.current.name, as: "postgres", poolSize: 1)
            try await holder.run("SELECT pg_advisory_lock(1)")
            async let waiting = narrow.run("SELECT pg_advisory_xact_lock(1)")
            for _ in 0..<2000 where narrow.statistics.leases == 0 { try await Task.sleep(for: .milliseconds(5)) }
            let answer = try await client.send(.get, "/api/v1/me", as: tenant.clerk)
            await holder.close()
            #expect(answer.status == 503)
            #expect(answer.code == "overloaded")
            #expect(answer.headers[.retryAfter] == "1")
            _ = try? await waiting
            #expect(try await client.send(.get, "/api/v1/me", as: tenant.clerk).status == 200)
        }
        await narrow.close()
    }

    @Test func everySQLSTATEHasItsAnswer() async throws {
        let database = TestDatabase.current.app
        func problem(_ statement: SQL) async -> Problem? {
            do {
                try await database.run(statement)
                return nil
            } catch { return Problem(error) }
        }
        #expect(
            await problem("SELECT platform.ensure(false, 'VT409', 'already_issued', 'a')")
                == Problem(409, "already_issued", field: "a"))
        #expect(await problem("SELECT platform.ensure(false, 'VT423', 'key_locked')") == Problem(423, "key_locked"))
        #expect(await problem("SELECT platform.current_tenant()") == .internalError)
        #expect(await problem("SELECT 'a'::integer")?.status == 422)
        #expect(await problem("SELECT nothing FROM nowhere") == .internalError)
        #expect(await problem("SELECT 1 / 0")?.status == 422)
    }
}
