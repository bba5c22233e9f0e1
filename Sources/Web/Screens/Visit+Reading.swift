import API
import Foundation
import HTTPTypes
import Hummingbird
import Office
import Postgres

extension Visit {
    /// As ``show(_:title:_:also:answer:)``, for screens that ask one thing after another, or whose rows are made ready for the template: all
    /// of it in the transaction that reads the frame.
    func screen(
        _ template: String, title: String, answer: FormAnswer? = nil,
        _ read: @Sendable (borrowing Transaction) throws -> [String: JSONValue]
    ) async throws -> Response {
        let (me, content) = try await self.transaction { transaction in
            (try self.frame(in: transaction), try read(transaction))
        }
        var screen = Screen(template, title: title, content)
        screen.content["me"] = try Self.value(of: me)
        if let problem = answer?.problem { screen.status = .init(code: problem.status) }
        return try self.render(screen, answer: answer)
    }

    /// The fields of the query but `after`, as the pager and the links beside it carry them on.
    var keptQuery: JSONValue {
        .string(
            self.query.pairs.filter { $0.name != "after" && !$0.value.isEmpty }
                .map { "\($0.name.urlEncoded)=\($0.value.urlEncoded)&" }.joined())
    }
}

extension Transaction {
    /// Rows as the screens prepare them for a template.
    borrowing func objects(_ sql: SQL) throws -> [JSONObject] {
        guard case .array(let rows) = try Visit.value(of: self.json(sql, as: .array)) else { return [] }
        return rows.compactMap { row in
            guard case .object(let object) = row else { return nil }
            return object
        }
    }

    /// Queues the refusal of everybody but the clerks (văn thư).
    borrowing func queueClerksOnly() {
        self.queue("SELECT platform.ensure(platform.current_role() = 'clerk', 'VT403', 'clerk_only')")
    }
}

extension JSONObject {
    /// The text of a member; nil when it is none.
    func string(_ name: String) -> String? {
        guard case .string(let text)? = self[name] else { return nil }
        return text
    }

    /// Whether a member is there and true.
    func isTrue(_ name: String) -> Bool { self[name] == .boolean(true) }
}

extension Fields {
    /// The names of `names` that were left empty, as one refusal, so that nobody hears of them one after the other.
    func require(_ names: [String], dates: [String] = []) throws(Problem) {
        var issues = names.filter { self[$0] == nil }.map { Problem.Issue(field: $0, code: "required") }
        for name in dates {
            if let text = self[name], Self.date(text) == nil {
                issues.append(Problem.Issue(field: name, code: "invalid_date"))
            }
        }
        guard issues.isEmpty else { throw Problem(422, "invalid_input", issues: issues) }
    }
}
