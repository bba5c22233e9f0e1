import Foundation
import Office
import Platform
import Postgres
import TestSupport
import Testing

@testable import Signatures

/// Certificates that outlive their post or their holder's accounts, and key files of other servers.
@Suite(.database)
struct OutlivedCertificateTests {
    private struct Kept: Equatable {
        let state: String
        let reason: String?
        /// Days before today's first moment in Vietnam; nil while it is valid.
        let daysAgo: Double?
    }

    private func kept(of post: UUID, _ signing: Signing) async throws -> Kept? {
        try await signing.travel.database.superuser.transaction { transaction in
            try transaction.first(
                """
                SELECT state, revocation_reason,
                       (extract(epoch FROM (current_date::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh') - revoked_at) / 86400)::float8
                  FROM signatures.certificate WHERE post_id = \(post)
                """
            ) { row in Kept(state: try row.column(0), reason: try row.optional(1), daysAgo: try row.optional(2)) }
        }
    }

    /// The leader's post as it will have been for a while, with a certificate from long ago.
    private func age(_ signing: Signing, endedOn days: Int64?) async throws {
        try await signing.travel.database.superuser.transaction { transaction in
            transaction.queue(
                """
                UPDATE organisation.post SET started_on = current_date - 100, ended_on = current_date + \(days)::integer
                 WHERE id = \(signing.leader.post)
                """)
            transaction.queue(
                "UPDATE signatures.certificate SET not_before = now() - interval '90 days' WHERE post_id = \(signing.leader.post)"
            )
        }
    }

    private func revoke(_ signing: Signing) async throws {
        try await RevokeOutlivedCertificates(database: signing.desk.database)()
    }

    private func revocations(_ signing: Signing) async throws -> Int64 {
        let tenant = signing.travel.tenant.id
        return try await signing.travel.database.superuser.transaction { transaction in
            try transaction.one(
                "SELECT count(*) FROM platform.audit_entry WHERE tenant_id = \(tenant) AND action = 'certificate.revoke'"
            ) { try $0.column(0) }
        }
    }

    @Test(arguments: [(0, 0.0), (-3, 3.0)])
    func aPostThatEndsByItsDateTakesItsCertificateAlong(days: Int64, ago: Double) async throws {
        let signing = try await Signing.begin()
        let other = try await Signing.begin()
        try await self.age(signing, endedOn: days)
        try await self.revoke(signing)
        let expected = Kept(state: "revoked", reason: "cessation_of_operation", daysAgo: ago)
        #expect(try await self.kept(of: signing.leader.post, signing) == expected)
        #expect(try await self.kept(of: other.leader.post, other)?.state == "valid")
        // What OCSP and the list say.
        let told = try await signing.desk.database.transaction { transaction in
            try transaction.one(
                """
                SELECT count(*) FROM signatures.authority AS a, signatures.revoked_by_authority(a.id) AS r
                 WHERE a.kind = 'issuing' AND r.revoked_at = (current_date + \(days)::integer)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
                   AND r.serial IN (SELECT serial FROM signatures.status_of(a.id, ARRAY[r.serial]) AS s WHERE s.revoked_at = r.revoked_at)
                """
            ) { try $0.column(0, as: Int64.self) }
        }
        #expect(told >= 1)
        // Again, nothing.
        try await self.revoke(signing)
        #expect(try await self.kept(of: signing.leader.post, signing) == expected)
        #expect(try await self.revocations(signing) == 1)
    }

    @Test(arguments: [1, 30, nil] as [Int64?])
    func aPostThatLastsKeepsIts(days: Int64?) async throws {
        let signing = try await Signing.begin()
        try await self.age(signing, endedOn: days)
        try await self.revoke(signing)
        #expect(try await self.kept(of: signing.leader.post, signing)?.state == "valid")
        #expect(try await self.revocations(signing) == 0)
    }

    @Test func neverBeforeTheCertificateItself() async throws {
        let signing = try await Signing.begin()
        let post = signing.leader.post
        try await signing.travel.database.superuser.run(
            "UPDATE organisation.post SET started_on = current_date - 9, ended_on = current_date - 5 WHERE id = \(post)"
        )
        try await self.revoke(signing)
        let isSame = try await signing.travel.database.superuser.transaction { transaction in
            try transaction.one("SELECT revoked_at = not_before FROM signatures.certificate WHERE post_id = \(post)") {
                try $0.column(0, as: Bool.self)
            }
        }
        #expect(isSame)
    }

    @Test func aClosedAccountTakesItAlongAndASuspendedOneDoesNot() async throws {
        let signing = try await Signing.begin()
        let (account, person) = (signing.leader.account, signing.leader.id)
        func become(_ state: String) async throws {
            try await signing.travel.database.superuser.run(
                "UPDATE platform.account SET state = \(state) WHERE id = \(account)")
            try await self.revoke(signing)
        }
        try await become("suspended")
        #expect(try await self.kept(of: signing.leader.post, signing)?.state == "valid")
        // One of two accounts: the person still works here.
        let second = UUIDv7.make()
        try await signing.travel.database.superuser.run(
            """
            INSERT INTO platform.account (tenant_id, id, login, person_id)
            VALUES (\(signing.travel.tenant.id), \(second), 'second', \(person))
            """)
        try await become("closed")
        #expect(try await self.kept(of: signing.leader.post, signing)?.state == "valid")
        try await signing.travel.database.superuser.run(
            "UPDATE platform.account SET state = 'closed' WHERE id = \(second)")
        try await self.revoke(signing)
        let kept = try await self.kept(of: signing.leader.post, signing)
        #expect(kept?.state == "revoked" && kept?.reason == "privilege_withdrawn")
    }

    @Test func aKeyFileThatTheKeysAreNotUnderIsToldAtTheStart() async throws {
        let signing = try await Signing.begin()
        let database = signing.desk.database
        try await signing.desk.keys.ensureOwnSecret(in: database)
        try await signing.desk.keys.ensureOwnSecret(in: database)
        let other = try KeyRoom(secretFile: Signing.folder.path + "/another", corporation: Signing.corporation)
        await #expect(throws: ForeignKeyFile()) { try await other.ensureOwnSecret(in: database) }
        // Also where the database does not know the right one yet, and where there are soft keys alone.
        try await signing.travel.database.superuser.run("DELETE FROM signatures.server_secret")
        await #expect(throws: ForeignKeyFile()) { try await other.ensureOwnSecret(in: database) }
        try await signing.desk.keys.ensureOwnSecret(in: database)
        let secret = try Data(contentsOf: URL(fileURLWithPath: Signing.folder.path + "/secret"))
        let known = try await database.transaction { transaction in
            try transaction.one("SELECT fingerprint FROM signatures.server_secret") {
                try $0.column(0, as: [UInt8].self)
            }
        }
        #expect(known.count == 32 && Data(known) != secret)
    }
}
