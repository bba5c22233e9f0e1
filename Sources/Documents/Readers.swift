import Foundation
import Postgres

/// Who may read a document. The right follows the work on it and is written by the same transaction that gives the work.
public enum Readers {
    /// Whom to admit, and so why.
    public enum Reader: Sendable {
        /// The caller's own post, as the drafter.
        case drafter
        /// The clerks (văn thư) of the organisation.
        case registry
        /// A post or a unit that has a step to take.
        case step(UUID)
        /// A post or a unit named in a direction (bút phê).
        case direction([UUID])
        /// Units of the own organisation that a document is issued to.
        case delivery([UUID])
    }

    /// SQL for whether the caller may read the document whose id is in a column or expression of the statement.
    public static func mayRead(_ id: SQL) -> SQL {
        """
        EXISTS (SELECT FROM documents.reader AS may
                 WHERE may.document_id = \(id) AND may.holder_id = ANY ((SELECT platform.holders())::uuid[]))
        """
    }

    /// Queues the grant; granting again changes nothing.
    public static func admit(_ reader: Reader, to document: UUID, in transaction: borrowing Transaction) {
        switch reader {
        case .drafter:
            self.grant("SELECT platform.current_post()", "drafter", document, in: transaction)
        case .registry:
            self.grant("SELECT platform.current_tenant()", "registry", document, in: transaction)
        case .step(let holder):
            self.grant("SELECT \(holder)::uuid", "step", document, in: transaction)
        case .direction(let holders):
            self.grant("SELECT DISTINCT unnest(\(holders)::uuid[])", "direction", document, in: transaction)
        case .delivery(let units):
            self.grant("SELECT DISTINCT unnest(\(units)::uuid[])", "delivery", document, in: transaction)
        }
    }

    private static func grant(_ holders: SQL, _ reason: String, _ document: UUID, in transaction: borrowing Transaction)
    {
        transaction.queue(
            "INSERT INTO documents.reader (document_id, holder_id, reason) SELECT \(document)::uuid, h.id, \(reason)::text FROM ("
                + holders + ") AS h (id) ON CONFLICT DO NOTHING")
    }
}
