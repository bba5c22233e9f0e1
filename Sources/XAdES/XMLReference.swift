import PAdES

/// A ds:Reference, of a SignedInfo or of a manifest.
struct XMLReference {
    let element: XMLElement
    let uri: String?
    let type: String?
    let digest: Digest.Algorithm?
    /// `nil` when the value is not base64 as it must be.
    let value: [UInt8]?
    private let transforms: XMLElement?

    /// - Returns: `nil` when its form is wrong.
    init?(_ element: XMLElement) {
        var children = element.children[...]
        self.transforms = children.first.flatMap { $0.isNamed("Transforms", in: Namespace.signature) ? $0 : nil }
        if self.transforms != nil { children.removeFirst() }
        guard element.isNamed("Reference", in: Namespace.signature), children.count == 2,
            let method = children.popFirst(), method.isNamed("DigestMethod", in: Namespace.signature),
            let value = children.popFirst(), value.isNamed("DigestValue", in: Namespace.signature)
        else { return nil }
        self.element = element
        self.uri = element.attribute("URI")
        self.type = element.attribute("Type")
        self.digest = method.attribute("Algorithm").flatMap { AlgorithmName.digests[$0] }
        self.value = value.onlyText.flatMap { StrictBase64.decode($0) }
    }

    var isOfSignedProperties: Bool { self.type.map { ReferenceType.allSignedProperties.contains($0) } ?? false }

    /// Where the reference leads to.
    enum Resolution {
        case found(ReferenceTarget, hasComments: Bool)
        /// A file beside the document, named by the reference.
        case detached(String)
        case missing
        /// Several elements have the identifier.
        case ambiguous
        /// A pointer of a kind that is not followed.
        case unsupported
    }

    func resolve(in document: XMLDocument) -> Resolution {
        guard let uri = self.uri else { return .detached("") }
        if uri.isEmpty { return .found(.document, hasComments: false) }
        guard uri.hasPrefix("#") else { return .detached(uri) }
        if uri == "#xpointer(/)" { return .found(.document, hasComments: true) }
        var (name, hasComments) = (String(uri.dropFirst()), false)
        for quote in ["'", "\""] where name.hasPrefix("xpointer(id(" + quote) && name.hasSuffix(quote + "))") {
            name = String(name.dropFirst("xpointer(id('".count).dropLast("'))".count))
            hasComments = true
        }
        guard !name.isEmpty, !name.contains("(") else { return .unsupported }
        let found = document.identified[name] ?? []
        switch found.count {
        case 0: return .missing
        case 1: return .found(.element(found[0]), hasComments: hasComments)
        default: return .ambiguous
        }
    }

    /// Why the octets can't be had.
    enum Obstacle: Error {
        case refusedTransform
        case malformed
    }

    /// The octets that are hashed.
    func octets(
        of target: ReferenceTarget, hasComments: Bool, in document: XMLDocument, signature: XMLElement
    ) throws -> [UInt8] {
        guard let transforms = Transforms(self.transforms) else { throw Obstacle.refusedTransform }
        switch transforms.output {
        case .base64:
            guard case .element(let element) = target, transforms.exclusions.isEmpty,
                let decoded = StrictBase64.decode(element.stringValue)
            else { throw Obstacle.malformed }
            return decoded
        case .canonical(let method):
            let without = transforms.exclusions.flatMap { $0 == .own ? [signature] : document.signatures }
            return try document.canonical(
                target, without: without, by: method, hasComments: hasComments)
        }
    }

    /// What is left out of the target by the transforms.
    var exclusions: [Transforms.Exclusion] { Transforms(self.transforms)?.exclusions ?? [] }
    var isTransformed: Bool { self.transforms?.children.isEmpty == false }
    var keepsComments: Bool { Transforms(self.transforms)?.keepsComments == true }

    /// The digest of a file beside the document. Transforms can only be base64 there; canonical forms would need a parser.
    func digest(of content: DetachedContent) throws -> [UInt8] {
        guard let algorithm = self.digest, !self.isTransformed else { throw Obstacle.refusedTransform }
        return try content.digest(algorithm)
    }
}
