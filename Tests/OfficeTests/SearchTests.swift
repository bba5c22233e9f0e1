import Documents
import Foundation
import Office
import Platform
import Postgres
import TestSupport
import Testing

@Suite(.database)
struct SearchTests {
    private func found(_ text: String, by person: TestPerson, in travel: Travel) async throws -> [String] {
        try await travel.act(as: person) { transaction in
            try transaction.rows(DocumentQueries.search(text, after: nil, limit: 20)) { try $0.column(4) }
        }
    }

    @Test func typingWithoutAccentsFindsAndTheExactSpellingComesFirst() async throws {
        let travel = try await Travel.begin(in: .current)
        let register = try await travel.register("incoming")
        _ = try await travel.registeredPaper("Kiểm tra mã vạch", in: register, number: "1")
        _ = try await travel.registeredPaper("Phong tục đốt vàng mã", in: register, number: "2")
        _ = try await travel.registeredPaper("Chọn má nuôi", in: register, number: "3")
        let clerk = travel.tenant.clerk
        #expect(try await self.found("ma", by: clerk, in: travel).count == 3)
        #expect(try await self.found("má", by: clerk, in: travel).first == "Chọn má nuôi")
        #expect(try await self.found("vang ma", by: clerk, in: travel) == ["Phong tục đốt vàng mã"])
        #expect(try await self.found("KIỂM TRA", by: clerk, in: travel) == ["Kiểm tra mã vạch"])
        #expect(try await self.found("'; DROP TABLE x --", by: clerk, in: travel).isEmpty)
    }

    @Test func aNumberIsFoundHoweverItIsTyped() async throws {
        let travel = try await Travel.begin(in: .current)
        _ = try await travel.registeredPaper("Quy chế văn thư", in: try await travel.register("incoming"), number: "12")
        for typed in ["12/QĐ-BKHCN", "12/qd-bkhcn", "12 QD BKHCN", "12"] {
            #expect(try await self.found(typed, by: travel.tenant.clerk, in: travel) == ["Quy chế văn thư"], "\(typed)")
        }
    }

    @Test func searchShowsOnlyWhatOneMayRead() async throws {
        let travel = try await Travel.begin(in: .current)
        _ = try await travel.registeredPaper("Chỉ dành cho văn thư", in: try await travel.register("incoming"))
        #expect(try await self.found("văn thư", by: travel.tenant.clerk, in: travel).count == 1)
        #expect(try await self.found("văn thư", by: travel.tenant.specialist, in: travel).isEmpty)
        let stranger = try await travel.database.makeTenant()
        #expect(try await self.found("văn thư", by: stranger.clerk, in: travel).isEmpty)
    }
}
