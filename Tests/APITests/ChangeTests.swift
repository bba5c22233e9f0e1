import Foundation
import HTTPTypes
import Platform
import TestSupport
import Testing

@testable import API

/// ETags, pages and repeated requests.
@Suite(.needsCluster, .database) struct ChangeTests {
    @Test func whatHasNotChangedIsNotSentAgain() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let draft = try await client.draft(by: tenant.specialist)
            let path = "/api/v1/documents/\(draft.id)"
            let read = try await client.send(.get, path, as: tenant.specialist)
            let tag = try #require(read.etag)
            #expect(read.status == 200 && tag.hasPrefix("\"1-"))
            #expect(read.headers[.cacheControl] == "private, no-cache")
            let again = try await client.send(.get, path, as: tenant.specialist, headers: [.ifNoneMatch: tag])
            #expect(again.status == 304 && again.bytes.isEmpty && again.etag == tag)
            // An attachment is no new version of the document, but it is something new to see.
            _ = try await client.send(
                .post, "\(path)/files?name=a.txt", as: tenant.specialist, bytes: [1, 2, 3])
            let more = try await client.send(.get, path, as: tenant.specialist, headers: [.ifNoneMatch: tag])
            #expect(more.status == 200 && more.etag != tag)
            let change = try await client.send(
                .patch, path, as: tenant.specialist, json: ["subject": "Đổi"], headers: [.ifMatch: tag])
            #expect(change.status == 200)
        }
    }

    @Test func aChangeMustNameTheVersionThatWasRead() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let draft = try await client.draft(by: tenant.specialist)
            let path = "/api/v1/documents/\(draft.id)"
            func change(_ subject: String, _ headers: HTTPFields) async throws -> Answer {
                try await client.send(
                    .patch, path, as: tenant.specialist, json: ["subject": .string(subject)], headers: headers)
            }
            #expect(try await change("Một", [:]).status == 428)
            let changed = try await change("Một", [.ifMatch: draft.etag])
            #expect(changed.status == 200 && changed.etag == "\"2\"")
            let late = try await change("Hai", [.ifMatch: draft.etag])
            #expect(late.status == 412 && late.code == "changed_since_read")
            let read = try await client.send(.get, path, as: tenant.specialist)
            #expect(read.object.optionalText("subject") == "Một")
            #expect(read.object.optionalText("type") == "CV")
        }
    }

    @Test func aRepeatedRequestGetsTheFirstAnswerAndActsOnce() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let body: JSONValue = ["direction": "outgoing", "type": "CV", "subject": "Một lần thôi"]
            func post(_ body: JSONValue) async throws -> Answer {
                try await client.send(
                    .post, "/api/v1/documents", as: tenant.specialist, json: body, headers: [.idempotencyKey: "k-1"])
            }
            let first = try await post(body)
            let second = try await post(body)
            #expect(first.status == 201 && second.status == 201)
            #expect(first.bytes == second.bytes && first.etag == second.etag)
            #expect(first.headers[.location] == second.headers[.location])
            #expect(first.headers[.idempotencyReplayed] == nil && second.headers[.idempotencyReplayed] == "true")
            let other = try await post(["direction": "outgoing", "type": "CV", "subject": "Khác"])
            #expect(other.status == 422 && other.code == "idempotency_key_reused")
            #expect(try await client.send(.get, "/api/v1/documents", as: tenant.specialist).items.count == 1)
        }
    }

    @Test func aRefusedRequestLeavesItsKeyFree() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            func post(_ type: String) async throws -> Answer {
                try await client.send(
                    .post, "/api/v1/documents", as: tenant.specialist,
                    json: ["direction": "outgoing", "type": .string(type), "subject": "Thử"],
                    headers: [.idempotencyKey: "k-2"])
            }
            let refused = try await post("XX")
            #expect(refused.status == 422 && refused.code == "unknown_document_type")
            #expect(try await post("CV").status == 201)
        }
    }

    @Test func tenAtOnceWithOneKeyActOnce() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await client.send(
                            .post, "/api/v1/documents", as: tenant.specialist,
                            json: ["direction": "outgoing", "type": "CV", "subject": "Cùng lúc"],
                            headers: [.idempotencyKey: "k-3"])
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 201 })
            #expect(Set(answers.map(\.bytes)).count == 1)
        }
    }

    @Test func pagesFollowOneAnotherWithoutGapOrRepetition() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            var made: [String] = []
            for _ in 0..<5 { made.append(try await client.draft(by: tenant.specialist).id) }
            var seen: [String] = []
            var path: String? = "/api/v1/documents?limit=2&state=draft"
            while let next = path {
                let page = try await client.send(.get, next, as: tenant.specialist)
                #expect(page.status == 200 && page.items.count <= 2)
                seen += page.items.compactMap { $0.optionalText("id") }
                path = page.headers[.link].map { String($0.dropFirst().prefix { $0 != ">" }) }
                #expect((page.object["next"] == .null) == (path == nil))
            }
            #expect(seen == made.sorted().reversed())
        }
    }

    @Test(arguments: [
        "/api/v1/documents", "/api/v1/people", "/api/v1/tasks", "/api/v1/deliveries", "/api/v1/search?q=a",
    ])
    func aCursorThatWasNeverGivenOutIsRefused(path: String) async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let answer = try await client.send(
                .get, path + (path.contains("?") ? "&" : "?") + "after=%3Cnothing%3E", as: tenant.clerk)
            #expect(answer.status == 422 && answer.code == "invalid_cursor")
        }
    }

    @Test func textIsKeptInNFC() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let draft = try await client.draft(
                by: tenant.specialist, ["subject": .string("Bu\u{31B}u die\u{323}\u{302}n\u{200B}")])
            let read = try await client.send(.get, "/api/v1/documents/\(draft.id)", as: tenant.specialist)
            let subject = read.object.optionalText("subject") ?? ""
            #expect(subject.unicodeScalars.elementsEqual("Bưu điện".replacing("đ", with: "d").unicodeScalars))
        }
    }
}
