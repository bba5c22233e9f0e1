import API
import Foundation
import HTTPTypes
import Hummingbird
import Office
import Platform
import Postgres

/// What the page of an act on a document starts from: the document as its own page shows it, what the act will do, and whether the
/// visitor may do it now.
struct ActGround: Sendable {
    let visit: Visit
    /// As the flow names it: `sign`.
    let action: String
    let document: UUID
    var content: [String: JSONValue]

    /// Reads all of it and what `statements` name in one transaction. A statement of an object that finds nothing gives no member.
    ///
    /// - Throws: 404 for a document that is not there or not for the visitor's eyes.
    static func read(
        _ visit: Visit, _ action: String, _ statements: [(name: String, sql: SQL, shape: JSONShape)] = []
    ) async throws -> ActGround {
        let id = try visit.id()
        let read = try await visit.transaction { transaction in
            var read = [
                ("me", try visit.frame(in: transaction)), ("document", try transaction.json(DocumentPage.of(id))),
                ("next_step", try transaction.json(NextStep.of(id, action: action))),
            ]
            for statement in statements {
                read.append((statement.name, try transaction.json(statement.sql, as: statement.shape)))
            }
            return read
        }
        var content: [String: JSONValue] = [:]
        for (name, result) in read where !result.bytes.isEmpty || name == "document" {
            content[name] = try Visit.value(of: result)
        }
        guard case .object? = content["me"] else { throw Problem.unauthenticated }
        return ActGround(visit: visit, action: action, document: id, content: content)
    }

    /// Whether the document's state has this act and it is the visitor's turn.
    var isOpen: Bool { self.content["document"]?["actions"].elements.contains(.string(self.action)) ?? false }

    /// Whether the visitor acts for somebody who is away.
    var isByDelegation: Bool { self.content["me"]?["post"]["delegated_by"].text != nil }

    /// The newest version of the document itself.
    var mainFile: JSONValue? {
        self.content["document"]?["files"].elements.first { $0["role"].text == "main" }
    }

    /// The page of the act; when it is not the visitor's turn, a page that says so, with the way back.
    func show(_ template: String, _ answer: FormAnswer?) throws -> Response {
        var screen = Screen(
            self.isOpen ? template : "acts/closed", title: "action.\(self.action)", self.content)
        screen.content["action"] = .string(self.action)
        if let file = self.mainFile { screen.content["main_file"] = file }
        if let problem = answer?.problem {
            screen.status = .init(code: problem.status)
        } else if !self.isOpen {
            screen.status = .conflict
        }
        return try self.visit.render(screen, answer: answer)
    }
}

/// Back to a document after an act on it.
extension Visit {
    func done(_ action: String, on document: UUID, tab: String? = nil) -> Response {
        self.goOn(to: "/documents/\(document.text)" + (tab.map { "?tab=\($0)" } ?? ""), notice: action)
    }
}

/// Looking into what the database wrote. What is not there is null.
extension JSONValue {
    subscript(_ name: String) -> JSONValue {
        guard case .object(let object) = self else { return .null }
        return object[name] ?? .null
    }

    /// Of an array; else none.
    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// Of a string that is not empty.
    var text: String? {
        guard case .string(let text) = self, !text.isEmpty else { return nil }
        return text
    }

    /// The same object with one more member.
    func with(_ name: String, _ value: JSONValue) -> JSONValue {
        guard case .object(var object) = self else { return self }
        object[name] = value
        return .object(object)
    }
}
