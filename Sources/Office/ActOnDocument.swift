import Documents
import Foundation
import Platform
import Postgres
import Workflow

/// A plain act of the flow: submit (trình), agree (ký nháy, đồng ý), return (trả lại), cancel (huỷ), present (trình lãnh đạo).
/// Acts that do more than move the document (sign, number, seal, issue, direct) are use cases of their own.
public struct ActOnDocument: Sendable {
    public let document: UUID
    public let action: String
    public let comment: String
    /// The leader that an incoming document is presented to.
    public let recipient: UUID?
    public let version: Int64

    static let plainActions: Set<String> = ["submit", "agree", "return", "cancel", "present"]

    /// Throws `WorkflowError.actionNotPossible` for an action that is no plain one, `DocumentsError.textTooLong` for the comment.
    public init(document: UUID, action: String, comment: String?, recipient: UUID?, version: Int64) throws {
        guard Self.plainActions.contains(action) else { throw WorkflowError.actionNotPossible }
        self.document = document
        self.action = action
        self.comment = try Field.optional(comment, "comment", limit: 4000) ?? ""
        self.recipient = recipient
        self.version = version
    }

    /// Throws the refusals of `HeldDocument`, `WorkflowError.commentMissing` when a return has no reason,
    /// `DocumentsError.mainFileMissing` when something without a text is submitted.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> ActOutcome {
        let held = try HeldDocument.hold(self.document, for: self.action, version: self.version, in: transaction)
        let move = try held.permittedMove()
        if move.needsComment, self.comment.isEmpty { throw WorkflowError.commentMissing }
        if held.direction == "outgoing", self.action == "submit" {
            _ = try MainFile.newest(of: self.document, in: transaction)
        }
        if move.nextActor == "signer", held.signer == nil {
            throw WorkflowError.nobodyToTakeIt(field: "signer_post_id")
        }
        var holder: UUID?
        if move.nextActor == "leader" {
            holder = try self.leader(in: transaction)
        }
        return ActOutcome(
            state: move.to, version: held.take(move, comment: self.comment, to: holder, in: transaction))
    }

    private func leader(in transaction: borrowing Transaction) throws -> UUID {
        guard let recipient else { throw WorkflowError.nobodyToTakeIt(field: "to_post_id") }
        transaction.queue(
            """
            SELECT platform.ensure(EXISTS (SELECT FROM organisation.post AS t
                                            WHERE t.id = \(recipient) AND t.role = 'leader'
                                              AND (t.ended_on IS NULL OR t.ended_on > current_date)),
                                   'VT422', 'unknown_leader', 'to_post_id')
            """)
        return recipient
    }
}
