import Documents
import Exchange
import Foundation
import Office
import Platform
import Postgres
import TestSupport
import Testing

/// What waits at the clerks' desk, and what they enter.
@Suite(.database)
struct RegistryDeskTests {
    @Test func theDeskListsWhatTheFirstPageCounts() async throws {
        let travel = try await Travel.begin(in: .current)
        let (outgoing, _) = try await travel.sealedOutgoing("Công văn đã đóng dấu")
        let (inside, _) = try await travel.approvedInternal("Thông báo nội bộ")
        let clerk = travel.tenant.clerk
        let first = try await travel.page(RegistryDesk.waiting(.sealed, after: nil, limit: 1), limit: 1, as: clerk)
        let cursor = try #require(first["next"].string.flatMap { UUID(uuidString: $0) })
        let second = try await travel.page(RegistryDesk.waiting(.sealed, after: cursor, limit: 1), limit: 1, as: clerk)
        #expect(second["next"] == .null)
        let listed = (first["items"].items + second["items"].items).compactMap {
            $0["id"].string.flatMap { UUID(uuidString: $0) }
        }
        #expect(Set(listed) == [outgoing, inside])
        #expect(try await travel.rows(Home.counts, as: clerk).first?["to_issue"] == 2)
        for step in [RegistryDesk.Step.signed, .numbered] {
            #expect(try await travel.rows(RegistryDesk.waiting(step, after: nil, limit: 5), as: clerk).isEmpty)
        }
        let stranger = try await travel.database.makeTenant()
        for person in [travel.tenant.head, travel.tenant.leader, stranger.clerk] {
            #expect(try await travel.rows(RegistryDesk.waiting(.sealed, after: nil, limit: 5), as: person).isEmpty)
        }
    }

    @Test func aDeliveryIsEnteredWithItsDayAndNoteAndOnlyItsClerksSeeItsFiles() async throws {
        let travel = try await Travel.begin(in: .current)
        let (id, version) = try await travel.sealedOutgoing("Về việc tăng ca")
        try await travel.arrange(
            """
            WITH blob AS (
                INSERT INTO platform.blob (sha256, size, media_type)
                VALUES (sha256(convert_to(\(id.uuidString), 'UTF8')), 1, 'application/pdf') RETURNING sha256
            )
            INSERT INTO documents.file (document_id, role, version, name, media_type, size, sha256, origin, text_state)
            SELECT \(id), 'main', 1, 'cong-van.pdf', 'application/pdf', 1, b.sha256, 'upload', 'extracted' FROM blob AS b
            """)
        let receiver = try await Travel.begin(in: .current)
        let issue = try IssueDocument(
            document: id, recipients: [receiver.tenant.code], register: nil, version: version)
        _ = try await travel.act(as: travel.tenant.clerk) { try issue(in: $0) }
        let waiting = try await receiver.rows(
            Deliveries.page(state: "waiting", before: nil, limit: 5), as: receiver.tenant.clerk)
        let delivery = try #require(waiting.first?["id"].string.flatMap { UUID(uuidString: $0) })

        func name(_ person: TestPerson) async throws -> String? {
            try await receiver.act(as: person) { try DeliveredFile.findMain(of: delivery, in: $0)?.name }
        }
        #expect(try await name(receiver.tenant.clerk) == "cong-van.pdf")
        #expect(try await name(receiver.tenant.specialist) == nil)
        #expect(try await name(travel.tenant.clerk) == nil, "the sender has its own file, not the receiver's")

        let register = try await receiver.register("incoming")
        let day = try #require(CalendarDate(year: Int(receiver.thisYear), month: 1, day: 5))
        let enter = RegisterDelivery(delivery: delivery, register: register, arrivedOn: day, note: "Bản giấy gửi sau")
        _ = try await receiver.act(as: receiver.tenant.clerk) { try enter(in: $0) }
        let row = try await receiver.rows(RegisterBook.incoming(register, limit: 5), as: receiver.tenant.clerk).first
        #expect(row?["arrived_on"].string == day.description)
        #expect(row?["note"] == "Bản giấy gửi sau")
    }

    @Test func namesOfIssuersAreCompletedFromWhatCameIn() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("incoming")
        _ = try await travel.registeredPaper("Một", in: register, number: "1")
        _ = try await travel.registeredPaper("Hai", in: register, number: "2")
        #expect(
            try await travel.rows(Incoming.organs, as: travel.tenant.clerk).map { $0["name"] }
                == ["Bộ Khoa học và Công nghệ"])
        #expect(try await travel.rows(Incoming.organs, as: travel.tenant.head).isEmpty)
        let stranger = try await travel.database.makeTenant()
        #expect(try await travel.rows(Incoming.organs, as: stranger.clerk).isEmpty)
    }
}
