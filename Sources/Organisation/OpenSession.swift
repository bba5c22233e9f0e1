import Foundation
import Platform
import Postgres

/// Signs a person in: checks the password and opens a session in a post of theirs, the one asked for or the oldest.
public struct OpenSession: Sendable {
    private let signIn: SignIn
    private let database: Database

    public init(signIn: SignIn, database: Database) {
        self.signIn = signIn
        self.database = database
    }

    /// Returns the secret for the cookie, and who it is as ``OrganisationQueries/me`` has it.
    ///
    /// - Throws: `SignInError`, 403 `no_person` for an account that is no person's, 422 `unknown_post` for a post of somebody
    ///   else.
    public func callAsFunction(
        login: String, password: String, post wanted: UUID?, address: String
    ) async throws -> (secret: TokenSecret, me: JSONResult) {
        let identity = try await self.signIn.authenticate(login: login, password: password, address: address)
        guard let person = identity.person else { throw Refusal(403, "no_person") }
        let opening: SQL = "SELECT platform.begin_system(\(identity.tenant))"
        return try await self.database.transaction(opening) { transaction in
            let post: UUID? = try transaction.first(
                """
                SELECT t.id
                  FROM organisation.post AS t
                 WHERE t.person_id = \(person) AND (\(wanted)::uuid IS NULL OR t.id = \(wanted))
                   AND t.started_on <= current_date AND (t.ended_on IS NULL OR t.ended_on > current_date)
                 ORDER BY t.started_on, t.id
                 LIMIT 1
                """
            ) { row in try row.column(0) }
            if wanted != nil, post != wanted { throw Refusal(422, "unknown_post", field: "post_id") }
            let secret = try self.signIn.openSession(of: identity, post: post, in: transaction)
            transaction.queue("SELECT platform.record('session.opened', 'account', \(identity.account), NULL, NULL)")
            return (secret, try transaction.json(OrganisationQueries.me, closing: true))
        }
    }
}
