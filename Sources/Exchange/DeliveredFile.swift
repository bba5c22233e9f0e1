import Foundation
import Platform
import Postgres

/// A file that another organisation sent, while the delivery waits and after.
public struct DeliveredFile: Sendable {
    public let name: String
    public let mediaType: String
    /// Bytes.
    public let size: Int64
    public let sha256: [UInt8]

    /// Nil when the delivery has no such file, and for everybody but the receiver's clerks.
    public static func find(
        _ id: UUID, of delivery: UUID, in transaction: borrowing Transaction
    ) throws -> DeliveredFile? {
        try self.first("f.id = \(id)", of: delivery, in: transaction)
    }

    /// The document itself; nil as for `find`.
    public static func findMain(of delivery: UUID, in transaction: borrowing Transaction) throws -> DeliveredFile? {
        try self.first("f.role = 'main'", of: delivery, in: transaction)
    }

    private static func first(
        _ condition: SQL, of delivery: UUID, in transaction: borrowing Transaction
    ) throws -> DeliveredFile? {
        try transaction.first(
            """
            SELECT f.name, f.media_type, f.size, f.sha256
              FROM exchange.delivery_file AS f
              JOIN exchange.delivery AS v ON v.id = f.delivery_id
             WHERE v.id = \(delivery) AND \(condition) AND v.tenant_id = ANY ((SELECT platform.holders())::uuid[])
            """, closing: true
        ) { row in
            DeliveredFile(
                name: try row.column(0), mediaType: try row.column(1), size: try row.column(2),
                sha256: try row.column(3))
        }
    }
}
