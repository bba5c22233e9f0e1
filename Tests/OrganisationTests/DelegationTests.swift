import Foundation
import Organisation
import Platform
import Postgres
import TestSupport
import Testing

@Suite("Delegation", .needsCluster, .database)
struct DelegationTests {
    private var database: TestDatabase { .current }

    @Test("It gives the post's rights while it runs: not before, not after")
    func itGivesThePostsRightsWhileItRuns() async throws {
        let tenant = try await database.makeTenant()
        let (leader, head) = (tenant.leader, tenant.head)
        let id = try await database.delegate(from: leader, to: head, days: 7)
        try await database.letPass(days: -1, of: id)
        await expectRefusal(422, "unknown_post", "post_id") {
            try await database.switchPost(of: head, to: leader.post)
        }
        try await database.letPass(days: 1, of: id)
        try await database.switchPost(of: head, to: leader.post)
        #expect(try await database.standing(of: head.caller) == .acting(head, for: leader))
        // The one who is away may work on.
        #expect(try await database.standing(of: leader.caller) == .own(leader))
        try await database.letPass(days: 8, of: id)
        #expect(try await database.standing(of: head.caller) == .nowhere(head))
        await expectRefusal(422, "unknown_post", "post_id") {
            try await database.switchPost(of: head, to: leader.post)
        }
        try await database.switchPost(of: head, to: head.post)
        #expect(try await database.standing(of: head.caller) == .own(head, holders: [head.post, tenant.office]))
    }

    @Test("A clerk's deputy holds what the clerk holds, a head's deputy the unit")
    func theHoldersAreThoseOfThePost() async throws {
        let tenant = try await database.makeTenant()
        let deputy = tenant.specialist
        for (absent, holder) in [(tenant.clerk, tenant.id), (tenant.head, tenant.office)] {
            try await database.delegate(from: absent, to: deputy)
            try await database.switchPost(of: deputy, to: absent.post)
            #expect(
                try await database.standing(of: deputy.caller)
                    == .acting(deputy, for: absent, holders: [absent.post, holder]))
        }
    }

    @Test("Ended early, its rights end with the next request; only who gave it ends it, and once")
    func endedEarlyItsRightsEnd() async throws {
        let tenant = try await database.makeTenant()
        let id = try await database.delegate(from: tenant.leader, to: tenant.head)
        try await database.switchPost(of: tenant.head, to: tenant.leader.post)
        // The deputy acts in the very post that gave it, and still may not.
        for person in [tenant.head, tenant.administrator] {
            await #expect(throws: OrganisationError.delegationNotFound) {
                try await database.app.transaction(as: person.caller) { try EndDelegation(id: id)(in: $0) }
            }
        }
        try await database.app.transaction(as: tenant.leader.caller) { try EndDelegation(id: id)(in: $0) }
        #expect(try await database.standing(of: tenant.head.caller) == .nowhere(tenant.head))
        await #expect(throws: OrganisationError.delegationNotFound) {
            try await database.app.transaction(as: tenant.leader.caller) { try EndDelegation(id: id)(in: $0) }
        }
    }

    @Test("It ends with the post of either side")
    func itEndsWithThePostOfEitherSide() async throws {
        for endsDeputy in [true, false] {
            let tenant = try await database.makeTenant()
            try await database.delegate(from: tenant.leader, to: tenant.head)
            try await database.switchPost(of: tenant.head, to: tenant.leader.post)
            let post = endsDeputy ? tenant.head.post : tenant.leader.post
            // Nobody can end a post in the day it began but by setting it back.
            try await database.superuser.run(
                "UPDATE organisation.post SET started_on = '2020-01-01' WHERE id = \(post)")
            try await database.app.transaction(as: tenant.administrator.caller) { try EndPost(id: post)(in: $0) }
            #expect(try await database.standing(of: tenant.head.caller) == .nowhere(tenant.head))
        }
    }

    @Test("Nobody else gets in: not another person, not another tenant, not a session or token that names the post")
    func nobodyElseGetsIn() async throws {
        let tenant = try await database.makeTenant()
        let other = try await database.makeTenant()
        try await database.delegate(from: tenant.leader, to: tenant.head)
        for stranger in [tenant.specialist, other.head, other.leader] {
            await expectRefusal(422, "unknown_post", "post_id") {
                try await database.switchPost(of: stranger, to: tenant.leader.post)
            }
        }
        try await database.superuser.run(
            "UPDATE platform.session SET post_id = \(tenant.leader.post) WHERE secret_hash = \(tenant.specialist.secret.hash)"
        )
        #expect(try await database.standing(of: tenant.specialist.caller) == .nowhere(tenant.specialist))
        // A token acts in its own person's post only, even where a session of that person may do more.
        let issue = IssueToken(name: "máy quét", scopes: ["documents:read"], expires: .now + .seconds(3600))
        let secret = try await database.app.transaction(as: tenant.head.caller) { try issue(in: $0) }
        try await database.superuser.run(
            "UPDATE platform.api_token SET post_id = \(tenant.leader.post) WHERE id = \(issue.id)")
        let token = Caller(
            credential: .token(hash: secret.hash), requestID: UUIDv7.make(), address: "x", requiredScope: nil)
        #expect(try await database.standing(of: token) == .nowhere(tenant.head))
        await expectRefusal(403, "sessions_only") {
            try await database.app.transaction(as: token) { SwitchPost(post: tenant.head.post)(in: $0) }
        }
    }

    @Test("Whoever acts for somebody else passes nothing on, makes no token and does nothing in person")
    func whoeverActsForSomebodyElsePassesNothingOn() async throws {
        let tenant = try await database.makeTenant()
        try await database.delegate(from: tenant.leader, to: tenant.head)
        try await database.delegate(from: tenant.head, to: tenant.specialist)
        // What the head may do for the leader does not reach the head's own deputy.
        await expectRefusal(422, "unknown_post", "post_id") {
            try await database.switchPost(of: tenant.specialist, to: tenant.leader.post)
        }
        try await database.switchPost(of: tenant.head, to: tenant.leader.post)
        await expectRefusal(403, "not_by_delegation") {
            try await database.delegate(from: tenant.head, to: tenant.specialist)
        }
        await expectRefusal(403, "not_by_delegation") {
            let issue = IssueToken(name: "x", scopes: ["documents:read"], expires: .now + .seconds(3600))
            _ = try await database.app.transaction(as: tenant.head.caller) { try issue(in: $0) }
        }
        await expectRefusal(403, "not_by_delegation") {
            try await database.app.run("SELECT platform.ensure_in_person()", opening: tenant.head.caller.opening)
        }
        try await database.switchPost(of: tenant.head, to: tenant.head.post)
        try await database.app.run("SELECT platform.ensure_in_person()", opening: tenant.head.caller.opening)
    }

    @Test("A delegation that makes no sense is refused, with the field that is wrong")
    func aDelegationThatMakesNoSenseIsRefused() async throws {
        let tenant = try await database.makeTenant()
        let other = try await database.makeTenant()
        let day: Int64 = 86_400
        func give(
            _ from: TestPerson, to post: UUID, from start: Int64 = 0, until end: Int64 = 7
        ) async throws {
            let give = try GiveDelegation(
                toPost: post, startsAt: .now + .seconds(start * day), endsAt: .now + .seconds(end * day), reason: "")
            try await database.app.transaction(as: from.caller) { give(in: $0) }
        }
        await expectRefusal(403, "not_delegable") { try await give(tenant.administrator, to: tenant.head.post) }
        for post in [tenant.leader.post, other.head.post, UUID()] {
            await expectRefusal(422, "unknown_delegate", "to_post_id") { try await give(tenant.leader, to: post) }
        }
        for (start, end) in [(0, 0), (-3, -1), (5, 4), (0, 367), (10, 377)] as [(Int64, Int64)] {
            await expectRefusal(422, "invalid_period", "ends_at") {
                try await give(tenant.leader, to: tenant.head.post, from: start, until: end)
            }
        }
        #expect(throws: OrganisationError.reasonTooLong) {
            try GiveDelegation(
                toPost: tenant.head.post, startsAt: .now, endsAt: .now, reason: String(repeating: "ạ", count: 501))
        }
        // A start that has passed means now, so no record says that somebody could act who could not.
        try await give(tenant.leader, to: tenant.head.post, from: -30, until: 365)
        let mine = try await database.items(Delegations.mine, as: tenant.leader.caller)
        let start = try #require((mine.first?["starts_at"] as? String).flatMap { Instant($0) })
        #expect(start + .seconds(3600) > Instant.now)
        #expect(mine.count == 1)
    }

    @Test("Both sides see it among theirs until 90 days after its end, and nobody else does")
    func bothSidesSeeIt() async throws {
        let tenant = try await database.makeTenant()
        let id = try await database.delegate(from: tenant.leader, to: tenant.head, reason: "  Nghỉ phép ")
        let coming = try GiveDelegation(
            toPost: tenant.head.post, startsAt: .now + .seconds(864_000), endsAt: .now + .seconds(964_000), reason: "")
        try await database.app.transaction(as: tenant.leader.caller) { coming(in: $0) }
        let given = try await database.items(Delegations.mine, as: tenant.leader.caller)
        #expect(given.map { $0["id"] as? String } == [coming.id.text, id.text])
        #expect(given.map { $0["state"] as? String } == ["coming", "running"])
        #expect(given.allSatisfy { $0["side"] as? String == "given" })
        let received = try await database.items(Delegations.mine, as: tenant.head.caller)
        #expect(received.count == 2)
        let last = try #require(received.last)
        #expect(last["side"] as? String == "received")
        #expect(last["from_name"] as? String == "Nguyễn Văn leader")
        #expect(last["to_title"] as? String == "head")
        #expect(last["reason"] as? String == "Nghỉ phép")
        #expect(try await database.items(Delegations.mine, as: tenant.specialist.caller).isEmpty)
        try await database.letPass(days: 90, of: id)
        #expect(try await database.items(Delegations.mine, as: tenant.head.caller).last?["state"] as? String == "ended")
        try await database.letPass(days: 8, of: id)
        #expect(try await database.items(Delegations.mine, as: tenant.head.caller).count == 1)
    }

    @Test("Who I am tells the posts I may act in, and for whom")
    func whoIAmTellsThePosts() async throws {
        let tenant = try await database.makeTenant()
        try await database.delegate(from: tenant.leader, to: tenant.head, days: 3)
        try await database.delegate(from: tenant.leader, to: tenant.head, days: 5)
        let before = try await database.object(OrganisationQueries.me, as: tenant.head.caller)
        let posts = try #require(before["posts"] as? [[String: Any]])
        #expect(posts.map { $0["id"] as? String } == [tenant.head.post.text, tenant.leader.post.text])
        #expect(posts.map { $0["delegated_by"] as? String } == [nil, "Nguyễn Văn leader"])
        #expect(posts.map { $0["delegation_ends_at"] is String } == [false, true])
        #expect((before["post"] as? [String: Any])?["delegated_by"] is NSNull)
        try await database.switchPost(of: tenant.head, to: tenant.leader.post)
        let after = try await database.object(OrganisationQueries.me, as: tenant.head.caller)
        let post = try #require(after["post"] as? [String: Any])
        #expect((after["person"] as? [String: Any])?["id"] as? String == tenant.head.id.text)
        #expect(post["id"] as? String == tenant.leader.post.text)
        #expect(post["delegated_by"] as? String == "Nguyễn Văn leader")
        // Of two, the one that lasts longest counts.
        let ends = try #require(post["delegation_ends_at"] as? String)
        #expect(ends == (after["posts"] as? [[String: Any]])?.last?["delegation_ends_at"] as? String)
        #expect(ends > Instant.now.advanced(days: 4))
    }

    @Test("The audit trail names who acted and on whose behalf")
    func theAuditTrailNamesBoth() async throws {
        let tenant = try await database.makeTenant()
        let id = try await database.delegate(from: tenant.leader, to: tenant.head)
        try await database.switchPost(of: tenant.head, to: tenant.leader.post)
        try await database.app.run(
            "SELECT platform.record('test.act', 'document', NULL, NULL, NULL)", opening: tenant.head.caller.opening)
        let entries = try await database.superuser.transaction { transaction in
            try transaction.rows(
                """
                SELECT action, (canonical::jsonb ->> 'person')::uuid, (canonical::jsonb ->> 'on_behalf_of')::uuid
                  FROM platform.audit_entry WHERE tenant_id = \(tenant.id) ORDER BY seq
                """
            ) { row in
                [
                    try row.column(0, as: String.self), (try row.optional(1, as: UUID.self))?.text,
                    (try row.optional(2, as: UUID.self))?.text,
                ]
            }
        }
        #expect(
            entries == [
                ["delegation.given", tenant.leader.id.text, nil], ["session.post_chosen", tenant.head.id.text, nil],
                ["test.act", tenant.head.id.text, tenant.leader.id.text],
            ])
        let known: Bool = try await database.superuser.value(
            """
            SELECT canonical::jsonb -> 'after' ->> 'reason' = 'Đi công tác' FROM platform.audit_entry
             WHERE tenant_id = \(tenant.id) AND subject_id = \(id)
            """)
        #expect(known)
    }
}

extension Instant {
    /// So many days later, as the database writes times in JSON up to the day.
    fileprivate func advanced(days: Int64) -> String { String((self + .seconds(days * 86_400)).description.prefix(10)) }
}
