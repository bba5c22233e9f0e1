import API

/// One page on its way from templates to bytes.
struct Rendering {
    let templates: [String: Template]
    let tongue: Tongue
    private var stack: [JSONValue]
    private var places: [Place] = []
    private var blocks: [String: [Template.Token]] = [:]
    private(set) var bytes: [UInt8] = []

    /// Where in a list the innermost item is.
    private struct Place {
        let index: Int
        let count: Int
    }

    init(_ templates: [String: Template], _ content: JSONValue, in tongue: Tongue) {
        self.templates = templates
        self.tongue = tongue
        self.stack = [content]
        self.bytes.reserveCapacity(32 << 10)
    }

    mutating func render(_ tokens: [Template.Token]) {
        for token in tokens {
            switch token {
            case .text(let text): self.bytes.append(contentsOf: text)
            case .value(let path): self.show(path)
            case .section(let path, let inner): self.section(path, inner)
            case .inverted(let path, let inner): if !self.holds(self.find(path)) { self.render(inner) }
            case .part(let name, let blocks):
                let outer = self.blocks
                // Whoever inherits last has the say.
                if !blocks.isEmpty { self.blocks.merge(blocks) { said, _ in said } }
                self.render(self.templates[name]?.tokens ?? [])
                self.blocks = outer
            case .block(let name, let otherwise): self.render(self.blocks[name] ?? otherwise)
            }
        }
    }

    private mutating func show(_ path: Template.Path) {
        switch self.find(path) {
        case .string(let text)?: self.escape(text)
        case .integer(let number)?: self.bytes.append(contentsOf: String(number).utf8)
        case .number(let number)?: self.bytes.append(contentsOf: String(number).utf8)
        case .boolean(let flag)?: self.bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .null?, .array?, .object?, nil: break
        }
    }

    private mutating func section(_ path: Template.Path, _ inner: [Template.Token]) {
        guard let value = self.find(path), self.holds(value) else { return }
        switch value {
        case .array(let items):
            for (index, item) in items.enumerated() {
                self.places.append(Place(index: index, count: items.count))
                self.stack.append(item)
                self.render(inner)
                self.stack.removeLast()
                self.places.removeLast()
            }
        case .boolean: self.render(inner)
        default:
            self.stack.append(value)
            self.render(inner)
            self.stack.removeLast()
        }
    }

    /// Whether a section of this value is shown: what is absent, null, false, empty or zero counts as no.
    private func holds(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null?, .boolean(false)?, .string("")?, .integer(0)?: false
        case .array(let items)?: !items.isEmpty
        default: true
        }
    }

    private func find(_ path: Template.Path) -> JSONValue? {
        guard var value = self.named(path) else {
            // What is not there is an empty list too.
            return path.transforms.first == .empty ? true : nil
        }
        for transform in path.transforms {
            guard let next = transform.apply(value, self.tongue) else { return nil }
            value = next
        }
        return value
    }

    private func named(_ path: Template.Path) -> JSONValue? {
        guard let first = path.names.first else {
            switch path.transforms.first {
            case .first?, .last?, .index?: return self.place(path)
            default: return self.stack.last
            }
        }
        var found: JSONValue?
        if path.staysHere {
            found = Self.member(first, of: self.stack.last)
        } else {
            for value in self.stack.reversed() {
                found = Self.member(first, of: value)
                if found != nil { break }
            }
        }
        for name in path.names.dropFirst() { found = Self.member(name, of: found) }
        return found
    }

    private func place(_ path: Template.Path) -> JSONValue? {
        guard let place = self.places.last else { return nil }
        switch path.transforms.first {
        case .first?: return .boolean(place.index == 0)
        case .last?: return .boolean(place.index == place.count - 1)
        default: return .integer(Int64(place.index + 1))
        }
    }

    private static func member(_ name: String, of value: JSONValue?) -> JSONValue? {
        guard case .object(let object)? = value else { return nil }
        return object[name]
    }

    /// Appends text as HTML has it, in elements and in quoted attributes.
    private mutating func escape(_ text: String) {
        var text = text
        text.withUTF8 { source in
            var begin = 0
            for index in source.indices {
                let entity: StaticString
                switch source[index] {
                case UInt8(ascii: "&"): entity = "&amp;"
                case UInt8(ascii: "<"): entity = "&lt;"
                case UInt8(ascii: ">"): entity = "&gt;"
                case UInt8(ascii: "\""): entity = "&quot;"
                case UInt8(ascii: "'"): entity = "&#39;"
                default: continue
                }
                self.bytes.append(contentsOf: source[begin..<index])
                entity.withUTF8Buffer { self.bytes.append(contentsOf: $0) }
                begin = index + 1
            }
            self.bytes.append(contentsOf: source[begin...])
        }
    }
}
