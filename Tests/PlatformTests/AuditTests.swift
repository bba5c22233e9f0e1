import Foundation
import Platform
import Postgres
import TestSupport
import Testing

@Suite("Audit trail", .needsCluster, .database)
struct AuditTests {
    private var database: TestDatabase { .current }
    private var verification: AuditVerification { AuditVerification(database: self.database.app) }

    /// A tenant whose trail has `count` entries.
    private func trail(of count: Int) async throws -> TestTenant {
        let tenant = try await database.makeTenant()
        for index in 0..<count {
            try await self.record(index, as: tenant.clerk)
        }
        return tenant
    }

    private func record(_ index: Int, as person: TestPerson) async throws {
        try await self.database.app.run(
            "SELECT platform.record('test.done', 'test', \(UUIDv7.make()), NULL, jsonb_build_object('n', \(Int64(index))))",
            opening: person.caller.opening)
    }

    /// Does what only a thief with the superuser's rights could: writes into the trail.
    private func tamper(_ statements: [SQL]) async throws {
        try await self.database.superuser.transaction { transaction in
            try transaction.run("SET LOCAL session_replication_role = replica")
            for statement in statements { try transaction.run(statement) }
        }
    }

    @Test("An untouched trail has no findings, names who acted, and its head is the last hash")
    func anUntouchedTrailHasNoFindings() async throws {
        let tenant = try await self.trail(of: 5)
        let result = try await self.verification.verify(tenant: tenant.id)
        #expect(result.entries == 5)
        #expect(result.findings.isEmpty)
        let head: [UInt8] = try await database.superuser.value(
            "SELECT hash FROM platform.audit_head WHERE tenant_id = \(tenant.id)")
        #expect(result.head == head)
        let who: Bool = try await database.superuser.value(
            """
            SELECT bool_and(account_id = \(tenant.clerk.account)
                            AND canonical::jsonb ->> 'person' = \(tenant.clerk.id.uuidString.lowercased())
                            AND canonical::jsonb ->> 'address' = '192.0.2.1' AND canonical::jsonb ->> 'request' <> '')
              FROM platform.audit_entry WHERE tenant_id = \(tenant.id)
            """)
        #expect(who)
    }

    @Test("A trail longer than a page is walked to its end")
    func aLongTrailIsWalkedToItsEnd() async throws {
        let tenant = try await database.makeTenant()
        try await database.app.run(
            "SELECT platform.record('test.done', 'test', NULL, NULL, to_jsonb(n)) FROM generate_series(1, 2500) AS n",
            opening: tenant.clerk.caller.opening)
        try await self.tamper([
            "UPDATE platform.audit_entry SET action = 'x' WHERE tenant_id = \(tenant.id) AND seq = 2300"
        ])
        let result = try await self.verification.verify(tenant: tenant.id)
        #expect(result.entries == 2500)
        #expect(result.findings.map(\.sequence) == [2300])
    }

    @Test(
        "A changed entry is found, whichever part of it was changed",
        arguments: [
            "canonical = replace(canonical, '\"n\": 2', '\"n\": 7')", "action = 'test.undone'",
            "at = at + interval '1 second'",
            "subject_id = NULL", "account_id = NULL", "canonical = 'nonsense'",
        ])
    func aChangedEntryIsFound(change: String) async throws {
        let tenant = try await self.trail(of: 5)
        try await self.tamper([
            "UPDATE platform.audit_entry SET \(unescaped: change) WHERE tenant_id = \(tenant.id) AND seq = 3"
        ])
        let findings = try await self.verification.verify(tenant: tenant.id).findings
        #expect(findings == [.init(tenant: tenant.id, kind: .changed, sequence: 3)])
    }

    @Test("An entry changed together with its hash shows in the entry after it, or in the head")
    func aRehashedEntryShows() async throws {
        let tenant = try await self.trail(of: 5)
        for sequence in [Int64(3), 5] {
            try await self.tamper([
                """
                UPDATE platform.audit_entry
                   SET canonical = replace(canonical, '"n"', '"m"'),
                       hash = sha256('\\x01'::bytea || previous_hash || convert_to(replace(canonical, '"n"', '"m"'), 'UTF8'))
                 WHERE tenant_id = \(tenant.id) AND seq = \(sequence)
                """
            ])
        }
        let findings = try await self.verification.verify(tenant: tenant.id).findings
        #expect(findings.map(\.kind) == [.unlinked, .unlinked])
        #expect(findings.map(\.sequence) == [4, 5])
    }

    @Test(
        "A removed entry is found: the first, one in the middle, the last, all",
        arguments: [1...1, 3...3, 4...5, 1...5])
    func aRemovedEntryIsFound(gone: ClosedRange<Int64>) async throws {
        let tenant = try await self.trail(of: 5)
        try await self.tamper([
            """
            DELETE FROM platform.audit_entry
             WHERE tenant_id = \(tenant.id) AND seq BETWEEN \(gone.lowerBound) AND \(gone.upperBound)
            """
        ])
        let findings = try await self.verification.verify(tenant: tenant.id).findings
        #expect(findings == [.init(tenant: tenant.id, kind: .removed, sequence: gone.lowerBound)])
    }

    @Test("Entries that changed places are found")
    func reorderedEntriesAreFound() async throws {
        let tenant = try await self.trail(of: 5)
        try await self.tamper([
            "UPDATE platform.audit_entry SET seq = 1000 WHERE tenant_id = \(tenant.id) AND seq = 2",
            "UPDATE platform.audit_entry SET seq = 2 WHERE tenant_id = \(tenant.id) AND seq = 3",
            "UPDATE platform.audit_entry SET seq = 3 WHERE tenant_id = \(tenant.id) AND seq = 1000",
        ])
        let findings = try await self.verification.verify(tenant: tenant.id).findings
        #expect(findings.filter { $0.kind == .reordered }.map(\.sequence) == [2, 3])
    }

    @Test("Neither the application nor the owner can change the trail")
    func nobodyChangesTheTrail() async throws {
        let tenant = try await self.trail(of: 1)
        let opening: SQL = "SELECT platform.begin_system(\(tenant.id))"
        for statement: SQL in ["UPDATE platform.audit_entry SET action = 'x'", "DELETE FROM platform.audit_entry"] {
            let refused = await #expect(throws: DatabaseError.self) {
                try await self.database.app.run(statement, opening: opening)
            }
            #expect(refused?.code == .insufficientPrivilege)
            let stopped = await #expect(throws: DatabaseError.self) {
                try await self.database.owner.run(statement, opening: opening)
            }
            #expect(stopped?.condition == "audit_is_append_only")
        }
    }

    @Test("Writers at the same time leave no gap and no double, and a rolled back entry leaves nothing")
    func writersAtTheSameTimeLeaveNoGap() async throws {
        let tenant = try await database.makeTenant()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<60 {
                group.addTask {
                    try await self.record(index, as: [tenant.clerk, tenant.head, tenant.leader][index % 3])
                }
                group.addTask {
                    _ = try? await self.database.app.transaction(as: tenant.clerk.caller) { transaction in
                        try transaction.run("SELECT platform.record('test.failed', 'test', NULL, NULL, NULL)")
                        throw Refusal(409, "changed_my_mind")
                    }
                }
            }
            try await group.waitForAll()
        }
        let result = try await self.verification.verify(tenant: tenant.id)
        #expect(result.entries == 60)
        #expect(result.findings.isEmpty)
    }

    @Test("All trails are verified, each on its own")
    func allTrailsAreVerified() async throws {
        let good = try await self.trail(of: 2)
        let bad = try await self.trail(of: 2)
        let idle = try await database.makeTenant()
        try await self.tamper(["DELETE FROM platform.audit_entry WHERE tenant_id = \(bad.id) AND seq = 2"])
        var found: [UUID: AuditVerification.Result] = [:]
        try await self.verification.verifyAll { tenant, result in found[tenant] = result }
        #expect(found[good.id]?.findings.isEmpty == true)
        #expect(found[bad.id]?.findings.map(\.kind) == [.removed])
        #expect(found[idle.id]?.entries == 0)
        #expect(found[idle.id]?.findings.isEmpty == true)
    }

    @Test("What is done to the installation has a chain of its own, which shows what was changed in it")
    func theInstallationsChainIsVerified() async throws {
        let before = try await self.verification.verifyInstallation().entries
        let operators = [
            InstallationAct.Operator(user: "root", sudoUser: "an", host: "máy chủ 1"), nil,
            InstallationAct.Operator(user: "vanthu", sudoUser: nil, host: "máy chủ 2"),
        ]
        for (index, actor) in operators.enumerated() {
            let act = InstallationAct(
                "test.done", on: "test", UUIDv7.make(), by: actor, details: ["n": "\(index)"])
            try await self.database.app.transaction { try act.queue(in: $0) }
        }
        let result = try await self.verification.verifyInstallation()
        #expect(result.entries == before + 3 && result.findings.isEmpty)
        let last = try await self.database.app.transaction { transaction in
            try transaction.one(
                """
                SELECT canonical::jsonb -> 'operator' ->> 'user', canonical::jsonb -> 'after' ->> 'n'
                  FROM platform.operation_entry ORDER BY seq DESC LIMIT 1
                """
            ) { row in [try row.column(0, as: String.self), try row.column(1, as: String.self)] }
        }
        #expect(last == ["vanthu", "2"])
        // Nobody who serves requests changes it, and who can is found out.
        await #expect(throws: DatabaseError.self) {
            try await self.database.app.run("UPDATE platform.operation_entry SET action = 'other'")
        }
        let second = Int64(before + 2)
        try await self.tamper([
            "UPDATE platform.operation_entry SET canonical = replace(canonical, 'test.done', 'test.gone') WHERE seq = \(second)"
        ])
        #expect(try await self.verification.verifyInstallation().findings.map(\.kind) == [.changed])
        try await self.tamper(["DELETE FROM platform.operation_entry WHERE seq = \(second)"])
        #expect(try await self.verification.verifyInstallation().findings.map(\.kind) == [.removed])
    }
}
