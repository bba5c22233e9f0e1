import Foundation
import Organisation
import Platform
import Postgres
import TestSupport
import Testing

@Suite("Unit tree and type-ahead", .needsCluster, .database)
struct UnitTreeTests {
    private var database: TestDatabase { .current }

    private func addUnit(
        _ name: String, code: String, under parent: UUID, position: Int32 = 0, of tenant: TestTenant
    ) async throws -> UUID {
        let id = UUIDv7.make()
        try await database.superuser.run(
            """
            INSERT INTO organisation.unit (id, parent_id, code, name, kind, position)
            VALUES (\(id), \(parent), \(code), \(name), 'department', \(position))
            """, opening: "SELECT platform.begin_system(\(tenant.id))")
        return id
    }

    private func rename(_ person: TestPerson, to name: String) async throws {
        try await database.superuser.run("UPDATE organisation.person SET full_name = \(name) WHERE id = \(person.id)")
    }

    @Test("The tree has every open unit below its parent, siblings by position, with people and head")
    func theTreeHasEveryOpenUnit() async throws {
        let tenant = try await database.makeTenant()
        _ = try await database.makeTenant()
        let second = try await self.addUnit("Phòng B", code: "B", under: tenant.root, position: 2, of: tenant)
        let first = try await self.addUnit("Phòng A", code: "A", under: tenant.root, position: 1, of: tenant)
        let below = try await self.addUnit("Tổ A1", code: "A1", under: first, of: tenant)
        let closed = try await self.addUnit("Phòng C", code: "C", under: tenant.root, position: 3, of: tenant)
        try await database.superuser.run("UPDATE organisation.unit SET closed_on = current_date WHERE id = \(closed)")
        let tree = try await database.items(OrganisationQueries.tree, as: tenant.specialist.caller)
        #expect(
            tree.map { $0["id"] as? String } == [tenant.root, tenant.office, first, below, second].map(\.text))
        #expect(tree.map { $0["depth"] as? Int } == [0, 1, 1, 2, 1])
        #expect(tree.map { $0["people"] as? Int } == [1, 4, 0, 0, 0])
        #expect(tree.map { $0["head_name"] as? String } == [nil, "Nguyễn Văn head", nil, nil, nil])
        #expect(tree[3]["parent_id"] as? String == first.text)
        #expect(Set(tree[0].keys) == ["id", "parent_id", "depth", "kind", "name", "symbol", "people", "head_name"])
    }

    @Test("Words' beginnings find holders, without accents and in any order; only where somebody stands behind them")
    func wordsBeginningsFindHolders() async throws {
        let tenant = try await database.makeTenant()
        let other = try await database.makeTenant()
        try await self.rename(tenant.leader, to: "Đặng Thị Hương Văn")
        try await self.rename(other.leader, to: "Đặng Thị Hương Văn")
        _ = try await self.addUnit("Phòng Không Người", code: "K", under: tenant.root, of: tenant)
        func find(_ text: String, limit: Int = 10) async throws -> [String] {
            try await database.items(
                OrganisationQueries.holders(matching: text, limit: limit), as: tenant.specialist.caller
            )
            .map { "\($0["kind"] as? String ?? "") \($0["id"] as? String ?? "")" }
        }
        let leader = "post \(tenant.leader.post.text)"
        for text in ["hương", "HUONG", "dang huong", "hu da", "đặng thị", "  thi  "] {
            #expect(try await find(text) == [leader], "\(text)")
        }
        for text in ["ương", "huong khong", "không người", "hu%ng", "_uong", "truong"] {
            #expect(try await find(text).isEmpty, "\(text)")
        }
        // The office has a head; a name that begins as typed comes before one that has it further on.
        #expect(try await find("van").first == "unit \(tenant.office.text)")
        #expect(try await find("van").contains(leader))
        #expect(try await find("van", limit: 2).count == 2)
        let rows = try await database.items(
            OrganisationQueries.holders(matching: "van phong", limit: 5), as: tenant.specialist.caller)
        #expect(rows.map { $0["name"] as? String } == ["Văn phòng"])
        #expect(rows.map { $0["note"] as? String } == ["Nguyễn Văn head · Bưu điện thử"])
        let people = try await database.items(
            OrganisationQueries.holders(matching: "dang", limit: 5), as: tenant.specialist.caller)
        #expect(people.map { $0["note"] as? String } == ["leader · Bưu điện thử"])
    }

    @Test("Somebody whose post has ended is not offered")
    func somebodyWhosePostHasEndedIsNotOffered() async throws {
        let tenant = try await database.makeTenant()
        try await database.superuser.run(
            "UPDATE organisation.post SET started_on = '2020-01-01', ended_on = '2021-01-01' WHERE id = \(tenant.head.post)"
        )
        let rows = try await database.items(
            OrganisationQueries.holders(matching: "", limit: 50), as: tenant.specialist.caller)
        let offered = Set(rows.compactMap { $0["id"] as? String })
        let posts = [tenant.clerk, tenant.leader, tenant.specialist, tenant.administrator].map(\.post.text)
        #expect(offered == Set(posts))
    }
}
