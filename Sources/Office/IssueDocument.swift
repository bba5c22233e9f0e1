import Documents
import Exchange
import Foundation
import Platform
import Postgres
import Workflow

/// Gives a signed outgoing document its number and date (cấp số; Decree 30/2020, art. 15). For the clerks.
public struct NumberDocument: Sendable {
    public let document: UUID
    public let register: UUID
    public let version: Int64

    public init(document: UUID, register: UUID, version: Int64) {
        self.document = document
        self.register = register
        self.version = version
    }

    /// Numbering twice gives no second number: the document is no longer in the state that waits for one.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> (
        number: GivenNumber, outcome: ActOutcome
    ) {
        let held = try HeldDocument.hold(self.document, for: "number", version: self.version, in: transaction)
        let move = try held.permittedMove()
        let number = try GiveNumber(document: self.document, register: self.register)(in: transaction)
        transaction.queue("SELECT documents.index_document(\(self.document))")
        let version = held.take(
            move, after: "jsonb_build_object('notation', \(number.notation)::text)", in: transaction)
        return (number, ActOutcome(state: move.to, version: version))
    }
}

/// Issues a document (phát hành): an outgoing one, sealed, to other organisations; an internal one with its number, inside.
public struct IssueDocument: Sendable {
    public let document: UUID
    /// Codes of the receiving organisations.
    public let recipients: [String]
    /// Where an internal document gets its number.
    public let register: UUID?
    public let version: Int64

    /// Throws `WorkflowError` never; `DocumentsError.unknownValue` for more than 1,000 recipients.
    public init(document: UUID, recipients: [String], register: UUID?, version: Int64) throws {
        guard recipients.count <= 1000 else { throw DocumentsError.unknownValue(field: "recipients") }
        self.document = document
        self.recipients = Array(Set(recipients)).sorted()
        self.register = register
        self.version = version
    }

    /// One number, one issue: a second call finds the document issued and is refused (`WorkflowError.actionNotPossible`).
    public func callAsFunction(in transaction: borrowing Transaction) throws -> (
        number: GivenNumber?, outcome: ActOutcome
    ) {
        let held = try HeldDocument.hold(self.document, for: "issue", version: self.version, in: transaction)
        let move = try held.permittedMove()
        var number: GivenNumber?
        if held.direction == "internal" {
            guard self.recipients.isEmpty else { throw DocumentsError.unknownValue(field: "recipients") }
            guard let register else { throw DocumentsError.textMissing(field: "register_id") }
            number = try GiveNumber(document: self.document, register: register)(in: transaction)
            transaction.queue("SELECT documents.index_document(\(self.document))")
        } else if self.recipients.isEmpty {
            throw DocumentsError.textMissing(field: "recipients")
        }
        if !self.recipients.isEmpty {
            // Deliver reads the state, so the document is issued first; all of it is one transaction.
            transaction.queue("UPDATE documents.document SET state = 'issued' WHERE id = \(self.document)")
            Dispatches.deliver(self.document, to: self.recipients, in: transaction)
        }
        let version = held.take(
            move, after: "jsonb_build_object('recipients', \(self.recipients)::text[])", in: transaction)
        return (number, ActOutcome(state: move.to, version: version))
    }
}
