import API
import Documents
import Foundation
import HTTPTypes
import Hummingbird
import Office
import Platform
import Postgres

/// Drafts: what lies on the desk, what went on from there, and the form to write and change one.
enum DraftScreens {
    static let all: [Page] = [
        Page(.get, "/drafts", "drafts", for: .workers) { visit in
            try await visit.show(
                "drafts/list", title: "drafts.title",
                [
                    ("waiting", DraftLists.waiting, .page(limit: 100)),
                    (
                        "sent", DraftLists.sent(before: visit.query["after"].flatMap { UUID(text: $0) }, limit: 20),
                        .page(limit: 20)
                    ),
                ], also: ["is_first_page": .boolean(visit.query["after"] == nil), "pager_query": ""])
        },
        Page(.get, "/drafts/new", "newDraft", for: .workers) { visit in
            try await Self.form(visit, replyTo: try visit.query.optionalID("reply_to"))
        },
        Page(.post, "/drafts/new", "createDraft", for: .workers) { visit in
            try await visit.submit(
                { form in
                    let create = CreateDraft(draft: try DraftForm.draft(form))
                    let relation = try form.optionalID("reply_to").map {
                        try Relation(document: create.id, related: $0, kind: RelationKind.reply.rawValue)
                    }
                    try await visit.transaction { transaction in
                        create(in: transaction)
                        if let relation { RelateDocuments(relation)(in: transaction) }
                    }
                    return visit.goOn(to: "/documents/\(create.id.text)?tab=files", notice: "draft_saved")
                },
                orShow: { answer in
                    try await Self.form(
                        visit, replyTo: answer.fields["reply_to"].flatMap { UUID(text: $0) }, answer: answer)
                })
        },
        Page(.get, "/documents/{id}/edit", "editDraft", for: .workers) { visit in
            try await Self.form(visit, editing: try visit.id())
        },
        Page(.post, "/documents/{id}/edit", "changeDraft", for: .workers) { visit in
            let id = try visit.id()
            return try await visit.submit(
                { form in
                    let change = ChangeDraft(id: id, draft: try DraftForm.draft(form), version: try form.version())
                    _ = try await visit.transaction { try change(in: $0) }
                    return visit.goOn(to: "/documents/\(id.text)?tab=info", notice: "draft_saved")
                }, orShow: { try await Self.form(visit, editing: id, answer: $0) })
        },
    ]

    /// The form of a draft: new, or with what was written, or as it was typed and refused.
    private static func form(
        _ visit: Visit, editing id: UUID? = nil, replyTo: UUID? = nil, answer: FormAnswer? = nil
    ) async throws -> Response {
        let read = try await visit.transaction { transaction in
            (
                fields: try id.map { try transaction.json(DraftLists.fields(of: $0)) },
                replied: try replyTo.map { try transaction.json(DraftLists.answered($0)) }
            )
        }
        var fields = answer?.fields
        var (isSentOn, isSomebodyElses) = (false, false)
        var version: JSONValue = .null
        if let found = read.fields {
            guard case .object(let object) = try Visit.value(of: found) else { throw Problem.notFound }
            isSentOn = object.text("state") != "draft"
            isSomebodyElses = !isSentOn && !object.isTrue("is_mine")
            // Who has been told that the draft has changed saves over it the next time, knowingly.
            let isToldOfChange = answer?.problem?.status == 412
            let shown = isToldOfChange ? nil : answer?.fields["version"].map(JSONValue.string)
            version = shown ?? object["version"] ?? .null
            fields = try fields ?? DraftForm.fields(of: object)
        }
        var replied: JSONValue?
        if let found = read.replied {
            let value = try Visit.value(of: found)
            guard case .object(let object) = value else { throw Problem.notFound }
            replied = value
            fields = try fields ?? DraftForm.fields(answering: object)
        }
        let chosen = (unit: fields?["unit_id"], signer: fields?["signer_post_id"], type: fields?["type"])
        let (unit, signer) = (chosen.unit.flatMap { UUID(text: $0) }, chosen.signer.flatMap { UUID(text: $0) })
        let lists = try await visit.transaction { transaction in
            (
                types: try transaction.json(DocumentQueries.types, as: .array),
                signers: try transaction.json(DraftLists.signers(chosen: signer), as: .array),
                units: try transaction.json(DraftLists.units(chosen: unit), as: .array),
                me: try visit.frame(in: transaction)
            )
        }
        var members: [String: JSONValue] = [
            "me": try Visit.value(of: lists.me),
            "types": DraftForm.marked(try Visit.value(of: lists.types), "code", chosen: chosen.type),
            "signers": DraftForm.marked(try Visit.value(of: lists.signers), "id", chosen: chosen.signer),
            "units": DraftForm.marked(try Visit.value(of: lists.units), "id", chosen: chosen.unit),
            "is_new": .boolean(id == nil), "is_sent_on": .boolean(isSentOn),
            "is_somebody_elses": .boolean(isSomebodyElses), "is_locked": .boolean(isSentOn || isSomebodyElses),
            "action": .string(id.map { "/documents/\($0.text)/edit" } ?? "/drafts/new"), "version": version,
        ]
        if let id { members["document_id"] = .string(id.text) }
        if let replied { members["replied"] = replied }
        var screen = Screen("drafts/form", title: id == nil ? "draft.new" : "draft.edit", members)
        if let problem = answer?.problem { screen.status = .init(code: problem.status) }
        return try visit.render(screen, answer: answer ?? fields.map { FormAnswer(fields: $0, problem: nil) })
    }
}

/// The fields of a draft between the form and the use case.
enum DraftForm {
    /// - Throws: 422 with every field that is missing or malformed at once; what else is wrong, `DocumentsError` tells.
    static func draft(_ form: Fields) throws -> Draft {
        try form.require(["direction", "type", "subject"], dates: ["due_on"])
        return try Draft(
            direction: form.text("direction"), type: form.text("type"), subject: form.text("subject"),
            urgency: form["urgency"], security: form["security"], unit: form.optionalID("unit_id"),
            signer: form.optionalID("signer_post_id"), dueOn: form.date("due_on"), toPlaces: form["to_places"],
            note: form["note"])
    }

    /// What was written, as somebody would have typed it.
    static func fields(of draft: JSONObject) throws -> Fields {
        let names = [
            "direction", "type", "subject", "urgency", "security", "unit_id", "signer_post_id", "to_places", "note",
        ]
        return try self.fields(names.map { ($0, draft.text($0)) } + [("due_on", self.date(draft.text("due_on")))])
    }

    /// What an answer begins with: it goes to who asked, as urgently and until when they asked.
    static func fields(answering document: JSONObject) throws -> Fields {
        try self.fields([
            ("direction", "outgoing"), ("urgency", document.text("urgency")),
            ("to_places", document.text("organ_name")), ("due_on", self.date(document.text("due_on"))),
        ])
    }

    private static func date(_ text: String) -> String { text.isEmpty ? "" : Moment.date(text) }

    private static func fields(_ pairs: [(String, String)]) throws -> Fields {
        try Fields(pairs.map { "\($0)=\($1.urlEncoded)" }.joined(separator: "&")[...])
    }

    /// A list of choices with `is_chosen` at the one that was chosen.
    static func marked(_ list: JSONValue, _ key: String, chosen: String?) -> JSONValue {
        guard case .array(let choices) = list else { return list }
        return .array(
            choices.map { choice in
                guard case .object(var object) = choice else { return choice }
                object["is_chosen"] = .boolean(object.text(key) == chosen)
                return .object(object)
            })
    }
}
