import Foundation
import Platform
import Postgres

/// Lists of documents, registers and types. Each carries list columns only and reads no more rows than it shows.
public enum DocumentQueries {
    /// The types of administrative document (Decree 30/2020, art. 7).
    public static var types: SQL {
        """
        SELECT code, name, abbreviation, is_copy FROM documents.document_type ORDER BY position
        """
    }

    /// The registers of the tenant, newest year first.
    public static var registers: SQL {
        """
        SELECT r.id, r.direction, r.name, r.year, r.series_by, r.symbol_template, r.letter_template, r.state,
               coalesce((SELECT max(c.last_number) FROM documents.register_counter AS c WHERE c.register_id = r.id), 0) AS last_number
          FROM documents.register AS r
         ORDER BY r.year DESC, r.direction, r.name
         LIMIT 500
        """
    }

    /// One page of the documents the caller may read, newest first.
    ///
    /// Every holder the caller is (post, unit, organisation) gives its own newest ones from an index, so the cost follows the page
    /// and not the number of documents.
    public static func readable(
        direction: Direction?, state: String?, register: UUID?, before: UUID?, limit: Int
    ) -> SQL {
        """
        SELECT d.id, d.direction, d.state, d.type_code AS type, d.subject, d.notation, d.number, d.issued_on, d.arrived_on, d.urgency,
               d.organ_name, d.due_on, d.created_at, d.id::text AS _cursor
          FROM (SELECT DISTINCT r.document_id
                  FROM unnest((SELECT platform.holders())) AS h (id)
                 CROSS JOIN LATERAL (
                       SELECT r.document_id
                         FROM documents.reader AS r
                         JOIN documents.document AS d ON d.id = r.document_id
                        WHERE r.holder_id = h.id
                          AND r.document_id < \(before ?? UUID(uuid: (255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255)))
                          AND (\(direction?.rawValue)::text IS NULL OR d.direction = \(direction?.rawValue))
                          AND (\(state)::text IS NULL OR d.state = \(state))
                          AND (\(register)::uuid IS NULL OR d.register_id = \(register))
                        ORDER BY r.document_id DESC
                        LIMIT \(Int64(limit + 1))) AS r
                 ORDER BY r.document_id DESC
                 LIMIT \(Int64(limit + 1))) AS page
          JOIN documents.document AS d ON d.id = page.document_id
         ORDER BY d.id DESC
        """
    }

    /// One page of what was searched for, best first; the cursor is `rank.id`.
    public static func search(_ text: String, after: SearchCursor?, limit: Int) -> SQL {
        """
        SELECT d.id, d.direction, d.state, d.type_code AS type, d.subject, d.notation, d.number, d.issued_on, d.urgency, d.organ_name,
               f.match_rank, f.match_rank || '.' || d.id AS _cursor
          FROM documents.search(\(text), \(Int32(limit + 1)), \(after?.rank), \(after?.id)) AS f
          JOIN documents.document AS d ON d.id = f.document_id
         ORDER BY f.match_rank DESC, d.id DESC
        """
    }
}

/// Where a page of search results ended.
public struct SearchCursor: Hashable, Sendable {
    let rank: Int32
    let id: UUID

    /// Parses `rank.id`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let rank = Int32(parts[0]), (0...3).contains(rank),
            let id = UUID(uuidString: String(parts[1]))
        else { return nil }
        self.rank = rank
        self.id = id
    }
}
