import Documents
import Foundation
import Office
import Platform
import Postgres
import TestSupport
import Testing
import Workflow

/// What belongs together, what may be there already, and the way of a document.
@Suite(.database)
struct RelationTests {
    private func page(_ travel: Travel, _ id: UUID, _ person: TestPerson) async throws -> JSON {
        try #require(try await travel.rows(DocumentPage.of(id), as: person).first)
    }

    @Test func relatedDocumentsAreShownFromBothEnds() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("incoming")
        let (asked, _) = try await travel.registeredPaper("Hỏi", in: register, number: "1")
        let (answer, _) = try await travel.registeredPaper("Đáp", in: register, number: "2")
        let relation = try Relation(document: answer, related: asked, kind: "reply")
        let clerk = travel.tenant.clerk
        for _ in 0..<2 { try await travel.act(as: clerk) { RelateDocuments(relation)(in: $0) } }
        let one = try await self.page(travel, answer, clerk)["related"].items
        #expect(one.map { $0["subject"] } == ["Hỏi"] && one.map { $0["side"] } == ["names"])
        #expect(one.first?["kind"] == "reply" && one.first?["id"].string?.uppercased() == asked.uuidString)
        let other = try await self.page(travel, asked, clerk)["related"].items
        #expect(other.map { $0["notation"] } == ["2/QĐ-BKHCN"] && other.map { $0["side"] } == ["named_by"])
        try await travel.act(as: clerk) { UnrelateDocuments(relation)(in: $0) }
        #expect(try await self.page(travel, asked, clerk)["related"].items.isEmpty)
        let entries: [String] = try await travel.act(as: clerk) { transaction in
            try transaction.rows("SELECT action FROM platform.audit_entry WHERE subject_id = \(answer) ORDER BY seq") {
                try $0.column(0)
            }
        }
        #expect(entries.suffix(3) == ["document.relate", "document.relate", "document.unrelate"])
    }

    @Test func onlyWhoMayReadBothEndsRelatesThem() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("incoming")
        let (asked, _) = try await travel.registeredPaper("Chỉ văn thư", in: register)
        let draft = CreateDraft(draft: try Draft(direction: "outgoing", type: "CV", subject: "Trả lời"))
        try await travel.act(as: travel.tenant.specialist) { draft(in: $0) }
        let there = try Relation(document: draft.id, related: asked, kind: "reply")
        let back = try Relation(document: asked, related: draft.id, kind: "basis")
        #expect(
            await travel.refusal(travel.tenant.specialist) { RelateDocuments(there)(in: $0) }
                == "unknown_document related_id")
        #expect(await travel.refusal(travel.tenant.specialist) { RelateDocuments(back)(in: $0) } == "not_found")
        #expect(await travel.refusal(travel.tenant.specialist) { UnrelateDocuments(back)(in: $0) } == "not_found")
        #expect(throws: DocumentsError.relatedToItself) { try Relation(document: asked, related: asked, kind: "reply") }
        #expect(throws: DocumentsError.unknownValue(field: "kind")) {
            try Relation(document: asked, related: draft.id, kind: "copy")
        }
        // What one may no longer read is not shown from the other end either.
        try await travel.arrange(
            "INSERT INTO documents.relation (document_id, related_id, kind) VALUES (\(draft.id), \(asked), 'reply')")
        #expect(try await self.page(travel, draft.id, travel.tenant.specialist)["related"].items.isEmpty)
    }

    @Test func whatMayBeThereAlreadyIsShownToClerksOnly() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("incoming")
        _ = try await travel.registeredPaper("Quyết định", in: register, number: "07")
        func found(_ number: String, _ person: TestPerson) async throws -> [JSON] {
            try await travel.rows(
                Incoming.possibleDuplicates(
                    codeNumber: number, codeNotation: "qd-bkhcn", organName: "bo khoa hoc va cong nghe", issuedOn: nil),
                as: person)
        }
        let rows = try await found("7", travel.tenant.clerk)
        #expect(rows.map { $0["subject"] } == ["Quyết định"] && rows.first?["is_same_organ"] == true)
        #expect(rows.first?["is_same_date"] == false && rows.first?["number"] == 1)
        #expect(try await found("8", travel.tenant.clerk).isEmpty)
        #expect(try await found("7", travel.tenant.head).isEmpty)
        let stranger = try await travel.database.makeTenant()
        #expect(try await found("7", stranger.clerk).isEmpty)
    }

    @Test func thePageNamesPeopleAndDrawsTheWay() async throws {
        let travel = try await Travel.begin(in: .current)
        let draft = CreateDraft(
            draft: try Draft(direction: "internal", type: "TB", subject: "Nghỉ lễ", signer: travel.tenant.leader.post))
        try await travel.act(as: travel.tenant.specialist) { draft(in: $0) }
        let submit = try ActOnDocument(document: draft.id, action: "submit", comment: nil, recipient: nil, version: 1)
        _ = try await travel.act(as: travel.tenant.specialist) { try submit(in: $0) }
        try await travel.act(as: travel.tenant.head) { Tasks.markOpened(draft.id, in: $0) }
        let page = try await self.page(travel, draft.id, travel.tenant.specialist)
        #expect(page["drafter_name"] == "Nguyễn Văn specialist" && page["unit_name"] == "Văn phòng")
        let open = try #require(page["tasks"].items.first { $0["state"] == "open" })
        #expect(open["holder_name"] == "Văn phòng" && open["holder_kind"] == "unit" && open["opened_at"] != .null)
        let done = try #require(page["tasks"].items.first { $0["state"] == "done" })
        #expect(done["holder_name"] == "Nguyễn Văn specialist · specialist" && done["holder_kind"] == "post")
        #expect(page["steps"].items.map { $0["on_behalf_of"] } == ["", ""])
        let way = page["way"].items
        #expect(way.map { $0["state"] } == ["draft", "content_review", "awaiting_signature", "signed", "issued"])
        #expect(way.map { $0["standing"] } == ["done", "present", "coming", "coming", "coming"])
        #expect(way.map { $0["actor"] } == ["drafter", "unit_head", "signer", "clerk", "none"])
        #expect(
            way.map { $0["person_name"] }
                == ["Nguyễn Văn specialist", "Văn phòng", "Nguyễn Văn leader", .null, .null])
        #expect(way.prefix(2).allSatisfy { $0["at"] != .null } && way.dropFirst(2).allSatisfy { $0["at"] == .null })
    }

    @Test func aCancelledDraftEndsWhereItWasCancelled() async throws {
        let travel = try await Travel.begin(in: .current)
        let draft = CreateDraft(draft: try Draft(direction: "outgoing", type: "CV", subject: "Thôi"))
        try await travel.act(as: travel.tenant.specialist) { draft(in: $0) }
        let cancel = try ActOnDocument(document: draft.id, action: "cancel", comment: nil, recipient: nil, version: 1)
        _ = try await travel.act(as: travel.tenant.specialist) { try cancel(in: $0) }
        let way = try await self.page(travel, draft.id, travel.tenant.specialist)["way"].items
        #expect(way.map { $0["state"] } == ["draft", "cancelled"])
        #expect(way.map { $0["standing"] } == ["done", "present"])
        #expect(way.last?["person_name"] == "Nguyễn Văn specialist")
    }

    @Test func aDirectionSaysWhoGaveIt() async throws {
        let travel = try await Travel.begin(in: .current)
        let (id, _) = try await travel.registeredPaper("Hướng dẫn", in: try await travel.register("incoming"))
        let present = try ActOnDocument(
            document: id, action: "present", comment: nil, recipient: travel.tenant.leader.post, version: 1)
        let presented = try await travel.act(as: travel.tenant.clerk) { try present(in: $0) }
        let order = try DirectionOrder(
            text: "Văn phòng chủ trì", dueAt: nil, lead: travel.tenant.office, support: [], inform: [])
        let direct = DirectDocument(document: id, order: order, version: presented.version)
        _ = try await travel.act(as: travel.tenant.leader) { try direct(in: $0) }
        let page = try await self.page(travel, id, travel.tenant.clerk)
        let given = try #require(page["directions"].items.first)
        #expect(
            given["person_name"] == "Nguyễn Văn leader" && given["title"] == "leader" && given["on_behalf_of"] == "")
        #expect(page["register_name"] == "Sổ incoming")
        #expect(page["way"].items.map { $0["standing"] } == ["done", "done", "present", "coming"])
        #expect(page["tasks"].items.first?["holder_kind"] == "registry")
        #expect(page["tasks"].items.first?["holder_name"] == "Văn thư")
    }
}
