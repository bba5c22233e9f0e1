import Documents
import Foundation
import Office
import Platform
import Postgres
import TestSupport
import Testing
import Workflow

@Suite(.database)
struct NumberTests {
    @Test func clerksNumberingAtOnceLeaveNoGapAndNoDouble() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("internal")
        var approved: [(id: UUID, version: Int64)] = []
        for index in 0..<12 { approved.append(try await travel.approvedInternal("Thông báo số \(index)")) }
        let numbers = try await withThrowingTaskGroup(of: Int64?.self) { group in
            for document in approved {
                let issue = try IssueDocument(
                    document: document.id, recipients: [], register: register, version: document.version)
                group.addTask { try await travel.act(as: travel.tenant.clerk) { try issue(in: $0) }.number?.number }
            }
            return try await group.reduce(into: [Int64?]()) { $0.append($1) }
        }
        #expect(numbers.compactMap { $0 }.sorted() == Array(1...12))
    }

    @Test func issuingTwiceGivesOneNumber() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("internal")
        let (id, version) = try await travel.approvedInternal()
        let issue = try IssueDocument(document: id, recipients: [], register: register, version: version)
        let first = try await travel.act(as: travel.tenant.clerk) { try issue(in: $0) }
        #expect(first.number?.notation == "01/TB-\(travel.tenant.code)")
        await #expect(throws: DocumentsError.changedSinceRead) {
            try await travel.act(as: travel.tenant.clerk) { try issue(in: $0) }
        }
        let again = try IssueDocument(document: id, recipients: [], register: register, version: first.outcome.version)
        await #expect(throws: WorkflowError.actionNotPossible) {
            try await travel.act(as: travel.tenant.clerk) { try again(in: $0) }
        }
    }

    @Test func aFailedIssueGivesItsNumberBack() async throws {
        struct Abort: Error {}
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("internal")
        let (id, version) = try await travel.approvedInternal()
        let issue = try IssueDocument(document: id, recipients: [], register: register, version: version)
        await #expect(throws: Abort.self) {
            try await travel.act(as: travel.tenant.clerk) { transaction in
                _ = try issue(in: transaction)
                throw Abort()
            }
        }
        #expect(try await travel.act(as: travel.tenant.clerk) { try issue(in: $0) }.number?.number == 1)
    }

    @Test func aClosedRegisterAndOneOfAnotherYearGiveNoNumber() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("internal")
        let (id, version) = try await travel.approvedInternal()
        let close = CloseRegister(id: register)
        try await travel.act(as: travel.tenant.clerk) { try close(in: $0) }
        let closed = try IssueDocument(document: id, recipients: [], register: register, version: version)
        await #expect(throws: DocumentsError.registerClosed) {
            try await travel.act(as: travel.tenant.clerk) { try closed(in: $0) }
        }
        let lastYear = try OpenRegister(
            id: UUIDv7.make(), direction: "internal", name: "Sổ cũ", year: travel.thisYear - 1)
        try await travel.act(as: travel.tenant.clerk) { lastYear(in: $0) }
        let old = try IssueDocument(document: id, recipients: [], register: lastYear.id, version: version)
        await #expect(throws: DocumentsError.registerOfAnotherYear) {
            try await travel.act(as: travel.tenant.clerk) { try old(in: $0) }
        }
    }

    @Test func aSecondCopyOfAPaperDocumentIsWarnedOf() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("incoming")
        _ = try await travel.registeredPaper("Quyết định", in: register, number: "77")
        await #expect(throws: DocumentsError.possibleDuplicate) {
            _ = try await travel.registeredPaper("Quyết định", in: register, number: "77")
        }
        #expect(try await travel.registeredPaper("Quyết định khác", in: register, number: "78").number == 2)
    }
}
