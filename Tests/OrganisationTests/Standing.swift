import Foundation
import Organisation
import Platform
import Postgres
import TestSupport
import Testing

/// As whom a request stands, read from the settings that every right is judged by.
struct Standing: Hashable, Sendable {
    var person: UUID?
    var post: UUID?
    var role: String?
    var holders: [UUID]
    var isDelegated: Bool
    /// The absent person, as the audit trail names them.
    var onBehalfOf: UUID?

    /// A person without any post in force.
    static func nowhere(_ person: TestPerson) -> Standing {
        Standing(person: person.id, post: nil, role: nil, holders: [], isDelegated: false)
    }

    static func own(_ person: TestPerson, holders: [UUID]? = nil) -> Standing {
        Standing(
            person: person.id, post: person.post, role: person.role, holders: holders ?? [person.post],
            isDelegated: false)
    }

    /// `deputy` in the post of `absent`.
    static func acting(_ deputy: TestPerson, for absent: TestPerson, holders: [UUID]? = nil) -> Standing {
        Standing(
            person: deputy.id, post: absent.post, role: absent.role, holders: holders ?? [absent.post],
            isDelegated: true, onBehalfOf: absent.id)
    }
}

extension TestDatabase {
    func standing(of caller: Caller) async throws -> Standing {
        try await self.app.transaction(as: caller) { transaction in
            try transaction.one(
                """
                SELECT platform.current_person(), platform.current_post(), platform.current_role(), platform.holders(),
                       platform.current_delegation() IS NOT NULL, nullif(current_setting('vanthu.on_behalf_of', true), '')::uuid
                """
            ) { row in
                Standing(
                    person: try row.optional(0), post: try row.optional(1), role: try row.optional(2),
                    holders: try row.column(3), isDelegated: try row.column(4), onBehalfOf: try row.optional(5))
            }
        }
    }

    /// Gives a delegation of `days` that runs from now on, and returns its id.
    @discardableResult
    func delegate(from absent: TestPerson, to deputy: TestPerson, days: Int64 = 7, reason: String = "Đi công tác")
        async throws -> UUID
    {
        let give = try GiveDelegation(
            toPost: deputy.post, startsAt: .now, endsAt: .now + .seconds(days * 86_400), reason: reason)
        try await self.app.transaction(as: absent.caller) { give(in: $0) }
        return give.id
    }

    func switchPost(of person: TestPerson, to post: UUID) async throws {
        try await self.app.transaction(as: person.caller) { SwitchPost(post: post)(in: $0) }
    }

    /// Moves a delegation in time, as if days had passed (or, below nothing, had not come yet).
    func letPass(days: Int64, of delegation: UUID) async throws {
        let touched = try await self.superuser.run(
            """
            UPDATE organisation.delegation
               SET starts_at = starts_at - make_interval(days => \(Int32(days))), ends_at = ends_at - make_interval(days => \(Int32(days)))
             WHERE id = \(delegation)
            """)
        #expect(touched == 1)
    }

    /// Rows as the pages and the API write them.
    func items(_ sql: SQL, as caller: Caller) async throws -> [[String: Any]] {
        let result = try await self.app.json(as: caller, sql, as: .array)
        return try #require(try JSONSerialization.jsonObject(with: Data(result.bytes)) as? [[String: Any]])
    }

    func object(_ sql: SQL, as caller: Caller) async throws -> [String: Any] {
        let result = try await self.app.json(as: caller, sql)
        return try #require(try JSONSerialization.jsonObject(with: Data(result.bytes)) as? [String: Any])
    }
}

extension UUID {
    /// As the database writes it.
    var text: String { self.uuidString.lowercased() }
}

/// Expects a refusal of the database: status, code and field.
func expectRefusal(
    _ status: Int, _ code: String, _ field: String? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    let error = await #expect(throws: DatabaseError.self, sourceLocation: sourceLocation) { try await body() }
    #expect(error?.refusalStatus == status, sourceLocation: sourceLocation)
    #expect(error?.condition == code, sourceLocation: sourceLocation)
    #expect(error?.field ?? "" == field ?? "", sourceLocation: sourceLocation)
}
