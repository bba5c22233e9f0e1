import Postgres

/// What a search found, with the place in the text where it was found.
public enum SearchHits {
    /// As `DocumentQueries.search`, with `snippet`: at most 240 characters of the document's text around the first match; null when only
    /// fields match. Texts are looked at for the rows of the page alone, and of each document's three newest files at most.
    public static func page(_ text: String, after: SearchCursor?, limit: Int) -> SQL {
        """
        SELECT d.id, d.direction, d.state, d.type_code AS type, d.subject, d.notation, d.number, d.issued_on, d.urgency, d.organ_name,
               f.match_rank, s.snippet, f.match_rank || '.' || d.id AS _cursor
          FROM documents.search(\(text), \(Int32(limit + 1)), \(after?.rank), \(after?.id)) AS f
          JOIN documents.document AS d ON d.id = f.document_id
          LEFT JOIN LATERAL (
               SELECT n.snippet
                 FROM (SELECT documents.snippet(x.content, \(text)) AS snippet
                         FROM (SELECT y.content
                                 FROM documents.file AS i
                                 JOIN documents.file_text AS y ON y.file_id = i.id
                                WHERE i.document_id = d.id
                                ORDER BY i.role DESC, i.version DESC, i.id
                                LIMIT 3) AS x
                       OFFSET 0) AS n
                WHERE n.snippet IS NOT NULL
                LIMIT 1) AS s ON true
         ORDER BY f.match_rank DESC, d.id DESC
        """
    }
}
