public import Foundation
public import Platform
import Postgres

/// A person of a ``TestTenant`` with one post, an account and an open session.
public struct TestPerson: Sendable {
    public let id: UUID
    public let post: UUID
    public let unit: UUID
    public let account: UUID
    /// What the person types to sign in: `name@CODE`.
    public let login: String
    public let role: String
    /// The secret of the session cookie.
    public let secret: TokenSecret

    /// The person as the sender of a new request.
    public var caller: Caller {
        Caller(
            credential: .session(hash: self.secret.hash), requestID: UUIDv7.make(), address: "192.0.2.1",
            requiredScope: nil)
    }
}

/// A tenant with two units, the organisation itself and its office (Văn phòng), and a person in every role.
public struct TestTenant: Sendable {
    public let id: UUID
    public let code: String
    /// The unit that is the organisation itself.
    public let root: UUID
    /// Văn phòng, below the root.
    public let office: UUID
    public let clerk: TestPerson
    public let leader: TestPerson
    public let head: TestPerson
    public let specialist: TestPerson
    public let administrator: TestPerson

    /// The password of everybody, where `withPasswords` asked for one.
    public static let password = "mật khẩu đủ dài"
}

extension TestDatabase {
    /// Makes a tenant. Codes are made up, so that tests beside each other never meet.
    public func makeTenant(withPasswords: Bool = false) async throws -> TestTenant {
        let id = UUIDv7.make()
        let code = "T" + id.uuidString.suffix(10)
        let root = UUIDv7.make()
        let office = UUIDv7.make()
        let hash = withPasswords ? try await Password(concurrency: 1).hash(TestTenant.password).text : nil
        func person(_ role: String, in unit: UUID) -> TestPerson {
            TestPerson(
                id: UUIDv7.make(), post: UUIDv7.make(), unit: unit, account: UUIDv7.make(), login: "\(role)@\(code)",
                role: role,
                secret: .make())
        }
        let tenant = TestTenant(
            id: id, code: code, root: root, office: office, clerk: person("clerk", in: office),
            leader: person("leader", in: root),
            head: person("head", in: office), specialist: person("specialist", in: office),
            administrator: person("administrator", in: office))
        try await self.superuser.transaction("SELECT platform.begin_system(\(id))") { transaction in
            transaction.queue(
                """
                INSERT INTO platform.tenant (id, code, name, abbreviation, kind)
                VALUES (\(id), \(code), \("Bưu điện thử " + code), \(code), 'province')
                """)
            transaction.queue(
                "INSERT INTO organisation.unit (id, code, name, kind) VALUES (\(root), 'GOC', 'Bưu điện thử', 'organisation')"
            )
            transaction.queue(
                """
                INSERT INTO organisation.unit (id, parent_id, code, name, kind, symbol)
                VALUES (\(office), \(root), 'VP', 'Văn phòng', 'office', 'VP')
                """)
            for person in [tenant.clerk, tenant.leader, tenant.head, tenant.specialist, tenant.administrator] {
                Self.insert(person, passwordHash: hash, in: transaction)
            }
        }
        return tenant
    }

    private static func insert(_ person: TestPerson, passwordHash: String?, in transaction: borrowing Transaction) {
        let login = person.login.prefix { $0 != "@" }
        transaction.queue(
            "INSERT INTO organisation.person (id, full_name) VALUES (\(person.id), \("Nguyễn Văn " + person.role))")
        transaction.queue(
            """
            INSERT INTO organisation.post (id, person_id, unit_id, role, title)
            VALUES (\(person.post), \(person.id), \(person.unit), \(person.role), \(person.role))
            """)
        transaction.queue(
            """
            INSERT INTO platform.account (id, login, password_hash, person_id)
            VALUES (\(person.account), \(String(login)), \(passwordHash), \(person.id))
            """)
        transaction.queue(
            """
            INSERT INTO platform.session (secret_hash, account_id, post_id, expires_at, address)
            VALUES (\(person.secret.hash), \(person.account), \(person.post), now() + interval '1 hour', '192.0.2.1')
            """)
    }
}
