import CXML

/// The transforms of a reference, as far as this module lets data be transformed: what they leave out is known without
/// running a program that came with the document. XSLT and free XPath are refused.
struct Transforms {
    enum Exclusion {
        /// The signature that the transform stands in (enveloped-signature).
        case own
        /// Every signature of the document.
        case all
    }

    enum Output {
        /// By the element that names the method; `nil` is inclusive canonicalisation, the default.
        case canonical(XMLElement?)
        case base64
    }

    var exclusions: [Exclusion] = []
    var output = Output.canonical(nil)
    /// Whether the method keeps comments; they are there for it only when the reference points at them too.
    var keepsComments = false

    /// - Returns: `nil` for transforms that are refused.
    init?(_ list: XMLElement?) {
        guard let list else { return }
        var isDone = false
        for transform in list.children {
            guard !isDone, transform.isNamed("Transform", in: Namespace.signature),
                let algorithm = transform.attribute("Algorithm")
            else { return nil }
            switch algorithm {
            case AlgorithmName.enveloped:
                guard transform.children.isEmpty else { return nil }
                self.exclusions.append(.own)
            case AlgorithmName.xpath:
                guard let exclusion = Self.exclusion(xpath: transform) else { return nil }
                self.exclusions.append(exclusion)
            case Namespace.filter2:
                for filter in transform.children {
                    guard let exclusion = Self.exclusion(filter: filter) else { return nil }
                    self.exclusions.append(exclusion)
                }
            case AlgorithmName.base64:
                (self.output, isDone) = (.base64, true)
            case let name where AlgorithmName.canonicalisations.contains(name):
                (self.output, isDone) = (.canonical(transform), true)
                self.keepsComments = name.hasSuffix("WithComments")
            default: return nil
            }
        }
    }

    /// The expressions that signers write to say the same as enveloped-signature, or to leave out all signatures.
    private static func exclusion(xpath transform: XMLElement) -> Exclusion? {
        let children = transform.children
        guard children.count == 1, children[0].isNamed("XPath", in: Namespace.signature),
            let expression = children[0].text.map(self.compact)
        else { return nil }
        return self.prefixes(of: children[0]).lazy.compactMap { prefix -> Exclusion? in
            let name = prefix + ":Signature"
            switch expression {
            case "not(ancestor-or-self::\(name))": return .all
            case "count(ancestor-or-self::\(name)|here()/ancestor::\(name)[1])>count(ancestor-or-self::\(name))":
                return .own
            default: return nil
            }
        }.first
    }

    private static func exclusion(filter: XMLElement) -> Exclusion? {
        guard filter.isNamed("XPath", in: Namespace.filter2), filter.attribute("Filter") == "subtract",
            let expression = filter.text.map(self.compact)
        else { return nil }
        return self.prefixes(of: filter).lazy.compactMap { prefix -> Exclusion? in
            let name = prefix + ":Signature"
            switch expression {
            case "/descendant::\(name)", "//\(name)", "/descendant-or-self::\(name)": return .all
            case "here()/ancestor::\(name)[1]": return .own
            default: return nil
            }
        }.first
    }

    private static func compact(_ text: String) -> String { text.filter { !$0.isWhitespace } }

    /// The prefixes that mean XML-DSig at this element.
    private static func prefixes(of element: XMLElement) -> [String] {
        var (found, hidden): ([String], Set<String>) = ([], [])
        var current: XMLElement? = element
        while let scope = current {
            var declaration = scope.node.pointee.nsDef
            while let space = declaration {
                let prefix = space.pointee.prefix.map { String(cString: $0) } ?? ""
                if hidden.insert(prefix).inserted, !prefix.isEmpty,
                    space.pointee.href.map({ String(cString: $0) }) == Namespace.signature
                {
                    found.append(prefix)
                }
                declaration = space.pointee.next
            }
            current = scope.parent
        }
        return found
    }
}
