import Foundation
import Postgres

/// A parameter of a route's query. The schema both checks it and documents it.
public struct QueryParameter: Sendable {
    let name: String
    let schema: Schema
    let isRequired: Bool

    /// A parameter that may be left out.
    public static func optional(_ name: String, _ schema: Schema) -> QueryParameter {
        QueryParameter(name: name, schema: schema, isRequired: false)
    }
    /// A parameter without which the request is refused (422).
    public static func required(_ name: String, _ schema: Schema) -> QueryParameter {
        QueryParameter(name: name, schema: schema, isRequired: true)
    }

    /// Where a page begins: the `next` of the page before.
    public static let after = QueryParameter.optional("after", .text(1...500, "Cursor: `next` of the page before."))
    /// How many items a page holds.
    public static let limit = QueryParameter.optional("limit", .integer(1...200, "Items in a page; 20 by default."))
}

/// The query of a request, read and checked against what its route takes.
package struct Query: Sendable {
    private var values: JSONObject = [:]

    /// - Throws: 400 `malformed_request` for bytes that are no UTF-8; 422 `invalid_parameter` or `unknown_parameter`, each
    ///   parameter named.
    init(_ query: String?, parameters: [QueryParameter]) throws(Problem) {
        var issues: [Problem.Issue] = []
        if let query, !query.isEmpty {
            for pair in query.split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count > 1 ? parts[1] : "")
                else { throw Problem(400, "malformed_request") }
                guard let parameter = parameters.first(where: { $0.name == name }) else {
                    issues.append(.init(field: String(name.prefix(100)), code: "unknown_parameter"))
                    continue
                }
                guard self.values[name] == nil else {
                    issues.append(.init(field: name, code: "too_many"))
                    continue
                }
                let typed = Self.typed(value, as: parameter.schema)
                self.values[name] = parameter.schema.check(typed, at: name, issues: &issues)
            }
        }
        for parameter in parameters where parameter.isRequired && self.values[parameter.name] == nil {
            issues.append(.init(field: parameter.name, code: "required"))
        }
        if !issues.isEmpty { throw Problem(422, "invalid_parameter", issues: issues) }
    }

    init() {}

    func text(_ name: String) -> String? {
        guard case .string(let text)? = self.values[name] else { return nil }
        return text
    }
    func id(_ name: String) -> UUID? { self.text(name).flatMap { UUID(text: $0) } }
    func date(_ name: String) -> CalendarDate? { self.text(name).flatMap { CalendarDate($0) } }
    func integer(_ name: String) -> Int64? {
        guard case .integer(let number)? = self.values[name] else { return nil }
        return number
    }
    func flag(_ name: String) -> Bool? {
        guard case .boolean(let flag)? = self.values[name] else { return nil }
        return flag
    }
    /// The page size that was asked for, or 20.
    var limit: Int { Int(self.integer("limit") ?? 20) }

    /// A query is text; the schema says what it means.
    private static func typed(_ text: String, as schema: Schema) -> JSONValue {
        switch schema.kind {
        case .integer: Int64(text).map { .integer($0) } ?? .string(text)
        case .boolean: text == "true" ? true : text == "false" ? false : .string(text)
        default: .string(text)
        }
    }

    /// Percent-decoding as forms do it (`+` is a space); `nil` when malformed or no UTF-8.
    package static func decoded(_ text: Substring) -> String? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(Self.hexDigit),
                    let low = iterator.next().flatMap(Self.hexDigit)
                else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Query {
    /// The cursor of a list whose cursor is an id.
    ///
    /// - Throws: 422 `invalid_cursor` for one that this list never gave out.
    func cursorID() throws(Problem) -> UUID? {
        guard let text = self.text("after") else { return nil }
        guard let id = UUID(text: text) else { throw Problem(422, "invalid_cursor", field: "after") }
        return id
    }
}
