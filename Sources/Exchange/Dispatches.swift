import Foundation
import Postgres

/// How a dispatch stands, in the codes of the national axis (trạng thái gói tin).
public enum DispatchStatus: String, Sendable {
    /// Đã đến.
    case arrived = "01"
    /// Từ chối nhận.
    case returned = "02"
    /// Đã tiếp nhận (vào sổ).
    case registered = "03"
    /// Đã phân công.
    case directed = "04"
    /// Đang xử lý.
    case inProgress = "05"
    /// Hoàn thành.
    case completed = "06"
}

/// Sending to other organisations, and their answers.
public enum Dispatches {
    /// Delivers an issued document to these organisations, all or none; queued. Unknown codes are refused by SQL
    /// (`unknown_recipient`).
    public static func deliver(_ document: UUID, to receivers: [String], in transaction: borrowing Transaction) {
        transaction.queue("SELECT exchange.deliver(\(document), \(receivers)::text[])")
    }

    /// Tells the sender of a document that came by delivery how it stands; for any other document it does nothing. Queued.
    public static func report(_ status: DispatchStatus, of document: UUID, in transaction: borrowing Transaction) {
        transaction.queue("SELECT exchange.report_document(\(document), \(status.rawValue))")
    }

    /// Where a document was sent and what became of it there.
    public static func of(_ document: UUID) -> SQL {
        """
        SELECT s.id, s.receiver_id, s.receiver_name, s.channel, s.status_code, s.status_at, s.sent_at,
               (SELECT json_agg(json_build_object('status_code', h.status_code, 'at', h.at, 'person_name', h.person_name,
                           'note', h.note) ORDER BY h.id)
                  FROM exchange.dispatch_status AS h WHERE h.dispatch_id = s.id) AS history
          FROM exchange.dispatch AS s
         WHERE s.document_id = \(document)
           AND EXISTS (SELECT FROM documents.reader AS r
                        WHERE r.document_id = s.document_id AND r.holder_id = ANY ((SELECT platform.holders())::uuid[]))
         ORDER BY s.receiver_name COLLATE "vi-x-icu", s.id
        """
    }

    /// The directory of organisations that documents can be sent to.
    public static var organisations: SQL {
        "SELECT o.id, o.code, o.name FROM exchange.organisations() AS o ORDER BY o.code"
    }
}
