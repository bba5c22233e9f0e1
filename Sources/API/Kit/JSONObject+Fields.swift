import Foundation
import Postgres

/// Fields of a body that its schema has let through. A field that is not there although the schema demands it is a mistake of
/// the route's, not of the caller's, and answers 500.
extension JSONObject {
    func text(_ name: String) throws(Problem) -> String { try self.present(self.optionalText(name)) }

    func optionalText(_ name: String) -> String? {
        guard case .string(let text)? = self[name] else { return nil }
        return text
    }

    func id(_ name: String) throws(Problem) -> UUID { try self.present(self.optionalID(name)) }

    func optionalID(_ name: String) -> UUID? { self.optionalText(name).flatMap { UUID(text: $0) } }

    func date(_ name: String) throws(Problem) -> CalendarDate { try self.present(self.optionalDate(name)) }

    func optionalDate(_ name: String) -> CalendarDate? { self.optionalText(name).flatMap { CalendarDate($0) } }

    func optionalInstant(_ name: String) -> Instant? { self.optionalText(name).flatMap { Instant($0) } }

    func integer(_ name: String) throws(Problem) -> Int64 { try self.present(self.optionalInteger(name)) }

    func optionalInteger(_ name: String) -> Int64? {
        guard case .integer(let number)? = self[name] else { return nil }
        return number
    }

    func number(_ name: String) throws(Problem) -> Double {
        switch self[name] {
        case .integer(let number)?: Double(number)
        case .number(let number)?: number
        default: throw .internalError
        }
    }

    /// False when it is left out.
    func flag(_ name: String) -> Bool { self[name] == .boolean(true) }

    /// Empty when it is left out.
    func list(_ name: String) -> [JSONValue] {
        guard case .array(let elements)? = self[name] else { return [] }
        return elements
    }

    /// The texts of a list; empty when it is left out.
    func texts(_ name: String) -> [String] {
        self.list(name).compactMap { element in
            guard case .string(let text) = element else { return nil }
            return text
        }
    }

    func object(_ name: String) -> JSONObject? {
        guard case .object(let object)? = self[name] else { return nil }
        return object
    }

    private func present<Value>(_ value: Value?) throws(Problem) -> Value {
        guard let value else { throw .internalError }
        return value
    }
}
