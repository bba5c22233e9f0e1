import API
import Documents
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Platform
import Postgres
import Signatures
import TestSupport
import Workflow

@testable import API

/// The API over a suite's database and a folder of files of its own, driven through its router.
struct Harness: Sendable {
    let database: TestDatabase
    let folder: String
    var configuration = APIConfiguration()

    /// - Parameter configuration: changes the limits.
    static func make(_ configure: (inout APIConfiguration) -> Void = { _ in }) async throws -> Harness {
        let folder = NSTemporaryDirectory() + "vanthu-api-\(UUID().uuidString)"
        var harness = Harness(database: .current, folder: folder)
        configure(&harness.configuration)
        try await harness.loadConfiguration()
        return harness
    }

    func responder(database: Database? = nil) throws -> APIResponder {
        API.responder(
            configuration: self.configuration, database: database ?? self.database.app,
            blobs: try BlobStore(folder: self.folder), password: Password(concurrency: 1),
            keys: try KeyRoom(secretFile: self.folder + "/secret", corporation: "Tổng công ty Thử"),
            policy: try SignaturePolicy(file: TestCluster.packageRoot + "/Config/signature-policy.json"),
            verifier: FileVerifier(.here),
            metrics: Metrics(),
            isSchemaCurrent: { [database = self.database.app] in
                try await database.transaction { try $0.one("SELECT true") { try $0.column(0) } }
            })
    }

    func application(database: Database? = nil) throws -> some ApplicationProtocol {
        Application(
            responder: try self.responder(database: database),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Runs `body` with a client of the API, and takes the files away afterwards.
    func serve(_ body: @Sendable (Client) async throws -> Void) async throws {
        defer { try? FileManager.default.removeItem(atPath: self.folder) }
        try await self.application().test(.router) { try await body(Client(inner: $0)) }
    }

    /// The types and flows that every migration brings in.
    private func loadConfiguration() async throws {
        func text(_ name: String) throws -> JSONText {
            JSONText(try String(contentsOfFile: "\(TestCluster.packageRoot)/Config/\(name).json", encoding: .utf8))
        }
        let types = LoadDocumentTypes(types: try text("document-types"))
        let flows = try ["incoming", "outgoing", "internal"].map {
            LoadFlow(flow: $0, moves: try text("workflows/\($0)"))
        }
        try await self.database.owner.transaction { transaction in
            try transaction.run("SELECT pg_advisory_xact_lock(4711)")
            _ = try types(in: transaction)
            for flow in flows { _ = try flow(in: transaction) }
        }
    }
}

/// An answer with its JSON read.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var json: JSONValue { (try? JSONParser.parse(self.bytes)) ?? .null }
    var object: JSONObject {
        guard case .object(let object) = self.json else { return [:] }
        return object
    }
    /// The code of a problem.
    var code: String? { self.object.optionalText("code") }
    var etag: String? { self.headers[.eTag] }
    var items: [JSONObject] {
        self.object.list("items").compactMap { item in
            guard case .object(let object) = item else { return nil }
            return object
        }
    }
}

/// Sends requests as a person of a tenant: with the session's cookie, and the CSRF token where the method needs it.
struct Client: Sendable {
    let inner: any TestClientProtocol

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        as person: TestPerson? = nil,
        json: JSONValue? = nil,
        bytes: [UInt8]? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if let person {
            headers[.cookie] = "\(Credential.cookieName)=\(person.secret.text)"
            headers[.csrfToken] = Credential.csrfToken(forSession: person.secret.text)
        }
        if json != nil { headers[.contentType] = "application/json" }
        let body = (json?.bytes ?? bytes).map { ByteBuffer(bytes: $0) }
        let response = try await self.inner.executeRequest(uri: path, method: method, headers: headers, body: body)
        return Answer(
            status: response.status.code, headers: response.headers, bytes: Array(response.body.readableBytesView))
    }

    /// A draft of the person's; its id and ETag.
    func draft(by person: TestPerson, _ more: JSONObject = [:]) async throws -> (id: String, etag: String) {
        var body: JSONObject = ["direction": "outgoing", "type": "CV", "subject": "Về việc thử"]
        for member in more.members { body[member.name] = member.value }
        let answer = try await self.send(.post, "/api/v1/documents", as: person, json: .object(body))
        guard answer.status == 201, let id = answer.object.optionalText("id"), let etag = answer.etag else {
            throw Unexpected(answer: answer)
        }
        return (id, etag)
    }
}

/// An arrangement of a test went wrong.
struct Unexpected: Error, CustomStringConvertible {
    let answer: Answer
    var description: String { "\(self.answer.status) \(String(decoding: self.answer.bytes, as: UTF8.self))" }
}
