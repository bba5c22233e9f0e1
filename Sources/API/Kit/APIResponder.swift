import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1
import Platform
import Postgres

/// Answers every request: finds its route, checks what can be checked without the database, runs the handler, and turns
/// whatever is thrown into a problem. One function instead of a chain of middleware, because every request goes through it.
public struct APIResponder: HTTPResponder {
    public typealias Context = APIContext

    let table: RouteTable<Route>
    package let services: Services
    let metrics: RequestMetrics
    package let log: AccessLog?

    /// Bodies below this are read to their end after a refusal; above it the connection is given up instead.
    private static let readableRest = 64 << 10

    public func respond(to request: Request, context: APIContext) async throws -> Response {
        let start = ContinuousClock.now
        let id = request.headers[.requestID].flatMap { UUID(text: $0) } ?? UUIDv7.make()
        let idText = id.text
        let address = self.services.configuration.address(of: request, over: context)
        var route: Route?
        var response: Response
        var code: String?
        do {
            switch self.table.match(request.method, request.uri.path) {
            case .found(let found, let captures):
                route = found
                response = try await RequestScope.$id.withValue(id) {
                    try await found.handler(
                        self.call(request, found, captures: captures, id: id, address: address))
                }
            case .otherMethods(let allow):
                response = try Self.answerOther(request.method, allow: allow)
            case .nothing:
                throw Problem(404, "no_route")
            }
        } catch let error as HTTPParserError {
            // The connection's framing is lost; Hummingbird answers 400 and closes it.
            throw error
        } catch {
            var problem = Problem(error)
            if problem.status >= 500 {
                context.logger.log(
                    level: problem.status == 500 ? .error : .warning, "request failed",
                    metadata: [
                        "request": .string(idText), "code": .string(problem.code),
                        "operation": .string(route?.name ?? ""), "error": .string(String(describing: error)),
                    ])
            }
            if Self.isLong(request) { problem.closesConnection = true }
            code = problem.code
            response = problem.response(
                in: Language(accepting: request.headers[.acceptLanguage]), instance: idText)
        }
        if request.method == .head { response = response.createHeadResponse() }
        self.finish(&response, id: idText)
        let duration = ContinuousClock.now - start
        self.metrics.record(operation: route?.name, status: response.status.code, duration)
        self.log?.write(
            AccessLog.Entry(
                request: idText, method: request.method.rawValue, path: request.uri.path, operation: route?.name,
                status: response.status.code, code: code, duration: duration, address: address))
        return response
    }

    /// Everything that a handler may take for granted.
    private func call(
        _ request: Request,
        _ route: Route,
        captures: [Substring],
        id: UUID,
        address: String
    ) async throws -> Call {
        var credential: Credential?
        if case .signedIn = route.access {
            guard let found = Credential(request.headers) else { throw Problem.unauthenticated }
            try found.checkForgery(request)
            credential = found
        }
        var call = Call(
            request: request, route: route, captures: captures, services: self.services, id: id, address: address,
            credential: credential)
        if request.uri.query != nil || !route.query.isEmpty {
            call.query = try Query(request.uri.query, parameters: route.query)
        }
        if route.traits.contains(.ifMatch) {
            call.version = try EntityTag.version(ifMatch: request.headers[.ifMatch])
        }
        switch route.body {
        case .json(let schema): try await call.readBody(schema)
        case .bytes(let mediaType, let limit): try await call.readBytes(mediaType, limit: limit)
        case .none, .file: break
        }
        return call
    }

    /// Whether a path is the API's to answer, be it with a refusal.
    package func answers(_ path: String) -> Bool {
        if path.hasPrefix("/api/") { return true }
        if case .nothing = self.table.match(.get, path) { return false }
        return true
    }

    /// A request whose method the path does not have.
    private static func answerOther(_ method: HTTPRequest.Method, allow: String) throws -> Response {
        guard method == .options else {
            var problem = Problem(405, "method_not_allowed")
            problem.allow = allow
            throw problem
        }
        return Response(status: .noContent, headers: [.allow: allow])
    }

    private static func isLong(_ request: Request) -> Bool {
        if let length = request.headers[.contentLength] { return Int(length) ?? .max > Self.readableRest }
        return request.headers.contains(.transferEncoding)
    }

    /// What every answer carries, unless its handler said otherwise.
    private func finish(_ response: inout Response, id: String) {
        response.headers.append(HTTPField(name: .requestID, value: id))
        response.headers.append(HTTPField(name: .xContentTypeOptions, value: "nosniff"))
        response.headers.append(
            HTTPField(name: .contentSecurityPolicy, value: "default-src 'none'; frame-ancestors 'none'"))
        if !response.headers.contains(.cacheControl) {
            response.headers.append(HTTPField(name: .cacheControl, value: "no-store"))
        }
    }
}

extension Call {
    /// Reads a body of another media type.
    fileprivate mutating func readBytes(_ mediaType: String, limit: Int) async throws {
        guard let type = self.header(.contentType), type.prefix(while: { $0 != ";" }).lowercased() == mediaType else {
            throw self.header(.contentLength).map { $0 == "0" } ?? true
                ? Problem(400, "body_required") : .unsupportedMediaType
        }
        let bytes = try await BodyReader.whole(
            of: self.request, limit: limit, configuration: self.services.configuration)
        guard bytes.readableBytes > 0 else { throw Problem(400, "body_required") }
        self.bytes = Array(buffer: bytes)
    }

    /// Reads the JSON body, checks it against its schema, and derives from it what a repeated request is known by.
    fileprivate mutating func readBody(_ schema: Schema) async throws {
        guard let type = self.header(.contentType), type.prefix(while: { $0 != ";" }).lowercased() == "application/json"
        else {
            throw self.header(.contentLength).map { $0 == "0" } ?? true
                ? Problem(400, "body_required") : .unsupportedMediaType
        }
        let bytes = try await BodyReader.json(of: self.request, configuration: self.services.configuration)
        guard bytes.readableBytes > 0 else { throw Problem(400, "body_required") }
        let value = try bytes.withUnsafeReadableBytes { buffer in
            do throws(JSONParser.Failure) {
                return try JSONParser.parse(buffer)
            } catch {
                throw Problem(400, "malformed_json")
            }
        }
        var issues: [Problem.Issue] = []
        guard case .object(let object) = schema.check(value, issues: &issues), issues.isEmpty else {
            throw Problem.invalidInput(issues)
        }
        self.body = object
        if self.route.traits.contains(.idempotent), let key = self.header(.idempotencyKey) {
            guard (1...128).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw Problem(422, "invalid_idempotency_key", field: "Idempotency-Key")
            }
            var digest = SHA256()
            Array("\(self.request.method.rawValue) \(self.request.uri.path)\n".utf8).withUnsafeBytes {
                digest.update($0)
            }
            bytes.withUnsafeReadableBytes { digest.update($0) }
            self.idempotency = Idempotency(key: key, fingerprint: digest.finish())
        }
    }
}
