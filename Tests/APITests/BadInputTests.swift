import Foundation
import HTTPTypes
import Platform
import TestSupport
import Testing

@testable import API

/// What people and machines type by mistake or on purpose, and that each is told what is wrong with it.
@Suite(.needsCluster, .database) struct BadInputTests {
    @Test(arguments: [
        ("subject", JSONValue.string(String(repeating: "ă", count: 5000)), "too_long"),
        ("subject", .string("   \u{200B} "), "required"),
        ("subject", .string("a\0b"), "invalid_text"),
        ("type", .string("XX"), "unknown_document_type"),
        ("security", .string("Mật"), "state_secret_refused"),
        ("security", .string("top_secret"), "state_secret_refused"),
        ("due_on", .string("1800-01-01"), "date_out_of_range"),
        ("due_on", .string("2026-02-30"), "invalid_date"),
        ("unit_id", .string("018f0000-0000-7000-8000-000000000000"), "unknown_unit"),
        ("signer_post_id", .string("018f0000-0000-7000-8000-000000000000"), "unknown_signer"),
        ("urgency", .string("now"), "unknown_value"),
        ("direction", .string("incoming"), "unknown_value"),
    ])
    func aWrongFieldOfADraftIsNamed(field: String, value: JSONValue, code: String) async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            var body: JSONObject = ["direction": "outgoing", "type": "CV", "subject": "Thử"]
            body[field] = value
            let answer = try await client.send(.post, "/api/v1/documents", as: tenant.specialist, json: .object(body))
            #expect(answer.status == 422)
            guard case .object(let issue)? = answer.object.list("errors").first else {
                Issue.record("no field is named")
                return
            }
            #expect(issue.optionalText("field") == field)
            #expect(issue.optionalText("code") == code)
            #expect(try await client.send(.get, "/api/v1/documents", as: tenant.specialist).items.isEmpty)
        }
    }

    @Test func aPaperDocumentRegistersOnceUnlessItIsMeantTwice() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let year = Int64(Calendar(identifier: .gregorian).component(.year, from: Date()))
            let register = try await client.send(
                .post, "/api/v1/registers", as: tenant.clerk,
                json: ["direction": "incoming", "name": "Sổ đến", "year": .integer(year)])
            var paper: JSONObject = [
                "register_id": .string(register.object.optionalText("id") ?? ""), "organ_name": "UBND phường",
                "code_number": "15", "code_notation": "UBND-VP", "issued_on": "2026-01-31", "type": "CV",
                "subject": "Thử",
            ]
            let first = try await client.send(
                .post, "/api/v1/documents/incoming", as: tenant.clerk, json: .object(paper))
            #expect(first.status == 201 && first.object.optionalInteger("number") == 1)
            let second = try await client.send(
                .post, "/api/v1/documents/incoming", as: tenant.clerk, json: .object(paper))
            #expect(second.status == 409 && second.code == "possible_duplicate")
            paper["confirm_duplicate"] = true
            let third = try await client.send(
                .post, "/api/v1/documents/incoming", as: tenant.clerk, json: .object(paper))
            #expect(third.status == 201 && third.object.optionalInteger("number") == 2)
            let notAClerk = try await client.send(
                .post, "/api/v1/documents/incoming", as: tenant.specialist, json: .object(paper))
            #expect(notAClerk.status == 403 && notAClerk.code == "clerk_only")
            let closed = try await client.send(
                .post, "/api/v1/registers/\(register.object.optionalText("id") ?? "")/closure", as: tenant.clerk)
            #expect(closed.status == 204)
            let late = try await client.send(
                .post, "/api/v1/documents/incoming", as: tenant.clerk, json: .object(paper))
            #expect(late.status == 409 && late.code == "register_closed")
        }
    }

    @Test func twoClerksNumberingAtOnceLeaveNoGapAndNoDouble() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let year = Int64(Calendar(identifier: .gregorian).component(.year, from: Date()))
            let register = try await client.send(
                .post, "/api/v1/registers", as: tenant.clerk,
                json: ["direction": "incoming", "name": "Sổ đến", "year": .integer(year)])
            let id = register.object.optionalText("id") ?? ""
            let numbers = try await withThrowingTaskGroup(of: Int64?.self) { group in
                for index in 0..<12 {
                    group.addTask {
                        try await client.send(
                            .post, "/api/v1/documents/incoming", as: tenant.clerk,
                            json: [
                                "register_id": .string(id), "organ_name": "UBND", "code_number": .string("\(index)"),
                                "code_notation": "UBND", "issued_on": "2026-01-31", "type": "CV", "subject": "Thử",
                            ]
                        ).object.optionalInteger("number")
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(numbers.compactMap { $0 }.sorted() == Array(1...12))
        }
    }

    @Test(arguments: ["123", "111111", "12345\0"])
    func aPINThatIsNoneMakesNoKey(pin: String) async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let answer = try await client.send(
                .post, "/api/v1/signing-keys", as: tenant.leader, json: ["pin": .string(pin)])
            #expect(answer.status == 422)
            #expect(try await client.send(.get, "/api/v1/signing-keys", as: tenant.leader).items.isEmpty)
        }
    }
}
