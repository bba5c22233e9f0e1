import API
import Foundation
import Hummingbird
import NIOCore
import Postgres

/// Fields of a form or of a query, as `application/x-www-form-urlencoded` has them: names may come more than once.
struct Fields: Sendable {
    private var values: [String: [String]] = [:]
    /// In the order in which they came.
    private(set) var pairs: [(name: String, value: String)] = []

    init() {}

    /// Every value is brought into NFC and rid of invisible characters.
    ///
    /// - Throws: 400 for bytes that are no UTF-8, for a control character, and for more than a thousand fields.
    init(_ text: Substring) throws(Problem) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Query.decoded(parts[0]), let typed = Query.decoded(parts.count > 1 ? parts[1] : ""),
                let value = Text.cleaned(typed, lines: true)
            else { throw Problem(400, "malformed_request") }
            self.values[name, default: []].append(value)
            self.pairs.append((name, value))
            guard self.pairs.count <= 2000 else { throw Problem(400, "malformed_request") }
        }
    }

    var isEmpty: Bool { self.pairs.isEmpty }

    /// What was typed; `nil` when nothing was.
    subscript(_ name: String) -> String? {
        guard let text = self.values[name]?.first, !text.isEmpty else { return nil }
        return text
    }

    /// All values of that name that are not empty.
    func all(_ name: String) -> [String] { (self.values[name] ?? []).filter { !$0.isEmpty } }

    func ids(_ name: String) throws(Problem) -> [UUID] {
        var ids: [UUID] = []
        for text in self.all(name) {
            guard let id = UUID(text: text) else {
                throw Problem(422, "invalid_input", issues: [.init(field: name, code: "unknown_value")])
            }
            ids.append(id)
        }
        return ids
    }

    /// - Throws: 422 `required` at the field when nothing was typed.
    func text(_ name: String) throws(Problem) -> String {
        guard let text = self[name] else {
            throw Problem(422, "invalid_input", issues: [.init(field: name, code: "required")])
        }
        return text
    }

    func optionalID(_ name: String) throws(Problem) -> UUID? {
        guard let text = self[name] else { return nil }
        guard let id = UUID(text: text) else {
            throw Problem(422, "invalid_input", issues: [.init(field: name, code: "unknown_value")])
        }
        return id
    }

    func id(_ name: String) throws(Problem) -> UUID {
        guard let id = try self.optionalID(name) else {
            throw Problem(422, "invalid_input", issues: [.init(field: name, code: "required")])
        }
        return id
    }

    func integer(_ name: String) throws(Problem) -> Int64? {
        guard let text = self[name] else { return nil }
        guard let number = Int64(text) else {
            throw Problem(422, "invalid_input", issues: [.init(field: name, code: "wrong_type")])
        }
        return number
    }

    /// A day as people type it (23/11/2026, 23.11.2026, 1/2/2026) or as a date field sends it (2026-11-23).
    func date(_ name: String) throws(Problem) -> CalendarDate? {
        guard let text = self[name] else { return nil }
        guard let date = Self.date(text) else {
            throw Problem(422, "invalid_input", issues: [.init(field: name, code: "invalid_date")])
        }
        return date
    }

    static func date(_ text: String) -> CalendarDate? {
        if let date = CalendarDate(text) { return date }
        let parts = text.split(whereSeparator: { "/.-".contains($0) })
        guard parts.count == 3, parts[2].count == 4, let day = Int(parts[0]), let month = Int(parts[1]),
            let year = Int(parts[2]), (1...31).contains(day), (1...12).contains(month)
        else { return nil }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return CalendarDate("\(parts[2].count == 4 ? "\(year)" : "")-\(two(month))-\(two(day))")
    }

    /// The version of what was shown, from the hidden field `version`.
    ///
    /// - Throws: 428 when the page did not send it.
    func version() throws(Problem) -> Int64 {
        guard let text = self["version"], let version = Int64(text) else { throw Problem(428, "precondition_required") }
        return version
    }
}

extension Fields {
    /// Bytes of a form; texts of 4,000 characters fit several times.
    static let limit = 256 << 10

    /// Takes a form in.
    ///
    /// - Throws: 413 when it is too long, 415 when it is no form, 400 when it is malformed.
    static func form(of request: Request) async throws -> Fields {
        let type = request.headers[.contentType]?.prefix(while: { $0 != ";" }).lowercased()
        guard type == "application/x-www-form-urlencoded" else { throw Problem(415, "unsupported_media_type") }
        var whole = ByteBuffer()
        for try await var chunk in request.body {
            whole.writeBuffer(&chunk)
            guard whole.readableBytes <= Self.limit else { throw Problem.payloadTooLarge() }
        }
        guard let text = String(validating: whole.readableBytesView, as: UTF8.self) else {
            throw Problem(400, "malformed_request")
        }
        return try Fields(text[...])
    }
}
