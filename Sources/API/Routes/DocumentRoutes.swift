import Documents
import Exchange
import Foundation
import HTTPTypes
import Hummingbird
import Office
import Platform
import Postgres

/// Documents: lists, the document itself, drafting, registering paper, search.
enum DocumentRoutes {
    private static let group = "Documents"
    private static let reading = Route.Access.signedIn(.documentsRead)
    private static let writing = Route.Access.signedIn(.documentsWrite)

    static let all: [Route] = [
        Route(
            .get, "/api/v1/documents", "listDocuments", "Documents the caller may read, newest first.", group: group,
            access: reading,
            query: [
                .optional("direction", DocumentSchemas.direction), .optional("state", DocumentSchemas.state),
                .optional("register_id", .id), .after, .limit,
            ],
            answers: [.page(DocumentSchemas.summary, named: "DocumentPage")]
        ) { call in
            let query = call.query
            return try await call.page(
                DocumentQueries.readable(
                    direction: query.text("direction").flatMap(Direction.init), state: query.text("state"),
                    register: query.id("register_id"), before: query.cursorID(), limit: query.limit))
        },
        Route(
            .get, "/api/v1/documents/{id}", "getDocument",
            "Everything about a document, and in `actions` what the caller may do now.", group: group, access: reading,
            answers: [.ok(DocumentSchemas.document)], traits: .tagged
        ) { call in try await call.object(DocumentPage.of(call.id())) },
        Route(
            .get, "/api/v1/search", "search", "Documents by any word of theirs, as written first.", group: group,
            access: reading, query: [.required("q", .text(1...200)), .after, .limit],
            answers: [.page(DocumentSchemas.found, named: "SearchPage")]
        ) { call in
            var cursor: SearchCursor?
            if let text = call.query.text("after") {
                cursor = SearchCursor(text)
                guard cursor != nil else { throw Problem(422, "invalid_cursor", field: "after") }
            }
            let text = call.query.text("q") ?? ""
            return try await call.page(DocumentQueries.search(text, after: cursor, limit: call.query.limit))
        },
        Route(
            .post, "/api/v1/documents", "createDraft", "Writes a draft.", group: group, access: writing,
            body: .json(DocumentSchemas.newDraft), answers: [.created(DocumentSchemas.outcome)], traits: .idempotent
        ) { call in
            let create = CreateDraft(draft: try Self.draft(call.body))
            return try await call.act(.created, location: "/api/v1/documents/\(create.id.text)") { transaction in
                create(in: transaction)
                return Outcome(
                    ["id": .string(create.id.text), "state": "draft", "version": 1], version: 1)
            }
        },
        Route(
            .patch, "/api/v1/documents/{id}", "changeDraft", "Changes a draft; what is left out stays.", group: group,
            access: writing, body: .json(DocumentSchemas.changedDraft), answers: [.ok(DocumentSchemas.outcome)],
            traits: .ifMatch, handler: Self.changeDraft),
        Route(
            .post, "/api/v1/documents/incoming", "registerPaper", "Registers a paper document. For clerks.",
            group: group,
            access: writing, body: .json(DocumentSchemas.paper), answers: [.created(DocumentSchemas.registered)],
            traits: .idempotent, handler: Self.registerPaper),
    ]

    private static func draft(_ body: JSONObject) throws -> Draft {
        try Draft(
            direction: body.text("direction"), type: body.text("type"), subject: body.text("subject"),
            urgency: body.optionalText("urgency"), security: body.optionalText("security"),
            unit: body.optionalID("unit_id"), signer: body.optionalID("signer_post_id"),
            dueOn: body.optionalDate("due_on"), toPlaces: body.optionalText("to_places"),
            note: body.optionalText("note"))
    }

    /// A change says only what is new; the rest is read in the transaction that writes it.
    private static func changeDraft(_ call: Call) async throws -> Response {
        let id = try call.id()
        let changes = call.body
        let version = call.version
        return try await call.act { transaction in
            let present = try transaction.json(
                """
                SELECT d.direction, d.type_code AS type, d.subject, d.urgency, d.handling AS security, d.unit_id, d.signer_post_id,
                       d.due_on, d.to_places, d.note
                  FROM documents.document AS d
                 WHERE d.id = \(id)
                   AND EXISTS (SELECT FROM documents.reader AS r
                                WHERE r.document_id = d.id AND r.holder_id = ANY ((SELECT platform.holders())::uuid[]))
                """)
            guard present.rowCount > 0, case .object(var whole) = try JSONParser.parse(present.bytes) else {
                throw Problem.notFound
            }
            // An incoming document is no draft; the use case says so, and needs a draft to say it of.
            if whole.optionalText("direction") == "incoming" { whole["direction"] = "outgoing" }
            for member in changes.members {
                // What a document must have cannot be taken away: null leaves it as it is.
                if member.value == .null, ["type", "subject"].contains(member.name) { continue }
                whole[member.name] = member.value
            }
            let change = ChangeDraft(id: id, draft: try Self.draft(whole), version: version)
            return try Outcome(id, change(in: transaction))
        }
    }

    private static func registerPaper(_ call: Call) async throws -> Response {
        let body = call.body
        let entry = try IncomingEntry(
            type: body.text("type"), subject: body.text("subject"), organName: body.text("organ_name"),
            organCode: body.optionalText("organ_code"), codeNumber: body.text("code_number"),
            codeNotation: body.text("code_notation"), issuedOn: body.date("issued_on"),
            arrivedOn: body.optionalDate("arrived_on"), urgency: body.optionalText("urgency"),
            security: body.optionalText("security"), signerName: body.optionalText("signer_name"),
            signerTitle: body.optionalText("signer_title"), dueOn: body.optionalDate("due_on"),
            pageCount: body.optionalInteger("page_count"), note: body.optionalText("note"))
        let register = RegisterPaper(
            register: try body.id("register_id"), entry: entry, duplicateIsIntended: body.flag("confirm_duplicate"))
        return try await call.act(.created, location: "/api/v1/documents/\(register.id.text)") { transaction in
            let number = try register(in: transaction)
            return Outcome(["id": .string(register.id.text), "number": .integer(number)])
        }
    }
}

extension Outcome {
    /// Where an act left a document.
    init(_ document: UUID, _ outcome: ActOutcome, _ more: JSONObject = [:]) {
        var object: JSONObject = [
            "id": .string(document.text), "state": .string(outcome.state), "version": .integer(outcome.version),
        ]
        for member in more.members { object[member.name] = member.value }
        self.init(object, version: outcome.version)
    }
}
