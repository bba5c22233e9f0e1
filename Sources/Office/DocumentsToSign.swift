import Documents
import Foundation
import Postgres

/// Documents that somebody has chosen to sign together.
public enum DocumentsToSign {
    /// Those of `ids` that the caller may read, in that order: `id`, `version`, `direction`, `state`, `type`, `type_name`, `subject`, `notation`,
    /// `urgency`, `signer_name`, and of the newest file `file_id`, `size`, `page_count` (null when
    /// unknown); `is_turn` says whether the flow has that act now and it is the caller's turn.
    public static func of(_ ids: [UUID], action: String) -> SQL {
        let list = ids.map(\.uuidString).joined(separator: ",")
        return """
            SELECT d.id, d.version, d.direction, d.state, d.type_code AS type, t.name AS type_name, d.subject, d.notation, d.urgency,
                   d.signer_name, f.id AS file_id, f.size, f.page_count,
                   EXISTS (SELECT FROM workflow.transition AS m
                             JOIN workflow.task AS w ON w.document_id = d.id AND w.state = 'open' AND w.role = 'act' AND w.step = d.state
                            WHERE m.flow = d.direction AND m.state = d.state AND m.action = \(action)
                              AND w.holder_id = ANY ((SELECT platform.holders())::uuid[])) AS is_turn
              FROM unnest(string_to_array(\(list), ',')::uuid[]) WITH ORDINALITY AS c (id, position)
              JOIN documents.document AS d ON d.id = c.id
              JOIN documents.document_type AS t ON t.code = d.type_code
              LEFT JOIN LATERAL (
                   SELECT m.id, m.size, m.page_count
                     FROM documents.file AS m
                    WHERE m.document_id = d.id AND m.role = 'main'
                    ORDER BY m.version DESC
                    LIMIT 1) AS f ON true
             WHERE \(Readers.mayRead("d.id"))
             ORDER BY c.position
            """
    }
}
