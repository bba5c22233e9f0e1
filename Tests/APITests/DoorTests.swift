import Foundation
import HTTPTypes
import Platform
import TestSupport
import Testing

@testable import API

/// What the door does for every route alike.
@Suite(.needsCluster, .database) struct DoorTests {
    @Test func aProblemSpeaksTheCallersLanguageAndNamesTheRequest() async throws {
        let id = "018f3f6e-0000-7000-8000-000000000001"
        try await Harness.make().serve { client in
            let vietnamese = try await client.send(.get, "/api/v1/me", headers: [.requestID: id])
            #expect(vietnamese.status == 401)
            #expect(vietnamese.headers[.contentType] == "application/problem+json")
            #expect(vietnamese.headers[.contentLanguage] == "vi")
            #expect(vietnamese.headers[.requestID] == id)
            #expect(vietnamese.headers[.wwwAuthenticate] != nil)
            #expect(vietnamese.object.optionalText("title") == "Chưa đăng nhập")
            #expect(vietnamese.object.optionalText("instance") == "urn:uuid:\(id)")
            #expect(vietnamese.object.optionalText("type") == "urn:vanthu:problem:unauthenticated")
            let english = try await client.send(.get, "/api/v1/me", headers: [.acceptLanguage: "en"])
            #expect(english.object.optionalText("title") == "Not signed in")
            #expect(english.headers[.requestID]?.count == 36)
        }
    }

    @Test func everyAnswerForbidsWhatABrowserShouldNotDoWithIt() async throws {
        try await Harness.make().serve { client in
            let answer = try await client.send(.get, "/healthz")
            #expect(answer.status == 200)
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
            #expect(answer.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            #expect(answer.headers[.cacheControl] == "no-store")
        }
    }

    @Test func unknownAddressesAndMethodsAreToldApart() async throws {
        try await Harness.make().serve { client in
            let nowhere = try await client.send(.get, "/api/v1/nowhere")
            #expect(nowhere.status == 404 && nowhere.code == "no_route")
            let put = try await client.send(.put, "/api/v1/documents")
            #expect(put.status == 405 && put.headers[.allow] == "GET, HEAD, POST, OPTIONS")
            let options = try await client.send(.options, "/api/v1/documents")
            #expect(options.status == 204 && options.headers[.allow] == "GET, HEAD, POST, OPTIONS")
            let head = try await client.send(.head, "/healthz")
            #expect(head.status == 200 && head.bytes.isEmpty && head.headers[.contentLength] == "15")
        }
    }

    @Test func aChangeByCookieNeedsTheTokenOfItsSession() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let cookie = "\(Credential.cookieName)=\(tenant.specialist.secret.text)"
            let body: JSONValue = ["direction": "outgoing", "type": "CV", "subject": "Thử"]
            let without = try await client.send(.post, "/api/v1/documents", json: body, headers: [.cookie: cookie])
            #expect(without.status == 403 && without.code == "csrf_token_invalid")
            let other = Credential.csrfToken(forSession: tenant.clerk.secret.text)
            let wrong = try await client.send(
                .post, "/api/v1/documents", json: body, headers: [.cookie: cookie, .csrfToken: other])
            #expect(wrong.status == 403)
            let right = try await client.send(.post, "/api/v1/documents", as: tenant.specialist, json: body)
            #expect(right.status == 201)
            let reading = try await client.send(.get, "/api/v1/me", headers: [.cookie: cookie])
            #expect(reading.status == 200)
        }
    }

    @Test func aBodyThatIsNotWhatTheRouteTakesIsRefusedWithItsFields() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        let person = tenant.specialist
        try await Harness.make { $0.jsonLimit = 4096 }.serve { client in
            func post(_ bytes: String, type: String? = "application/json") async throws -> Answer {
                try await client.send(
                    .post, "/api/v1/documents", as: person, bytes: Array(bytes.utf8),
                    headers: type.map { [.contentType: $0] } ?? [:])
            }
            #expect(try await post("{").code == "malformed_json")
            #expect(try await post("").code == "body_required")
            #expect(try await post("{}", type: "text/plain").code == "unsupported_media_type")
            #expect(try await post("{}", type: nil).status == 415)
            let wrong = try await post(#"{"direction":"sideways","type":"CV","subject":7,"extra":1}"#)
            #expect(wrong.status == 422 && wrong.code == "invalid_input")
            let fields = wrong.object.list("errors").compactMap { element -> String? in
                guard case .object(let issue) = element else { return nil }
                return "\(issue.optionalText("field") ?? "") \(issue.optionalText("code") ?? "")"
            }
            #expect(fields == ["direction unknown_value", "subject wrong_type", "extra unknown_field"])
            let long = try await post(#"{"subject":"\#(String(repeating: "a", count: 5000))"}"#)
            #expect(long.status == 413 && long.code == "body_too_large")
        }
    }

    @Test func nothingFromBelowGetsIntoAProblem() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        let text = "Bí mật của người khác"
        try await Harness.make().serve { client in
            for path in [
                "/api/v1/documents?state=\(text.utf8.map { String(format: "%%%02x", $0) }.joined())",
                "/api/v1/documents/%27",
            ] {
                let answer = try await client.send(.get, path, as: tenant.clerk)
                #expect((400..<500).contains(answer.status))
                #expect(!String(decoding: answer.bytes, as: UTF8.self).contains(text))
            }
        }
    }

    @Test func theServerTellsHowItDoes() async throws {
        try await Harness.make().serve { client in
            #expect(try await client.send(.get, "/readyz").status == 200)
            _ = try await client.send(.get, "/api/v1/nowhere")
            let metrics = String(decoding: try await client.send(.get, "/metrics").bytes, as: UTF8.self)
            #expect(
                metrics.contains("vanthu_http_request_duration_seconds_count{operation=\"readiness\",status=\"200\"} 1")
            )
            #expect(
                metrics.contains("vanthu_http_request_duration_seconds_count{operation=\"unrouted\",status=\"404\"} 1"))
            #expect(metrics.contains("vanthu_pool_connections_max"))
            let document = try await client.send(.get, "/openapi.json")
            #expect(document.object.optionalText("openapi") == "3.1.0")
        }
    }
}
