import Foundation
import Platform
import Postgres
import TestSupport
import Testing

@Suite("Idempotency", .needsCluster, .database)
struct IdempotencyTests {
    private struct Answer: Equatable, Sendable {
        let status: Int32
        let body: String
    }

    private var database: TestDatabase { .current }

    /// Does an act under a key: `work` runs only when the key is fresh. Returns the answer, kept or new.
    private func act(
        _ key: String, _ fingerprint: [UInt8] = [1], as person: TestPerson,
        _ work: @Sendable (borrowing Transaction) throws -> Void = { _ in }
    ) async throws -> (answer: Answer, isReplay: Bool) {
        try await self.database.app.transaction(as: person.caller) { transaction in
            let kept = try transaction.first(
                "SELECT status, body FROM platform.claim_idempotency(\(key), \(fingerprint))"
            ) { row in
                Answer(status: try row.column(0), body: try row.column(1))
            }
            if let kept { return (kept, true) }
            try work(transaction)
            transaction.queue("SELECT platform.finish_idempotency(\(key), 201, 'made', \(JSONText("{}")))")
            return (Answer(status: 201, body: "made"), false)
        }
    }

    @Test("The same request again gets the same answer and does nothing; under another body the key is refused")
    func theSameRequestGetsTheSameAnswer() async throws {
        let tenant = try await database.makeTenant()
        let first = try await self.act("k", as: tenant.clerk)
        #expect(!first.isReplay)
        let second = try await self.act("k", as: tenant.clerk) { _ in Issue.record("done twice") }
        #expect(second.isReplay)
        #expect(second.answer == first.answer)
        let error = await #expect(throws: DatabaseError.self) { try await self.act("k", [2], as: tenant.clerk) }
        #expect(error?.condition == "idempotency_key_reused")
        #expect(error?.refusalStatus == 422)
        #expect(try await !self.act("k", as: tenant.head).isReplay, "keys belong to an account")
    }

    @Test("Requests at the same time with one key are one act")
    func requestsAtTheSameTimeAreOneAct() async throws {
        let tenant = try await database.makeTenant()
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await self.act("k", as: tenant.clerk) { transaction in
                        try transaction.run("SELECT platform.enqueue('test', '{}')")
                    }.isReplay
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { !$0 } == 1)
        let acts: Int64 = try await database.superuser.value(
            "SELECT count(*) FROM platform.job WHERE tenant_id = \(tenant.id)")
        #expect(acts == 1)
    }

    @Test("An act that failed leaves its key free")
    func aFailedActLeavesItsKeyFree() async throws {
        let tenant = try await database.makeTenant()
        await #expect(throws: Refusal.self) {
            try await self.act("k", as: tenant.clerk) { _ in throw Refusal(409, "not_now") }
        }
        #expect(try await !self.act("k", as: tenant.clerk).isReplay)
    }

    @Test("A key is free again when it has expired, swept or not")
    func anExpiredKeyIsFree() async throws {
        let tenant = try await database.makeTenant()
        let expire: SQL =
            "UPDATE platform.idempotency SET expires_at = now() - interval '1 second' WHERE tenant_id = \(tenant.id)"
        _ = try await self.act("k", as: tenant.clerk)
        try await database.superuser.run(expire)
        #expect(try await !self.act("k", [9], as: tenant.clerk).isReplay)
        try await database.superuser.run(expire)
        try await database.app.run("SELECT platform.sweep()")
        let left: Int64 = try await database.superuser.value(
            "SELECT count(*) FROM platform.idempotency WHERE tenant_id = \(tenant.id)")
        #expect(left == 0)
    }
}
