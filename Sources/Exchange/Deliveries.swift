import Foundation
import Platform
import Postgres

/// What other organisations sent and what waits to be registered. For the clerks (văn thư) of the receiver.
public enum Deliveries {
    /// One page, newest first.
    public static func page(state: String?, before: UUID?, limit: Int) -> SQL {
        """
        SELECT v.id, v.state, v.sender_name, v.sender_code, v.type_code AS type, v.subject, v.notation, v.issued_on, v.urgency,
               v.arrived_at, v.document_id, v.id::text AS _cursor
          FROM exchange.delivery AS v
         WHERE v.tenant_id = ANY ((SELECT platform.holders())::uuid[])
           AND (\(state)::text IS NULL OR v.state = \(state))
           AND (\(before)::uuid IS NULL OR v.id < \(before))
         ORDER BY v.id DESC
         LIMIT \(Int64(limit + 1))
        """
    }

    /// One delivery with its files.
    public static func one(_ id: UUID) -> SQL {
        """
        SELECT v.id, v.state, v.sender_name, v.sender_code, v.type_code AS type, v.subject, v.notation, v.code_number, v.code_notation,
               v.issued_on, v.urgency, v.handling, v.language, v.signer_name, v.signer_title, v.page_count, v.due_on, v.arrived_at,
               v.settled_at, v.reason, v.document_id,
               (SELECT coalesce(json_agg(json_build_object('id', f.id, 'role', f.role, 'name', f.name, 'media_type', f.media_type,
                           'size', f.size, 'sha256', encode(f.sha256, 'hex')) ORDER BY f.role DESC, f.id), '[]')
                  FROM exchange.delivery_file AS f WHERE f.delivery_id = v.id) AS files
          FROM exchange.delivery AS v
         WHERE v.id = \(id) AND v.tenant_id = ANY ((SELECT platform.holders())::uuid[])
        """
    }
}

/// What can go wrong with a delivery, in the words of the receiving clerk.
public enum ExchangeError: RefusalConvertible, Hashable {
    case deliveryNotFound
    /// Registered or returned before.
    case alreadySettled

    public var refusal: Refusal {
        switch self {
        case .deliveryNotFound: Refusal(404, "not_found")
        case .alreadySettled: Refusal(409, "already_settled")
        }
    }
}

/// A delivery that waits, locked until the end of the transaction.
public struct WaitingDelivery: Sendable {
    public let id: UUID

    /// Throws `ExchangeError.deliveryNotFound` (also for anyone but the receiver's clerks), `.alreadySettled`.
    public static func hold(_ id: UUID, in transaction: borrowing Transaction) throws -> WaitingDelivery {
        let state: String? = try transaction.first(
            """
            SELECT v.state FROM exchange.delivery AS v
             WHERE v.id = \(id) AND v.tenant_id = ANY ((SELECT platform.holders())::uuid[])
               FOR NO KEY UPDATE
            """
        ) { row in try row.column(0) }
        guard let state else { throw ExchangeError.deliveryNotFound }
        guard state == "waiting" else { throw ExchangeError.alreadySettled }
        return WaitingDelivery(id: id)
    }

    /// Queues that it became this document and tells the sender (03).
    public func settle(as document: UUID, in transaction: borrowing Transaction) {
        transaction.queue(
            """
            UPDATE exchange.delivery SET state = 'registered', document_id = \(document), settled_at = now() WHERE id = \(self.id)
            """)
        transaction.queue("SELECT exchange.report(\(self.id), \(DispatchStatus.registered.rawValue))")
    }

    /// Queues that it was sent back (trả lại) for a reason and tells the sender (02).
    public func sendBack(reason: String, in transaction: borrowing Transaction) {
        transaction.queue(
            "UPDATE exchange.delivery SET state = 'returned', reason = \(reason), settled_at = now() WHERE id = \(self.id)"
        )
        transaction.queue("SELECT exchange.report(\(self.id), \(DispatchStatus.returned.rawValue), \(reason))")
    }
}
