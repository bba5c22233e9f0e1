import Documents
import Foundation
import Office
import Platform
import Postgres
import TestSupport
import Testing

/// Where a search matched, searches that are kept, and versions beside each other.
@Suite(.database)
struct HitTests {
    /// Lays a text under a document as the next version of its main file.
    private func lay(_ text: String, under document: UUID, version: Int32, origin: String, in travel: Travel)
        async throws
    {
        let file = UUIDv7.make()
        try await travel.arrange(
            """
            WITH blob AS (
                INSERT INTO platform.blob (sha256, size, media_type)
                VALUES (sha256(convert_to(\(file.uuidString), 'UTF8')), 1, 'application/pdf') RETURNING sha256
            )
            INSERT INTO documents.file (id, document_id, role, version, name, media_type, size, sha256, origin, text_state)
            SELECT \(file), \(document), 'main', \(version), 'a.pdf', 'application/pdf', 1, b.sha256, \(origin), 'extracted' FROM blob AS b
            """)
        guard !text.isEmpty else { return }
        try await travel.arrange("INSERT INTO documents.file_text (file_id, content) VALUES (\(file), \(text))")
        try await travel.arrange("SELECT documents.index_document(\(document))")
    }

    private func hits(_ text: String, _ travel: Travel, _ person: TestPerson) async throws -> [JSON] {
        try await travel.rows(SearchHits.page(text, after: nil, limit: 20), as: person)
    }

    @Test func aHitShowsTheTextAroundTheMatch() async throws {
        let travel = try await Travel.begin(in: .current)
        let (id, _) = try await travel.registeredPaper("Kế hoạch", in: try await travel.register("incoming"))
        let before = String(repeating: "Căn cứ điều lệ tổ chức.\n", count: 40)
        let after = String(repeating: " Các đơn vị thực hiện nghiêm túc.", count: 40)
        try await self.lay(
            before + "Tăng cường phát bưu phẩm dịp Tết Nguyên đán." + after, under: id, version: 1, origin: "upload",
            in: travel)
        let clerk = travel.tenant.clerk
        for typed in ["tet nguyen dan", "Tết", "nghiêm TẾT"] {
            let snippet = try await self.hits(typed, travel, clerk).first?["snippet"].string ?? ""
            #expect(snippet.hasPrefix("…") && snippet.hasSuffix("…") && snippet.count <= 240, "\(typed): \(snippet)")
            #expect(
                !snippet.contains("\n") && snippet.contains(typed == "nghiêm TẾT" ? "nghiêm túc" : "Tết Nguyên đán"))
        }
        #expect(try await self.hits("ke hoach", travel, clerk).first?["snippet"] == .null, "only the subject matches")
        #expect(try await self.hits("tet", travel, travel.tenant.specialist).isEmpty)
        let stranger = try await travel.database.makeTenant()
        #expect(try await self.hits("tet", travel, stranger.clerk).isEmpty)
    }

    @Test func aShortTextIsShownWhole() async throws {
        let travel = try await Travel.begin(in: .current)
        let (id, _) = try await travel.registeredPaper("Thư", in: try await travel.register("incoming"))
        try await self.lay("Kính gửi:\n  Bưu điện (Hà Nội)", under: id, version: 1, origin: "upload", in: travel)
        #expect(
            try await self.hits("ha noi", travel, travel.tenant.clerk).first?["snippet"]
                == "Kính gửi: Bưu điện (Hà Nội)")
    }

    @Test func searchesAreKeptByEachForHimself() async throws {
        let travel = try await Travel.begin(in: .current)
        let (clerk, head) = (travel.tenant.clerk, travel.tenant.head)
        let save = try SaveSearch(name: " Tết ", query: "tết nguyên đán")
        try await travel.act(as: clerk) { save(in: $0) }
        let again = try SaveSearch(name: "Te\u{302}\u{301}t", query: "tết dương lịch")
        try await travel.act(as: clerk) { again(in: $0) }
        let mine = try await travel.rows(SavedSearches.mine, as: clerk)
        #expect(mine.map { $0["name"] } == ["Tết"] && mine.map { $0["query"] } == ["tết dương lịch"])
        #expect(try await travel.rows(SavedSearches.mine, as: head).isEmpty)
        let drop = DropSavedSearch(id: save.id)
        #expect(await travel.refusal(head) { try drop(in: $0) } == "not_found")
        let stranger = try await travel.database.makeTenant()
        #expect(await travel.refusal(stranger.clerk) { try drop(in: $0) } == "not_found")
        try await travel.act(as: clerk) { try drop(in: $0) }
        #expect(try await travel.rows(SavedSearches.mine, as: clerk).isEmpty)
        #expect(throws: DocumentsError.textTooLong(field: "name")) {
            try SaveSearch(name: String(repeating: "a", count: 101), query: "a")
        }
        #expect(throws: DocumentsError.textMissing(field: "query")) { try SaveSearch(name: "a", query: " ") }
    }

    @Test func theHundredAndFirstSearchIsRefused() async throws {
        let travel = try await Travel.begin(in: .current)
        try await travel.act(as: travel.tenant.clerk) { transaction in
            for number in 1...100 { try SaveSearch(name: "\(number)", query: "a")(in: transaction) }
        }
        let more = try SaveSearch(name: "101", query: "a")
        #expect(await travel.refusal(travel.tenant.clerk) { more(in: $0) } == "too_many_saved_searches")
        let changed = try SaveSearch(name: "100", query: "b")
        #expect(await travel.refusal(travel.tenant.clerk) { changed(in: $0) } == nil)
    }

    @Test func twoVersionsLieBesideEachOther() async throws {
        let travel = try await Travel.begin(in: .current)
        let (id, _) = try await travel.registeredPaper("Thư", in: try await travel.register("incoming"))
        try await self.lay("Bản một", under: id, version: 1, origin: "upload", in: travel)
        try await self.lay("Bản hai", under: id, version: 2, origin: "upload", in: travel)
        try await self.lay("", under: id, version: 3, origin: "signature", in: travel)
        try await self.lay("", under: id, version: 4, origin: "upload", in: travel)
        func texts(_ older: Int64, _ newer: Int64, _ person: TestPerson) async throws -> [JSON] {
            try await travel.rows(DocumentVersions.texts(id, older: older, newer: newer), as: person)
        }
        let row = try #require(try await texts(1, 3, travel.tenant.clerk).first)
        #expect(row["older_text"] == "Bản một" && row["newer_text"] == "Bản hai", "a signed version says the same")
        #expect(row["older_is_cut"] == false && row["newer_version"] == 3)
        #expect(try await texts(1, 4, travel.tenant.clerk).first?["newer_text"] == .null, "not read yet")
        #expect(try await texts(1, 9, travel.tenant.clerk).isEmpty)
        #expect(try await texts(1, 2, travel.tenant.specialist).isEmpty)
    }
}
