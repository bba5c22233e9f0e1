import Foundation
import Platform
import Postgres
import TestSupport

/// A value of an answer, for comparing with literals.
enum JSON: Decodable, Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    /// A member of an object; null for everything else.
    subscript(_ name: String) -> JSON {
        guard case .object(let members) = self else { return .null }
        return members[name] ?? .null
    }

    /// The elements of a list; none for everything else.
    var items: [JSON] {
        guard case .list(let elements) = self else { return [] }
        return elements
    }

    var string: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(Double(value)) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension Travel {
    /// Every row of a query as this person sees them.
    func rows(_ sql: SQL, as person: TestPerson) async throws -> [JSON] {
        let result = try await self.database.app.json(as: person.caller, sql, as: .array)
        return try JSONDecoder().decode([JSON].self, from: Data(result.bytes))
    }

    /// A page of a list as this person sees it: `items` and the cursor `next`.
    func page(_ sql: SQL, limit: Int, as person: TestPerson) async throws -> JSON {
        let result = try await self.database.app.json(as: person.caller, sql, as: .page(limit: limit))
        return try JSONDecoder().decode(JSON.self, from: Data(result.bytes))
    }

    /// Arranges what no act of these tests brings about, past the wall, in the tenant.
    func arrange(_ sql: SQL) async throws {
        try await self.database.superuser.transaction("SELECT platform.begin_system(\(self.tenant.id))") {
            transaction in
            transaction.queue(sql)
        }
    }

    /// How an act is refused, as `code field`; nil when it is not.
    func refusal(_ person: TestPerson, _ act: @Sendable (borrowing Transaction) throws -> Void) async -> String? {
        do {
            try await self.act(as: person, act)
            return nil
        } catch let error as DatabaseError where error.isRefusal {
            return [error.condition, error.field].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
        } catch let error as any RefusalConvertible {
            return [error.refusal.code, error.refusal.field].compactMap { $0 }.joined(separator: " ")
        } catch {
            return "\(error)"
        }
    }
}
