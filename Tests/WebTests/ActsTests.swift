import API
import Foundation
import Signatures
import Testing

@testable import Web

@Suite struct ActsTests {
    @Test func aSignatureThatWasNotMovedIsLeftToTheWordsOfTheDocument() throws {
        #expect(
            try PlaceField.place(Fields("page=1&x=121.8&y=47.5&proposed_page=1&proposed_x=121.8&proposed_y=47.5"))
                == nil)
        #expect(try PlaceField.place(Fields("")) == nil)
    }

    @Test func aMovedSignatureCountsPagesFromZeroAndIsMeasuredInPoints() throws {
        let fields = try Fields("page=2&x=25,4&y=50.8&proposed_page=1&proposed_x=25.4&proposed_y=50.8")
        let place = try #require(try PlaceField.place(fields))
        #expect(place.page == 1)
        #expect(abs(place.x - 72) < 0.001)
        #expect(abs(place.y - 144) < 0.001)
    }

    @Test(arguments: ["page=0&x=1&y=1", "page=1&x=left&y=1", "page=1&x=1", "page=1&x=nan&y=1"])
    func aPlaceThatIsNoneIsRefusedWhereItIsTyped(_ typed: String) throws {
        let fields = try Fields(typed[...])
        let problem = #expect(throws: Problem.self) { try PlaceField.place(fields) }
        #expect(problem?.issues.map(\.field) == ["place"])
    }

    private static let groups: JSONValue = [
        "organisations": [
            ["code": "BDHN", "name": "Hà Nội", "kind": "province"],
            ["code": "BDAG", "name": "An Giang", "kind": "province"],
            ["code": "VCKV", "name": "Vận chuyển", "kind": "company"],
        ],
        "units": [
            ["id": "u1", "name": "Hoàn Kiếm", "kind": "district", "has_head": true],
            ["id": "u2", "name": "Hà Đông", "kind": "district", "has_head": false],
            ["id": "u3", "name": "Văn phòng", "kind": "office", "has_head": true],
        ],
    ]

    @Test func aWholeKindAndSingleOnesAreChosenTogetherAndNobodyTwice() throws {
        let chosen = Recipients(try Fields("group=province&recipients=BDAG&recipients=VCKV"), groups: Self.groups)
        #expect(chosen.organisations.compactMap { $0["code"].text } == ["BDHN", "BDAG", "VCKV"])
        #expect(chosen.units.isEmpty)
    }

    @Test func aUnitWithoutAHeadIsNamedAndNotSentTo() throws {
        let chosen = Recipients(try Fields("unit_group=district&units=u3"), groups: Self.groups)
        #expect(chosen.units.compactMap { $0["id"].text } == ["u1", "u3"])
        #expect(chosen.dropped.compactMap { $0["id"].text } == ["u2"])
    }

    @Test func theTreeIsNestedByDepthAndOpenWhereSomethingIsChosen() throws {
        let units: [JSONValue] = [
            ["id": "a", "depth": 0, "head_name": "An"], ["id": "b", "depth": 1, "head_name": "Bình"],
            ["id": "c", "depth": 2, "head_name": "Chi"], ["id": "d", "depth": 1, "head_name": .null],
        ]
        let roots = UnitNode.nested(units, Parts(try Fields("lead=c")))
        #expect(roots.count == 1)
        let under = roots[0]["children"].elements
        #expect(under.compactMap { $0["id"].text } == ["b", "d"])
        #expect(under.map { $0["is_open"] } == [true, false])
        #expect(under.map { $0["is_manned"] } == [true, false])
        #expect(under[0]["children"].elements.map { $0["is_lead"] } == [true])
    }

    @Test func anOrganisationThatNobodyHeadsIsNoChoice() throws {
        let units: [JSONValue] = [
            ["id": "a", "depth": 0, "head_name": .null], ["id": "b", "depth": 1, "head_name": "Bình"],
        ]
        let roots = UnitNode.nested(units, Parts(try Fields("")))
        #expect(roots.compactMap { $0["id"].text } == ["b"])
    }
}
