import Documents
import Foundation
import Postgres

/// The registers as the books of the law (sổ đăng ký văn bản; Decree 30/2020, annex IV), in the order of their numbers, oldest first. Clerks
/// see every row of a register, everybody else the rows of documents they may read.
public enum RegisterBook {
    /// Sổ đăng ký văn bản đến: ngày đến, số đến, tác giả, số và ký hiệu, ngày văn bản, tên loại và trích yếu, đơn vị hoặc người nhận, ngày
    /// chuyển, ký nhận (when the receiver first opened it), ghi chú. `from` and `to` are days of arrival, both included.
    public static func incoming(
        _ register: UUID, from: CalendarDate? = nil, to: CalendarDate? = nil, after cursor: BookCursor? = nil,
        limit: Int
    ) -> SQL {
        """
        SELECT d.id, d.arrived_on, d.number, d.organ_name, d.notation, d.issued_on, t.name AS type_name, d.subject, k.receivers,
               (SELECT coalesce(max(s.taken_at) FILTER (WHERE s.action = 'direct'), max(s.taken_at) FILTER (WHERE s.action = 'present'))
                  FROM workflow.step AS s WHERE s.document_id = d.id) AS forwarded_at,
               k.received_at, d.note, d.urgency, d.state, d.number || '.' || d.id AS _cursor
          FROM (\(Self.rows(register, "incoming", "arrived_on", from, to, cursor, limit))) AS d
          JOIN documents.document_type AS t ON t.code = d.type_code
          LEFT JOIN LATERAL (
               SELECT string_agg(\(Holder.name("w.holder_id")), '; ' ORDER BY w.role, w.id) AS receivers, min(w.opened_at) AS received_at
                 FROM workflow.task AS w
                WHERE w.document_id = d.id AND w.state <> 'withdrawn'
                  AND (w.role IN ('lead', 'support')
                       OR w.step = 'awaiting_direction'
                          AND NOT EXISTS (SELECT FROM workflow.direction AS b WHERE b.document_id = d.id))) AS k ON true
         ORDER BY d.number, d.id
        """
    }

    /// Sổ đăng ký văn bản đi (and nội bộ): số và ký hiệu, ngày văn bản, tên loại và trích yếu, người ký, nơi nhận, đơn vị lưu, số lượng bản,
    /// ngày chuyển, ký nhận (how many of the receivers have registered it), ghi chú. `from` and `to` are days of the document.
    public static func outgoing(
        _ register: UUID, from: CalendarDate? = nil, to: CalendarDate? = nil, after cursor: BookCursor? = nil,
        limit: Int
    ) -> SQL {
        """
        SELECT d.id, d.number, d.notation, d.issued_on, t.name AS type_name, d.subject, d.signer_name, d.signer_title,
               coalesce(d.to_places, p.receivers) AS receivers, u.name AS keeper_name, d.copy_count, d.issued_at AS forwarded_at,
               p.dispatch_count, p.received_count, d.note, d.urgency, d.state, d.number || '.' || d.id AS _cursor
          FROM (\(Self.rows(register, nil, "issued_on", from, to, cursor, limit))) AS d
          JOIN documents.document_type AS t ON t.code = d.type_code
          LEFT JOIN organisation.unit AS u ON u.id = d.unit_id
          LEFT JOIN LATERAL (
               SELECT string_agg(x.receiver_name, '; ' ORDER BY x.receiver_name COLLATE "vi-x-icu", x.id) AS receivers,
                      count(*) AS dispatch_count, count(*) FILTER (WHERE x.status_code >= '03') AS received_count
                 FROM exchange.dispatch AS x WHERE x.document_id = d.id) AS p ON true
         ORDER BY d.number, d.id
        """
    }

    /// The rows of one page; nil for a direction is outgoing or internal. `day` is the column that the dates are of.
    private static func rows(
        _ register: UUID, _ direction: String?, _ day: String, _ from: CalendarDate?, _ to: CalendarDate?,
        _ cursor: BookCursor?, _ limit: Int
    ) -> SQL {
        """
        SELECT e.*
          FROM documents.document AS e
         WHERE e.register_id = \(register) AND e.number IS NOT NULL
           AND e.number >= \(cursor?.number ?? 0) AND (e.number, e.id) > (\(cursor?.number ?? 0), \(cursor?.id ?? BookCursor.first))
           AND (e.direction = 'incoming') = \(direction == "incoming")
           AND (\(from)::date IS NULL OR e.\(unescaped: day) >= \(from))
           AND (\(to)::date IS NULL OR e.\(unescaped: day) <= \(to))
           AND ((SELECT platform.current_role()) = 'clerk' OR \(Readers.mayRead("e.id")))
         ORDER BY e.number, e.id
         LIMIT \(Int64(limit + 1))
        """
    }
}

/// Where a page of a register ended: `number.id`. Registers numbered by type of document give a number once for each.
public struct BookCursor: Hashable, Sendable {
    let number: Int64
    let id: UUID
    static let first = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    /// Begins behind a number, whatever it was given to.
    public init(number: Int64) {
        self.number = number
        self.id = UUID(uuid: (255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))
    }

    /// Parses `number.id`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let number = Int64(parts[0]), number >= 0, let id = UUID(uuidString: String(parts[1]))
        else { return nil }
        self.number = number
        self.id = id
    }
}
