import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Platform
import TestSupport
import Testing

@testable import API

/// Limits that only a real connection shows.
@Suite(.needsCluster, .database) struct LimitTests {
    private func serve(
        _ harness: Harness, _ body: @Sendable (Client, Int) async throws -> Void
    ) async throws {
        defer { try? FileManager.default.removeItem(atPath: harness.folder) }
        let responder = try harness.responder()
        let application = API.application(
            responder, configuration: responder.services.configuration, host: "127.0.0.1", port: 0,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await application.test(.live) { inner in
            try await body(Client(inner: inner), try #require(inner.port))
        }
    }

    private func head(_ method: String, _ path: String, as person: TestPerson, _ more: String) -> String {
        """
        \(method) \(path) HTTP/1.1\r\nHost: localhost\r\nCookie: \(Credential.cookieName)=\(person.secret.text)\r
        X-CSRF-Token: \(Credential.csrfToken(forSession: person.secret.text))\r\n\(more)\r\n\r\n
        """
    }

    @Test func twoGigabytesAreRefusedBeforeTheyAreSent() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await self.serve(try await Harness.make()) { client, port in
            let draft = try await client.draft(by: tenant.specialist)
            let request = self.head(
                "POST", "/api/v1/documents/\(draft.id)/files?name=a.pdf", as: tenant.specialist,
                "Content-Length: 2147483648\r\nExpect: 100-continue")
            let answer = try await RawConnection.open(port) { connection in
                connection.send(request)
                // Not one byte of the body is sent; the server answers and closes by itself.
                return connection.receive()
            }
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(answer.contains("\"too_large\""))
            #expect(!answer.contains("100 Continue"))
        }
    }

    @Test func anUploadWithoutALengthIsCutAtTheLimit() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        let harness = try await Harness.make { $0.uploadLimit = 1 << 20 }
        try await self.serve(harness) { client, port in
            let draft = try await client.draft(by: tenant.specialist)
            let request = self.head(
                "POST", "/api/v1/documents/\(draft.id)/files?name=a.bin", as: tenant.specialist,
                "Transfer-Encoding: chunked")
            let (answer, sent) = try await RawConnection.open(port) { connection in
                connection.send(request)
                let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 7, count: 65_536) + Array("\r\n".utf8)
                var sent = 0
                while sent < 20_000, connection.send(chunk) { sent += 1 }
                return (connection.receive(), sent)
            }
            // The answer may be lost when the sender goes on and on; that it was stopped may not.
            #expect(sent < 20_000)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 413"))
            let left = FileManager.default.enumerator(atPath: harness.folder)?.compactMap { $0 as? String } ?? []
            #expect(left.filter { $0.hasPrefix("incoming/") && !$0.hasSuffix(".gate") } == [])
            #expect(try await client.send(.get, "/healthz").status == 200)
        }
    }

    @Test func whoAsksWhetherToGoOnIsToldSo() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await self.serve(try await Harness.make()) { client, port in
            let draft = try await client.draft(by: tenant.specialist)
            let request = self.head(
                "POST", "/api/v1/documents/\(draft.id)/files?name=a.bin", as: tenant.specialist,
                "Content-Length: 5\r\nExpect: 100-continue")
            let (first, second) = try await RawConnection.open(port) { connection in
                connection.send(request)
                let first = connection.receive(until: "\r\n\r\n")
                connection.send("hello")
                return (first, connection.receive(until: "}"))
            }
            #expect(first.hasPrefix("HTTP/1.1 100"))
            #expect(second.hasPrefix("HTTP/1.1 201"))
        }
    }

    @Test func aBodyThatTricklesInIsGivenUp() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        let harness = try await Harness.make { $0.bodyTime = .milliseconds(200) }
        try await self.serve(harness) { _, port in
            let request = self.head(
                "POST", "/api/v1/documents", as: tenant.specialist,
                "Content-Type: application/json\r\nContent-Length: 100000")
            let answer = try await RawConnection.open(port) { connection in
                connection.send(request)
                for _ in 0..<100 {
                    guard connection.send(" ") else { break }
                    usleep(20_000)
                }
                return connection.receive()
            }
            #expect(answer.hasPrefix("HTTP/1.1 408"))
            #expect(answer.contains("body_too_slow"))
        }
    }

    @Test func anUploadThatBreaksOffLeavesNothing() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        let harness = try await Harness.make()
        try await self.serve(harness) { client, port in
            let draft = try await client.draft(by: tenant.specialist)
            let request = self.head(
                "POST", "/api/v1/documents/\(draft.id)/files?name=a.bin", as: tenant.specialist,
                "Content-Length: 1000000")
            try await RawConnection.open(port) { connection in
                connection.send(request)
                connection.send([UInt8](repeating: 1, count: 300_000))
            }
            var left: [String] = [""]
            for _ in 0..<200 where !left.isEmpty {
                left = FileManager.default.enumerator(atPath: harness.folder)?.compactMap { $0 as? String } ?? []
                left = left.filter { $0.hasPrefix("incoming/") && !$0.hasSuffix(".gate") }
                if !left.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
            }
            #expect(left == [])
            let read = try await client.send(.get, "/api/v1/documents/\(draft.id)", as: tenant.specialist)
            #expect(read.status == 200 && read.object.list("files").isEmpty)
        }
    }

    @Test(arguments: [
        "GET /healthz HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "no http at all\r\n\r\n",
    ])
    func whatIsNoRequestEndsTheConnection(request: String) async throws {
        try await self.serve(try await Harness.make()) { client, port in
            let answer = try await RawConnection.open(port) { connection in
                connection.send(request)
                return connection.receive()
            }
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
            #expect(try await client.send(.get, "/healthz").status == 200)
        }
    }
}
