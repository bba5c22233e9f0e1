import API
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1
import Platform

/// Answers every request of a browser: pages here, and what belongs to the API by the API behind it.
public struct WebResponder: HTTPResponder {
    public typealias Context = APIContext

    let api: APIResponder
    let table: RouteTable<Page>
    let library: Templates
    let pulses: Pulses
    let frames = Frames()
    let metrics: RequestMetrics

    /// Answers what belongs to the API by the API, and the rest as pages and their files.
    public func respond(to request: Request, context: APIContext) async throws -> Response {
        let path = request.uri.path
        if self.api.answers(path) { return try await self.api.respond(to: request, context: context) }
        let start = ContinuousClock.now
        let id = UUIDv7.make()
        let language = Self.language(of: request)
        let address = self.api.services.configuration.address(of: request, over: context)
        var page: Page?
        var response: Response
        var code: String?
        do {
            if path.hasPrefix("/assets/"), let file = self.library.assets.response(path.dropFirst(8), to: request) {
                response = file
            } else {
                switch self.table.match(request.method, path) {
                case .found(let found, let captures):
                    page = found
                    response = try await RequestScope.$id.withValue(id) {
                        try await found.handler(
                            self.visit(request, found, captures, id: id, address: address, language: language))
                    }
                    if request.method == .post, Self.changesFrames(found.path) { self.frames.forget() }
                case .otherMethods: throw Problem(405, "method_not_allowed")
                case .nothing: throw Problem(404, "no_route")
                }
            }
        } catch let error as HTTPParserError {
            throw error
        } catch {
            var problem = Problem(error)
            if problem.status >= 500 {
                context.logger.log(
                    level: problem.status == 500 ? .error : .warning, "request failed",
                    metadata: [
                        "request": .string(id.text), "code": .string(problem.code),
                        "operation": .string(page?.name ?? ""), "error": .string(String(describing: error)),
                    ])
            }
            problem.closesConnection = request.method == .post && page == nil
            code = problem.code
            response = self.explain(problem, to: request, id: id, language: language)
        }
        if request.method == .head { response = response.createHeadResponse() }
        self.finish(&response, id: id)
        let duration = ContinuousClock.now - start
        self.metrics.record(operation: page?.name, status: response.status.code, duration)
        self.api.log?.write(
            AccessLog.Entry(
                request: id.text, method: request.method.rawValue, path: path, operation: page?.name,
                status: response.status.code, code: code, duration: duration, address: address))
        return response
    }

    /// Whether a form at this path may change names, posts or delegations.
    private static func changesFrames(_ path: String) -> Bool {
        ["/post", "/me", "/units"].contains { path.hasPrefix($0) }
    }

    /// Everything that a handler may take for granted.
    private func visit(
        _ request: Request, _ page: Page, _ captures: [Substring], id: UUID, address: String, language: Language
    ) async throws -> Visit {
        // Pages are for people: a bearer token opens none.
        let credential = Credential(request.headers).flatMap { $0.kind == .session ? $0 : nil }
        if case .signedIn = page.access, credential == nil { throw Problem.unauthenticated }
        var form = Fields()
        if request.method == .post {
            try Self.checkOrigin(request)
            form = try await Fields.form(of: request)
            if case .signedIn = page.access, let credential {
                guard
                    (form["csrf"] ?? request.headers[.csrfToken]) == Credential.csrfToken(forSession: credential.secret)
                else { throw Problem.badCSRFToken }
            }
        }
        return Visit(
            request: request, page: page, captures: captures, services: self.api.services, library: self.library,
            pulses: self.pulses, frames: self.frames, id: id, address: address, language: language,
            credential: credential,
            query: try Fields((request.uri.query ?? "")[...]), form: form)
    }

    /// Refuses a form that another site sent: the cookie is SameSite=Lax, the form has its token, and this is the third lock.
    private static func checkOrigin(_ request: Request) throws(Problem) {
        if let site = request.headers[.secFetchSite], site != "same-origin", site != "none" { throw .badCSRFToken }
    }

    /// What somebody asked to read: Vietnamese unless they chose English, whatever the browser's own language is.
    private static func language(of request: Request) -> Language {
        guard let cookies = request.headers[.cookie], let chosen = Credential.cookie("vanthu_language", in: cookies)
        else { return .vietnamese }
        return Language(rawValue: chosen) ?? .vietnamese
    }

    /// A page that says what is wrong and what to do; without a session, the way to the sign-in and back.
    private func explain(_ problem: Problem, to request: Request, id: UUID, language: Language) -> Response {
        if problem.status == 401 {
            var target = "/sign-in"
            if request.method == .get, request.uri.path != "/" {
                target += "?next=" + request.uri.description.urlEncoded
            }
            return Response(status: .seeOther, headers: [.location: target])
        }
        let words = Catalogue.words(for: problem.code, status: problem.status, in: language)
        let html = try? self.library.render(
            "problem", in: language,
            [
                "title": .string(words.title), "detail": .string(words.detail), "request": .string(id.text),
                "vietnamese": .boolean(language == .vietnamese), "here": "/",
                "is_ours": .boolean(problem.status >= 500),
            ])
        var headers: HTTPFields = [.contentType: "text/html; charset=utf-8", .contentLanguage: language.rawValue]
        if let retryAfter = problem.retryAfter { headers[.retryAfter] = String(retryAfter) }
        if problem.closesConnection { headers[.connection] = "close" }
        return Response(
            status: .init(code: problem.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: html ?? Array(words.title.utf8))))
    }

    /// What every answer carries. Nothing inline runs, nothing foreign loads, nobody frames us.
    private func finish(_ response: inout Response, id: UUID) {
        response.headers[.requestID] = id.text
        response.headers[.xContentTypeOptions] = "nosniff"
        if !response.headers.contains(.contentSecurityPolicy) {
            response.headers[.contentSecurityPolicy] = Self.policy()
        }
        response.headers[.frameOptions] = "DENY"
        response.headers[.referrerPolicy] = "same-origin"
        response.headers[.openerPolicy] = "same-origin"
        response.headers[.permissionsPolicy] = "camera=(), microphone=(), geolocation=(), payment=()"
        if self.api.services.configuration.secureCookies {
            response.headers[.strictTransportSecurity] = "max-age=31536000"
        }
        if !response.headers.contains(.cacheControl) { response.headers[.cacheControl] = "no-store" }
    }

    /// - Parameter agent: the one other address that the script of a page may talk to.
    static func policy(connectingTo agent: String = "") -> String {
        """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; \
        connect-src 'self'\(agent.isEmpty ? "" : " " + agent); worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
        frame-ancestors 'none'
        """
    }
}

extension HTTPField.Name {
    static let secFetchSite = Self.known("Sec-Fetch-Site")
    static let frameOptions = Self.known("X-Frame-Options")
    static let referrerPolicy = Self.known("Referrer-Policy")
    static let openerPolicy = Self.known("Cross-Origin-Opener-Policy")
    static let permissionsPolicy = Self.known("Permissions-Policy")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return name
    }
}
