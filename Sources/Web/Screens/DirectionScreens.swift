import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Office
import Organisation
import Platform
import Postgres
import Workflow

/// A leader's direction (bút phê): who leads, who supports, who is informed, until when and with which words, in one form.
enum DirectionScreens {
    static let all: [Page] = [
        Page(.get, "/documents/{id}/direct", "directForm", for: .workers) { visit in
            try await Self.form(visit, FormAnswer(fields: visit.query, problem: nil), isFirst: true)
        },
        Page(.post, "/documents/{id}/direct", "direct", for: .workers, handler: Self.direct),
        Page(.get, "/holders", "holders", handler: Self.holders),
    ]

    /// Whom work can be given to, for a field that completes what is typed: `[{id, kind, name, note}]`.
    private static func holders(_ visit: Visit) async throws -> Response {
        let text = String((visit.query["q"] ?? "").prefix(100))
        let result = try await visit.transaction { transaction in
            try transaction.json(OrganisationQueries.holders(matching: text, limit: 12), as: .array)
        }
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: result.bytes)))
    }

    private static func direct(_ visit: Visit) async throws -> Response {
        try await visit.submit { form in
            if form["find"] != nil {
                return try await Self.form(visit, FormAnswer(fields: form, problem: nil), isFirst: false)
            }
            let id = try visit.id()
            var issues: [Problem.Issue] = []
            let text = form["text"] ?? ""
            if text.isEmpty { issues.append(.init(field: "text", code: "required")) }
            if text.count > 4000 { issues.append(.init(field: "text", code: "too_long")) }
            if form["lead"] == nil { issues.append(.init(field: "lead", code: "required")) }
            var due: Instant?
            if let typed = form["due_at"] {
                if let day = Fields.date(typed) {
                    // The whole of the day that is named.
                    let end = Instant(day, secondsOfDay: 86_399)
                    if end < .now { issues.append(.init(field: "due_at", code: "due_in_past")) }
                    due = end
                } else {
                    issues.append(.init(field: "due_at", code: "invalid_date"))
                }
            }
            guard issues.isEmpty else { throw Problem(422, "invalid_input", issues: issues) }
            let order = try DirectionOrder(
                text: text, dueAt: due, lead: form.optionalID("lead"), support: form.ids("support"),
                inform: form.ids("inform"))
            let direct = DirectDocument(document: id, order: order, version: try form.version())
            _ = try await visit.transaction { try direct(in: $0) }
            return visit.done("direct", on: id)
        } orShow: { answer in
            try await Self.form(visit, answer, isFirst: false)
        }
    }

    /// - Parameter isFirst: whether the page is only opened: nothing was typed yet.
    private static func form(_ visit: Visit, _ answer: FormAnswer, isFirst: Bool) async throws -> Response {
        let fields = answer.fields
        let parts = Parts(fields)
        let wanted = fields["find"] == nil ? nil : fields["q"]
        var statements: [(name: String, sql: SQL, shape: JSONShape)] = [
            ("tree", OrganisationQueries.nearTree, .array),
            ("chosen", OrganisationQueries.holders(parts.all), .array),
        ]
        if let wanted { statements.append(("found", OrganisationQueries.holders(matching: wanted, limit: 20), .array)) }
        var ground = try await ActGround.read(visit, "direct", statements)
        let units = ground.content["tree"]?.elements ?? []
        let inTree = Set(units.filter { $0["head_name"].text != nil }.compactMap { $0["id"].text })
        // What was searched for stands above the tree, and only there.
        let found = ground.content["found"]?.elements ?? []
        let above = Set(found.compactMap { $0["id"].text })
        var known = inTree.subtracting(above)
        var added: [JSONValue] = []
        for holder in found + (ground.content["chosen"]?.elements ?? []) {
            guard let id = holder["id"].text, known.insert(id).inserted else { continue }
            added.append(parts.marked(holder.with("is_manned", true)))
        }
        ground.content["added"] = .array(added)
        ground.content["tree"] = .array(
            UnitNode.nested(units.map { $0.with("is_above", .boolean(above.contains($0["id"].text ?? ""))) }, parts))
        ground.content["found"] = nil
        ground.content["chosen"] = nil
        ground.content["searched"] = .boolean(wanted != nil)
        ground.content["found_nothing"] = .boolean(wanted != nil && found.isEmpty)
        // What a script makes rows of for those that it finds.
        ground.content["blank_row"] = parts.marked(["id": "", "name": "", "note": "", "is_manned": true])
        ground.content["phrases"] = .array((1...6).map { .string(visit.word("acts.phrase_\($0)")) })
        return try ground.show("acts/direct", isFirst ? nil : answer)
    }
}

/// Who was given which part, as the form sent it.
struct Parts: Sendable {
    private let lead: String?
    private let support: Set<String>
    private let inform: Set<String>

    init(_ fields: Fields) {
        self.lead = fields["lead"]
        self.support = Set(fields.all("support"))
        self.inform = Set(fields.all("inform"))
    }

    /// What is no id is left out: the form is refused for it elsewhere.
    var all: [UUID] {
        ([self.lead].compactMap { $0 } + self.support + self.inform).compactMap { UUID(text: $0) }
    }

    func marked(_ holder: JSONValue) -> JSONValue {
        let id = holder["id"].text ?? ""
        return (holder["is_above"] == .null ? holder.with("is_above", false) : holder)
            .with("is_lead", .boolean(self.lead == id))
            .with("is_support", .boolean(self.support.contains(id)))
            .with("is_inform", .boolean(self.inform.contains(id)))
    }
}

/// The tree of units, nested for the template.
enum UnitNode {
    /// - Parameter units: parents before their children, each with its `depth`.
    static func nested(_ units: [JSONValue], _ parts: Parts) -> [JSONValue] {
        var position = 0
        let roots = Self.level(0, units, &position, parts)
        // The organisation itself, when nobody heads it, is no choice: what is under it comes first.
        return roots.flatMap { root in
            root["is_manned"] == .boolean(false) && !root["children"].elements.isEmpty
                ? root["children"].elements : [root]
        }
    }

    private static func level(
        _ depth: Int64, _ units: [JSONValue], _ position: inout Int, _ parts: Parts
    ) -> [JSONValue] {
        var nodes: [JSONValue] = []
        while position < units.count, case .integer(let here) = units[position]["depth"], here >= depth {
            let unit = units[position]
            position += 1
            let children = Self.level(here + 1, units, &position, parts)
            let isChosen = children.contains { node in
                ["is_lead", "is_support", "is_inform", "is_open"].contains { node[$0] == .boolean(true) }
            }
            nodes.append(
                parts.marked(unit)
                    .with("note", unit["head_name"])
                    .with("kind", "unit")
                    .with("is_manned", .boolean(unit["head_name"].text != nil))
                    .with("children", .array(children))
                    .with("child_count", .integer(Int64(children.count)))
                    .with("is_open", .boolean(isChosen || here == 0)))
        }
        return nodes
    }
}
