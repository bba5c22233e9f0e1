import Documents
import Foundation
import Office
import Platform
import Postgres
import TestSupport
import Testing
import Workflow

/// The work list and the first page.
@Suite(.database)
struct DeskTests {
    /// A paper document that the leader gave to the office, due at this time.
    private func directed(
        _ travel: Travel, _ subject: String, due: String, in register: UUID, number: String
    ) async throws -> UUID {
        let (id, _) = try await travel.registeredPaper(subject, in: register, number: number)
        let present = try ActOnDocument(
            document: id, action: "present", comment: nil, recipient: travel.tenant.leader.post, version: 1)
        let presented = try await travel.act(as: travel.tenant.clerk) { try present(in: $0) }
        let order = try DirectionOrder(
            text: "Giải quyết", dueAt: nil, lead: travel.tenant.office, support: [],
            inform: [travel.tenant.specialist.post])
        let direct = DirectDocument(document: id, order: order, version: presented.version)
        _ = try await travel.act(as: travel.tenant.leader) { try direct(in: $0) }
        try await travel.arrange(
            """
            UPDATE workflow.task SET due_at = now() + \(due)::text::interval WHERE document_id = \(id) AND role = 'lead'
            """)
        return id
    }

    private func subjects(_ travel: Travel, _ filter: TaskFilter, _ person: TestPerson) async throws -> [String] {
        try await travel.rows(Tasks.desk(filter, after: nil, limit: 20), as: person).compactMap { $0["subject"].string }
    }

    @Test func theListSaysWhoseWorkItWasAndWhetherItIsLate() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("incoming")
        _ = try await self.directed(travel, "Báo cáo lũ", due: "-1 hour", in: register, number: "1")
        let row = try #require(
            try await travel.rows(Tasks.desk(after: nil, limit: 20), as: travel.tenant.head).first)
        #expect(row["is_late"] == true)
        #expect(row["opened_at"] == .null)
        #expect(row["from_name"] == "Nguyễn Văn leader")
        #expect(row["role"] == "lead")
        let draft = CreateDraft(draft: try Draft(direction: "outgoing", type: "CV", subject: "Dự thảo"))
        try await travel.act(as: travel.tenant.specialist) { draft(in: $0) }
        let drafts = try await travel.rows(
            Tasks.desk(TaskFilter(direction: "outgoing"), after: nil, limit: 20), as: travel.tenant.specialist)
        #expect(drafts.map { $0["is_late"] } == [false])
    }

    @Test func filtersLeaveOnlyWhatTheySay() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("incoming")
        let late = try await self.directed(travel, "Muộn", due: "-1 day", in: register, number: "1")
        _ = try await self.directed(travel, "Trong tuần", due: "3 days", in: register, number: "2")
        _ = try await self.directed(travel, "Tháng sau", due: "30 days", in: register, number: "3")
        try await travel.arrange("UPDATE documents.document SET urgency = 'urgent' WHERE id = \(late)")
        let head = travel.tenant.head
        #expect(try await self.subjects(travel, TaskFilter(), head) == ["Muộn", "Trong tuần", "Tháng sau"])
        #expect(try await self.subjects(travel, TaskFilter(due: .late), head) == ["Muộn"])
        #expect(try await self.subjects(travel, TaskFilter(due: .week), head) == ["Trong tuần"])
        #expect(try await self.subjects(travel, TaskFilter(due: .today), head).isEmpty)
        #expect(try await self.subjects(travel, TaskFilter(isUrgent: true), head) == ["Muộn"])
        #expect(try await self.subjects(travel, TaskFilter(role: .inform), head).isEmpty)
        #expect(try await self.subjects(travel, TaskFilter(direction: "outgoing"), head).isEmpty)
        #expect(try await self.subjects(travel, TaskFilter(role: .inform), travel.tenant.specialist).count == 3)
        let page = try await travel.page(Tasks.desk(after: nil, limit: 2), limit: 2, as: head)
        let cursor = try #require(TaskCursor(page["next"].string ?? ""))
        let rest = try await travel.rows(Tasks.desk(after: cursor, limit: 2), as: head)
        #expect(rest.map { $0["subject"] } == ["Tháng sau"])
    }

    @Test func openingIsNotedForTheOneWhoOpensAndNobodyElse() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("incoming")
        let id = try await self.directed(travel, "Mới", due: "1 day", in: register, number: "1")
        let unopened = TaskFilter(isUnopened: true)
        #expect(try await self.subjects(travel, unopened, travel.tenant.head) == ["Mới"])
        try await travel.act(as: travel.tenant.head) { Tasks.markOpened(id, in: $0) }
        #expect(try await self.subjects(travel, unopened, travel.tenant.head).isEmpty)
        #expect(try await self.subjects(travel, unopened, travel.tenant.specialist) == ["Mới"])
        let first = try await travel.rows(Tasks.desk(after: nil, limit: 20), as: travel.tenant.head).map {
            $0["opened_at"]
        }
        try await travel.act(as: travel.tenant.head) { Tasks.markOpened(id, in: $0) }
        #expect(
            try await travel.rows(Tasks.desk(after: nil, limit: 20), as: travel.tenant.head).map { $0["opened_at"] }
                == first, "the first time counts")
    }

    @Test func theFirstPageCountsWhatWaitsAndTheClerksDesk() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("incoming")
        _ = try await self.directed(travel, "Muộn", due: "-1 day", in: register, number: "1")
        let soon = try await self.directed(travel, "Sắp hạn", due: "2 days", in: register, number: "2")
        _ = try await travel.sealedOutgoing()
        _ = try await travel.approvedInternal()
        try await travel.act(as: travel.tenant.head) { Tasks.markOpened(soon, in: $0) }
        let head = try #require(try await travel.rows(Home.counts, as: travel.tenant.head).first)
        for (name, count) in ["waiting": 2, "unopened": 1, "late": 1, "due_soon": 1, "drafts": 0] as [String: JSON] {
            #expect(head[name] == count, "\(name)")
        }
        #expect(head["to_issue"] == .null && head["deliveries"] == .null)
        let clerk = try #require(try await travel.rows(Home.counts, as: travel.tenant.clerk).first)
        for (name, count) in ["deliveries": 0, "to_number": 0, "to_seal": 0, "to_issue": 2] as [String: JSON] {
            #expect(clerk[name] == count, "\(name)")
        }
        #expect(try await travel.rows(Home.late(limit: 5), as: travel.tenant.head).map { $0["subject"] } == ["Muộn"])
        #expect(try await travel.rows(Home.new(limit: 5), as: travel.tenant.head).map { $0["subject"] } == ["Muộn"])
        let stranger = try await travel.database.makeTenant()
        let other = try #require(try await travel.rows(Home.counts, as: stranger.clerk).first)
        #expect(other["waiting"] == 0 && other["to_issue"] == 0)
    }
}
