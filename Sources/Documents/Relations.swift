import Foundation
import Platform
import Postgres

/// What one document is to another (văn bản liên quan): its answer (trả lời), resting on it (căn cứ), beside it (liên quan), in its
/// place (thay thế).
public enum RelationKind: String, CaseIterable, Sendable {
    case reply, basis, related, replaces
}

/// Two documents and what the first is to the second.
public struct Relation: Hashable, Sendable {
    public let document: UUID
    public let related: UUID
    public let kind: RelationKind

    /// Throws `DocumentsError.unknownValue` for the kind, `.relatedToItself`.
    public init(document: UUID, related: UUID, kind: String) throws(DocumentsError) {
        guard let kind = RelationKind(rawValue: kind) else { throw .unknownValue(field: "kind") }
        guard document != related else { throw .relatedToItself }
        self.document = document
        self.related = related
        self.kind = kind
    }

    /// Queues the check that the caller may read both ends: 404 for the document, `unknown_document` for the other.
    fileprivate func queueChecks(in transaction: borrowing Transaction) {
        transaction.queue(
            """
            SELECT platform.ensure(\(Readers.mayRead("\(self.document)")), 'VT404', 'not_found'),
                   platform.ensure(\(Readers.mayRead("\(self.related)")), 'VT422', 'unknown_document', 'related_id')
            """)
    }

    fileprivate func queueRecord(_ action: String, in transaction: borrowing Transaction) {
        transaction.queue(
            """
            SELECT platform.record(\(action), 'document', \(self.document), NULL,
                       jsonb_build_object('related_id', \(self.related)::uuid, 'kind', \(self.kind.rawValue)::text))
            """)
    }
}

/// Notes that two documents belong together. For whoever may read both; noting it again changes nothing.
public struct RelateDocuments: Sendable {
    public let relation: Relation

    public init(_ relation: Relation) {
        self.relation = relation
    }

    /// Queues everything.
    public func callAsFunction(in transaction: borrowing Transaction) {
        self.relation.queueChecks(in: transaction)
        transaction.queue(
            """
            INSERT INTO documents.relation (document_id, related_id, kind)
            VALUES (\(self.relation.document), \(self.relation.related), \(self.relation.kind.rawValue))
                ON CONFLICT ON CONSTRAINT relation_pkey DO NOTHING
            """)
        self.relation.queueRecord("document.relate", in: transaction)
    }
}

/// Takes back that two documents belong together. For whoever may read both; the audit trail keeps that they did.
public struct UnrelateDocuments: Sendable {
    public let relation: Relation

    public init(_ relation: Relation) {
        self.relation = relation
    }

    /// Queues everything.
    public func callAsFunction(in transaction: borrowing Transaction) {
        self.relation.queueChecks(in: transaction)
        transaction.queue(
            """
            DELETE FROM documents.relation
             WHERE document_id = \(self.relation.document) AND related_id = \(self.relation.related)
               AND kind = \(self.relation.kind.rawValue)
            """)
        self.relation.queueRecord("document.unrelate", in: transaction)
    }
}
