import API
import Hummingbird

/// What a form is shown with after it was refused: everything that was typed, and what is wrong, on top and at each field.
struct FormAnswer: Sendable {
    let fields: Fields
    let problem: Problem?

    /// What was typed, by name. A field that was ticked or chosen is also there as `name_value`, for `checked` and `selected`.
    var form: JSONValue {
        Self.first(
            self.fields.pairs.filter { $0.name != "pin" && $0.name != "csrf" && !$0.name.hasPrefix("password") })
    }

    /// The first value of each name, and `name_value` for every one.
    static func first(_ pairs: [(name: String, value: String)]) -> JSONValue {
        var seen: Set<String> = []
        var members: [JSONObject.Member] = []
        for (name, value) in pairs {
            if seen.insert(name).inserted { members.append(.init(name: name, value: .string(value))) }
            members.append(.init(name: "\(name)_\(value)", value: true))
        }
        return .object(JSONObject(members))
    }

    /// The message at each field, by name; dots and brackets of a path are underscores.
    func messages(_ tongue: Tongue) -> JSONValue {
        var messages = JSONObject()
        for issue in self.problem?.issues ?? [] {
            messages[Self.name(of: issue)] = .string(self.message(issue, tongue))
        }
        return .object(messages)
    }

    /// The messages in order, each with the field it leads to.
    func summary(_ tongue: Tongue) -> JSONValue {
        .array(
            (self.problem?.issues ?? []).map {
                ["field": .string(Self.name(of: $0)), "message": .string(self.message($0, tongue))]
            })
    }

    /// What was refused, in a sentence that says what to do.
    func refusal(_ tongue: Tongue) -> JSONValue? {
        guard let problem else { return nil }
        let words = Catalogue.words(for: problem.code, status: problem.status, in: tongue.language)
        var refusal: JSONObject = [
            "title": .string(words.title), "detail": .string(words.detail), "code": .string(problem.code),
        ]
        for member in problem.members { refusal[member.name] = member.value }
        if let seconds = problem.retryAfter { refusal["minutes"] = .integer(Int64((seconds + 59) / 60)) }
        return .object(refusal)
    }

    private func message(_ issue: Problem.Issue, _ tongue: Tongue) -> String {
        let title = Catalogue.words(for: issue.code, status: self.problem?.status ?? 422, in: tongue.language).title
        guard let label = tongue.words.known("field.\(Self.name(of: issue))", in: tongue.language) else { return title }
        return "\(label): \(title)"
    }

    private static func name(of issue: Problem.Issue) -> String {
        String(issue.field.prefix { $0 != "[" }).replacing(".", with: "_")
    }
}

extension Visit {
    /// Acts, and when the act is refused shows the form again with everything that was typed.
    ///
    /// Refusals that are about the visitor and not about the form (not signed in, not allowed, not there) go to the door.
    func submit(
        _ act: (Fields) async throws -> Response,
        orShow show: (FormAnswer) async throws -> Response
    ) async throws -> Response {
        do {
            return try await act(self.form)
        } catch {
            let problem = Problem(error)
            switch problem.status {
            case 401, 404, 413, 415, 500...: throw error
            case 403 where problem.code == "csrf_token_invalid" || problem.code == "status_403": throw error
            default: return try await show(FormAnswer(fields: self.form, problem: problem))
            }
        }
    }
}
