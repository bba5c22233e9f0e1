import API
import Foundation
import HTTPTypes
import Hummingbird
import Office
import Platform
import Postgres

/// What a screen is made from: its template, its title, and what the template reads.
struct Screen: Sendable {
    /// `documents/page`, below `Templates`.
    let template: String
    /// A key of the catalogue, or for a document its own name.
    let title: String
    var status = HTTPResponse.Status.ok
    /// Members by name. Rows come as the database wrote them.
    var content: [String: JSONValue] = [:]

    init(_ template: String, title: String, _ content: [String: JSONValue] = [:]) {
        self.template = template
        self.title = title
        self.content = content
    }
}

extension Visit {
    var tongue: Tongue { Tongue(language: self.language, words: self.library.words) }

    /// Reads what the frame of every page shows (who I am, what waits) and, in the same transaction, what `statements` name; then
    /// makes the screen of it.
    ///
    /// - Parameter statements: member name to statement and shape: an object, or a page of rows.
    func show(
        _ template: String,
        title: String,
        _ statements: [(name: String, sql: SQL, shape: JSONShape)] = [],
        also content: [String: JSONValue] = [:],
        answer: FormAnswer? = nil
    ) async throws -> Response {
        let read = try await self.transaction { transaction in
            var read: [(String, JSONResult)] = [("me", try self.frame(in: transaction))]
            for (index, statement) in statements.enumerated() {
                let isLast = index == statements.count - 1
                read.append(
                    (statement.name, try transaction.json(statement.sql, closing: isLast, as: statement.shape)))
            }
            return read
        }
        var content = content
        for (name, result) in read { content[name] = try Self.value(of: result) }
        guard case .object? = content["me"] else { throw Problem.unauthenticated }
        var screen = Screen(template, title: title, content)
        if let answer { screen.status = answer.problem.map { HTTPResponse.Status(code: $0.status) } ?? .ok }
        return try self.render(screen, answer: answer)
    }

    /// An object that has to be there.
    ///
    /// - Throws: 404 when it is not, or not for the visitor's eyes.
    static func value(of result: JSONResult) throws -> JSONValue {
        guard !result.bytes.isEmpty else { throw Problem.notFound }
        return try JSONParser.parse(ours: result.bytes)
    }

    /// The screen in the frame of every page.
    ///
    /// - Throws: 403 when the visitor's role never uses this page.
    func render(_ screen: Screen, answer: FormAnswer? = nil) throws -> Response {
        if case .object(let me)? = screen.content["me"] { try self.page.access.admit(me) }
        let tongue = self.tongue
        var content = screen.content
        let title = self.library.words.known(screen.title, in: self.language) ?? screen.title
        content["title"] = .string(title)
        content["here"] = .string(self.here)
        // Which part of the navigation this page belongs to: `at_work`.
        content["at_\(self.request.uri.path.split(separator: "/").first ?? "home")"] = true
        content["vietnamese"] = .boolean(self.language == .vietnamese)
        content["page_name"] = .string(self.page.name)
        content["query"] = FormAnswer.first(self.query.pairs)
        if let credential = self.credential {
            content["csrf"] = .string(Credential.csrfToken(forSession: credential.secret))
        }
        if let answer {
            content["form"] = answer.form
            content["error"] = answer.messages(tongue)
            content["errors"] = answer.summary(tongue)
            content["refusal"] = answer.refusal(tongue)
        } else {
            content["form"] = FormAnswer.first(self.query.pairs)
        }
        var headers: HTTPFields = [.contentType: "text/html; charset=utf-8", .contentLanguage: self.language.rawValue]
        if let notice = self.notice {
            content["notice"] = .string(notice)
            headers[.setCookie] = Self.noticeCookie("", age: 0)
        }
        let html = try self.library.render(screen.template, in: self.language, content)
        return Response(
            status: screen.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: html)))
    }
}
