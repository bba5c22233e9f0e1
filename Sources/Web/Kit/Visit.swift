import API
import Foundation
import HTTPTypes
import Hummingbird
import Platform
import Postgres

/// A request for a page on its way to the handler, with everything that was checked at the door.
struct Visit: Sendable {
    let request: Request
    let page: Page
    let captures: [Substring]
    let services: Services
    let library: Templates
    let pulses: Pulses
    let frames: Frames
    let id: UUID
    let address: String
    let language: Language
    let credential: Credential?
    /// What stands behind the question mark.
    let query: Fields
    /// What was typed into the form; empty for a page that is only read.
    let form: Fields

    /// Who is asking, in the form that opens a transaction.
    var caller: Caller {
        get throws {
            guard let credential = self.credential else { throw Problem.unauthenticated }
            return Caller(credential: credential.caller, requestID: self.id, address: self.address, requiredScope: nil)
        }
    }

    /// The id in the path. One that is no UUID names nothing that exists.
    func id(_ index: Int = 0) throws(Problem) -> UUID {
        guard index < self.captures.count, let id = UUID(text: self.captures[index]) else { throw .notFound }
        return id
    }

    /// The path and query of this visit, as a link back to it.
    var here: String {
        self.request.uri.query.map { "\(self.request.uri.path)?\($0)" } ?? self.request.uri.path
    }

    /// What the frame of the page shows: who asks, in which post, and what waits.
    func frame(in transaction: borrowing Transaction) throws -> JSONResult {
        guard let credential = self.credential else { throw Problem.unauthenticated }
        return try self.frames.read(for: credential.hash, in: transaction)
    }

    /// A word of the catalogue in the visitor's language.
    func word(_ key: String) -> String { self.library.words.word(key, in: self.language) }

    /// Runs `body` in one transaction as the visitor.
    func transaction<Value: Sendable>(_ body: @Sendable (borrowing Transaction) throws -> Value) async throws -> Value {
        try await self.services.database.transaction(as: try self.caller, body)
    }
}

/// Answers that lead on.
extension Visit {
    /// Sends the browser to `path`, which it fetches anew, so that going back never repeats an act.
    ///
    /// - Parameter notice: a key of the catalogue (`notice.…`), told on the page that follows.
    func goOn(to path: String, notice: String? = nil) -> Response {
        var headers: HTTPFields = [.location: path]
        if let notice { headers[.setCookie] = Self.noticeCookie(notice, age: 60) }
        return Response(status: .seeOther, headers: headers)
    }

    /// Whether the script of an open page fetches it anew, unseen.
    var isRefresh: Bool { HTTPField.Name("X-Refresh").map { self.request.headers[$0] != nil } ?? false }

    /// What the page before wants told here. It waits for a page that somebody sees.
    var notice: String? {
        guard !self.isRefresh, let cookies = self.request.headers[.cookie],
            let key = Credential.cookie(Self.noticeName, in: cookies),
            key.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") })
        else { return nil }
        return self.library.words.known("notice.\(key)", in: self.language)
    }

    static let noticeName = "vanthu_notice"

    static func noticeCookie(_ key: String, age: Int) -> String {
        "\(Self.noticeName)=\(key); Path=/; Max-Age=\(age); HttpOnly; SameSite=Strict"
    }
}
