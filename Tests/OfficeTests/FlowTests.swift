import Documents
import Foundation
import Office
import Platform
import Postgres
import TestSupport
import Testing
import Workflow

@Suite(.database)
struct FlowTests {
    @Test func aDraftIsReadByItsDrafterAndNobodyElse() async throws {
        let travel = try await Travel.begin(in: .current)
        let draft = CreateDraft(draft: try Draft(direction: "outgoing", type: "CV", subject: "Báo cáo quý"))
        try await travel.act(as: travel.tenant.specialist) { draft(in: $0) }
        let mine = try await travel.database.app.json(as: travel.tenant.specialist.caller, DocumentPage.of(draft.id))
        #expect(mine.rowCount == 1)
        #expect(String(decoding: mine.bytes, as: UTF8.self).contains("\"actions\":[\"submit\", \"cancel\"]"))
        for other in [travel.tenant.clerk, travel.tenant.head, travel.tenant.leader, travel.tenant.administrator] {
            #expect(try await travel.database.app.json(as: other.caller, DocumentPage.of(draft.id)).rowCount == 0)
        }
        let stranger = try await travel.database.makeTenant()
        #expect(try await travel.database.app.json(as: stranger.clerk.caller, DocumentPage.of(draft.id)).rowCount == 0)
    }

    @Test func approvingWhatHasChangedSinceItWasReadIsRefused() async throws {
        let travel = try await Travel.begin(in: .current)
        let draft = CreateDraft(draft: try Draft(direction: "internal", type: "TB", subject: "Lịch họp"))
        try await travel.act(as: travel.tenant.specialist) { draft(in: $0) }
        let change = ChangeDraft(
            id: draft.id, draft: try Draft(direction: "internal", type: "TB", subject: "Lịch họp mới"), version: 1)
        #expect(try await travel.act(as: travel.tenant.specialist) { try change(in: $0) }.version == 2)
        let submit = try ActOnDocument(document: draft.id, action: "submit", comment: nil, recipient: nil, version: 1)
        await #expect(throws: DocumentsError.changedSinceRead) {
            try await travel.act(as: travel.tenant.specialist) { try submit(in: $0) }
        }
    }

    @Test func aStepIsForWhoeverHasTheTask() async throws {
        let travel = try await Travel.begin(in: .current)
        let (id, version) = try await travel.approvedInternal()
        let issue = try IssueDocument(
            document: id, recipients: [], register: try await travel.register("internal"), version: version)
        await #expect(throws: WorkflowError.notYourTurn) {
            try await travel.act(as: travel.tenant.specialist) { try issue(in: $0) }
        }
    }

    @Test func returningNeedsAReasonAndGoesToTheDrafter() async throws {
        let travel = try await Travel.begin(in: .current)
        let draft = CreateDraft(
            draft: try Draft(direction: "internal", type: "TB", subject: "Nghỉ lễ", signer: travel.tenant.leader.post))
        try await travel.act(as: travel.tenant.specialist) { draft(in: $0) }
        let submit = try ActOnDocument(document: draft.id, action: "submit", comment: nil, recipient: nil, version: 1)
        _ = try await travel.act(as: travel.tenant.specialist) { try submit(in: $0) }
        let silent = try ActOnDocument(document: draft.id, action: "return", comment: " ", recipient: nil, version: 2)
        await #expect(throws: WorkflowError.commentMissing) {
            try await travel.act(as: travel.tenant.head) { try silent(in: $0) }
        }
        let spoken = try ActOnDocument(
            document: draft.id, action: "return", comment: "Thiếu căn cứ", recipient: nil, version: 2)
        #expect(
            try await travel.act(as: travel.tenant.head) { try spoken(in: $0) }
                == ActOutcome(state: "draft", version: 3))
        let list = try await travel.database.app.json(
            as: travel.tenant.specialist.caller, Tasks.open(after: nil, limit: 20), as: .page(limit: 20))
        #expect(list.rowCount == 1)
    }

    @Test func aStateSecretIsRefused() {
        #expect(throws: DocumentsError.stateSecret) {
            try Draft(direction: "outgoing", type: "CV", subject: "Kế hoạch", security: "Mật")
        }
    }

    @Test func directingGivesWorkAndTheRightToReadIt() async throws {
        let travel = try await Travel.begin(in: .current)
        let (id, number) = try await travel.registeredPaper("Hướng dẫn", in: try await travel.register("incoming"))
        #expect(number == 1)
        let present = try ActOnDocument(
            document: id, action: "present", comment: nil, recipient: travel.tenant.leader.post, version: 1)
        let presented = try await travel.act(as: travel.tenant.clerk) { try present(in: $0) }
        let order = try DirectionOrder(
            text: "Văn phòng chủ trì", dueAt: nil, lead: travel.tenant.office, support: [],
            inform: [travel.tenant.specialist.post])
        let direct = DirectDocument(document: id, order: order, version: presented.version)
        #expect(try await travel.act(as: travel.tenant.leader) { try direct(in: $0) }.state == "in_progress")
        for reader in [travel.tenant.head, travel.tenant.specialist, travel.tenant.clerk, travel.tenant.leader] {
            #expect(try await travel.database.app.json(as: reader.caller, DocumentPage.of(id)).rowCount == 1)
        }
        #expect(
            try await travel.database.app.json(as: travel.tenant.administrator.caller, DocumentPage.of(id)).rowCount
                == 0)
        let task: UUID = try await travel.act(as: travel.tenant.head) { transaction in
            try transaction.one("SELECT id FROM workflow.task WHERE document_id = \(id) AND role = 'lead'") {
                try $0.column(0)
            }
        }
        let finish = try FinishTask(task: task, result: "Đã làm")
        await #expect(throws: WorkflowError.taskNotFound) {
            try await travel.act(as: travel.tenant.specialist) { try finish(in: $0) }
        }
        try await travel.act(as: travel.tenant.head) { try finish(in: $0) }
        let page = try await travel.database.app.json(as: travel.tenant.clerk.caller, DocumentPage.of(id))
        #expect(String(decoding: page.bytes, as: UTF8.self).contains("\"state\":\"completed\""))
    }
}
