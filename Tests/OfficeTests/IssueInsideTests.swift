import Documents
import Foundation
import Office
import Platform
import Postgres
import TestSupport
import Testing
import Workflow

/// Issuing to units of the own organisation.
@Suite(.database)
struct IssueInsideTests {
    @Test func anOutgoingDocumentGoesToOwnUnitsAlone() async throws {
        let travel = try await Travel.begin(in: .current)
        let (id, version) = try await travel.sealedOutgoing()
        #expect(try await travel.rows(DocumentPage.of(id), as: travel.tenant.head).isEmpty)
        let issue = try IssueDocument(
            document: id, recipients: [], units: [travel.tenant.office, travel.tenant.office], register: nil,
            version: version)
        let issued = try await travel.act(as: travel.tenant.clerk) { try issue(in: $0) }
        #expect(issued.outcome == ActOutcome(state: "issued", version: version + 1))
        let page = try #require(try await travel.rows(DocumentPage.of(id), as: travel.tenant.head).first)
        #expect(page["state"] == "issued" && page["dispatches"].items.isEmpty)
        let work = try await travel.rows(Tasks.desk(after: nil, limit: 20), as: travel.tenant.head)
        #expect(work.map { $0["role"] } == ["inform"])
    }

    @Test func organisationsAndUnitsReceiveTogether() async throws {
        let travel = try await Travel.begin(in: .current)
        let other = try await travel.database.makeTenant()
        let (id, version) = try await travel.sealedOutgoing()
        let issue = try IssueDocument(
            document: id, recipients: [other.code], units: [travel.tenant.office], register: nil, version: version)
        _ = try await travel.act(as: travel.tenant.clerk) { try issue(in: $0) }
        let page = try #require(try await travel.rows(DocumentPage.of(id), as: travel.tenant.head).first)
        #expect(page["dispatches"].items.count == 1)
    }

    @Test func aUnitWithoutAHeadOrOfOthersIsRefusedAndNothingIsIssued() async throws {
        let travel = try await Travel.begin(in: .current)
        let other = try await travel.database.makeTenant()
        let (id, version) = try await travel.sealedOutgoing()
        // The root has a leader and no head; a post and the organisation itself are no units; another's unit is unknown here.
        let strangers = [travel.tenant.root, travel.tenant.specialist.post, travel.tenant.id, other.office]
        for stranger in strangers {
            let issue = try IssueDocument(
                document: id, recipients: [], units: [travel.tenant.office, stranger], register: nil, version: version)
            #expect(
                await travel.refusal(travel.tenant.clerk) { _ = try issue(in: $0) } == "unknown_recipient units")
        }
        let nobody = try IssueDocument(document: id, recipients: [], register: nil, version: version)
        await #expect(throws: DocumentsError.textMissing(field: "recipients")) {
            try await travel.act(as: travel.tenant.clerk) { _ = try nobody(in: $0) }
        }
        #expect(
            try await travel.rows(DocumentPage.of(id), as: travel.tenant.clerk).first?["state"] == "sealed")
    }

    @Test func anInternalDocumentGoesToUnitsWithItsNumber() async throws {
        let travel = try await Travel.begin(in: .current)
        let (id, version) = try await travel.approvedInternal()
        let issue = try IssueDocument(
            document: id, recipients: [], units: [travel.tenant.office],
            register: try await travel.register("internal"),
            version: version)
        #expect(try await travel.act(as: travel.tenant.clerk) { try issue(in: $0) }.number?.number == 1)
        let page = try #require(try await travel.rows(DocumentPage.of(id), as: travel.tenant.head).first)
        #expect(page["tasks"].items.contains { $0["role"] == "inform" && $0["holder_name"] == "Văn phòng" })
    }

    @Test func recipientsAreOfferedByKind() async throws {
        let travel = try await Travel.begin(in: .current)
        let other = try await travel.database.makeTenant()
        let row = try #require(try await travel.rows(RecipientGroups.all, as: travel.tenant.clerk).first)
        let codes = row["organisations"].items.compactMap { $0["code"].string }
        #expect(codes.contains(other.code) && !codes.contains(travel.tenant.code))
        #expect(row["organisations"].items.allSatisfy { $0["kind"] == "province" })
        let units = row["units"].items
        #expect(units.map { $0["kind"] } == ["organisation", "office"])
        #expect(units.map { $0["has_head"] } == [false, true])
    }
}
