import API
import Foundation
import Hummingbird
import Office
import Platform
import Postgres
import Signatures
import Workflow

/// The work list: filtered, worked through from the keyboard, several items at once.
enum WorkScreens {
    static let all: [Page] = [
        Page(.get, "/work", "workList", for: .workers) { visit in try await Self.list(visit, outcomes: []) },
        Page(.post, "/work", "workInBulk", for: .workers, handler: Self.act),
    ]

    private static func list(_ visit: Visit, outcomes: [JSONValue]) async throws -> Response {
        let query = visit.query
        let filter = TaskFilter(
            role: query["role"].flatMap(Tasks.Role.init), due: query["due"].flatMap(TaskFilter.Due.init),
            isUrgent: query["urgent"] != nil, direction: query["direction"], isUnopened: query["unopened"] != nil)
        let cursor = query["after"].flatMap { TaskCursor($0) }
        let kept = query.pairs.filter { $0.name != "after" }
        return try await visit.show(
            "work/list", title: "work.title",
            [("tasks", Tasks.desk(filter, after: cursor, limit: 20), .page(limit: 20))],
            also: [
                "outcomes": .array(outcomes),
                "pager_query": .string(kept.map { "\($0.name.urlEncoded)=\($0.value.urlEncoded)&" }.joined()),
                "chips": .array(Self.chips(kept, visit)),
            ])
    }

    /// The filters that are on, each with the address without it.
    private static func chips(_ kept: [(name: String, value: String)], _ visit: Visit) -> [JSONValue] {
        let known: Set = ["role", "due", "urgent", "direction", "unopened"]
        return kept.filter { known.contains($0.name) }.map { chip in
            let rest = kept.filter { $0 != chip }.map { "\($0.name.urlEncoded)=\($0.value.urlEncoded)" }
            return [
                "label": .string(visit.word("work.filter_\(chip.name)_\(chip.value)")),
                "without": .string("/work" + (rest.isEmpty ? "" : "?" + rest.joined(separator: "&"))),
            ]
        }
    }

    /// One act on every chosen item, each in a transaction of its own, and what became of each: one that fails holds up no other.
    private static func act(_ visit: Visit) async throws -> Response {
        let act = try visit.form.text("act")
        if let purpose = ["sign": CertificatePurpose.signer, "seal": .seal][act] {
            // What is irrevocable is looked at first, on a page of its own.
            let documents = visit.form.all("chosen").compactMap { chosen in
                chosen.split(separator: "|").dropFirst().first.flatMap { UUID(text: $0) }?.text
            }
            return visit.goOn(to: BatchWish.address(purpose, documents))
        }
        let result = visit.form["result"] ?? visit.word("work.seen")
        guard ["inform", "agree", "submit"].contains(act) else { throw Problem(422, "invalid_input") }
        var outcomes: [JSONValue] = []
        for chosen in visit.form.all("chosen").prefix(100) {
            // task|document|version|notation or subject, as the list wrote it; the rights are judged by what the ids name.
            let parts = chosen.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 4, let task = UUID(text: parts[0]), let document = UUID(text: parts[1]),
                let version = Int64(parts[2])
            else { throw Problem(400, "malformed_request") }
            var outcome = "work.done"
            do {
                if act == "inform" {
                    let finish = try FinishTask(task: task, result: result)
                    try await visit.transaction { try finish(in: $0) }
                } else {
                    let step = try ActOnDocument(
                        document: document, action: act, comment: nil, recipient: nil, version: version)
                    _ = try await visit.transaction { try step(in: $0) }
                }
            } catch {
                let problem = Problem(error)
                guard problem.status < 500, problem.status != 401 else { throw error }
                outcome = Catalogue.words(for: problem.code, status: problem.status, in: visit.language).title
            }
            outcomes.append([
                "name": .string(parts[3]), "href": .string("/documents/\(document.text)"),
                "text": .string(visit.library.words.known(outcome, in: visit.language) ?? outcome),
                "is_done": .boolean(outcome == "work.done"),
            ])
        }
        return try await Self.list(visit, outcomes: outcomes)
    }
}
