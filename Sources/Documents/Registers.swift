import Foundation
import Platform
import Postgres

/// Opens a register (sổ đăng ký văn bản) for one direction and year. For clerks.
public struct OpenRegister: Sendable {
    public let id: UUID
    public let direction: Direction
    public let name: String
    public let year: Int64
    public let isNumberedByType: Bool
    public let symbolTemplate: String
    public let letterTemplate: String

    /// Templates may hold `{type}`, `{organisation}` and `{unit}` (Decree 30/2020, annex I part I.II.3).
    public init(
        id: UUID, direction: String, name: String, year: Int64, isNumberedByType: Bool = false,
        symbolTemplate: String = "{type}-{organisation}", letterTemplate: String = "{organisation}-{unit}"
    ) throws(DocumentsError) {
        guard let direction = Direction(rawValue: direction) else { throw .unknownValue(field: "direction") }
        guard (1945...2200).contains(year) else { throw .dateOutOfRange(field: "year") }
        self.id = id
        self.direction = direction
        self.name = try Field.required(name, "name", limit: 200)
        self.year = year
        self.isNumberedByType = isNumberedByType
        self.symbolTemplate = try Field.required(symbolTemplate, "symbol_template", limit: 60)
        self.letterTemplate = try Field.required(letterTemplate, "letter_template", limit: 60)
    }

    /// Queues the whole act. SQL refuses templates that must give one number and symbol twice (`symbol_needs_type`,
    /// `register_symbols_collide`, both with the field `symbol_template`).
    public func callAsFunction(in transaction: borrowing Transaction) {
        transaction.queue("SELECT platform.ensure(platform.current_role() = 'clerk', 'VT403', 'clerk_only')")
        transaction.queue(
            """
            SELECT documents.ensure_symbols_apart(\(self.direction.rawValue), \(self.year)::bigint::integer,
                       \(self.isNumberedByType ? "type" : "register"), \(self.symbolTemplate), \(self.letterTemplate))
            """)
        transaction.queue(
            """
            INSERT INTO documents.register (id, direction, name, year, series_by, symbol_template, letter_template)
            VALUES (\(self.id), \(self.direction.rawValue), \(self.name), \(self.year)::bigint::integer,
                    \(self.isNumberedByType ? "type" : "register"), \(self.symbolTemplate), \(self.letterTemplate))
            """)
        transaction.queue(
            """
            SELECT platform.record('register.opened', 'register', \(self.id), NULL,
                       jsonb_build_object('name', \(self.name)::text, 'year', \(self.year)::bigint))
            """)
    }
}

/// Closes a register (khoá sổ): from then on it gives no number. For clerks.
public struct CloseRegister: Sendable {
    public let id: UUID

    public init(id: UUID) {
        self.id = id
    }

    /// Closing a closed register changes nothing. Throws `DocumentsError.documentNotFound` for one that is not there.
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        transaction.queue("SELECT platform.ensure(platform.current_role() = 'clerk', 'VT403', 'clerk_only')")
        let closed = try transaction.run(
            "UPDATE documents.register SET state = 'closed', version = version + 1 WHERE id = \(self.id)")
        guard closed == 1 else { throw DocumentsError.documentNotFound }
        transaction.queue("SELECT platform.record('register.closed', 'register', \(self.id), NULL, NULL)")
    }
}

/// The number a document was given: its serial and how it is printed.
public struct GivenNumber: Hashable, Sendable {
    /// Serial in the register, from 1, without gaps.
    public let number: Int64
    /// `01`
    public let codeNumber: String
    /// `BĐHN-VP`
    public let codeNotation: String
    /// `01/BĐHN-VP`
    public let notation: String
    /// The day the number was given, which is the date of the document (Decree 30/2020, art. 15).
    public let issuedOn: CalendarDate
}

/// Gives a document the next number of a register, with today's date. The counter row stays locked until commit, so this comes as
/// late in a transaction as it can.
public struct GiveNumber: Sendable {
    public let document: UUID
    public let register: UUID

    public init(document: UUID, register: UUID) {
        self.document = document
        self.register = register
    }

    /// One statement. Throws `.registerNotFound`, `.registerClosed`, `.registerOfAnotherYear`, `.registerOfAnotherDirection`,
    /// `.notationTaken`.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> GivenNumber {
        let given: GivenNumber?
        do {
            given = try self.give(in: transaction)
        } catch let error as DatabaseError where error.constraint == "document_notation_key" {
            throw DocumentsError.notationTaken
        }
        guard let given else { throw try Self.reason(self.register, self.document, in: transaction) }
        return given
    }

    private func give(in transaction: borrowing Transaction) throws -> GivenNumber? {
        try transaction.first(
            """
            WITH chosen AS (
                SELECT r.id, r.year,
                       \(Self.series) AS series, \(Self.codeNotation) AS code_notation
                  FROM documents.document AS d
                  JOIN documents.register AS r ON r.id = \(self.register) AND r.direction = d.direction
                  JOIN documents.document_type AS t ON t.code = d.type_code
                  JOIN platform.tenant AS o ON o.id = d.tenant_id
                 WHERE d.id = \(self.document) AND r.state = 'open' AND r.year = date_part('year', current_date)
                   FOR SHARE OF r
            ), counted AS (
                INSERT INTO documents.register_counter AS c (register_id, series, last_number)
                SELECT id, series, 1 FROM chosen
                    ON CONFLICT (tenant_id, register_id, series) DO UPDATE SET last_number = c.last_number + 1
                RETURNING c.last_number
            )
            UPDATE documents.document AS d
               SET register_id = chosen.id, year = chosen.year, series = chosen.series, number = counted.last_number,
                   code_number = CASE WHEN counted.last_number < 10 THEN '0' ELSE '' END || counted.last_number,
                   code_notation = chosen.code_notation, issued_on = current_date
              FROM chosen, counted
             WHERE d.id = \(self.document)
            RETURNING d.number, d.code_number, d.code_notation, d.notation, d.issued_on
            """
        ) { row in
            GivenNumber(
                number: try row.column(0), codeNumber: try row.column(1), codeNotation: try row.column(2),
                notation: try row.column(3), issuedOn: try row.column(4))
        }
    }

    /// Types without an abbreviation (công văn, thư công) print the same symbol, so they share one series: number and symbol are
    /// unique within the year (Decree 30/2020, art. 15).
    private static let series: SQL =
        "CASE WHEN r.series_by <> 'type' THEN '' WHEN t.abbreviation = '' THEN 'CV' ELSE d.type_code END"

    private static let codeNotation: SQL = """
        rtrim(replace(replace(replace(
            CASE WHEN t.abbreviation = '' THEN r.letter_template ELSE r.symbol_template END,
            '{type}', t.abbreviation), '{organisation}', o.abbreviation),
            '{unit}', coalesce(organisation.unit_symbol(d.unit_id), '')), '-')
        """

    /// The registers that can give a document its number today, the one that has given most in its series first: `id`, `name`, `year`, and
    /// the `number`, `notation` and `issued_on` that it would give next. Another document may be given that number first.
    public static func proposals(for document: UUID) -> SQL {
        """
        SELECT r.id, r.name, r.year, n.number,
               CASE WHEN n.number < 10 THEN '0' ELSE '' END || n.number || '/' || \(Self.codeNotation) AS notation,
               current_date AS issued_on
          FROM documents.document AS d
          JOIN documents.register AS r ON r.direction = d.direction
          JOIN documents.document_type AS t ON t.code = d.type_code
          JOIN platform.tenant AS o ON o.id = d.tenant_id
         CROSS JOIN LATERAL (
               SELECT coalesce((SELECT c.last_number
                                  FROM documents.register_counter AS c
                                 WHERE c.register_id = r.id AND c.series = \(Self.series)), 0) + 1 AS number) AS n
         WHERE d.id = \(document) AND r.state = 'open' AND r.year = date_part('year', current_date)
           AND \(Readers.mayRead("d.id"))
         ORDER BY n.number DESC, r.name, r.id
         LIMIT 100
        """
    }

    /// Why a register gave no number: asked only then, so that the good case stays one statement.
    static func reason(
        _ register: UUID, _ document: UUID?, in transaction: borrowing Transaction
    ) throws -> DocumentsError {
        let found: (Bool, Bool, Bool)? = try transaction.first(
            """
            SELECT r.state = 'open', r.year = date_part('year', current_date),
                   r.direction = coalesce((SELECT d.direction FROM documents.document AS d WHERE d.id = \(document)), 'incoming')
              FROM documents.register AS r WHERE r.id = \(register)
            """
        ) { row in (try row.column(0), try row.column(1), try row.column(2)) }
        guard let (isOpen, isOfThisYear, isOfDirection) = found else { return .registerNotFound }
        if !isOfDirection { return .registerOfAnotherDirection }
        if !isOpen { return .registerClosed }
        return isOfThisYear ? .registerNotFound : .registerOfAnotherYear
    }
}
