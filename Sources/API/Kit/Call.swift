import Foundation
import HTTPTypes
import Hummingbird
import Platform
import Postgres

/// A request on its way to a handler, with everything that was checked at the door.
struct Call: Sendable {
    let request: Request
    let route: Route
    let captures: [Substring]
    let services: Services
    /// Names the request in logs, in the audit trail and in problems.
    let id: UUID
    /// Where the request came from, as text.
    let address: String
    /// What the request says about who is asking; `nil` when it says nothing. The database judges it.
    let credential: Credential?
    var query = Query()
    /// The JSON body, checked and cleaned; empty where the route takes none.
    var body: JSONObject = [:]
    /// The body of a route that takes bytes whole.
    var bytes: [UInt8] = []
    /// What a repeated request is known by.
    var idempotency: Idempotency?
    /// The row version in `If-Match`, where the route demands it.
    var version: Int64 = 0

    struct Idempotency: Sendable {
        let key: String
        /// sha256 of method, path and body.
        let fingerprint: [UInt8]
    }

    /// Who is asking, in the form that opens a transaction.
    ///
    /// - Throws: 401 without a credential.
    var caller: Caller {
        get throws {
            guard let credential = self.credential else { throw Problem.unauthenticated }
            var scope: String?
            if case .signedIn(let required) = self.route.access { scope = required?.rawValue }
            return Caller(
                credential: credential.caller, requestID: self.id, address: self.address, requiredScope: scope)
        }
    }

    /// The id in the path. One that is no UUID names nothing that exists.
    func id(_ index: Int = 0) throws(Problem) -> UUID {
        guard index < self.captures.count, let id = UUID(text: self.captures[index]) else { throw .notFound }
        return id
    }

    func header(_ name: HTTPField.Name) -> String? { self.request.headers[name] }
}
