import Foundation
import Postgres

/// What a drafter sees: the drafts on the desk, what went on from there, and what a draft can name.
public enum DraftLists {
    /// The drafts that wait for the caller's post, newest work first, at most 100. `returned_by` and `return_comment` of one that came
    /// back; `has_file` when there is a text to submit.
    public static var waiting: SQL {
        """
        SELECT d.id, d.direction, d.state, t.name AS type_name, d.subject, d.urgency, d.signer_name, d.due_on, d.updated_at,
               EXISTS (SELECT FROM documents.file AS f WHERE f.document_id = d.id AND f.role = 'main') AS has_file,
               s.person_name AS returned_by, s.comment AS return_comment
          FROM (SELECT w.id, w.document_id
                  FROM workflow.task AS w
                 WHERE w.holder_id = platform.current_post() AND w.state = 'open' AND w.step = 'draft'
                 ORDER BY w.id DESC
                 LIMIT 100) AS w
          JOIN documents.document AS d ON d.id = w.document_id
          JOIN documents.document_type AS t ON t.code = d.type_code
          LEFT JOIN LATERAL (
               SELECT e.person_name, e.comment, e.action
                 FROM workflow.step AS e
                WHERE e.document_id = d.id
                ORDER BY e.id DESC
                LIMIT 1) AS s ON s.action = 'return'
         ORDER BY w.id DESC
        """
    }

    /// One page of what the caller's post drafted and sent on, newest first, with who has it now. The cursor is the document's id.
    public static func sent(before id: UUID?, limit: Int) -> SQL {
        """
        SELECT d.id, d.direction, d.state, t.name AS type_name, d.subject, d.urgency, d.notation, d.updated_at,
               (SELECT string_agg(\(Holder.name("k.holder_id")), '; ' ORDER BY k.id)
                  FROM workflow.task AS k
                 WHERE k.document_id = d.id AND k.state = 'open' AND k.role IN ('act', 'lead')) AS held_by,
               d.id::text AS _cursor
          FROM (SELECT r.document_id
                  FROM documents.reader AS r
                  JOIN documents.document AS e ON e.id = r.document_id
                 WHERE r.holder_id = platform.current_post() AND r.reason = 'drafter'
                   AND r.document_id < \(id ?? UUID(uuid: (255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255)))
                   AND e.state <> 'draft'
                 ORDER BY r.document_id DESC
                 LIMIT \(Int64(limit + 1))) AS p
          JOIN documents.document AS d ON d.id = p.document_id
          JOIN documents.document_type AS t ON t.code = d.type_code
         ORDER BY d.id DESC
        """
    }

    /// Who may sign what the caller drafts: the organisation's leaders and the head of the caller's unit, by given name as Vietnamese lists
    /// are; and `chosen`, who is named already.
    public static func signers(chosen: UUID?) -> SQL {
        """
        SELECT t.id, p.full_name AS name, t.title
          FROM organisation.post AS t
          JOIN organisation.person AS p ON p.id = t.person_id
         WHERE t.started_on <= current_date AND (t.ended_on IS NULL OR t.ended_on > current_date)
           AND (t.role = 'leader' OR t.role = 'head' AND t.unit_id = platform.current_unit() OR t.id = \(chosen))
         ORDER BY t.role = 'head', p.given_name COLLATE "vi-x-icu", p.full_name COLLATE "vi-x-icu", t.id
         LIMIT 200
        """
    }

    /// Whose draft it can be: the caller's unit, those above it, and `chosen`, which is named already. Nearest first.
    public static func units(chosen: UUID?) -> SQL {
        """
        SELECT u.id, u.name
          FROM (SELECT a.id::uuid AS id, a.place
                  FROM organisation.unit AS m
                 CROSS JOIN LATERAL unnest(string_to_array(rtrim(m.path, '.'), '.')) WITH ORDINALITY AS a (id, place)
                 WHERE m.id = platform.current_unit()
                 UNION
                SELECT \(chosen)::uuid, 0 WHERE \(chosen)::uuid IS NOT NULL) AS l
          JOIN organisation.unit AS u ON u.id = l.id
         GROUP BY u.id, u.name
         ORDER BY max(l.place) DESC
        """
    }

    /// What can be changed of a document, in the fields of the form; `is_mine` when the caller is the one to change it. No row for what is not there or not for the caller's eyes.
    public static func fields(of document: UUID) -> SQL {
        """
        SELECT d.id, d.version, d.direction, d.state, d.type_code AS type, d.subject, d.urgency, d.handling AS security, d.unit_id,
               d.signer_post_id, d.due_on, d.to_places, d.note,
               EXISTS (SELECT FROM workflow.task AS w
                        WHERE w.document_id = d.id AND w.state = 'open' AND w.role = 'act' AND w.step = 'draft'
                          AND w.holder_id = ANY ((SELECT platform.holders())::uuid[])) AS is_mine
          FROM documents.document AS d
         WHERE d.id = \(document)
           AND EXISTS (SELECT FROM documents.reader AS r
                        WHERE r.document_id = d.id AND r.holder_id = ANY ((SELECT platform.holders())::uuid[]))
        """
    }

    /// The document that a draft answers: `id`, `notation`, `subject`, `organ_name`, `urgency`, `due_on`. No row as with `fields`.
    public static func answered(_ document: UUID) -> SQL {
        """
        SELECT d.id, d.notation, d.subject, d.organ_name, d.urgency, d.due_on, d.issued_on
          FROM documents.document AS d
         WHERE d.id = \(document)
           AND EXISTS (SELECT FROM documents.reader AS r
                        WHERE r.document_id = d.id AND r.holder_id = ANY ((SELECT platform.holders())::uuid[]))
        """
    }
}
