import Foundation
import HTTPTypes
import Hummingbird
import Office
import Platform
import Workflow

/// The way of a document, directions (bút phê), and the work list.
enum WorkflowRoutes {
    private static let group = "Workflow"

    static let all: [Route] = [
        Route(
            .get, "/api/v1/tasks", "listTasks", "The caller's open work, what is due first comes first.", group: group,
            access: .signedIn(.documentsRead), query: [.optional("state", .choice(["open"])), .after, .limit],
            answers: [.page(Self.task, named: "TaskPage")]
        ) { call in
            var cursor: TaskCursor?
            if let text = call.query.text("after") {
                cursor = TaskCursor(text)
                guard cursor != nil else { throw Problem(422, "invalid_cursor", field: "after") }
            }
            return try await call.page(Tasks.open(after: cursor, limit: call.query.limit))
        },
        Route(
            .post, "/api/v1/tasks/{id}/completion", "completeTask", "Ends one's part in a direction with its result.",
            group: group, access: .signedIn(.documentsWrite),
            body: .json(.object("Completion", .required("result", .text(1...4000, lines: true)))), answers: [.nothing]
        ) { call in
            let finish = try FinishTask(task: call.id(), result: call.body.text("result"))
            return try await call.act { try finish(in: $0) }
        },
        Route(
            .post, "/api/v1/documents/{id}/actions", "actOnDocument",
            "Takes a step of the flow; `actions` of the document says which are possible.", group: group,
            access: .signedIn(.documentsWrite),
            body: .json(
                .object(
                    "Action", .required("action", .choice(["submit", "agree", "return", "cancel", "present"])),
                    .optional("comment", .text(0...4000, lines: true)),
                    .optional("to_post_id", Schema.id.noted("The leader that a document is presented to.")))),
            answers: [.ok(DocumentSchemas.outcome)], traits: .ifMatch
        ) { call in
            let id = try call.id()
            let act = try ActOnDocument(
                document: id, action: call.body.text("action"), comment: call.body.optionalText("comment"),
                recipient: call.body.optionalID("to_post_id"), version: call.version)
            return try await call.act { transaction in try Outcome(id, act(in: transaction)) }
        },
        Route(
            .post, "/api/v1/documents/{id}/directions", "directDocument",
            "A leader's direction: who leads, who supports, who is informed, until when.", group: group,
            access: .signedIn(.documentsWrite),
            body: .json(
                .object(
                    "NewDirection", .required("text", .text(1...4000, lines: true, "Bút phê.")),
                    .optional("due_at", .instant), .required("lead", Self.holder.noted("Chủ trì.")),
                    .optional("support", .list(Self.holder, 0...100, "Phối hợp.")),
                    .optional("inform", .list(Self.holder, 0...100, "Nhận để biết.")))),
            answers: [
                .created(
                    .object(
                        "DirectionOutcome", all: DocumentSchemas.standing + [.required("direction_id", .id)]))
            ], traits: .ifMatch, handler: Self.direct),
    ]

    /// A unit (its head) or a post; exactly one of the two.
    private static let holder = Schema.object("Holder", .optional("unit_id", .id), .optional("post_id", .id))

    private static let task = Schema.object(
        "Task", .required("id", .id), .required("role", .choice(["act", "lead", "support", "inform"])),
        .required("step", .text()), .required("due_at", .instant.orNull), .required("created_at", .instant),
        .required("document_id", .id), .required("direction", DocumentSchemas.direction),
        .required("state", DocumentSchemas.state), .required("type", .text()), .required("subject", .text()),
        .required("notation", Schema.text().orNull), .required("number", .integer().orNull),
        .required("urgency", DocumentSchemas.urgency), .required("organ_name", .text()))

    private static func direct(_ call: Call) async throws -> Response {
        let id = try call.id()
        let body = call.body
        let order = try DirectionOrder(
            text: body.text("text"), dueAt: body.optionalInstant("due_at"),
            lead: try body.object("lead").map { try Self.id(of: $0, "lead") },
            support: try Self.ids(body, "support"), inform: try Self.ids(body, "inform"))
        let direct = DirectDocument(document: id, order: order, version: call.version)
        return try await call.act(.created, location: "/api/v1/documents/\(id.text)") { transaction in
            try Outcome(id, direct(in: transaction), ["direction_id": .string(direct.id.text)])
        }
    }

    private static func ids(_ body: JSONObject, _ field: String) throws(Problem) -> [UUID] {
        var ids: [UUID] = []
        for (index, element) in body.list(field).enumerated() {
            guard case .object(let holder) = element else { throw .internalError }
            ids.append(try Self.id(of: holder, "\(field)[\(index)]"))
        }
        return ids
    }

    private static func id(of holder: JSONObject, _ path: String) throws(Problem) -> UUID {
        switch (holder.optionalID("unit_id"), holder.optionalID("post_id")) {
        case (let id?, nil), (nil, let id?): return id
        case (nil, nil): throw .invalidInput([.init(field: path, code: "required")])
        default: throw .invalidInput([.init(field: path, code: "either_unit_or_post")])
        }
    }
}
