import Foundation
import Platform
import Postgres

/// Adds a unit (đơn vị) under another one. For administrators (quản trị đơn vị).
public struct AddUnit: Sendable {
    public let id: UUID
    public let parent: UUID?
    public let code: String
    public let name: String
    public let kind: String
    public let symbol: String

    public init(id: UUID, parent: UUID?, code: String, name: String, kind: String, symbol: String) {
        self.id = id
        self.parent = parent
        self.code = code
        self.name = name
        self.kind = kind
        self.symbol = symbol
    }

    /// Queues the whole act. Throws `OrganisationError.administratorOnly`; an unknown parent and a code in use are refused by SQL.
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        requireAdministrator(in: transaction)
        transaction.queue(
            """
            INSERT INTO organisation.unit (id, parent_id, code, name, kind, symbol)
            VALUES (\(self.id), \(self.parent), \(self.code), \(self.name), \(self.kind), \(self.symbol))
            """)
        transaction.queue(
            """
            SELECT platform.record('unit.added', 'unit', \(self.id), NULL,
                       jsonb_build_object('code', \(self.code)::text, 'name', \(self.name)::text))
            """)
    }
}

/// Gives a unit another name and symbol; documents keep what was written on them.
public struct RenameUnit: Sendable {
    public let id: UUID
    public let name: String
    public let symbol: String

    public init(id: UUID, name: String, symbol: String) {
        self.id = id
        self.name = name
        self.symbol = symbol
    }

    /// Throws `OrganisationError.unitNotFound`. For administrators.
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        requireAdministrator(in: transaction)
        let before: String? = try transaction.first(
            "SELECT name FROM organisation.unit WHERE id = \(self.id) AND closed_on IS NULL FOR NO KEY UPDATE"
        ) { row in try row.column(0) }
        guard let before else { throw OrganisationError.unitNotFound }
        transaction.queue(
            """
            UPDATE organisation.unit SET name = \(self.name), symbol = \(self.symbol), version = version + 1
             WHERE id = \(self.id)
            """)
        transaction.queue(
            """
            SELECT platform.record('unit.renamed', 'unit', \(self.id), jsonb_build_object('name', \(before)::text),
                       jsonb_build_object('name', \(self.name)::text, 'symbol', \(self.symbol)::text))
            """)
    }
}

/// Adds a person; what the person may do comes with posts.
public struct AddPerson: Sendable {
    public let id: UUID
    public let fullName: String
    public let email: String?
    public let phone: String?

    public init(id: UUID, fullName: String, email: String?, phone: String?) {
        self.id = id
        self.fullName = fullName
        self.email = email
        self.phone = phone
    }

    /// Queues the whole act. For administrators.
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        requireAdministrator(in: transaction)
        transaction.queue(
            """
            INSERT INTO organisation.person (id, full_name, email, phone)
            VALUES (\(self.id), \(self.fullName), \(self.email), \(self.phone))
            """)
        transaction.queue(
            """
            SELECT platform.record('person.added', 'person', \(self.id), NULL,
                       jsonb_build_object('full_name', \(self.fullName)::text))
            """)
    }
}

/// Appoints a person to a post (bổ nhiệm): a role in a unit from today on.
public struct Appoint: Sendable {
    public let id: UUID
    public let person: UUID
    public let unit: UUID
    public let role: String
    public let title: String

    public init(id: UUID, person: UUID, unit: UUID, role: String, title: String) {
        self.id = id
        self.person = person
        self.unit = unit
        self.role = role
        self.title = title
    }

    /// Queues the whole act. For administrators; an unknown person or unit of the tenant answers `unknown_person`, `unknown_unit`.
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        requireAdministrator(in: transaction)
        transaction.queue(
            """
            SELECT platform.ensure(EXISTS (SELECT FROM organisation.person WHERE id = \(self.person)),
                                   'VT422', 'unknown_person', 'person_id'),
                   platform.ensure(EXISTS (SELECT FROM organisation.unit WHERE id = \(self.unit)),
                                   'VT422', 'unknown_unit', 'unit_id')
            """)
        transaction.queue(
            """
            INSERT INTO organisation.post (id, person_id, unit_id, role, title)
            VALUES (\(self.id), \(self.person), \(self.unit), \(self.role), \(self.title))
            """)
        transaction.queue(
            """
            SELECT platform.record('post.appointed', 'post', \(self.id), NULL,
                       jsonb_build_object('person_id', \(self.person)::uuid, 'unit_id', \(self.unit)::uuid,
                                          'role', \(self.role)::text, 'title', \(self.title)::text))
            """)
    }
}

/// Ends a post (thôi giữ chức danh) today: its rights end with the next request.
public struct EndPost: Sendable {
    public let id: UUID

    public init(id: UUID) {
        self.id = id
    }

    /// Throws `OrganisationError.postNotFound`, `.postHasEnded`. For administrators.
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        requireAdministrator(in: transaction)
        let ended: Bool? = try transaction.first(
            "SELECT ended_on IS NOT NULL AND ended_on <= current_date FROM organisation.post WHERE id = \(self.id) FOR NO KEY UPDATE"
        ) { row in try row.column(0) }
        guard let ended else { throw OrganisationError.postNotFound }
        if ended { throw OrganisationError.postHasEnded }
        transaction.queue(
            """
            UPDATE organisation.post
               SET ended_on = greatest(current_date, started_on), version = version + 1
             WHERE id = \(self.id)
            """)
        transaction.queue("SELECT platform.record('post.ended', 'post', \(self.id), NULL, NULL)")
    }
}

/// Queues the check that the caller acts as an administrator, so that it costs no round trip.
func requireAdministrator(in transaction: borrowing Transaction) {
    transaction.queue(
        "SELECT platform.ensure(platform.current_role() = 'administrator', 'VT403', 'administrator_only')")
}
