import Foundation
import Platform
import Postgres

/// A direction (bút phê) as a leader gives it: one lead (chủ trì), any number in support (phối hợp) and to be informed (nhận để
/// biết), a deadline and the words (Decree 30/2020, art. 24; annex IV, phiếu giải quyết văn bản đến).
public struct DirectionOrder: Sendable {
    public let text: String
    public let dueAt: Instant?
    public let lead: UUID
    public let support: [UUID]
    public let inform: [UUID]

    /// Throws `.leadMissing` without a lead. Holders named twice keep their weightiest part.
    public init(text: String, dueAt: Instant?, lead: UUID?, support: [UUID], inform: [UUID]) throws(WorkflowError) {
        guard let lead else { throw .leadMissing }
        self.text = text
        self.dueAt = dueAt
        self.lead = lead
        let support = Set(support).subtracting([lead])
        self.support = support.sorted { $0.uuidString < $1.uuidString }
        self.inform = Set(inform).subtracting(support).subtracting([lead]).sorted { $0.uuidString < $1.uuidString }
    }

    /// Everyone the direction names.
    public var holders: [UUID] { [self.lead] + self.support + self.inform }
}

/// Gives a direction: writes it and the tasks of everyone it names.
public struct GiveDirection: Sendable {
    public let id: UUID
    public let document: UUID
    public let order: DirectionOrder

    public init(id: UUID, document: UUID, order: DirectionOrder) {
        self.id = id
        self.document = document
        self.order = order
    }

    /// Queues everything; a holder that is neither a post in force nor a unit with a head is refused by SQL
    /// (`unknown_recipient`).
    public func callAsFunction(in transaction: borrowing Transaction) {
        let order = self.order
        let roles = order.holders.enumerated().map { index, _ in
            index == 0 ? "lead" : index <= order.support.count ? "support" : "inform"
        }
        transaction.queue(
            """
            SELECT platform.ensure(bool_and(h.id <> platform.current_tenant() AND organisation.is_manned(h.id)),
                                   'VT422', 'unknown_recipient', 'lead')
              FROM unnest(\(order.holders)::uuid[]) AS h (id)
            """)
        transaction.queue(
            """
            INSERT INTO workflow.direction (id, document_id, post_id, text, due_at)
            VALUES (\(self.id), \(self.document), platform.current_post(), \(order.text), \(order.dueAt))
            """)
        transaction.queue(
            """
            INSERT INTO workflow.task (document_id, holder_id, role, step, direction_id, due_at)
            SELECT \(self.document), h.id, h.role, 'in_progress', \(self.id),
                   CASE h.role WHEN 'inform' THEN 'infinity' ELSE coalesce(\(order.dueAt)::timestamptz, 'infinity') END
              FROM unnest(\(order.holders)::uuid[], \(roles)::text[]) AS h (id, role)
            """)
    }
}

/// Ends a task of a direction with its result.
public struct CompleteTask: Sendable {
    public let id: UUID
    public let result: String

    public init(id: UUID, result: String) {
        self.id = id
        self.result = result
    }

    /// Returns the task's document and its role. Throws `.taskNotFound` for a task that is not one of the caller's, `.taskNotOpen`.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> (document: UUID, role: String) {
        let found: (document: UUID, role: String, state: String)? = try transaction.first(
            """
            SELECT w.document_id, w.role, w.state
              FROM workflow.task AS w
             WHERE w.id = \(self.id) AND w.holder_id = ANY ((SELECT platform.holders())::uuid[]) AND w.role <> 'act'
               FOR NO KEY UPDATE
            """
        ) { row in (try row.column(0), try row.column(1), try row.column(2)) }
        guard let found else { throw WorkflowError.taskNotFound }
        guard found.state == "open" else { throw WorkflowError.taskNotOpen }
        transaction.queue(
            """
            UPDATE workflow.task
               SET state = 'done', done_at = now(), done_by = platform.current_post(), result = \(self.result)
             WHERE id = \(self.id)
            """)
        return (found.document, found.role)
    }
}
