import API
import Foundation

/// What pages say, in both languages. An entry is three lines of a file in `Words`: the key, the Vietnamese, the English. The words of
/// refusals are the API's own (`Catalogue`).
public struct Words: Sendable {
    private let entries: [Language: [String: String]]

    /// Reads every `*.txt` of a folder.
    ///
    /// - Throws: ``PagesError`` for a file that cannot be read, an entry without both languages, a key that comes twice.
    public init(folder: String) throws {
        var entries: [Language: [String: String]] = [.vietnamese: [:], .english: [:]]
        for name in try PagesFolder.files(in: folder, extension: "txt") {
            var key = ""
            for line in try PagesFolder.text("\(folder)/\(name)").split(separator: "\n") where !line.hasPrefix("#") {
                if line.hasPrefix("  "), let language = Language(rawValue: String(line.dropFirst(2).prefix(2))) {
                    let text = String(line.dropFirst(5).drop { $0 == " " })
                    guard entries[language, default: [:]].updateValue(text, forKey: key) == nil else {
                        throw PagesError(file: name, problem: "the word \(key) comes twice")
                    }
                } else {
                    key = String(line)
                }
            }
        }
        let missing = Set(entries[.vietnamese, default: [:]].keys).symmetricDifference(
            entries[.english, default: [:]].keys)
        guard missing.isEmpty else {
            throw PagesError(file: folder, problem: "in one language only: \(missing.sorted().joined(separator: ", "))")
        }
        self.entries = entries
    }

    /// The words for a key; the key itself when there are none, so that a hole shows and breaks nothing.
    func word(_ key: String, in language: Language) -> String { self.entries[language]?[key] ?? key }

    func known(_ key: String, in language: Language) -> String? { self.entries[language]?[key] }

    /// All keys, for the tests.
    public var keys: Set<String> { Set(self.entries[.vietnamese, default: [:]].keys) }
}

/// What is wrong with the folder of the pages; told to whoever starts the server.
public struct PagesError: Error, CustomStringConvertible {
    public let file: String
    public let problem: String
    public var description: String { "\(self.file): \(self.problem)" }
}

enum PagesFolder {
    static func text(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else {
            throw PagesError(file: path, problem: "cannot be read")
        }
        return text
    }

    /// Paths inside `folder` with that extension, sorted.
    static func files(in folder: String, extension wanted: String) throws -> [String] {
        guard let found = FileManager.default.enumerator(atPath: folder) else {
            throw PagesError(
                file: folder, problem: "is no folder; set pages_folder (VANTHU_PAGES_FOLDER) to Sources/Web")
        }
        return found.compactMap { $0 as? String }.filter { $0.hasSuffix(".\(wanted)") }.sorted()
    }
}
