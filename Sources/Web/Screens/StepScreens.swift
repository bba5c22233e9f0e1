import API
import Foundation
import Hummingbird
import Office
import Organisation
import Platform
import Postgres

/// The plain acts on a document (trình, đồng ý, trả lại, huỷ, trình lãnh đạo), each with what it will do; and the end of one's part in a
/// direction.
enum StepScreens {
    static let all: [Page] =
        ["submit", "agree", "return", "cancel", "present"].flatMap { action in
            [
                Page(.get, "/documents/{id}/\(action)", "\(action)Form", for: .workers) { visit in
                    try await Self.form(visit, action, nil)
                },
                Page(.post, "/documents/{id}/\(action)", action, for: .workers) { visit in
                    try await Self.act(visit, action)
                },
            ]
        } + [
            Page(.get, "/tasks/{id}/completion", "completionForm", for: .workers) { visit in
                try await Self.completionForm(visit, nil)
            },
            Page(.post, "/tasks/{id}/completion", "completeTask", for: .workers, handler: Self.complete),
        ]

    private static func form(_ visit: Visit, _ action: String, _ answer: FormAnswer?) async throws -> Response {
        let leaders: [(name: String, sql: SQL, shape: JSONShape)] =
            action == "present" ? [("leaders", OrganisationQueries.leaders, .array)] : []
        var ground = try await ActGround.read(visit, action, leaders)
        if action == "present" {
            // The one leader there is, or the one that was chosen before the form was refused.
            let all = ground.content["leaders"]?.elements ?? []
            let chosen = answer?.fields["leader"] ?? (all.count == 1 ? all[0]["id"].text : nil)
            ground.content["leaders"] = .array(
                all.map { $0.with("is_chosen", .boolean(chosen != nil && $0["id"].text == chosen)) })
        }
        ground.content["verb"] = .string(visit.word("action.\(action)"))
        ground.content["is_present"] = .boolean(action == "present")
        ground.content["is_cancel"] = .boolean(action == "cancel")
        return try ground.show("acts/step", answer)
    }

    private static func act(_ visit: Visit, _ action: String) async throws -> Response {
        try await visit.submit { form in
            let id = try visit.id()
            let step = try ActOnDocument(
                document: id, action: action, comment: form["comment"],
                recipient: action == "present" ? form.id("leader") : nil,
                version: form.version())
            _ = try await visit.transaction { try step(in: $0) }
            return visit.done(action, on: id)
        } orShow: { answer in
            try await Self.form(visit, action, answer)
        }
    }

    private static func completionForm(_ visit: Visit, _ answer: FormAnswer?) async throws -> Response {
        try await visit.show(
            "acts/completion", title: "acts.completion", [("task", TaskPage.of(visit.id()), .object)], answer: answer)
    }

    /// Where one was only to be informed, there is nothing to report: that it was read is the result.
    private static func complete(_ visit: Visit) async throws -> Response {
        try await visit.submit { form in
            let isKnown = form["known"] != nil
            let finish = try FinishTask(
                task: visit.id(), result: form["result"] ?? (isKnown ? visit.word("work.seen") : ""))
            try await visit.transaction { try finish(in: $0) }
            let notice = isKnown ? "known" : "completed"
            guard let document = try form.optionalID("document") else {
                return visit.goOn(to: "/work", notice: notice)
            }
            return visit.done(notice, on: document)
        } orShow: { answer in
            try await Self.completionForm(visit, answer)
        }
    }
}
