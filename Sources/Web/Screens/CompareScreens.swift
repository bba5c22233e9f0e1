import API
import Documents
import Foundation
import Hummingbird
import Office
import Platform
import Postgres

/// Two versions of a draft beside each other, word by word.
enum CompareScreens {
    static let all: [Page] = [
        Page(.get, "/documents/{id}/compare", "compareVersions", for: .workers, handler: Self.show)
    ]

    /// Comparing computes for up to some tenths of a second.
    private static let threads = BlockingThreads(name: "compare", count: 1, waitingLimit: 32)
    /// Unchanged words that are shown on either side of a change.
    private static let context = 30

    private static func show(_ visit: Visit) async throws -> Response {
        let id = try visit.id()
        guard let older = try visit.query.integer("older"), let newer = try visit.query.integer("newer") else {
            return visit.goOn(to: "/documents/\(id.text)?tab=files")
        }
        let read = try await visit.transaction { transaction in
            (
                texts: try transaction.json(DocumentVersions.texts(id, older: older, newer: newer)),
                document: try transaction.json(DraftLists.answered(id)),
                me: try visit.frame(in: transaction)
            )
        }
        guard case .object(let texts) = try Visit.value(of: read.texts) else { throw Problem.notFound }
        var members: [String: JSONValue] = [
            "me": try Visit.value(of: read.me), "document": try Visit.value(of: read.document),
            "older_version": .integer(older), "newer_version": .integer(newer),
            "older_at": texts["older_at"] ?? .null, "newer_at": texts["newer_at"] ?? .null,
        ]
        if case .string(let old)? = texts["older_text"], case .string(let new)? = texts["newer_text"] {
            let comparison = try await Self.threads.run { WordComparison(older: old, newer: new) }
            let isCut = comparison.isCut || texts["older_is_cut"] == true || texts["newer_is_cut"] == true
            members["comparison"] = [
                "passages": .array(Self.passages(comparison.runs)), "is_cut": .boolean(isCut),
                "added": .integer(Int64(comparison.addedCount)), "removed": .integer(Int64(comparison.removedCount)),
                "is_same": .boolean(comparison.addedCount + comparison.removedCount == 0),
            ]
        }
        return try visit.render(Screen("documents/compare", title: "compare.title", members))
    }

    /// The runs as passages of the page; what stayed the same far from any change is folded.
    private static func passages(_ runs: [WordComparison.Run]) -> [JSONValue] {
        runs.enumerated().flatMap { index, run -> [JSONValue] in
            let words = run.words
            switch run.standing {
            case .added: return [["added_text": .string(Self.text(words))]]
            case .removed: return [["removed_text": .string(Self.text(words))]]
            case .same:
                let head = index == 0 ? 0 : Self.context
                let tail = index == runs.count - 1 ? 0 : Self.context
                guard runs.count > 1, words.count > head + tail + 20 else {
                    return [["same_text": .string(Self.text(words))]]
                }
                return [
                    ["same_text": .string(Self.text(words.prefix(head)))],
                    [
                        "folded_text": .string(Self.text(words[head..<(words.count - tail)])),
                        "count": .integer(Int64(words.count - head - tail)),
                    ],
                    ["same_text": .string(Self.text(words.suffix(tail)))],
                ]
            }
        }
    }

    /// Words with a space between them, unless a line ends there.
    private static func text(_ words: some Sequence<Substring>) -> String {
        words.reduce(into: "") { text, word in
            if !text.isEmpty, text.utf8.last != 0x0A { text += " " }
            text += word
        }
    }
}
