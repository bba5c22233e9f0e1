import HTTPTypes
import Hummingbird
import Platform

/// The secret by which a request says who is asking: the cookie of a session, or a bearer token (RFC 6750).
package struct Credential: Sendable {
    /// How the secret came: in the cookie of pages, or in the `Authorization` of a machine.
    package enum Kind: Sendable { case session, token }

    package static let cookieName = "vanthu_session"

    package let kind: Kind
    /// What the client holds, as it was sent.
    package let secret: String
    /// What the database knows the secret by.
    package let hash: [UInt8]

    /// Reads the request's credential; a bearer token wins over a cookie, because it was sent on purpose. `nil` when there is
    /// none, or one that we never gave out.
    package init?(_ headers: HTTPFields) {
        if let authorization = headers[.authorization] {
            guard authorization.count > 7, authorization.prefix(7).lowercased() == "bearer " else { return nil }
            self.kind = .token
            self.secret = String(authorization.dropFirst(7))
        } else if let cookies = headers[.cookie], let secret = Self.cookie(Self.cookieName, in: cookies) {
            self.kind = .session
            self.secret = secret
        } else {
            return nil
        }
        guard let known = TokenSecret(text: self.secret) else { return nil }
        self.hash = known.hash
    }

    /// The value of the cookie `name` in a `Cookie` header (RFC 6265); `nil` when it has none of that name.
    package static func cookie(_ name: String, in header: String) -> String? {
        // Over bytes: every request comes through here, and characters are dear.
        for part in header.utf8.split(separator: UInt8(ascii: ";")) {
            let pair = part.drop { $0 == UInt8(ascii: " ") }
            if pair.starts(with: name.utf8), pair.dropFirst(name.utf8.count).first == UInt8(ascii: "=") {
                return String(pair.dropFirst(name.utf8.count + 1))
            }
        }
        return nil
    }

    package var caller: Caller.Credential {
        switch self.kind {
        case .session: .session(hash: self.hash)
        case .token: .token(hash: self.hash)
        }
    }

    /// What a page must send back in `X-CSRF-Token`: another site can make a browser send the cookie, but cannot know this.
    package static func csrfToken(forSession secret: String) -> String {
        SHA256.digest("csrf:\(secret)".utf8).base64URL
    }

    /// Refuses a change by cookie that does not carry the token.
    func checkForgery(_ request: Request) throws(Problem) {
        guard self.kind == .session else { return }
        switch request.method {
        case .get, .head, .options: return
        default:
            guard request.headers[.csrfToken] == Self.csrfToken(forSession: self.secret) else { throw .badCSRFToken }
        }
    }
}

extension HTTPField.Name {
    package static let csrfToken = Self.known("X-CSRF-Token")
    package static let requestID = Self.known("X-Request-Id")
    package static let forwardedFor = Self.known("X-Forwarded-For")
    static let idempotencyKey = Self.known("Idempotency-Key")
    static let idempotencyReplayed = Self.known("Idempotency-Replayed")
    static let link = Self.known("Link")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return name
    }
}
