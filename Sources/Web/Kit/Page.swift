import API
import HTTPTypes
import Hummingbird

/// One address that people use, declared once: the table of these finds the handlers, feeds the tests that try every page as every
/// role, and names the metrics.
public final class Page: Routed {
    /// Who may open a page. What they may see and do on it is decided by the database, row by row.
    public enum Access: Sendable, Hashable {
        case anyone
        /// Somebody who is signed in and acts in a post with one of these roles; any post, or none, when empty.
        case signedIn(Set<String>)
    }

    typealias Handler = @Sendable (Visit) async throws -> Response

    public let method: HTTPRequest.Method
    public let path: String
    /// The name in metrics and logs, and of the screenshot that the tests take: `workList`.
    public let name: String
    public let access: Access
    let handler: Handler

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ name: String,
        for access: Access = .everyone,
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.name = name
        self.access = access
        self.handler = handler
    }
}

extension Page.Access {
    /// Everybody who is signed in.
    static let everyone = Self.signedIn([])
    /// Văn thư.
    static let clerks = Self.signedIn(["clerk"])
    /// Everybody who works with documents: not the administrators.
    static let workers = Self.signedIn(["clerk", "leader", "head", "specialist"])
}

extension Page.Access {
    /// Refuses a role that never uses the page. What somebody may see or do on it is not decided here.
    ///
    /// - Parameter me: as `Visit.frame` has it.
    /// - Throws: 403.
    func admit(_ me: JSONObject) throws(Problem) {
        guard case .signedIn(let roles) = self, !roles.isEmpty else { return }
        guard case .object(let post)? = me["post"], case .string(let role)? = post["role"] else {
            throw Problem(403, "no_post")
        }
        guard roles.contains(role) else { throw Problem(403, "status_403") }
    }
}
