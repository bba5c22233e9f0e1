/// A template in mustache, read once and kept as what there is to do.
///
/// The language is mustache's, without what pages must not use: what people typed is always escaped, delimiters do not change, and
/// nothing is looked up by a computed name. With transforms (`{{date(due_at)}}`, `{{^empty(items)}}…{{/empty(items)}}`), parts
/// (`{{>task}}`) and inheritance (`{{<layout}}{{$main}}…{{/main}}{{/layout}}`). Our own because a page may cost no more than the call
/// beneath it: rendering is a walk over bytes.
struct Template: Sendable {
    /// Where a value is, and what is made of it before it is shown.
    struct Path: Sendable, Hashable {
        /// Empty for the value itself (`{{.}}`), and for a place in a list (`{{#last()}}`).
        let names: [String]
        /// Whether only the innermost value is asked (`{{.name}}`), and not those around it.
        let staysHere: Bool
        /// The innermost first.
        let transforms: [Transform]
    }

    indirect enum Token: Sendable {
        case text([UInt8])
        case value(Path)
        case section(Path, [Token])
        case inverted(Path, [Token])
        case part(String, blocks: [String: [Token]])
        case block(String, [Token])
    }

    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    let tokens: [Token]

    /// - Throws: ``Mistake`` for a tag that is not closed, closed twice or not known.
    init(_ text: String) throws(Mistake) {
        var parser = Parser(rest: text[...])
        self.tokens = try parser.tokens(until: nil)
    }

    /// The parts that this template needs, for checking that they are there.
    var parts: Set<String> { Self.parts(of: self.tokens) }

    private static func parts(of tokens: [Token]) -> Set<String> {
        tokens.reduce(into: []) { found, token in
            switch token {
            case .text, .value: break
            case .section(_, let inner), .inverted(_, let inner), .block(_, let inner):
                found.formUnion(parts(of: inner))
            case .part(let name, let blocks):
                found.insert(name)
                for inner in blocks.values { found.formUnion(parts(of: inner)) }
            }
        }
    }
}

extension Template {
    private struct Parser {
        var rest: Substring

        /// Everything up to the tag that closes `name`; up to the end for `nil`.
        mutating func tokens(until name: String?) throws(Mistake) -> [Token] {
            var tokens: [Token] = []
            while let start = self.rest.firstRange(of: "{{") {
                let text = self.rest[..<start.lowerBound]
                if !text.isEmpty { tokens.append(.text(Array(text.utf8))) }
                guard let end = self.rest[start.upperBound...].firstRange(of: "}}") else {
                    throw Mistake(description: "a tag is not closed: \(self.rest[start.lowerBound...].prefix(40))")
                }
                let tag = self.rest[start.upperBound..<end.lowerBound]
                self.rest = self.rest[end.upperBound...]
                let body = String(tag.dropFirst())
                switch tag.first {
                case "!": break
                case "/":
                    guard body == name else { throw Mistake(description: "{{/\(body)}} closes \(name ?? "nothing")") }
                    return tokens
                case "#": tokens.append(.section(try Self.path(body), try self.tokens(until: body)))
                case "^": tokens.append(.inverted(try Self.path(body), try self.tokens(until: body)))
                case "$": tokens.append(.block(body, try self.tokens(until: body)))
                case ">": tokens.append(.part(body, blocks: [:]))
                case "<":
                    // Only blocks count inside an inheriting part.
                    var blocks: [String: [Token]] = [:]
                    for case .block(let block, let inner) in try self.tokens(until: body) { blocks[block] = inner }
                    tokens.append(.part(body, blocks: blocks))
                case "{", "&", "=", "%", "*", nil: throw Mistake(description: "{{\(tag)}} is not for pages")
                default: tokens.append(.value(try Self.path(String(tag))))
                }
            }
            guard name == nil else { throw Mistake(description: "{{/\(name ?? "")}} is missing") }
            if !self.rest.isEmpty { tokens.append(.text(Array(self.rest.utf8))) }
            return tokens
        }

        /// `a.b`, `.a`, `.`, `date(a.b)`, `last()`.
        private static func path(_ text: String) throws(Mistake) -> Path {
            var name = text[...]
            var transforms: [Transform] = []
            while let open = name.firstIndex(of: "(") {
                guard name.last == ")", let transform = Transform(String(name[..<open])) else {
                    throw Mistake(description: "{{\(text)}} holds no transform that there is")
                }
                transforms.insert(transform, at: 0)
                name = name[name.index(after: open)...].dropLast()
            }
            let isName = name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
            guard isName else { throw Mistake(description: "{{\(text)}} holds no name") }
            return Path(
                names: name.split(separator: ".").map(String.init), staysHere: name.hasPrefix("."),
                transforms: transforms)
        }
    }
}
