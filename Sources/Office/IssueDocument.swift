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

/// Issues a document (phát hành): an outgoing one, sealed, to other organisations and to own units; an internal one with its number, to
/// own units if any are named.
public struct IssueDocument: Sendable {
    public let document: UUID
    /// Codes of the receiving organisations.
    public let recipients: [String]
    /// Units of the own organisation: each head may read the document and has it to know (nhận để biết).
    public let units: [UUID]
    /// Where an internal document gets its number.
    public let register: UUID?
    public let version: Int64

    /// Throws `DocumentsError.unknownValue` for more than 1,000 recipients or 1,000 units.
    public init(
        document: UUID, recipients: [String], units: [UUID] = [], register: UUID?, version: Int64
    ) throws(DocumentsError) {
        guard recipients.count <= 1000 else { throw .unknownValue(field: "recipients") }
        guard units.count <= 1000 else { throw .unknownValue(field: "units") }
        self.document = document
        self.recipients = Array(Set(recipients)).sorted()
        self.units = Array(Set(units)).sorted { $0.uuidString < $1.uuidString }
        self.register = register
        self.version = version
    }

    /// One number, one issue: a second call finds the document issued and is refused (`WorkflowError.actionNotPossible`). A unit that is
    /// not there or has no head is refused by SQL (`unknown_recipient`, field `units`).
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
        } else if self.recipients.isEmpty, self.units.isEmpty {
            throw DocumentsError.textMissing(field: "recipients")
        }
        if !self.recipients.isEmpty {
            // Deliver reads the state, so the document is issued first; all of it is one transaction.
            transaction.queue("UPDATE documents.document SET state = 'issued' WHERE id = \(self.document)")
            Dispatches.deliver(self.document, to: self.recipients, in: transaction)
        }
        if !self.units.isEmpty {
            self.informUnits(step: move.to, in: transaction)
        }
        let version = held.take(
            move, after: "jsonb_build_object('recipients', \(self.recipients)::text[], 'units', \(self.units)::uuid[])",
            in: transaction)
        return (number, ActOutcome(state: move.to, version: version))
    }

    private func informUnits(step: String, in transaction: borrowing Transaction) {
        transaction.queue(
            """
            SELECT platform.ensure(bool_and(organisation.is_manned(h.id)
                                            AND EXISTS (SELECT FROM organisation.unit AS u WHERE u.id = h.id AND u.closed_on IS NULL)),
                                   'VT422', 'unknown_recipient', 'units')
              FROM unnest(\(self.units)::uuid[]) AS h (id)
            """)
        Readers.admit(.delivery(self.units), to: self.document, in: transaction)
        Tasks.inform(self.units, of: self.document, step: step, in: transaction)
    }
}
