import Documents
import Foundation
import Platform
import Postgres
import Workflow

/// A document that the caller may read, locked until the end of the transaction, with the move that was asked for.
///
/// Every act on a document begins with this one statement: what it finds decides everything that can be refused.
struct HeldDocument {
    let id: UUID
    let direction: String
    let state: String
    let version: Int64
    let drafter: UUID?
    let signer: UUID?
    let move: Move?
    let isCallersTurn: Bool
    let nextHolder: UUID?

    /// Throws `DocumentsError.documentNotFound` for a document that is not there or not for the caller, and `.changedSinceRead` when
    /// `version` is given and is not the present one.
    static func hold(
        _ id: UUID, for action: String, version: Int64?, in transaction: borrowing Transaction
    ) throws -> HeldDocument {
        let held: HeldDocument? = try transaction.first(
            """
            SELECT d.direction, d.state, d.version, d.drafter_post_id, d.signer_post_id,
                   t.next_state, t.next_actor, t.needs_comment,
                   EXISTS (SELECT FROM workflow.task AS w
                            WHERE w.document_id = d.id AND w.state = 'open' AND w.role = 'act' AND w.step = d.state
                              AND w.holder_id = ANY ((SELECT platform.holders())::uuid[])),
                   CASE t.next_actor WHEN 'drafter' THEN d.drafter_post_id WHEN 'unit_head' THEN d.unit_id
                                     WHEN 'signer' THEN d.signer_post_id WHEN 'clerk' THEN d.tenant_id
                                     WHEN 'format_checker' THEN d.tenant_id END
              FROM documents.document AS d
              LEFT JOIN workflow.transition AS t ON t.flow = d.direction AND t.state = d.state AND t.action = \(action)
             WHERE d.id = \(id)
               AND EXISTS (SELECT FROM documents.reader AS r
                            WHERE r.document_id = d.id AND r.holder_id = ANY ((SELECT platform.holders())::uuid[]))
               FOR NO KEY UPDATE OF d
            """
        ) { row in
            let state: String = try row.column(1)
            let move: Move? = try row.optional(5, as: String.self).map { next in
                Move(
                    action: action, from: state, to: next, nextActor: try row.column(6), needsComment: try row.column(7)
                )
            }
            return HeldDocument(
                id: id, direction: try row.column(0), state: state, version: try row.column(2),
                drafter: try row.optional(3),
                signer: try row.optional(4), move: move, isCallersTurn: try row.column(8),
                nextHolder: try row.optional(9))
        }
        guard let held else { throw DocumentsError.documentNotFound }
        if let version, version != held.version { throw DocumentsError.changedSinceRead }
        return held
    }

    /// The move, when the flow knows it and it is the caller's turn. Throws `WorkflowError`.
    func permittedMove() throws(WorkflowError) -> Move {
        guard let move else { throw .actionNotPossible }
        guard self.isCallersTurn else { throw .notYourTurn }
        return move
    }

    /// Queues the move: the next task and who may read for it, the step, the new state and the audit entry, which comes last.
    /// Returns the version that the document has then.
    func take(
        _ move: Move, comment: String = "", to holder: UUID? = nil, after: SQL = "NULL",
        in transaction: borrowing Transaction
    ) -> Int64 {
        let next = holder ?? self.nextHolder
        TakeStep(document: self.id, move: move, comment: comment, nextHolder: next)(in: transaction)
        if let next {
            transaction.queue(
                "SELECT platform.ensure(organisation.is_manned(\(next)), 'VT409', 'nobody_to_take_it')")
            Readers.admit(.step(next), to: self.id, in: transaction)
        }
        transaction.queue(
            """
            UPDATE documents.document
               SET state = \(move.to), version = version + 1, updated_at = now(),
                   issued_at = CASE \(move.to)::text WHEN 'issued' THEN now() ELSE issued_at END
             WHERE id = \(self.id)
            """)
        transaction.queue(
            "SELECT platform.record(\("document." + move.action), 'document', \(self.id), jsonb_build_object('state', \(move.from)::text), jsonb_build_object('state', \(move.to)::text, 'comment', \(comment)::text) || coalesce("
                + after + "::jsonb, '{}'))")
        return self.version + 1
    }
}

/// Where an act left a document: what the API answers.
public struct ActOutcome: Hashable, Sendable {
    public let state: String
    public let version: Int64

    public init(state: String, version: Int64) {
        self.state = state
        self.version = version
    }
}
