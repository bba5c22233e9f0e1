import Foundation
import HTTPTypes
import Platform
import TestSupport
import Testing

@testable import API

@Suite(.needsCluster, .database) struct SessionTests {
    private func signIn(_ client: Client, _ login: String, _ password: String, post: UUID? = nil) async throws -> Answer
    {
        var body: JSONObject = ["login": .string(login), "password": .string(password)]
        if let post { body["post_id"] = .string(post.text) }
        return try await client.send(.post, "/api/v1/sessions", json: .object(body))
    }

    @Test func signingInGivesACookieThatWorksUntilSigningOut() async throws {
        let tenant = try await TestDatabase.current.makeTenant(withPasswords: true)
        try await Harness.make { $0.secureCookies = true }.serve { client in
            let answer = try await self.signIn(client, tenant.leader.login, TestTenant.password)
            #expect(answer.status == 201)
            #expect(answer.object.object("person")?.optionalID("id") == tenant.leader.id)
            #expect(answer.object.object("post")?.optionalID("id") == tenant.leader.post)
            #expect(answer.object.object("tenant")?.optionalText("code") == tenant.code)
            let cookie = try #require(answer.headers[.setCookie])
            for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Secure"] { #expect(cookie.contains(attribute)) }
            let pair = String(cookie.prefix { $0 != ";" })
            let me = try await client.send(.get, "/api/v1/me", headers: [.cookie: pair])
            #expect(me.status == 200)
            let token = try #require(answer.object.optionalText("csrf_token"))
            #expect(me.object.optionalText("csrf_token") == token)
            let out = try await client.send(
                .delete, "/api/v1/sessions/current", headers: [.cookie: pair, .csrfToken: token])
            #expect(out.status == 204)
            #expect(try await client.send(.get, "/api/v1/me", headers: [.cookie: pair]).status == 401)
        }
    }

    @Test func aWrongPasswordAndAnUnknownLoginAnswerAlike() async throws {
        let tenant = try await TestDatabase.current.makeTenant(withPasswords: true)
        try await Harness.make().serve { client in
            let wrong = try await self.signIn(client, tenant.head.login, "sai mật khẩu")
            let unknown = try await self.signIn(client, "nobody@\(tenant.code)", "sai mật khẩu")
            #expect(wrong.status == 401)
            #expect(wrong.code == "wrong_login_or_password")
            #expect(unknown.status == 401)
            #expect(unknown.code == wrong.code)
        }
    }

    @Test func guessingIsSlowedDown() async throws {
        let tenant = try await TestDatabase.current.makeTenant(withPasswords: true)
        try await Harness.make().serve { client in
            for _ in 0..<5 { _ = try await self.signIn(client, tenant.clerk.login, "đoán mò") }
            let blocked = try await self.signIn(client, tenant.clerk.login, TestTenant.password)
            #expect(blocked.status == 429 && blocked.code == "too_many_attempts")
            #expect((1...900).contains(blocked.headers[.retryAfter].flatMap { Int($0) } ?? 0))
        }
    }

    @Test func nobodyActsInAPostOfSomebodyElse() async throws {
        let tenant = try await TestDatabase.current.makeTenant(withPasswords: true)
        try await Harness.make().serve { client in
            let answer = try await self.signIn(client, tenant.head.login, TestTenant.password, post: tenant.leader.post)
            #expect(answer.status == 422 && answer.code == "unknown_post")
        }
    }

    @Test func aTokenDoesWhatItsScopesAllowUntilItIsTakenBack() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let made = try await client.send(
                .post, "/api/v1/tokens", as: tenant.specialist,
                json: ["name": "máy quét", "scopes": ["documents:read"]])
            #expect(made.status == 201)
            let bearer: HTTPFields = [.authorization: "Bearer \(made.object.optionalText("token") ?? "")"]
            #expect(try await client.send(.get, "/api/v1/tasks", headers: bearer).status == 200)
            let me = try await client.send(.get, "/api/v1/me", headers: bearer)
            #expect(me.status == 200 && me.object["csrf_token"] == .null)
            let writing = try await client.send(
                .post, "/api/v1/documents", json: ["direction": "outgoing", "type": "CV", "subject": "Thử"],
                headers: bearer)
            #expect(writing.status == 403 && writing.code == "insufficient_scope")
            let another = try await client.send(
                .post, "/api/v1/tokens", json: ["name": "a", "scopes": ["documents:read"]], headers: bearer)
            #expect(another.status == 403)
            #expect(try await client.send(.get, "/api/v1/tokens", as: tenant.specialist).items.count == 1)
            let id = made.object.optionalText("id") ?? ""
            #expect(try await client.send(.delete, "/api/v1/tokens/\(id)", as: tenant.head).status == 404)
            #expect(try await client.send(.delete, "/api/v1/tokens/\(id)", as: tenant.specialist).status == 204)
            #expect(try await client.send(.get, "/api/v1/me", headers: bearer).status == 401)
        }
    }

    @Test func changingThePasswordNeedsTheOldOne() async throws {
        let tenant = try await TestDatabase.current.makeTenant(withPasswords: true)
        let person = tenant.administrator
        try await Harness.make().serve { client in
            func change(_ current: String, _ new: String) async throws -> Answer {
                try await client.send(
                    .put, "/api/v1/me/password", as: person, json: ["current": .string(current), "new": .string(new)])
            }
            let refused = try await change("không phải", "mật khẩu mới")
            #expect(refused.status == 401)
            #expect(try await change(TestTenant.password, "ngắn").status == 422)
            #expect(try await change(TestTenant.password, "mật khẩu mới").status == 204)
            #expect(try await client.send(.get, "/api/v1/me", as: person).status == 200)
            #expect(try await self.signIn(client, person.login, "mật khẩu mới").status == 201)
        }
    }

    @Test(arguments: ["", "x", "Basic YTpi", "Bearer", "Bearer " + String(repeating: "A", count: 43), "Bearer \u{7f}"])
    func whatIsNoCredentialOfOursIsNone(header: String) async throws {
        try await Harness.make().serve { client in
            let answer = try await client.send(.get, "/api/v1/me", headers: [.authorization: header])
            #expect(answer.status == 401)
        }
    }
}
