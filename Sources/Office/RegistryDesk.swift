import Foundation
import Postgres

/// What waits at the clerks' desk (văn thư) for a number, a seal, its issue. For clerks; nobody else gets a row.
public enum RegistryDesk {
    /// What a document waits for: `signed` for its number (cấp số), `numbered` for the seal (đóng dấu), `sealed` for its issue (phát hành).
    public enum Step: String, CaseIterable, Sendable {
        case signed, numbered, sealed
    }

    /// One page, what waits longest first; the cursor is the task's id. An internal document (nội bộ) is issued as soon as it is signed and
    /// so waits among the sealed ones. Counted the same way by `Home.counts`.
    public static func waiting(_ step: Step, after: UUID?, limit: Int) -> SQL {
        """
        SELECT d.id, d.direction, d.state, d.type_code AS type, d.subject, d.notation, d.number, d.issued_on, d.urgency, d.organ_name,
               d.due_on, d.created_at, w.created_at AS waits_since, w.id::text AS _cursor
          FROM workflow.task AS w
          JOIN documents.document AS d ON d.id = w.document_id
         WHERE w.holder_id = (SELECT platform.current_tenant()) AND w.state = 'open'
           AND (SELECT platform.current_role()) = 'clerk'
           AND w.id > \(after ?? UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))
           AND \(unescaped: Self.condition(step))
         ORDER BY w.id
         LIMIT \(Int64(limit + 1))
        """
    }

    private static func condition(_ step: Step) -> String {
        switch step {
        case .signed: "w.step = 'signed' AND d.direction = 'outgoing'"
        case .numbered: "w.step = 'numbered' AND d.direction = 'outgoing'"
        case .sealed:
            "w.step IN ('signed', 'sealed') AND (w.step, d.direction) IN (('sealed', 'outgoing'), ('signed', 'internal'))"
        }
    }
}
