import Foundation
import Platform
import Postgres
import TestSupport
import Testing

@Suite("Tenancy", .needsCluster, .database)
struct TenancyTests {
    private var database: TestDatabase { .current }

    @Test("Without a tenant the application reads no tenant table: the database refuses")
    func withoutATenantTheDatabaseRefuses() async throws {
        let error = await #expect(throws: DatabaseError.self) {
            try await database.app.transaction { transaction in
                try transaction.rows("SELECT id FROM platform.account") { row in try row.column(0, as: UUID.self) }
            }
        }
        #expect(error?.condition == "no_tenant")
        #expect(error?.refusalStatus == 500)
    }

    @Test("The rows of another tenant do not exist: not to read, not to change, not to refer to")
    func theRowsOfAnotherTenantDoNotExist() async throws {
        let mine = try await database.makeTenant()
        let other = try await database.makeTenant()
        let (seen, changed) = try await database.app.transaction(as: mine.administrator.caller) { transaction in
            let seen = try transaction.rows("SELECT id FROM organisation.person") { row in
                try row.column(0, as: UUID.self)
            }
            let changed = try transaction.run(
                "UPDATE organisation.person SET full_name = 'X' WHERE id = \(other.clerk.id) OR tenant_id = \(other.id)"
            )
            return (seen, changed)
        }
        #expect(seen.count == 5)
        #expect(seen.contains(mine.clerk.id))
        #expect(!seen.contains(other.clerk.id))
        #expect(changed == 0)
        for (tenant, code) in [(mine.id, DatabaseError.Code.foreignKeyViolation), (other.id, .insufficientPrivilege)] {
            let error = await #expect(throws: DatabaseError.self) {
                try await database.app.run(
                    "INSERT INTO platform.account (tenant_id, login, person_id) VALUES (\(tenant), 'ke.la', \(other.clerk.id))",
                    opening: "SELECT platform.begin_system(\(mine.id))")
            }
            #expect(error?.code == code)
        }
    }

    @Test("Who asks is found in the database, from the hash of the secret")
    func whoAsksIsFoundInTheDatabase() async throws {
        let tenant = try await database.makeTenant()
        let seen = try await database.app.transaction(as: tenant.head.caller) { transaction in
            try transaction.one(
                """
                SELECT platform.current_tenant(), platform.current_person(), platform.current_post(), platform.current_unit(),
                       platform.holders(), platform.current_role()
                """
            ) { row in
                (
                    try row.column(0, as: UUID.self), try row.column(1, as: UUID.self),
                    try row.column(2, as: UUID.self),
                    try row.column(3, as: UUID.self), try row.column(4, as: [UUID].self),
                    try row.column(5, as: String.self)
                )
            }
        }
        #expect(seen.0 == tenant.id)
        #expect(seen.1 == tenant.head.id)
        #expect(seen.2 == tenant.head.post)
        #expect(seen.3 == tenant.office)
        #expect(seen.4 == [tenant.head.post, tenant.office])
        #expect(seen.5 == "head")
    }

    @Test("What a transaction said about its caller is gone with it")
    func whatATransactionSaidIsGoneWithIt() async throws {
        let tenant = try await database.makeTenant()
        let single = database.connect(poolSize: 1)
        let count = try await single.transaction(asSystemOf: tenant.id) { transaction in
            try transaction.one("SELECT count(*) FROM organisation.unit") { row in try row.column(0, as: Int64.self) }
        }
        #expect(count == 2)
        await #expect(throws: DatabaseError.self) {
            try await single.run("SELECT count(*) FROM organisation.unit")
        }
        await single.close()
    }

    @Test("The application cannot read password hashes, secrets' hashes or the list of blobs")
    func theApplicationCannotReadSecrets() async throws {
        let tenant = try await database.makeTenant()
        let forbidden: [SQL] = [
            "SELECT password_hash FROM platform.account", "SELECT secret_hash FROM platform.session",
            "SELECT secret_hash FROM platform.api_token", "SELECT sha256 FROM platform.blob",
            "SELECT key FROM platform.login_attempt",
        ]
        for statement in forbidden {
            let error = await #expect(throws: DatabaseError.self) {
                try await database.app.run(statement, opening: "SELECT platform.begin_system(\(tenant.id))")
            }
            #expect(error?.code == .insufficientPrivilege)
        }
    }

    @Test("A suspended account or tenant, an ended session and an unknown secret open nothing")
    func whatIsNotInForceOpensNothing() async throws {
        let ends: [(TestTenant) -> SQL] = [
            { "UPDATE platform.account SET state = 'suspended' WHERE id = \($0.clerk.account)" },
            { "UPDATE platform.tenant SET state = 'suspended' WHERE id = \($0.id)" },
            { "UPDATE platform.session SET revoked_at = now() WHERE secret_hash = \($0.clerk.secret.hash)" },
            { "UPDATE platform.session SET expires_at = now() WHERE secret_hash = \($0.clerk.secret.hash)" },
            {
                "UPDATE platform.session SET secret_hash = \(TokenSecret.make().hash) WHERE secret_hash = \($0.clerk.secret.hash)"
            },
        ]
        for end in ends {
            let tenant = try await database.makeTenant()
            try await database.app.run("SELECT 1", opening: tenant.clerk.caller.opening)
            try await database.superuser.run(end(tenant))
            let error = await #expect(throws: DatabaseError.self) {
                try await database.app.run("SELECT 1", opening: tenant.clerk.caller.opening)
            }
            #expect(error?.condition == "unauthenticated")
        }
    }

    @Test("The backup reads the rows of all tenants and changes nothing; the reporting role sees none of them")
    func theBackupReadsAndChangesNothing() async throws {
        let tenants = [try await database.makeTenant(), try await database.makeTenant()].map(\.id)
        let backup = TestCluster.connect(to: database.name, as: "vanthu_backup", poolSize: 1)
        let report = TestCluster.connect(to: database.name, as: "vanthu_report_all", poolSize: 1)
        let seen: Int64 = try await backup.value(
            "SELECT count(*) FROM platform.account WHERE tenant_id = ANY (\(tenants))")
        #expect(seen == 10)
        for (role, statement): (Database, SQL) in [
            (backup, "UPDATE platform.account SET state = 'closed'"), (backup, "DELETE FROM platform.tenant"),
            (report, "SELECT login FROM platform.account"), (report, "SELECT canonical FROM platform.audit_entry"),
        ] {
            let error = await #expect(throws: DatabaseError.self) { try await role.run(statement) }
            #expect(error?.code == .insufficientPrivilege)
        }
        await backup.close()
        await report.close()
    }
}
