import Documents
import Foundation
import Postgres

/// What an act of the flow will do, told before it is done.
public enum NextStep {
    /// The state that the document comes to, who gets it then, and whether anybody is there to take it: `next_state`, `next_actor`,
    /// `needs_comment`, `holder_name` (null when nobody gets it, or when the act names the one), `head_name` (of a unit), `is_manned`.
    /// No row when the flow has no such act in the present state, or the document is not for the caller's eyes.
    public static func of(_ document: UUID, action: String) -> SQL {
        """
        SELECT t.next_state, t.next_actor, t.needs_comment,
               CASE WHEN h.id IS NOT NULL THEN \(Holder.name("h.id")) END AS holder_name,
               (SELECT min(p.full_name)
                  FROM organisation.post AS o
                  JOIN organisation.person AS p ON p.id = o.person_id
                 WHERE o.unit_id = h.id AND o.role = 'head' AND o.started_on <= current_date
                   AND (o.ended_on IS NULL OR o.ended_on > current_date)) AS head_name,
               h.id IS NULL OR organisation.is_manned(h.id) AS is_manned
          FROM documents.document AS d
          JOIN workflow.transition AS t ON t.flow = d.direction AND t.state = d.state AND t.action = \(action)
         CROSS JOIN LATERAL (
               SELECT CASE t.next_actor WHEN 'drafter' THEN d.drafter_post_id WHEN 'unit_head' THEN d.unit_id
                                        WHEN 'signer' THEN d.signer_post_id WHEN 'clerk' THEN d.tenant_id
                                        WHEN 'format_checker' THEN d.tenant_id END AS id) AS h
         WHERE d.id = \(document) AND \(Readers.mayRead("d.id"))
        """
    }
}

/// One of the caller's parts in a direction (bút phê), with the words that gave it.
public enum TaskPage {
    /// `id`, `role`, `state`, `due_at`, `result`, the document's `document_id`, `notation`, `subject`, `urgency`, and of the direction
    /// `direction_text`, `given_by`, `given_at`; `open_leads` counts the other leads of the document that are open. No row for a task that is
    /// not one of the caller's, or that a step of the flow ends.
    public static func of(_ task: UUID) -> SQL {
        """
        SELECT w.id, w.role, w.state, nullif(w.due_at, 'infinity') AS due_at, w.result, d.id AS document_id, d.notation, d.subject,
               d.urgency, d.type_code AS type, t.name AS type_name, b.text AS direction_text, b.given_at,
               coalesce(nullif(b.person_name, ''), p.full_name) AS given_by,
               (SELECT count(*)
                  FROM workflow.task AS k
                 WHERE k.document_id = d.id AND k.role = 'lead' AND k.state = 'open' AND k.id <> w.id) AS open_leads
          FROM workflow.task AS w
          JOIN documents.document AS d ON d.id = w.document_id
          JOIN documents.document_type AS t ON t.code = d.type_code
          LEFT JOIN workflow.direction AS b ON b.id = w.direction_id
          LEFT JOIN organisation.post AS o ON o.id = b.post_id
          LEFT JOIN organisation.person AS p ON p.id = o.person_id
         WHERE w.id = \(task) AND w.role <> 'act' AND w.holder_id = ANY ((SELECT platform.holders())::uuid[])
        """
    }
}
