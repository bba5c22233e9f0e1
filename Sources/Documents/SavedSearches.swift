import Foundation
import Platform
import Postgres

/// Searches that the caller's account keeps under a name.
public enum SavedSearches {
    /// The caller's own, by name.
    public static var mine: SQL {
        """
        SELECT s.id, s.name, s.query, s.created_at
          FROM documents.saved_search AS s
         WHERE s.account_id = platform.current_account()
         ORDER BY s.name COLLATE "vi-x-icu", s.id
         LIMIT 100
        """
    }
}

/// Keeps a search under a name. A name that is there already gets the new query.
public struct SaveSearch: Sendable {
    public let id: UUID
    public let name: String
    public let query: String

    /// Throws `DocumentsError.textMissing` or `.textTooLong` for a name outside 1...100 or a query outside 1...300 characters.
    public init(id: UUID = UUIDv7.make(), name: String, query: String) throws(DocumentsError) {
        self.id = id
        self.name = try Field.required(name, "name", limit: 100).precomposedStringWithCanonicalMapping
        self.query = try Field.required(query, "query", limit: 300).precomposedStringWithCanonicalMapping
    }

    /// Queues it; the hundred and first is refused (`too_many_saved_searches`).
    public func callAsFunction(in transaction: borrowing Transaction) {
        transaction.queue(
            """
            SELECT platform.ensure((SELECT count(*) FROM documents.saved_search AS s
                                     WHERE s.account_id = platform.current_account() AND s.name <> \(self.name)) < 100,
                                   'VT409', 'too_many_saved_searches')
            """)
        transaction.queue(
            """
            INSERT INTO documents.saved_search AS s (id, name, query) VALUES (\(self.id), \(self.name), \(self.query))
                ON CONFLICT ON CONSTRAINT saved_search_name_key DO UPDATE SET query = excluded.query
            """)
    }
}

/// Forgets a search of the caller's.
public struct DropSavedSearch: Sendable {
    public let id: UUID

    public init(id: UUID) {
        self.id = id
    }

    /// Throws `DocumentsError.documentNotFound` (404) for one that is not there or not the caller's.
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        let dropped = try transaction.run(
            "DELETE FROM documents.saved_search WHERE id = \(self.id) AND account_id = platform.current_account()")
        guard dropped == 1 else { throw DocumentsError.documentNotFound }
    }
}
