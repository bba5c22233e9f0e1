import Documents
import Foundation
import Platform
import Postgres

/// Everything about one document in one statement: what the document page and `GET /documents/{id}` show.
public enum DocumentPage {
    /// No row when the document is not there or not for the caller's eyes. `actions` are those the caller may do now.
    public static func of(_ id: UUID) -> SQL {
        """
        SELECT d.id, d.direction, d.state, d.version, d.type_code AS type, t.name AS type_name, d.subject, d.urgency,
               d.handling AS security, d.language, d.organ_name, d.organ_code, d.unit_id, u.name AS unit_name, d.drafter_post_id,
               o.full_name AS drafter_name, d.signer_post_id, d.signer_name, d.signer_title, d.register_id, g.name AS register_name,
               d.number, d.code_number, d.code_notation, d.notation, d.issued_on, d.arrived_on, d.due_on, d.page_count, d.copy_count,
               d.to_places, d.note, d.created_at, d.updated_at, d.issued_at,
               \(Self.files) AS files, \(Self.steps) AS steps, \(Self.tasks) AS tasks, \(Self.directions) AS directions,
               \(Self.signatures) AS signatures, \(Self.dispatches) AS dispatches, \(Self.related) AS related, \(Self.way) AS way,
               \(Self.actions) AS actions,
               '"' || d.version || '"' AS _etag
          FROM documents.document AS d
          JOIN documents.document_type AS t ON t.code = d.type_code
          LEFT JOIN organisation.unit AS u ON u.id = d.unit_id
          LEFT JOIN organisation.post AS a ON a.id = d.drafter_post_id
          LEFT JOIN organisation.person AS o ON o.id = a.person_id
          LEFT JOIN documents.register AS g ON g.id = d.register_id
         WHERE d.id = \(id) AND \(Readers.mayRead("d.id"))
        """
    }

    private static let files: SQL = """
        (SELECT coalesce(json_agg(json_build_object('id', f.id, 'role', f.role, 'version', f.version, 'name', f.name,
                    'media_type', f.media_type, 'size', f.size, 'sha256', encode(f.sha256, 'hex'), 'origin', f.origin,
                    'text_state', f.text_state, 'created_at', f.created_at) ORDER BY f.role DESC, f.version DESC, f.id), '[]')
           FROM documents.file AS f WHERE f.document_id = d.id)
        """

    private static let steps: SQL = """
        (SELECT coalesce(json_agg(json_build_object('action', s.action, 'from_state', s.from_state, 'to_state', s.to_state,
                    'person_name', s.person_name, 'title', s.title, 'on_behalf_of', s.on_behalf_of, 'comment', s.comment,
                    'taken_at', s.taken_at) ORDER BY s.id), '[]')
           FROM workflow.step AS s WHERE s.document_id = d.id)
        """

    private static let tasks: SQL = """
        (SELECT coalesce(json_agg(json_build_object('id', w.id, 'holder_id', w.holder_id, 'holder_kind', \(Holder.kind("w.holder_id")),
                    'holder_name', \(Holder.name("w.holder_id")), 'role', w.role, 'step', w.step, 'state', w.state,
                    'due_at', nullif(w.due_at, 'infinity'), 'opened_at', w.opened_at, 'done_at', w.done_at, 'result', w.result,
                    'is_mine', w.holder_id = ANY ((SELECT platform.holders())::uuid[])) ORDER BY w.id), '[]')
           FROM workflow.task AS w WHERE w.document_id = d.id)
        """

    private static let directions: SQL = """
        (SELECT coalesce(json_agg(json_build_object('id', b.id, 'post_id', b.post_id, 
                    'person_name', coalesce(nullif(b.person_name, ''), bp.full_name), 'title', coalesce(nullif(b.title, ''), bt.title),
                    'on_behalf_of', b.on_behalf_of, 'text', b.text, 'due_at', b.due_at, 'given_at', b.given_at) ORDER BY b.id), '[]')
           FROM workflow.direction AS b
           JOIN organisation.post AS bt ON bt.id = b.post_id
           JOIN organisation.person AS bp ON bp.id = bt.person_id
          WHERE b.document_id = d.id)
        """

    private static let signatures: SQL = """
        (SELECT coalesce(json_agg(json_build_object('id', g.id, 'purpose', g.purpose, 'signer_name', g.signer_name,
                    'signer_title', g.signer_title, 'level', g.level, 'signed_at', g.signed_at, 'file_id', g.file_id)
                    ORDER BY g.id), '[]')
           FROM signatures.signature AS g WHERE g.document_id = d.id)
        """

    private static let dispatches: SQL = """
        (SELECT coalesce(json_agg(json_build_object('id', p.id, 'receiver_name', p.receiver_name, 'channel', p.channel,
                    'status_code', p.status_code, 'status_at', p.status_at, 'sent_at', p.sent_at)
                    ORDER BY p.receiver_name, p.id), '[]')
           FROM exchange.dispatch AS p WHERE p.document_id = d.id)
        """

    /// Both ways: what this document names (`names`), and what names it (`named_by`); of either only what the caller may read.
    private static let related: SQL = """
        (SELECT coalesce(json_agg(json_build_object('id', r.other, 'kind', r.kind, 'side', r.side, 'direction', k.direction,
                    'notation', k.notation, 'subject', k.subject, 'state', k.state) ORDER BY r.created_at, r.other), '[]')
           FROM (SELECT x.related_id AS other, x.kind, 'names' AS side, x.created_at
                   FROM documents.relation AS x WHERE x.document_id = d.id
                  UNION ALL
                 SELECT x.document_id, x.kind, 'named_by', x.created_at FROM documents.relation AS x WHERE x.related_id = d.id) AS r
           JOIN documents.document AS k ON k.id = r.other
          WHERE \(Readers.mayRead("r.other")))
        """

    private static let actions: SQL = """
        (SELECT coalesce(json_agg(m.action ORDER BY m.is_main DESC, m.position, m.action), '[]')
           FROM workflow.transition AS m
          WHERE m.flow = d.direction AND m.state = d.state
            AND EXISTS (SELECT FROM workflow.task AS w
                         WHERE w.document_id = d.id AND w.state = 'open' AND w.role IN ('act', 'lead')
                           AND w.step = d.state AND w.holder_id = ANY ((SELECT platform.holders())::uuid[])))
        """
}
