import API
import Foundation

/// The templates of all screens, once a language: `[[key]]` has become the catalogue's words and `[[asset:name]]` the address of a
/// file before mustache reads them, so that a page in English costs no more than one in Vietnamese.
public struct Templates: Sendable {
    let words: Words
    let assets: Assets
    private let libraries: [Language: [String: Template]]

    /// Reads `Templates`, `Words` and `Assets` of the pages' folder.
    ///
    /// - Throws: ``PagesError`` naming the file, for a template that does not parse, a word or file that is not there.
    public init(folder: String) throws {
        let words = try Words(folder: "\(folder)/Words")
        let assets = try Assets(folder: "\(folder)/Assets")
        var libraries: [Language: [String: Template]] = [:]
        for language in Language.allCases {
            var library: [String: Template] = [:]
            for file in try PagesFolder.files(in: "\(folder)/Templates", extension: "mustache") {
                let text = try PagesFolder.text("\(folder)/Templates/\(file)")
                do {
                    library[Self.name(of: file)] = try Template(Self.worded(text, words, assets, in: language))
                } catch {
                    throw PagesError(file: file, problem: "\(error)")
                }
            }
            for (name, template) in library {
                guard let missing = template.parts.first(where: { library[$0] == nil }) else { continue }
                throw PagesError(file: name, problem: "there is no part \(missing)")
            }
            libraries[language] = library
        }
        self.words = words
        self.assets = assets
        self.libraries = libraries
    }

    /// - Throws: ``PagesError`` when there is no such template: a mistake of ours.
    func render(_ template: String, in language: Language, _ content: [String: JSONValue]) throws -> [UInt8] {
        guard let library = self.libraries[language], let tokens = library[template]?.tokens else {
            throw PagesError(file: template, problem: "is no template")
        }
        let content = JSONObject(content.map { JSONObject.Member(name: $0.key, value: $0.value) })
        var rendering = Rendering(library, .object(content), in: Tongue(language: language, words: self.words))
        rendering.render(tokens)
        return rendering.bytes
    }

    /// Screens go by folder and name, parts by their name alone: `work/list`, `task`.
    private static func name(of file: String) -> String {
        let path = String(file.dropLast(".mustache".count))
        return path.hasPrefix("parts/") ? String(path.dropFirst(6)) : path
    }

    private static func worded(_ text: String, _ words: Words, _ assets: Assets, in language: Language) throws -> String
    {
        var out = ""
        var rest = text[...]
        while let start = rest.range(of: "[["), let end = rest[start.upperBound...].range(of: "]]") {
            out += rest[..<start.lowerBound]
            let key = String(rest[start.upperBound..<end.lowerBound])
            if key.hasPrefix("asset:") {
                out += try assets.address(of: String(key.dropFirst(6)))
            } else if let word = words.known(key, in: language) {
                out += word.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
            } else {
                throw PagesError(file: "Words", problem: "there is no word \(key)")
            }
            rest = rest[end.upperBound...]
        }
        return out + rest
    }
}
