import API
import Documents
import Foundation
import Hummingbird
import Office
import Platform
import Postgres

/// Giving a number and issuing (phát hành): first whom, then what will happen, then the act.
enum IssuingScreens {
    static let all: [Page] = [
        Page(.get, "/documents/{id}/number", "numberForm", for: .workers) { visit in
            try await Self.numberForm(visit, nil)
        },
        Page(.post, "/documents/{id}/number", "number", for: .workers, handler: Self.number),
        Page(.get, "/documents/{id}/issue", "issueForm", for: .workers) { visit in
            try await Self.issueForm(visit, FormAnswer(fields: visit.query, problem: nil), isFirst: true)
        },
        Page(.post, "/documents/{id}/issue", "issue", for: .workers, handler: Self.issue),
    ]

    private static func numberForm(_ visit: Visit, _ answer: FormAnswer?) async throws -> Response {
        var ground = try await ActGround.read(
            visit, "number", [("registers", GiveNumber.proposals(for: visit.id()), .array)])
        Self.choose(answer?.fields["register_id"], in: &ground)
        return try ground.show("acts/number", answer)
    }

    /// Marks the register that was chosen, or the likeliest.
    private static func choose(_ register: String?, in ground: inout ActGround) {
        let registers = ground.content["registers"]?.elements ?? []
        let chosen = register ?? registers.first?["id"].text
        ground.content["registers"] = .array(
            registers.map { $0.with("is_chosen", .boolean($0["id"].text == chosen)) })
    }

    private static func number(_ visit: Visit) async throws -> Response {
        try await visit.submit { form in
            let id = try visit.id()
            let number = NumberDocument(
                document: id, register: try form.id("register_id"), version: try form.version())
            _ = try await visit.transaction { _ = try number(in: $0) }
            return visit.done("number", on: id)
        } orShow: { answer in
            try await Self.numberForm(visit, answer)
        }
    }

    private static func issue(_ visit: Visit) async throws -> Response {
        try await visit.submit { form in
            let answer = FormAnswer(fields: form, problem: nil)
            switch form["step"] {
            case "choose": return try await Self.issueForm(visit, answer, isFirst: false)
            case "issue": break
            default: return try await Self.preview(visit, answer)
            }
            let id = try visit.id()
            let issue = try IssueDocument(
                document: id, recipients: form.all("recipients"), units: form.ids("units"),
                register: form.optionalID("register_id"), version: form.version())
            _ = try await visit.transaction { _ = try issue(in: $0) }
            return visit.done("issue", on: id, tab: "receivers")
        } orShow: { answer in
            try await Self.issueForm(visit, answer, isFirst: false)
        }
    }

    private static func ground(_ visit: Visit) async throws -> ActGround {
        var ground = try await ActGround.read(
            visit, "issue",
            [
                ("groups", RecipientGroups.all, .object), ("registers", GiveNumber.proposals(for: visit.id()), .array),
            ])
        ground.content["is_internal"] = .boolean(ground.content["document"]?["direction"].text == "internal")
        return ground
    }

    private static func issueForm(_ visit: Visit, _ answer: FormAnswer, isFirst: Bool) async throws -> Response {
        var ground = try await Self.ground(visit)
        let chosen = Recipients(answer.fields, groups: ground.content["groups"] ?? .null)
        ground.content["kinds"] = .array(chosen.organisationKinds(visit))
        ground.content["unit_kinds"] = .array(chosen.unitKinds(visit))
        ground.content["groups"] = nil
        Self.choose(answer.fields["register_id"], in: &ground)
        return try ground.show("acts/issue", isFirst ? nil : answer)
    }

    /// What issuing will do, for the choice that was made. Nothing has happened yet.
    private static func preview(_ visit: Visit, _ answer: FormAnswer) async throws -> Response {
        var ground = try await Self.ground(visit)
        let chosen = Recipients(answer.fields, groups: ground.content["groups"] ?? .null)
        let isInternal = ground.content["is_internal"] == .boolean(true)
        if !isInternal, chosen.organisations.isEmpty, chosen.units.isEmpty {
            throw Problem(422, "invalid_input", issues: [.init(field: "recipients", code: "required")])
        }
        Self.choose(answer.fields["register_id"], in: &ground)
        let register = (ground.content["registers"]?.elements ?? []).first { $0["is_chosen"] == .boolean(true) }
        if isInternal {
            guard let register, answer.fields["register_id"] != nil else {
                throw Problem(422, "invalid_input", issues: [.init(field: "register_id", code: "required")])
            }
            ground.content["register"] = register
        }
        ground.content["organisations"] = .array(chosen.organisations)
        ground.content["units"] = .array(chosen.units)
        ground.content["dropped"] = .array(chosen.dropped)
        ground.content["organisation_count"] = .integer(Int64(chosen.organisations.count))
        ground.content["unit_count"] = .integer(Int64(chosen.units.count))
        ground.content["receiver_count"] = .integer(Int64(chosen.organisations.count + chosen.units.count))
        ground.content["attachments"] = .array(
            (ground.content["document"]?["files"].elements ?? []).filter { $0["role"].text == "attachment" })
        ground.content["groups"] = nil
        return try ground.show("acts/preview", nil)
    }
}

/// Whom a form chose: single ones, and whole kinds of organisation or unit.
struct Recipients: Sendable {
    private let all: (organisations: [JSONValue], units: [JSONValue])
    private let codes: Set<String>
    private let ids: Set<String>
    private let groups: Set<String>
    private let unitGroups: Set<String>

    /// - Parameter groups: as `RecipientGroups.all` has them.
    init(_ fields: Fields, groups: JSONValue) {
        self.all = (groups["organisations"].elements, groups["units"].elements)
        self.codes = Set(fields.all("recipients"))
        self.ids = Set(fields.all("units"))
        self.groups = Set(fields.all("group"))
        self.unitGroups = Set(fields.all("unit_group"))
    }

    private func isChosen(organisation: JSONValue) -> Bool {
        self.codes.contains(organisation["code"].text ?? "") || self.groups.contains(organisation["kind"].text ?? "")
    }

    private func isChosen(unit: JSONValue) -> Bool {
        self.ids.contains(unit["id"].text ?? "") || self.unitGroups.contains(unit["kind"].text ?? "")
    }

    private static func hasHead(_ unit: JSONValue) -> Bool { unit["has_head"] == .boolean(true) }

    /// The organisations that will get the document.
    var organisations: [JSONValue] { self.all.organisations.filter { self.isChosen(organisation: $0) } }
    /// The own units whose heads will get it to know.
    var units: [JSONValue] { self.all.units.filter { self.isChosen(unit: $0) && Self.hasHead($0) } }
    /// Chosen units that nobody heads.
    var dropped: [JSONValue] { self.all.units.filter { self.isChosen(unit: $0) && !Self.hasHead($0) } }

    func organisationKinds(_ visit: Visit) -> [JSONValue] {
        Self.kinds(self.all.organisations.map { $0.with("is_chosen", .boolean(self.isChosen(organisation: $0))) })
            .map { kind, members in
                Self.group(kind, visit.word("acts.kind_\(kind)"), members, isWhole: self.groups.contains(kind))
            }
    }

    /// The organisation itself is no receiver: its clerk is the one who sends.
    func unitKinds(_ visit: Visit) -> [JSONValue] {
        Self.kinds(
            self.all.units.filter { $0["kind"].text != "organisation" }
                .map { $0.with("is_chosen", .boolean(self.isChosen(unit: $0))) }
        )
        .map { kind, members in
            Self.group(kind, visit.word("kind.\(kind)"), members, isWhole: self.unitGroups.contains(kind))
        }
    }

    private static func group(_ kind: String, _ name: String, _ members: [JSONValue], isWhole: Bool) -> JSONValue {
        let chosen = members.count { $0["is_chosen"] == .boolean(true) }
        return [
            "kind": .string(kind), "name": .string(name), "members": .array(members),
            "count": .integer(Int64(members.count)), "is_whole": .boolean(isWhole), "is_open": .boolean(chosen > 0),
        ]
    }

    /// In the order in which they come.
    private static func kinds(_ members: [JSONValue]) -> [(String, [JSONValue])] {
        var order: [String] = []
        var byKind: [String: [JSONValue]] = [:]
        for member in members {
            let kind = member["kind"].text ?? "other"
            if byKind[kind] == nil { order.append(kind) }
            byKind[kind, default: []].append(member)
        }
        return order.map { ($0, byKind[$0] ?? []) }
    }
}
