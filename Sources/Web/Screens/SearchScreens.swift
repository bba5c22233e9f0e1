import API
import Documents
import Foundation
import Hummingbird
import Platform
import Postgres

/// Finding documents by any word of theirs, and the searches that somebody keeps.
enum SearchScreens {
    static let all: [Page] = [
        Page(.get, "/search", "search", for: .workers) { visit in
            try await Self.show(visit, text: visit.query["q"] ?? "", answer: nil)
        },
        Page(.post, "/searches", "saveSearch", for: .workers) { visit in
            try await visit.submit(
                { form in
                    let save = try SaveSearch(name: form.text("name"), query: form.text("query"))
                    try await visit.transaction { save(in: $0) }
                    return visit.goOn(to: "/search?q=\(save.query.urlEncoded)", notice: "search_saved")
                }, orShow: { answer in try await Self.show(visit, text: visit.form["query"] ?? "", answer: answer) })
        },
        Page(.post, "/searches/{id}/drop", "dropSearch", for: .workers) { visit in
            let drop = DropSavedSearch(id: try visit.id())
            try await visit.transaction { try drop(in: $0) }
            let text = visit.form["q"].map { "?q=\($0.urlEncoded)" } ?? ""
            return visit.goOn(to: "/search\(text)", notice: "search_dropped")
        },
    ]

    private static let limit = 20

    private static func show(_ visit: Visit, text: String, answer: FormAnswer?) async throws -> Response {
        // What the search itself looks at.
        let text = String(text.prefix(300)).trimmingCharacters(in: .whitespacesAndNewlines)
        let cursor = visit.query["after"].flatMap { SearchCursor($0) }
        return try await visit.screen("search/index", title: "search.title", answer: answer) { transaction in
            var content: [String: JSONValue] = [
                "q": .string(text), "pager_query": .string("q=\(text.urlEncoded)&"),
                "saved": .array(try transaction.objects(SavedSearches.mine).map { .object($0) }),
            ]
            guard !text.isEmpty else { return content }
            let page = SearchHits.page(text, after: cursor, limit: Self.limit)
            if case .object(var hits) = try Visit.value(of: transaction.json(page, as: .page(limit: Self.limit))) {
                hits["items"] = Self.marked(hits["items"], Highlight(text))
                content["hits"] = .object(hits)
            }
            return content
        }
    }

    private static func marked(_ items: JSONValue?, _ highlight: Highlight) -> JSONValue {
        guard case .array(let rows)? = items else { return [] }
        return .array(
            rows.map { row in
                guard case .object(var hit) = row else { return row }
                for name in ["notation", "subject", "organ_name", "snippet"] {
                    hit["\(name)_pieces"] = highlight.pieces(of: hit.string(name) ?? "")
                }
                return .object(hit)
            })
    }
}
