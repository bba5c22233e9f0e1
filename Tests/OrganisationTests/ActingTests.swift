import Foundation
import Organisation
import Platform
import Postgres
import TestSupport
import Testing
import Workflow

@Suite("Acting in a post", .needsCluster, .database)
struct ActingTests {
    private var database: TestDatabase { .current }

    /// A document of the tenant, without a flow behind it.
    private func makeDocument(of tenant: TestTenant) async throws -> UUID {
        let id = UUIDv7.make()
        try await database.superuser.transaction("SELECT platform.begin_system(\(tenant.id))") { transaction in
            transaction.queue(
                """
                INSERT INTO documents.document_type (code, name, abbreviation, position) VALUES ('QD', 'Quyết định', 'QĐ', 1)
                    ON CONFLICT DO NOTHING
                """)
            transaction.queue(
                """
                INSERT INTO documents.document (id, direction, state, type_code, subject, organ_name)
                VALUES (\(id), 'incoming', 'awaiting_direction', 'QD', 'Về việc thử', 'Bộ Nội vụ')
                """)
        }
        return id
    }

    /// Person, title and on whose behalf, of each row in the order of writing.
    private func names(in table: SQL, of document: UUID, as person: TestPerson) async throws -> [[String]] {
        try await database.app.transaction(as: person.caller) { transaction in
            try transaction.rows(
                "SELECT person_name, title, on_behalf_of FROM " + table + " WHERE document_id = \(document) ORDER BY id"
            ) { row in [try row.column(0), try row.column(1), try row.column(2)] }
        }
    }

    @Test("Steps and directions say who really acted, in which title, and for whom")
    func stepsAndDirectionsSayWhoReallyActed() async throws {
        let tenant = try await database.makeTenant()
        let document = try await self.makeDocument(of: tenant)
        let step = TakeStep(
            document: document,
            move: Move(
                action: "agree", from: "awaiting_direction", to: "in_progress", nextActor: "none", needsComment: false),
            comment: "", nextHolder: nil)
        @Sendable func direction(_ text: String) throws -> GiveDirection {
            let order = try DirectionOrder(
                text: text, dueAt: nil, lead: tenant.specialist.post, support: [], inform: [])
            return GiveDirection(id: UUIDv7.make(), document: document, order: order)
        }
        try await database.app.transaction(as: tenant.leader.caller) { transaction in
            step(in: transaction)
            try direction("Giao Văn phòng tham mưu")(in: transaction)
        }
        try await database.delegate(from: tenant.leader, to: tenant.head)
        try await database.switchPost(of: tenant.head, to: tenant.leader.post)
        try await database.app.transaction(as: tenant.head.caller) { transaction in
            step(in: transaction)
            try direction("Báo cáo trong tuần")(in: transaction)
        }
        let expected = [
            ["Nguyễn Văn leader", "leader", ""], ["Nguyễn Văn head", "leader", "Nguyễn Văn leader"],
        ]
        #expect(try await self.names(in: "workflow.step", of: document, as: tenant.leader) == expected)
        #expect(try await self.names(in: "workflow.direction", of: document, as: tenant.leader) == expected)
    }

    @Test("A person with two posts acts in one at a time, and chooses which")
    func aPersonWithTwoPostsChooses() async throws {
        let tenant = try await database.makeTenant()
        let second = Appoint(
            id: UUIDv7.make(), person: tenant.leader.id, unit: tenant.office, role: "head", title: "Chánh Văn phòng")
        try await database.app.transaction(as: tenant.administrator.caller) { try second(in: $0) }
        try await database.superuser.run(
            """
            INSERT INTO platform.session (secret_hash, account_id, post_id, expires_at, address)
            VALUES (\(TokenSecret.make().hash), \(tenant.leader.account), \(tenant.leader.post), now() + interval '1 hour', 'x')
            """, opening: "SELECT platform.begin_system(\(tenant.id))")
        try await database.switchPost(of: tenant.leader, to: second.id)
        let standing = try await database.standing(of: tenant.leader.caller)
        #expect(standing.post == second.id)
        #expect(standing.holders == [second.id, tenant.office])
        #expect(!standing.isDelegated)
        await expectRefusal(422, "unknown_post", "post_id") {
            try await database.switchPost(of: tenant.leader, to: tenant.head.post)
        }
        // A change of one session leaves the others of the account as they are.
        let posts: Int64 = try await database.superuser.value(
            "SELECT count(*) FROM platform.session WHERE tenant_id = \(tenant.id) AND post_id = \(second.id)")
        #expect(posts == 1)
    }

    @Test("One sees one's own open sessions and ends them, and nobody else's")
    func oneSeesOnesOwnSessions() async throws {
        let tenant = try await database.makeTenant()
        let secret = TokenSecret.make()
        let (other, closed) = (UUIDv7.make(), UUIDv7.make())
        try await database.superuser.transaction("SELECT platform.begin_system(\(tenant.id))") { transaction in
            transaction.queue(
                """
                INSERT INTO platform.session (id, secret_hash, account_id, post_id, last_seen_at, expires_at, revoked_at, address)
                VALUES (\(other), \(secret.hash), \(tenant.clerk.account), \(tenant.clerk.post), now() - interval '1 hour',
                        now() + interval '1 hour', NULL, '192.0.2.7'),
                       (\(closed), \(TokenSecret.make().hash), \(tenant.clerk.account), NULL, now(), now() + interval '1 hour', now(), 'x'),
                       (DEFAULT, \(TokenSecret.make().hash), \(tenant.clerk.account), NULL, now(), now() - interval '1 hour', NULL, 'x')
                """)
        }
        let sessions = try await database.items(Sessions.mine, as: tenant.clerk.caller)
        #expect(sessions.map { $0["is_current"] as? Bool } == [true, false])
        #expect(sessions.last?["id"] as? String == other.text)
        #expect(sessions.last?["address"] as? String == "192.0.2.7")
        #expect(Set(sessions[0].keys) == ["id", "created_at", "last_seen_at", "address", "expires_at", "is_current"])
        await expectRefusal(404, "not_found") {
            try await database.app.transaction(as: tenant.head.caller) { EndSession(id: other)(in: $0) }
        }
        await expectRefusal(404, "not_found") {
            try await database.app.transaction(as: tenant.clerk.caller) { EndSession(id: closed)(in: $0) }
        }
        try await database.app.transaction(as: tenant.clerk.caller) { EndSession(id: other)(in: $0) }
        #expect(try await database.items(Sessions.mine, as: tenant.clerk.caller).count == 1)
        let ended = Caller(
            credential: .session(hash: secret.hash), requestID: UUIDv7.make(), address: "x", requiredScope: nil)
        await expectRefusal(401, "unauthenticated") {
            try await database.app.run("SELECT 1", opening: ended.opening)
        }
    }

    /// A row of ``Pulse``.
    private struct Beat: Hashable {
        var open: Int64 = 0
        var unopened: Int64 = 0
        var late: Int64 = 0
        var newestTask: UUID?
        var deliveries: Int64 = 0
        var newestDelivery: UUID?
    }

    @Test(
        "One pulse counts for holders of several tenants what waits, what is unopened, what is late, and deliveries for clerks"
    )
    func onePulseCountsForSeveralTenants() async throws {
        let (mine, other) = (try await database.makeTenant(), try await database.makeTenant())
        let document = try await self.makeDocument(of: mine)
        let tasks = (0..<4).map { _ in UUIDv7.make() }.sorted { $0.uuidString < $1.uuidString }
        let delivery = UUIDv7.make()
        try await database.superuser.transaction("SELECT platform.begin_system(\(mine.id))") { transaction in
            transaction.queue(
                """
                INSERT INTO workflow.task (id, document_id, holder_id, role, step, state, due_at, opened_at)
                VALUES (\(tasks[0]), \(document), \(mine.head.post), 'lead', 'x', 'open', now() - interval '1 day', now()),
                       (\(tasks[1]), \(document), \(mine.head.post), 'lead', 'x', 'open', now() + interval '1 day', NULL),
                       (\(tasks[2]), \(document), \(mine.head.post), 'lead', 'x', 'open', 'infinity', NULL),
                       (\(tasks[3]), \(document), \(mine.head.post), 'lead', 'x', 'done', 'infinity', NULL)
                """)
            transaction.queue(
                """
                INSERT INTO exchange.delivery (id, sender_id, sender_name, sender_code, dispatch_id, state, settled_at, type_code, subject,
                       code_number, code_notation, issued_on, urgency, handling, language)
                SELECT d.id, \(other.id), 'Nơi gửi', 'X', gen_random_uuid(), d.state, CASE d.state WHEN 'waiting' THEN NULL ELSE now() END,
                       'QD', 'Thử', '1', 'QĐ-X', '2026-01-02', 'normal', 'normal', 'vi'
                  FROM (VALUES (\(delivery)::uuid, 'waiting'), (gen_random_uuid(), 'returned')) AS d (id, state)
                """)
        }
        let pairs = [
            (mine.id, mine.head.post), (mine.id, mine.id), (other.id, other.head.post), (other.id, mine.head.post),
        ].map { (tenant: $0.0, holder: $0.1) }
        let rows = try await database.app.transaction { transaction in
            try transaction.rows(Pulse.of(pairs)) { row in
                (
                    [try row.column(0, as: UUID.self), try row.column(1, as: UUID.self)],
                    Beat(
                        open: try row.column(2), unopened: try row.column(3), late: try row.column(4),
                        newestTask: try row.optional(5), deliveries: try row.column(6),
                        newestDelivery: try row.optional(7))
                )
            }
        }
        let beats = Dictionary(uniqueKeysWithValues: rows)
        #expect(beats.count == 4)
        #expect(beats[[mine.id, mine.head.post]] == Beat(open: 3, unopened: 2, late: 1, newestTask: tasks[2]))
        #expect(beats[[mine.id, mine.id]] == Beat(deliveries: 1, newestDelivery: delivery))
        #expect(beats[[other.id, other.head.post]] == Beat())
        // A holder is asked together with its tenant; elsewhere it is nobody.
        #expect(beats[[other.id, mine.head.post]] == Beat())
        let own = try await database.items(Pulse.mine, as: mine.head.caller)
        #expect(own.map { $0["holder_id"] as? String } == [mine.head.post.text, mine.office.text])
        #expect(own.allSatisfy { $0["tenant_id"] as? String == mine.id.text })
    }
}
