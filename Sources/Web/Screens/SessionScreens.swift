import API
import Foundation
import HTTPTypes
import Hummingbird
import Office
import Organisation
import Platform
import Postgres

/// Signing in and out, and the language that pages speak.
enum SessionScreens {
    static let all: [Page] = [
        Page(.get, "/sign-in", "signIn", for: .anyone) { visit in
            try Self.form(visit, next: visit.query["next"], answer: nil)
        },
        Page(.post, "/sign-in", "signInForm", for: .anyone, handler: Self.signIn),
        Page(.post, "/sign-out", "signOut") { visit in
            guard let credential = visit.credential else { throw Problem.unauthenticated }
            _ = try await visit.services.signIn.closeSession(hash: credential.hash)
            var response = visit.goOn(to: "/sign-in")
            response.headers[.setCookie] = SessionCookie.text("", age: 0, visit.services.configuration)
            return response
        },
        Page(.post, "/language", "chooseLanguage", for: .anyone) { visit in
            guard let language = visit.form["language"].flatMap(Language.init) else {
                throw Problem(422, "invalid_input")
            }
            var response = visit.goOn(to: LocalPath.checked(visit.form["next"]))
            response.headers[.setCookie] =
                "vanthu_language=\(language.rawValue); Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
            return response
        },
    ]

    private static func form(_ visit: Visit, next: String?, answer: FormAnswer?) throws -> Response {
        var screen = Screen(
            "session/sign-in", title: "sign_in.title", ["next": .string(LocalPath.checked(next))])
        if let problem = answer?.problem { screen.status = .init(code: problem.status) }
        var response = try visit.render(screen, answer: answer)
        if let seconds = answer?.problem?.retryAfter { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    /// A session of an earlier visitor to this browser is never taken over: every sign-in gets a secret of its own.
    private static func signIn(_ visit: Visit) async throws -> Response {
        do {
            let login = try visit.form.text("login")
            let opened = try await OpenSession(signIn: visit.services.signIn, database: visit.services.database)(
                login: login, password: try visit.form.text("password"), post: nil, address: visit.address)
            var response = visit.goOn(to: LocalPath.checked(visit.form["next"]))
            response.headers[.setCookie] = SessionCookie.text(
                opened.secret.text, age: visit.services.configuration.sessionLifetime.components.seconds,
                visit.services.configuration)
            return response
        } catch {
            let problem = Problem(error)
            guard problem.status < 500 else { throw error }
            return try Self.form(
                visit, next: visit.form["next"], answer: FormAnswer(fields: visit.form, problem: problem))
        }
    }
}

/// A path that somebody's link named and that a browser may be sent to.
enum LocalPath {
    /// `text` when it stays on this server, else the home page: never `//other.example`, `/\other.example` or a scheme.
    static func checked(_ text: String?) -> String {
        guard let text, text.first == "/", text.utf8.count <= 2000, !text.hasPrefix("//"), !text.hasPrefix("/\\"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            !text.hasPrefix("/sign-in")
        else { return "/" }
        return text
    }
}
