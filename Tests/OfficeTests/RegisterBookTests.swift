import Documents
import Foundation
import Office
import Platform
import Postgres
import TestSupport
import Testing
import Workflow

/// Registers as books, and which registers may be open beside each other.
@Suite(.database)
struct RegisterBookTests {
    @Test func theBookOfIncomingDocumentsHasTheColumnsOfTheLaw() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("incoming")
        let (id, _) = try await travel.registeredPaper("Hướng dẫn", in: register, number: "7")
        _ = try await travel.registeredPaper("Kế hoạch", in: register, number: "8")
        let present = try ActOnDocument(
            document: id, action: "present", comment: nil, recipient: travel.tenant.leader.post, version: 1)
        let presented = try await travel.act(as: travel.tenant.clerk) { try present(in: $0) }
        let presentedRow = try await travel.rows(
            RegisterBook.incoming(register, limit: 20), as: travel.tenant.clerk
        ).first
        #expect(presentedRow?["receivers"] == "Nguyễn Văn leader · leader")
        let order = try DirectionOrder(
            text: "Văn phòng chủ trì", dueAt: nil, lead: travel.tenant.office,
            support: [travel.tenant.specialist.post], inform: [])
        let direct = DirectDocument(document: id, order: order, version: presented.version)
        _ = try await travel.act(as: travel.tenant.leader) { try direct(in: $0) }
        try await travel.act(as: travel.tenant.head) { Tasks.markOpened(id, in: $0) }
        let rows = try await travel.rows(RegisterBook.incoming(register, limit: 20), as: travel.tenant.clerk)
        #expect(rows.map { $0["number"] } == [1, 2])
        let row = try #require(rows.first)
        #expect(row["organ_name"] == "Bộ Khoa học và Công nghệ" && row["notation"] == "7/QĐ-BKHCN")
        #expect(row["issued_on"] == "2026-11-02" && row["type_name"] == "Quyết định" && row["subject"] == "Hướng dẫn")
        #expect(row["receivers"] == "Văn phòng; Nguyễn Văn specialist · specialist")
        #expect(row["forwarded_at"] != .null && row["received_at"] != .null && row["arrived_on"] != .null)
        #expect(rows.last?["receivers"] == .null && rows.last?["forwarded_at"] == .null)
    }

    @Test func whoIsNoClerkSeesOfABookOnlyWhatHeMayRead() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("incoming")
        let (id, _) = try await travel.registeredPaper("Cho lãnh đạo", in: register, number: "7")
        _ = try await travel.registeredPaper("Cho văn thư", in: register, number: "8")
        let present = try ActOnDocument(
            document: id, action: "present", comment: nil, recipient: travel.tenant.leader.post, version: 1)
        _ = try await travel.act(as: travel.tenant.clerk) { try present(in: $0) }
        let book = RegisterBook.incoming(register, limit: 20)
        #expect(try await travel.rows(book, as: travel.tenant.leader).map { $0["subject"] } == ["Cho lãnh đạo"])
        #expect(try await travel.rows(book, as: travel.tenant.specialist).isEmpty)
        let stranger = try await travel.database.makeTenant()
        #expect(try await travel.rows(book, as: stranger.clerk).isEmpty)
    }

    @Test func aBookIsReadPageByPageAndBetweenDays() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("incoming")
        for number in 1...5 { _ = try await travel.registeredPaper("Số \(number)", in: register, number: "\(number)") }
        try await travel.arrange(
            "UPDATE documents.document SET arrived_on = current_date - 10 WHERE register_id = \(register) AND number < 3"
        )
        let clerk = travel.tenant.clerk
        let page = try await travel.page(RegisterBook.incoming(register, limit: 2), limit: 2, as: clerk)
        #expect(page["items"].items.map { $0["number"] } == [1, 2])
        let cursor = try #require(BookCursor(page["next"].string ?? ""))
        let next = RegisterBook.incoming(register, after: cursor, limit: 20)
        #expect(try await travel.rows(next, as: clerk).map { $0["number"] } == [3, 4, 5])
        let behind = RegisterBook.incoming(register, after: BookCursor(number: 4), limit: 20)
        #expect(try await travel.rows(behind, as: clerk).map { $0["number"] } == [5])
        let today: CalendarDate = try await travel.act(as: clerk) { transaction in
            try transaction.one("SELECT current_date") { try $0.column(0) }
        }
        let since = RegisterBook.incoming(register, from: today, limit: 20)
        #expect(try await travel.rows(since, as: clerk).map { $0["number"] } == [3, 4, 5])
        #expect(BookCursor("x") == nil && BookCursor("1.x") == nil)
    }

    @Test func theBookOfOutgoingDocumentsSaysWhereTheyWent() async throws {
        let travel = try await Travel.begin(in: .current)
        let other = try await travel.database.makeTenant()
        let (id, version) = try await travel.sealedOutgoing("Mời họp")
        let issue = try IssueDocument(document: id, recipients: [other.code], register: nil, version: version)
        _ = try await travel.act(as: travel.tenant.clerk) { try issue(in: $0) }
        let register: UUID = try await travel.act(as: travel.tenant.clerk) { transaction in
            try transaction.one("SELECT register_id FROM documents.document WHERE id = \(id)") { try $0.column(0) }
        }
        let row = try #require(
            try await travel.rows(RegisterBook.outgoing(register, limit: 20), as: travel.tenant.clerk).first)
        #expect(row["notation"] == "01/X-VP" && row["signer_name"] == "Nguyễn Văn leader")
        #expect(row["receivers"] == .text("Bưu điện thử " + other.code) && row["keeper_name"] == "Văn phòng")
        #expect(row["dispatch_count"] == 1 && row["received_count"] == 0 && row["forwarded_at"] != .null)
        #expect(try await travel.rows(RegisterBook.incoming(register, limit: 20), as: travel.tenant.clerk).isEmpty)
    }

    @Test func aRegisterByTypeWhoseTypesPrintOneSymbolIsRefused() async throws {
        let travel = try await Travel.begin(in: .current)
        let open = try OpenRegister(
            id: UUIDv7.make(), direction: "outgoing", name: "Sổ đi", year: travel.thisYear, isNumberedByType: true,
            symbolTemplate: "{organisation}")
        #expect(await travel.refusal(travel.tenant.clerk) { open(in: $0) } == "symbol_needs_type symbol_template")
        let incoming = try OpenRegister(
            id: UUIDv7.make(), direction: "incoming", name: "Sổ đến", year: travel.thisYear, isNumberedByType: true,
            symbolTemplate: "{organisation}")
        #expect(await travel.refusal(travel.tenant.clerk) { incoming(in: $0) } == nil)
    }

    @Test func registersThatWouldPrintOneSymbolAreNotOpenTogether() async throws {
        let travel = try await Travel.begin(in: .current)
        let clerk = travel.tenant.clerk
        let first = try await travel.register("outgoing")
        func opening(_ direction: String, _ symbol: String, year: Int64, letters: String) throws -> OpenRegister {
            try OpenRegister(
                id: UUIDv7.make(), direction: direction, name: UUIDv7.make().uuidString, year: year,
                symbolTemplate: symbol, letterTemplate: letters)
        }
        // VP is the symbol of the office, so {unit} can print it.
        let same = try opening(
            "internal", "{type}-{organisation}-NB", year: travel.thisYear, letters: "{organisation}-VP")
        #expect(await travel.refusal(clerk) { same(in: $0) } == "register_symbols_collide symbol_template")
        let nextYear = try opening(
            "internal", "{type}-{organisation}-NB", year: travel.thisYear + 1, letters: "{organisation}-VP")
        #expect(await travel.refusal(clerk) { nextYear(in: $0) } == nil)
        let apart = try opening(
            "internal", "{type}-{organisation}-NB", year: travel.thisYear, letters: "{organisation}-{unit}-NB")
        #expect(await travel.refusal(clerk) { apart(in: $0) } == nil)
        // A closed register that gave no number stands in nobody's way.
        let close = CloseRegister(id: first)
        try await travel.act(as: clerk) { try close(in: $0) }
        let again = try OpenRegister(id: UUIDv7.make(), direction: "outgoing", name: "Sổ mới", year: travel.thisYear)
        #expect(await travel.refusal(clerk) { again(in: $0) } == nil)
    }

    @Test func aClosedRegisterThatGaveNumbersKeepsItsSymbol() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("internal")
        let (id, version) = try await travel.approvedInternal()
        let issue = try IssueDocument(document: id, recipients: [], register: register, version: version)
        _ = try await travel.act(as: travel.tenant.clerk) { try issue(in: $0) }
        let close = CloseRegister(id: register)
        try await travel.act(as: travel.tenant.clerk) { try close(in: $0) }
        let again = try OpenRegister(id: UUIDv7.make(), direction: "internal", name: "Sổ mới", year: travel.thisYear)
        #expect(
            await travel.refusal(travel.tenant.clerk) { again(in: $0) } == "register_symbols_collide symbol_template")
    }
}
