import Foundation
import Platform
import Postgres

/// What a drafter says of a document before it has a file: type, trích yếu, urgency, who will sign.
public struct Draft: Sendable {
    public let direction: Direction
    public let type: String
    public let subject: String
    public let urgency: Urgency
    public let security: Security
    public let unit: UUID?
    public let signer: UUID?
    public let dueOn: CalendarDate?
    public let toPlaces: String?
    public let note: String?

    /// Throws the `DocumentsError` of the first field that is wrong. A `unit` of nil is the drafter's own.
    public init(
        direction: String, type: String, subject: String, urgency: String? = nil, security: String? = nil,
        unit: UUID? = nil,
        signer: UUID? = nil, dueOn: CalendarDate? = nil, toPlaces: String? = nil, note: String? = nil
    ) throws(DocumentsError) {
        guard let direction = Direction(rawValue: direction), direction != .incoming else {
            throw .unknownValue(field: "direction")
        }
        self.direction = direction
        self.type = try Field.required(type, "type", limit: 8)
        self.subject = try Field.required(subject, "subject", limit: 2000)
        self.urgency = try Field.known(urgency, "urgency", otherwise: .normal)
        self.security = try Security.admitted(security)
        self.unit = unit
        self.signer = signer
        self.dueOn = try Field.date(dueOn, "due_on")
        self.toPlaces = try Field.optional(toPlaces, "to_places", limit: 2000)
        self.note = try Field.optional(note, "note", limit: 2000)
    }
}

/// Writes a new draft (dự thảo) with the caller's post as its drafter. Queues everything: no round trip of its own.
public struct WriteDraft: Sendable {
    public let id: UUID
    public let draft: Draft

    public init(id: UUID, draft: Draft) {
        self.id = id
        self.draft = draft
    }

    /// An unknown type, unit or signer is refused by SQL with the name of its field.
    public func callAsFunction(in transaction: borrowing Transaction) {
        Checks.queue(type: self.draft.type, unit: self.draft.unit, signer: self.draft.signer, in: transaction)
        transaction.queue(
            """
            INSERT INTO documents.document (id, direction, state, type_code, subject, urgency, handling, organ_name, unit_id,
                drafter_post_id, signer_post_id, signer_name, signer_title, due_on, to_places, note)
            SELECT \(self.id), \(self.draft.direction.rawValue), 'draft', \(self.draft.type), \(self.draft.subject),
                   \(self.draft.urgency.rawValue), \(self.draft.security.rawValue), o.name,
                   coalesce(\(self.draft.unit)::uuid, platform.current_unit()), platform.current_post(), t.id, p.full_name, t.title,
                   \(self.draft.dueOn), \(self.draft.toPlaces), \(self.draft.note)
              FROM platform.tenant AS o
              LEFT JOIN organisation.post AS t ON t.id = \(self.draft.signer)
              LEFT JOIN organisation.person AS p ON p.id = t.person_id
             WHERE o.id = platform.current_tenant()
            """)
        Readers.admit(.drafter, to: self.id, in: transaction)
        transaction.queue("SELECT documents.index_document(\(self.id))")
    }
}

/// Changes a draft's fields. The caller has locked the row and checked that it may be edited.
public struct RewriteDraft: Sendable {
    public let id: UUID
    public let draft: Draft

    public init(id: UUID, draft: Draft) {
        self.id = id
        self.draft = draft
    }

    /// Queues the change; the version goes up by one.
    public func callAsFunction(in transaction: borrowing Transaction) {
        Checks.queue(type: self.draft.type, unit: self.draft.unit, signer: self.draft.signer, in: transaction)
        transaction.queue(
            """
            UPDATE documents.document AS d
               SET type_code = \(self.draft.type), subject = \(self.draft.subject), urgency = \(self.draft.urgency.rawValue),
                   handling = \(self.draft.security.rawValue), unit_id = coalesce(\(self.draft.unit)::uuid, d.unit_id),
                   signer_post_id = t.id, signer_name = p.full_name, signer_title = t.title, due_on = \(self.draft.dueOn),
                   to_places = \(self.draft.toPlaces), note = \(self.draft.note), version = d.version + 1, updated_at = now()
              FROM platform.tenant AS o
              LEFT JOIN organisation.post AS t ON t.id = \(self.draft.signer)
              LEFT JOIN organisation.person AS p ON p.id = t.person_id
             WHERE o.id = platform.current_tenant() AND d.id = \(self.id)
            """)
        transaction.queue("SELECT documents.index_document(\(self.id))")
    }
}

/// References from outside, checked in one statement that travels with the next.
enum Checks {
    static func queue(type: String, unit: UUID?, signer: UUID?, in transaction: borrowing Transaction) {
        transaction.queue(
            """
            SELECT platform.ensure(EXISTS (SELECT FROM documents.document_type WHERE code = \(type)),
                                   'VT422', 'unknown_document_type', 'type'),
                   platform.ensure(\(unit)::uuid IS NULL OR EXISTS (SELECT FROM organisation.unit WHERE id = \(unit)),
                                   'VT422', 'unknown_unit', 'unit_id'),
                   platform.ensure(\(signer)::uuid IS NULL
                                   OR EXISTS (SELECT FROM organisation.post WHERE id = \(signer) AND role IN ('leader', 'head')
                                                 AND (ended_on IS NULL OR ended_on > current_date)),
                                   'VT422', 'unknown_signer', 'signer_post_id')
            """)
    }
}
