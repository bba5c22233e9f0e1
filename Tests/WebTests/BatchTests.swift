import API
import Foundation
import Office
import Signatures
import Testing

@testable import Web

@Suite struct BatchTests {
    private static let first = "01a2118b-9ec0-7012-bbbb-8e406d7b7df3"
    private static let second = "01a2118b-9ec0-7012-bbbb-8e406d7b7df4"

    @Test func anAddressNamesEveryDocumentOnceAndTicksNothingOff() throws {
        let wish = try BatchWish(
            Fields("purpose=seal&document=\(Self.first)&document=\(Self.second)&document=\(Self.first)"))
        #expect(wish.purpose == .seal)
        #expect(wish.documents.map(\.text) == [Self.first, Self.second])
        #expect(wish.chosen == nil)
        #expect(
            wish.address(documents: wish.documents, way: .token)
                == "/signing?purpose=seal&way=token&document=\(Self.first)&document=\(Self.second)")
    }

    @Test func aFormHasWhatWasTickedWithTheVersionThatWasSeen() throws {
        let wish = try BatchWish(
            Fields("form=1&document=\(Self.first)&document=\(Self.second)&chosen=\(Self.second)%7C7"))
        #expect(wish.purpose == .signer)
        let chosen = try #require(wish.chosen)
        #expect(chosen.map(\.document.text) == [Self.second])
        #expect(chosen.map(\.version) == [7])
        let none = try #require(try BatchWish(Fields("form=1&document=\(Self.first)")).chosen)
        #expect(none.isEmpty)
    }

    @Test func noMoreIsTakenThanASessionTakes() throws {
        let query = (0..<60).map { _ in "document=\(UUID().uuidString)" }.joined(separator: "&")
        #expect(try BatchWish(Fields(query[...])).documents.count == PrepareSigning.mostDocuments)
    }

    @Test(arguments: [
        "document=x", "form=1&chosen=\(Self.first)", "form=1&chosen=x%7C1", "form=1&chosen=\(Self.first)%7Cx",
    ])
    func whatNamesNoDocumentIsRefused(_ text: String) {
        #expect(throws: Problem.self) { try BatchWish(Fields(text[...])) }
    }

    @Test func aWayIsNamedAsAddressesAndTheBrowserRememberIt() {
        let id = UUID()
        for way in [SigningWays.Way.soft, .token, .remote(id)] { #expect(SigningWays.Way(way.name) == way) }
        #expect(SigningWays.Way(nil) == nil)
        #expect(SigningWays.Way("elsewhere") == nil)
    }
}
