import Foundation
import Platform
import Postgres

/// What a clerk writes down of a document that came in (văn bản đến; Decree 30/2020, annex VI part II).
public struct IncomingEntry: Sendable {
    public let type: String
    public let subject: String
    public let organName: String
    public let organCode: String?
    public let codeNumber: String
    public let codeNotation: String
    public let issuedOn: CalendarDate
    public let arrivedOn: CalendarDate?
    public let urgency: Urgency
    public let security: Security
    public let signerName: String?
    public let signerTitle: String?
    public let dueOn: CalendarDate?
    public let pageCount: Int64?
    public let note: String?

    /// Throws the `DocumentsError` of the first field that is wrong. Without `arrivedOn` the document arrived today.
    public init(
        type: String, subject: String, organName: String, organCode: String? = nil, codeNumber: String,
        codeNotation: String,
        issuedOn: CalendarDate, arrivedOn: CalendarDate? = nil, urgency: String? = nil, security: String? = nil,
        signerName: String? = nil, signerTitle: String? = nil, dueOn: CalendarDate? = nil, pageCount: Int64? = nil,
        note: String? = nil
    ) throws(DocumentsError) {
        self.type = try Field.required(type, "type", limit: 8)
        self.subject = try Field.required(subject, "subject", limit: 2000)
        self.organName = try Field.required(organName, "organ_name", limit: 300)
        self.organCode = try Field.optional(organCode, "organ_code", limit: 35)
        self.codeNumber = try Field.required(codeNumber, "code_number", limit: 11)
        self.codeNotation = try Field.required(codeNotation, "code_notation", limit: 60)
        guard let issuedOn = try Field.date(issuedOn, "issued_on") else { throw .textMissing(field: "issued_on") }
        self.issuedOn = issuedOn
        self.arrivedOn = try Field.date(arrivedOn, "arrived_on")
        self.urgency = try Field.known(urgency, "urgency", otherwise: .normal)
        self.security = try Security.admitted(security)
        self.signerName = try Field.optional(signerName, "signer_name", limit: 100)
        self.signerTitle = try Field.optional(signerTitle, "signer_title", limit: 200)
        self.dueOn = try Field.date(dueOn, "due_on")
        if let pageCount, !(1...9999).contains(pageCount) { throw .unknownValue(field: "page_count") }
        self.pageCount = pageCount
        self.note = try Field.optional(note, "note", limit: 2000)
    }
}

/// Enters a document in an incoming register (vào sổ văn bản đến): it becomes the organisation's own record with its own số đến.
public struct EnterIncoming: Sendable {
    public let id: UUID
    public let register: UUID
    public let entry: IncomingEntry
    public let duplicateIsIntended: Bool

    public init(id: UUID, register: UUID, entry: IncomingEntry, duplicateIsIntended: Bool) {
        self.id = id
        self.register = register
        self.entry = entry
        self.duplicateIsIntended = duplicateIsIntended
    }

    /// Returns the số đến. Throws `.possibleDuplicate` when number, symbol and issuer are already there (annex VI, warning to the
    /// clerk) and the clerk has not said that it is meant, and the refusals of `GiveNumber`.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> Int64 {
        transaction.queue("SELECT platform.ensure(platform.current_role() = 'clerk', 'VT403', 'clerk_only')")
        Checks.queue(type: self.entry.type, unit: nil, signer: nil, in: transaction)
        if !self.duplicateIsIntended {
            let isThere: Bool = try transaction.one(
                """
                SELECT EXISTS (SELECT FROM documents.document AS d
                                WHERE d.direction = 'incoming' AND d.code_number = \(self.entry.codeNumber)
                                  AND d.code_notation = \(self.entry.codeNotation)
                                  AND platform.fold(d.organ_name) = platform.fold(\(self.entry.organName)))
                """
            ) { row in try row.column(0) }
            if isThere { throw DocumentsError.possibleDuplicate }
        }
        let entry = self.entry
        let number: Int64? = try transaction.first(
            """
            WITH chosen AS (
                SELECT r.id, r.year FROM documents.register AS r
                 WHERE r.id = \(self.register) AND r.direction = 'incoming' AND r.state = 'open'
                   AND r.year = date_part('year', current_date)
                   FOR SHARE
            ), counted AS (
                INSERT INTO documents.register_counter AS c (register_id, series, last_number)
                SELECT id, '', 1 FROM chosen
                    ON CONFLICT (tenant_id, register_id, series) DO UPDATE SET last_number = c.last_number + 1
                RETURNING c.last_number
            )
            INSERT INTO documents.document (id, direction, state, type_code, subject, urgency, handling, organ_name, organ_code,
                code_number, code_notation, issued_on, arrived_on, signer_name, signer_title, due_on, page_count, note,
                register_id, year, number)
            SELECT \(self.id), 'incoming', 'registered', \(entry.type), \(entry.subject), \(entry.urgency.rawValue),
                   \(entry.security.rawValue), \(entry.organName), \(entry.organCode), \(entry.codeNumber), \(entry.codeNotation),
                   \(entry.issuedOn), coalesce(\(entry.arrivedOn)::date, current_date), \(entry.signerName), \(entry.signerTitle),
                   \(entry.dueOn), \(entry.pageCount)::bigint::integer, \(entry.note), chosen.id, chosen.year, counted.last_number
              FROM chosen, counted
            RETURNING number
            """
        ) { row in try row.column(0) }
        guard let number else { throw try GiveNumber.reason(self.register, nil, in: transaction) }
        Readers.admit(.registry, to: self.id, in: transaction)
        transaction.queue("SELECT documents.index_document(\(self.id))")
        return number
    }
}

/// Questions a clerk asks before entering a document.
public enum Incoming {
    /// Who the newest documents came from, for completing what a clerk types: at most a hundred names. For clerks; nobody else gets a row.
    public static var organs: SQL {
        """
        SELECT n.organ_name AS name
          FROM (SELECT d.organ_name, d.id
                  FROM documents.document AS d
                 WHERE d.direction = 'incoming' AND (SELECT platform.current_role()) = 'clerk'
                 ORDER BY d.id DESC
                 LIMIT 500) AS n
         GROUP BY n.organ_name
         ORDER BY max(n.id::text) DESC
         LIMIT 100
        """
    }

    /// Documents that may be the one at hand: same number, with or without its leading zero, and same symbol, accents and case aside. The
    /// most alike come first. For clerks; nobody else gets a row.
    public static func possibleDuplicates(
        codeNumber: String, codeNotation: String, organName: String?, issuedOn: CalendarDate?
    ) -> SQL {
        """
        SELECT d.id, d.number, d.year, d.organ_name, d.notation, d.issued_on, d.arrived_on, d.subject, d.state,
               coalesce(platform.fold(d.organ_name) = platform.fold(\(organName)), false) AS is_same_organ,
               coalesce(d.issued_on = \(issuedOn), false) AS is_same_date
          FROM documents.document AS d
         WHERE d.direction = 'incoming'
           AND d.code_number IN (\(codeNumber), ltrim(\(codeNumber), '0'), '0' || \(codeNumber))
           AND platform.fold(d.code_notation) = platform.fold(\(codeNotation))
           AND (SELECT platform.current_role()) = 'clerk'
         ORDER BY is_same_organ DESC, is_same_date DESC, d.id DESC
         LIMIT 20
        """
    }
}
