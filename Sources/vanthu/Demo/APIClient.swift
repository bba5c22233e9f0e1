import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// A client of the API for one person at a time: what anybody could write from `/openapi.json`.
final class APIClient: Sendable {
    /// A JSON object of an answer, read by name.
    struct Answer: @unchecked Sendable {
        // Values of JSONSerialization are immutable once read.
        let object: [String: Any]
        let etag: String?

        func text(_ name: String) throws -> String {
            guard let value = self.object[name] as? String else {
                throw Failure.unexpected("no text \(name) in the answer")
            }
            return value
        }
        func integer(_ name: String) throws -> Int {
            guard let value = self.object[name] as? Int else {
                throw Failure.unexpected("no number \(name) in the answer")
            }
            return value
        }
        func objects(_ name: String) throws -> [Answer] {
            guard let list = self.object[name] as? [[String: Any]] else {
                throw Failure.unexpected("no list \(name) in the answer")
            }
            return list.map { Answer(object: $0, etag: nil) }
        }
        func object(_ name: String) throws -> Answer {
            guard let value = self.object[name] as? [String: Any] else {
                throw Failure.unexpected("no \(name) in the answer")
            }
            return Answer(object: value, etag: nil)
        }
    }

    enum Failure: Error, CustomStringConvertible {
        case refused(method: String, path: String, status: Int, code: String, detail: String)
        case unexpected(String)

        var description: String {
            switch self {
            case .refused(let method, let path, let status, let code, let detail):
                "\(method) \(path) was refused with \(status) \(code): \(detail)"
            case .unexpected(let what): what
            }
        }

        /// Whether the server refused with this problem code.
        func isRefusal(_ expected: String) -> Bool {
            if case .refused(_, _, _, let code, _) = self { return code == expected }
            return false
        }
    }

    /// A person signed in: the cookie and the token that changes need.
    struct Seat: Sendable {
        let cookie: String
        let csrf: String
        let name: String
        let post: String
        let unit: String
    }

    private let server: String
    private let http = HTTPClient(eventLoopGroupProvider: .singleton)

    init(server: String) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
    }

    func close() async {
        try? await self.http.shutdown()
    }

    func signIn(_ login: String, password: String) async throws -> Seat {
        let (answer, cookie) = try await self.send(
            "POST", "/api/v1/sessions", json: ["login": login, "password": password], as: nil, etag: nil)
        guard let cookie else { throw Failure.unexpected("signing in set no cookie") }
        let post = try answer.object("post")
        return Seat(
            cookie: cookie, csrf: try answer.text("csrf_token"), name: try answer.object("person").text("full_name"),
            post: try post.text("id"), unit: try post.object("unit").text("id"))
    }

    func get(_ path: String, as seat: Seat) async throws -> Answer {
        try await self.send("GET", path, json: nil, as: seat, etag: nil).answer
    }

    @discardableResult
    func post(_ path: String, _ body: sending [String: any Sendable], as seat: Seat, etag: String? = nil) async throws
        -> Answer
    {
        try await self.send("POST", path, json: body, as: seat, etag: etag).answer
    }

    func upload(_ path: String, _ bytes: [UInt8], type: String, as seat: Seat) async throws -> Answer {
        var request = self.request("POST", path, as: seat, etag: nil)
        request.headers.replaceOrAdd(name: "Content-Type", value: type)
        request.body = .bytes(ByteBuffer(bytes: bytes))
        return try await self.execute(request, "POST", path).answer
    }

    func download(_ path: String, as seat: Seat) async throws -> [UInt8] {
        let response = try await self.http.execute(
            self.request("GET", path, as: seat, etag: nil), timeout: .seconds(60))
        guard response.status == .ok else { throw Failure.unexpected("GET \(path) answered \(response.status.code)") }
        return Array(buffer: try await response.body.collect(upTo: 256 << 20))
    }

    private func request(_ method: String, _ path: String, as seat: Seat?, etag: String?) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: self.server + path)
        request.method = .RAW(value: method)
        request.headers.add(name: "Accept-Language", value: "vi")
        if let seat {
            request.headers.add(name: "Cookie", value: seat.cookie)
            request.headers.add(name: "X-CSRF-Token", value: seat.csrf)
        }
        if let etag { request.headers.add(name: "If-Match", value: etag) }
        return request
    }

    private func send(
        _ method: String, _ path: String, json: [String: any Sendable]?, as seat: Seat?, etag: String?
    ) async throws -> (answer: Answer, cookie: String?) {
        var request = self.request(method, path, as: seat, etag: etag)
        if let json {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: json)))
        }
        return try await self.execute(request, method, path)
    }

    private func execute(
        _ request: HTTPClientRequest, _ method: String, _ path: String
    ) async throws -> (answer: Answer, cookie: String?) {
        let response = try await self.http.execute(request, timeout: .seconds(60))
        let body = Data(try await response.body.collect(upTo: 16 << 20).readableBytesView)
        let object = (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
        guard (200..<300).contains(response.status.code) else {
            throw Failure.refused(
                method: method, path: path, status: Int(response.status.code), code: object["code"] as? String ?? "",
                detail: object["detail"] as? String ?? object["title"] as? String ?? "")
        }
        let cookie = response.headers.first(name: "Set-Cookie")?.split(separator: ";").first.map(String.init)
        return (Answer(object: object, etag: response.headers.first(name: "ETag")), cookie)
    }
}
