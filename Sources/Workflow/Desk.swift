import Foundation
import Postgres

/// Which of the open work to list. Without any part: all of it.
public struct TaskFilter: Hashable, Sendable {
    /// When the work is due: past its deadline, until the end of today, within seven days. The last two leave out what is late.
    public enum Due: String, CaseIterable, Sendable {
        case late, today, week
    }

    public var role: Tasks.Role?
    public var due: Due?
    /// Only KHẨN and above.
    public var isUrgent: Bool
    /// `incoming`, `outgoing` or `internal`.
    public var direction: String?
    /// Only what nobody behind the holder has opened.
    public var isUnopened: Bool

    public init(
        role: Tasks.Role? = nil, due: Due? = nil, isUrgent: Bool = false, direction: String? = nil,
        isUnopened: Bool = false
    ) {
        self.role = role
        self.due = due
        self.isUrgent = isUrgent
        self.direction = direction
        self.isUnopened = isUnopened
    }
}

extension Tasks {
    /// One page of the caller's open tasks as people see them: with who it came from, whether it is late and since when
    /// it is opened. What is due first comes first; a cursor is `due_at|id`, as in ``open(after:limit:)``.
    ///
    /// Names are looked up for the rows of the page alone. A filter by document asks one row of the key for each task it passes over.
    public static func desk(_ filter: TaskFilter = TaskFilter(), after cursor: TaskCursor?, limit: Int) -> SQL {
        """
        SELECT t.id, t.role, nullif(t.due_at, 'infinity') AS due_at, t.due_at < now() AS is_late, t.opened_at, d.id AS document_id,
               d.direction, d.state, d.subject, d.notation, d.urgency, d.organ_name, d.version, s.person_name AS from_name,
               CASE WHEN t.due_at = 'infinity' THEN 'infinity' ELSE to_char(t.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
               || '|' || t.id AS _cursor
          FROM (SELECT f.*
                  FROM unnest((SELECT platform.holders())) AS h (id)
                 CROSS JOIN LATERAL (
                       SELECT o.*
                         FROM (SELECT w.id, w.role, w.due_at, w.opened_at, w.document_id
                                 FROM workflow.task AS w
                                WHERE w.holder_id = h.id AND w.state = 'open'
                                  AND (w.due_at, w.id) > (\(cursor?.due ?? "-infinity")::text::timestamptz, \(cursor?.id ?? TaskCursor.first))
                                  \(filter.due.map(Self.range) ?? "")
                                ORDER BY w.due_at, w.id
                               OFFSET 0) AS o
                        WHERE true \(Self.conditions(filter))
                        LIMIT \(Int64(limit + 1))) AS f
                 ORDER BY f.due_at, f.id
                 LIMIT \(Int64(limit + 1))) AS t
          JOIN documents.document AS d ON d.id = t.document_id
          LEFT JOIN LATERAL (
               SELECT e.person_name
                 FROM workflow.step AS e
                WHERE e.document_id = t.document_id
                ORDER BY e.id DESC
                LIMIT 1) AS s ON true
         ORDER BY t.due_at, t.id
        """
    }

    private static func range(_ due: TaskFilter.Due) -> SQL {
        switch due {
        case .late: "AND w.due_at < now()"
        case .today: "AND w.due_at >= now() AND w.due_at <= (current_date + 1)::timestamptz"
        case .week: "AND w.due_at >= now() AND w.due_at <= (current_date + 7)::timestamptz"
        }
    }

    /// Only the conditions that were asked for. One that is there and lets everything through would still make the planner expect few rows,
    /// and then it sorts all of a holder's work instead of reading the beginning of the index.
    private static func conditions(_ filter: TaskFilter) -> SQL {
        var conditions: SQL = ""
        if let role = filter.role { conditions += "AND o.role = \(role.rawValue) " }
        if filter.isUnopened { conditions += "AND o.opened_at IS NULL " }
        if filter.isUrgent {
            conditions += "AND (SELECT k.urgency <> 'normal' FROM documents.document AS k WHERE k.id = o.document_id) "
        }
        if let direction = filter.direction {
            conditions +=
                "AND (SELECT k.direction FROM documents.document AS k WHERE k.id = o.document_id) = \(direction) "
        }
        return conditions
    }

    /// Queues that the caller has opened a document: its open tasks that are the caller's count as opened from now on. Told by the pages,
    /// where a person reads; a machine that fetches a document has not seen it.
    public static func markOpened(_ document: UUID, in transaction: borrowing Transaction) {
        transaction.queue(
            """
            UPDATE workflow.task
               SET opened_at = now()
             WHERE document_id = \(document) AND state = 'open' AND opened_at IS NULL
               AND holder_id = ANY ((SELECT platform.holders())::uuid[])
            """)
    }

    /// Queues a task to be informed (nhận để biết) for each of these holders, without a deadline.
    public static func inform(
        _ holders: [UUID], of document: UUID, step: String, in transaction: borrowing Transaction
    ) {
        transaction.queue(
            """
            INSERT INTO workflow.task (document_id, holder_id, role, step)
            SELECT \(document), h.id, 'inform', \(step) FROM unnest(\(holders)::uuid[]) AS h (id)
            """)
    }
}
