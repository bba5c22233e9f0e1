import Foundation
import Postgres

/// Gives a post that is held another title (chức danh).
public struct RetitlePost: Sendable {
    public let id: UUID
    public let title: String

    public init(id: UUID, title: String) {
        self.id = id
        self.title = title
    }

    /// Returns whether the title is another one than before. Throws `OrganisationError.postNotFound`, `.postHasEnded`. For administrators.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> Bool {
        requireAdministrator(in: transaction)
        let found: (title: String, hasEnded: Bool)? = try transaction.first(
            """
            SELECT title, ended_on IS NOT NULL AND ended_on <= current_date
              FROM organisation.post
             WHERE id = \(self.id)
               FOR NO KEY UPDATE
            """
        ) { row in (try row.column(0), try row.column(1)) }
        guard let found else { throw OrganisationError.postNotFound }
        if found.hasEnded { throw OrganisationError.postHasEnded }
        guard found.title != self.title else { return false }
        transaction.queue(
            "UPDATE organisation.post SET title = \(self.title), version = version + 1 WHERE id = \(self.id)")
        transaction.queue(
            """
            SELECT platform.record('post.retitled', 'post', \(self.id), jsonb_build_object('title', \(found.title)::text),
                       jsonb_build_object('title', \(self.title)::text))
            """)
        return true
    }
}
