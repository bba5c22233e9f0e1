import Documents
import Exchange
import Foundation
import Platform
import Postgres
import Workflow

/// Registers a paper document (vào sổ văn bản đến giấy): the record, its số đến, the clerks' next task.
public struct RegisterPaper: Sendable {
    public let id: UUID
    public let register: UUID
    public let entry: IncomingEntry
    public let duplicateIsIntended: Bool

    public init(id: UUID = UUIDv7.make(), register: UUID, entry: IncomingEntry, duplicateIsIntended: Bool) {
        self.id = id
        self.register = register
        self.entry = entry
        self.duplicateIsIntended = duplicateIsIntended
    }

    /// Returns the số đến. Throws what `EnterIncoming` throws.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> Int64 {
        let number = try EnterIncoming(
            id: self.id, register: self.register, entry: self.entry, duplicateIsIntended: self.duplicateIsIntended)(
                in: transaction)
        beginIncoming(self.id, number: number, in: transaction)
        return number
    }
}

/// Registers what another organisation delivered (vào sổ văn bản đến điện tử): it becomes the receiver's own record with its own số
/// đến, its files and their texts; the sender is told (status 03).
public struct RegisterDelivery: Sendable {
    public let id: UUID
    public let delivery: UUID
    public let register: UUID
    /// Ngày đến; the day it is registered without one.
    public let arrivedOn: CalendarDate?
    public let note: String?

    public init(
        id: UUID = UUIDv7.make(), delivery: UUID, register: UUID, arrivedOn: CalendarDate? = nil, note: String? = nil
    ) {
        self.id = id
        self.delivery = delivery
        self.register = register
        self.arrivedOn = arrivedOn
        self.note = note
    }

    /// Returns the số đến. Throws `ExchangeError` and what `EnterIncoming` throws. A delivery registers once.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> Int64 {
        let delivery = try WaitingDelivery.hold(self.delivery, in: transaction)
        let entry = try self.entry(in: transaction)
        // What was sent is not a duplicate of what was sent before unless the sender says so: it has its own dispatch.
        let number = try EnterIncoming(id: self.id, register: self.register, entry: entry, duplicateIsIntended: true)(
            in: transaction)
        transaction.queue(
            """
            WITH kept AS (
                INSERT INTO documents.file (document_id, role, version, name, media_type, size, sha256, page_count, origin, text_state)
                SELECT \(self.id), f.role, 1, f.name, f.media_type, f.size, f.sha256, f.page_count, 'delivery', 'pending'
                  FROM exchange.delivery_file AS f WHERE f.delivery_id = \(self.delivery)
                RETURNING id
            )
            SELECT platform.enqueue('extract_text', jsonb_build_object('file_id', kept.id)) FROM kept
            """)
        delivery.settle(as: self.id, in: transaction)
        beginIncoming(self.id, number: number, in: transaction)
        return number
    }

    private func entry(in transaction: borrowing Transaction) throws -> IncomingEntry {
        try transaction.one(
            """
            SELECT v.type_code, v.subject, v.sender_name, v.sender_code, v.code_number, v.code_notation, v.issued_on, v.urgency,
                   v.handling, v.signer_name, v.signer_title, v.due_on, v.page_count::bigint
              FROM exchange.delivery AS v WHERE v.id = \(self.delivery)
            """
        ) { row in
            try IncomingEntry(
                type: try row.column(0), subject: try row.column(1), organName: try row.column(2),
                organCode: try row.column(3),
                codeNumber: try row.column(4), codeNotation: try row.column(5), issuedOn: try row.column(6),
                arrivedOn: self.arrivedOn, urgency: try row.column(7), security: try row.column(8),
                signerName: try row.optional(9),
                signerTitle: try row.optional(10), dueOn: try row.optional(11), pageCount: try row.optional(12),
                note: self.note)
        }
    }
}

/// Sends a delivery back (trả lại) with the reason; the sender is told (status 02; Decree 30/2020, art. 21).
public struct ReturnDelivery: Sendable {
    public let delivery: UUID
    public let reason: String

    /// Throws `DocumentsError.textMissing` without a reason.
    public init(delivery: UUID, reason: String) throws {
        self.delivery = delivery
        self.reason = try Field.required(reason, "reason", limit: 2000)
    }

    /// Throws `ExchangeError` when the delivery is not waiting for the caller's organisation any more.
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        try WaitingDelivery.hold(self.delivery, in: transaction).sendBack(reason: self.reason, in: transaction)
        transaction.queue(
            """
            SELECT platform.record('delivery.return', 'delivery', \(self.delivery), NULL,
                       jsonb_build_object('reason', \(self.reason)::text))
            """)
    }
}

/// The beginning of every incoming document: the clerks' task to present it, the first step, the audit entry.
private func beginIncoming(_ id: UUID, number: Int64, in transaction: borrowing Transaction) {
    transaction.queue(
        """
        INSERT INTO workflow.task (document_id, holder_id, role, step)
        VALUES (\(id), platform.current_tenant(), 'act', 'registered')
        """)
    transaction.queue("SELECT workflow.take_step(\(id), 'register', '', 'registered', '')")
    transaction.queue(
        """
        SELECT platform.record('document.register', 'document', \(id), NULL, jsonb_build_object('number', \(number)::bigint))
        """)
}
