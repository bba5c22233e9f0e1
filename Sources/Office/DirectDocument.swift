import Documents
import Exchange
import Foundation
import Platform
import Postgres
import Workflow

/// A leader's direction on an incoming document (bút phê): gives the work to a unit or a post, with others in support or informed
/// and a deadline; the sender is told (status 04).
public struct DirectDocument: Sendable {
    public let id: UUID
    public let document: UUID
    public let order: DirectionOrder
    public let version: Int64

    public init(id: UUID = UUIDv7.make(), document: UUID, order: DirectionOrder, version: Int64) {
        self.id = id
        self.document = document
        self.order = order
        self.version = version
    }

    /// Throws what `HeldDocument` throws.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> ActOutcome {
        let held = try HeldDocument.hold(self.document, for: "direct", version: self.version, in: transaction)
        let move = try held.permittedMove()
        GiveDirection(id: self.id, document: self.document, order: self.order)(in: transaction)
        Readers.admit(.direction(self.order.holders), to: self.document, in: transaction)
        Dispatches.report(.directed, of: self.document, in: transaction)
        let version = held.take(
            move, comment: self.order.text, after: "jsonb_build_object('direction_id', \(self.id)::uuid)",
            in: transaction)
        return ActOutcome(state: move.to, version: version)
    }
}

/// Ends one's part in a direction with its result. When the lead (chủ trì) is done, the document is, and the sender is told (06).
public struct FinishTask: Sendable {
    public let task: UUID
    public let result: String

    /// Throws `DocumentsError.textMissing` without a result.
    public init(task: UUID, result: String) throws {
        self.task = task
        self.result = try Field.required(result, "result", limit: 4000)
    }

    /// Throws `WorkflowError` when the task is not the caller's or is done already.
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        let done = try CompleteTask(id: self.task, result: self.result)(in: transaction)
        guard done.role == "lead" else {
            transaction.queue(
                """
                SELECT platform.record('task.complete', 'task', \(self.task), NULL,
                           jsonb_build_object('document_id', \(done.document)::uuid, 'result', \(self.result)::text))
                """)
            return
        }
        let held = try HeldDocument.hold(done.document, for: "complete", version: nil, in: transaction)
        // A further direction may have given a second lead; the document is done with the last of them.
        let openLeads: Int64 = try transaction.one(
            """
            SELECT count(*) FROM workflow.task
             WHERE document_id = \(done.document) AND role = 'lead' AND state = 'open' AND id <> \(self.task)
            """
        ) { row in try row.column(0) }
        if openLeads == 0, let move = held.move {
            Dispatches.report(.completed, of: done.document, in: transaction)
            _ = held.take(move, comment: self.result, in: transaction)
        }
    }
}
