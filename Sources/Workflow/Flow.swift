import Foundation
import Postgres

/// A move of a flow that is possible now: found in `workflow.transition` for the document's flow, state and the action asked for.
public struct Move: Sendable {
    public let action: String
    public let from: String
    public let to: String
    /// Who gets the next task; see the column's comment.
    public let nextActor: String
    public let needsComment: Bool

    public init(action: String, from: String, to: String, nextActor: String, needsComment: Bool) {
        self.action = action
        self.from = from
        self.to = to
        self.nextActor = nextActor
        self.needsComment = needsComment
    }
}

/// Takes a step of the flow: ends the task of the present state, gives the task of the next one and writes what happened.
public struct TakeStep: Sendable {
    public let document: UUID
    public let move: Move
    public let comment: String
    /// The post, unit or organisation that the next task goes to; nil when there is none.
    public let nextHolder: UUID?

    public init(document: UUID, move: Move, comment: String, nextHolder: UUID?) {
        self.document = document
        self.move = move
        self.comment = comment
        self.nextHolder = nextHolder
    }

    /// Queues everything.
    public func callAsFunction(in transaction: borrowing Transaction) {
        transaction.queue(
            """
            UPDATE workflow.task
               SET state = 'done', done_at = now(), done_by = platform.current_post()
             WHERE document_id = \(self.document) AND state = 'open' AND role = 'act'
            """)
        if let nextHolder {
            Tasks.give(.act, step: self.move.to, of: self.document, to: nextHolder, in: transaction)
        }
        transaction.queue(
            """
            SELECT workflow.take_step(\(self.document), \(self.move.action), \(self.move.from), \(self.move.to), \(self.comment))
            """)
    }
}

/// Work that waits for a holder.
public enum Tasks {
    /// What the holder is to do: the next step of the flow, or a part in a direction: chủ trì, phối hợp, nhận để biết.
    public enum Role: String, Sendable {
        case act, lead, support, inform
    }

    /// Queues a task without a deadline.
    public static func give(
        _ role: Role, step: String, of document: UUID, to holder: UUID, in transaction: borrowing Transaction
    ) {
        transaction.queue(
            """
            INSERT INTO workflow.task (document_id, holder_id, role, step)
            VALUES (\(document), \(holder), \(role.rawValue), \(step))
            """)
    }

    /// One page of the caller's open tasks, what is due first comes first. A cursor is `due_at|id`.
    public static func open(after cursor: TaskCursor?, limit: Int) -> SQL {
        """
        SELECT t.id, t.role, t.step, nullif(t.due_at, 'infinity') AS due_at, t.created_at, d.id AS document_id, d.direction, d.state,
               d.type_code AS type, d.subject, d.notation, d.number, d.urgency, d.organ_name,
               CASE WHEN t.due_at = 'infinity' THEN 'infinity' ELSE to_char(t.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
               || '|' || t.id AS _cursor
          FROM unnest((SELECT platform.holders())) AS h (id)
         CROSS JOIN LATERAL (
               SELECT w.id, w.role, w.step, w.due_at, w.created_at, w.document_id
                 FROM workflow.task AS w
                WHERE w.holder_id = h.id AND w.state = 'open'
                  AND (w.due_at, w.id) > (\(cursor?.due ?? "-infinity")::text::timestamptz, \(cursor?.id ?? TaskCursor.first))
                ORDER BY w.due_at, w.id
                LIMIT \(Int64(limit + 1))) AS t
          JOIN documents.document AS d ON d.id = t.document_id
         ORDER BY t.due_at, t.id
         LIMIT \(Int64(limit + 1))
        """
    }
}

/// Where a page of the work list ended.
public struct TaskCursor: Hashable, Sendable {
    let due: String
    let id: UUID
    static let first = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    /// Parses `due_at|id`, where `due_at` is `infinity` or a time in UTC as this module wrote it; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "|", maxSplits: 1).map(String.init)
        guard parts.count == 2, let id = UUID(uuidString: parts[1]) else { return nil }
        let isTime = parts[0].wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z/) != nil
        guard parts[0] == "infinity" || isTime else { return nil }
        self.due = parts[0]
        self.id = id
    }
}
