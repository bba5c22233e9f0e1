import CXML
import PAdES

extension PreparedXMLSignature {
    /// Fixes the bytes of the document with its signature, all but the value.
    /// - Throws: ``XAdESError``, and whatever reading a detached file throws.
    public static func prepare(_ request: XMLSigningRequest) throws -> PreparedXMLSignature {
        guard let certificate = try? Certificate(request.certificate) else {
            throw XAdESError.certificateUnsuitable("not a certificate")
        }
        if let reason = certificate.unsuitability { throw XAdESError.certificateUnsuitable(reason) }
        let algorithm = request.algorithm ?? self.algorithm(for: certificate)
        guard certificate.fits(algorithm.scheme) else { throw XAdESError.certificateUnsuitable("another kind of key") }
        let around = try self.surroundings(of: request.subject)
        let hash = algorithm.scheme.digest
        let seed = try Digest.hash(.sha256, [around.before[...], around.after[...], request.certificate[...]])
        let text = SignatureText(
            identifier: "s-" + SignatureText.hex(seed.prefix(12)) + "-\(request.time.secondsSince1970)",
            request: request,
            scheme: algorithm.scheme, certificateDigest: try Digest.hash(.sha256, request.certificate))

        // No digest depends on another, so that they are all computed on a first version without any.
        let blank = try self.parsed(around, text.written(digests: []))
        let signature = try self.signature(text.identifier, in: blank, around.parent)
        var digests: [[UInt8]] = []
        for element in signature.children("SignedInfo", in: Namespace.signature)[0].children(
            "Reference", in: Namespace.signature)
        {
            guard let reference = XMLReference(element) else { throw XAdESError.malformed }
            switch (reference.resolve(in: blank), request.subject) {
            case (.found(let target, let hasComments), _):
                let octets = try reference.octets(of: target, hasComments: hasComments, in: blank, signature: signature)
                digests.append(try Digest.hash(hash, octets))
            case (.detached, .file(let content, _, _)): digests.append(try content.digest(hash))
            default: throw XAdESError.identifierTaken
            }
        }

        let written = text.written(digests: digests)
        let document = try self.parsed(around, written)
        let info = try self.signature(text.identifier, in: document, around.parent)
            .children("SignedInfo", in: Namespace.signature)[0]
        let signedInfo = try document.canonical(.element(info), by: info.children[0], hasComments: true)
        return PreparedXMLSignature(
            document: around.before + written.bytes + around.after, identifier: text.identifier, signedInfo: signedInfo,
            digest: try Digest.hash(hash, signedInfo), algorithm: algorithm, certificate: request.certificate,
            valueOffset: around.before.count + written.valueOffset,
            propertiesOffset: written.propertiesOffset.map { around.before.count + $0 })
    }

    private static func algorithm(for certificate: Certificate) -> SignatureAlgorithm {
        certificate.coordinateLength == nil ? .rsaPKCS1WithSHA256 : certificate.defaultAlgorithm
    }

    /// What stands before and behind the signature; `parent` is the path of the element that it goes into.
    private struct Surroundings {
        var before: [UInt8] = []
        var after: [UInt8] = []
        var parent: String?
    }

    private static func surroundings(of subject: XMLSigningRequest.Subject) throws(XAdESError) -> Surroundings {
        guard case .document(let bytes, let name) = subject else {
            return Surroundings(before: Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8))
        }
        let document = try XMLDocument(bytes, limits: .standard)
        let encoding = document.handle.pointee.encoding.map { String(cString: $0).uppercased() } ?? "UTF-8"
        guard encoding == "UTF-8" else { throw .notUTF8 }
        // One more would change what an enveloped signature before it covers.
        guard document.signatures.isEmpty else { throw .alreadySigned }
        var parent = document.root
        if let name {
            let found = document.root.descendants.filter { $0.name == name }
            guard found.count == 1 else { throw .noSuchPlace }
            parent = found[0]
        }
        let isRoot = parent == document.root
        guard let offset = isRoot ? EndTag.ofRoot(in: bytes) : EndTag.ofOnly(parent.name, in: bytes) else {
            throw .noSuchPlace
        }
        return Surroundings(before: Array(bytes[..<offset]), after: Array(bytes[offset...]), parent: parent.path)
    }

    private static func parsed(_ around: Surroundings, _ text: SignatureText.Written) throws(XAdESError) -> XMLDocument
    {
        try XMLDocument(around.before + text.bytes + around.after, limits: .standard)
    }

    /// The new signature, once it is sure that it stands where it was meant to and that its identifiers are its own.
    private static func signature(
        _ identifier: String, in document: XMLDocument, _ parent: String?
    ) throws(XAdESError) -> XMLElement {
        let own = document.identified.filter { $0.key.hasPrefix(identifier) }
        guard own.values.allSatisfy({ $0.count == 1 }), let signature = own[identifier]?.first else {
            throw .identifierTaken
        }
        guard signature.isSignature, signature.parent?.path == parent else { throw .noSuchPlace }
        return signature
    }
}

/// Finds where an element ends in the bytes of a well-formed document.
enum EndTag {
    /// The offset of the root's end tag: the last tag, but for comments and processing instructions behind it.
    static func ofRoot(in bytes: [UInt8]) -> Int? {
        var end = bytes.count
        while end > 0 {
            let rest = bytes[..<end]
            if let last = rest.last, last == 0x20 || (0x09...0x0D).contains(last) {
                end -= 1
            } else if rest.suffix(3).elementsEqual("-->".utf8), let start = self.last("<!--", in: rest.dropLast(3)) {
                end = start
            } else if rest.suffix(2).elementsEqual("?>".utf8), let start = self.last("<?", in: rest.dropLast(2)) {
                end = start
            } else {
                break
            }
        }
        return self.last("</", in: bytes[..<end])
    }

    /// The offset of the end tag of this local name, if there is exactly one in the bytes.
    static func ofOnly(_ name: String, in bytes: [UInt8]) -> Int? {
        var found: [Int] = []
        var position = 0
        while position + 1 < bytes.count {
            guard bytes[position] == 0x3C, bytes[position + 1] == 0x2F else {
                position += 1
                continue
            }
            let tag = bytes[(position + 2)...].prefix { $0 != 0x3E && $0 != 0x20 && !(0x09...0x0D).contains($0) }
            if (tag.split(separator: 0x3A).last ?? []).elementsEqual(name.utf8) { found.append(position) }
            position += 2
        }
        return found.count == 1 ? found[0] : nil
    }

    private static func last(_ text: String, in bytes: ArraySlice<UInt8>) -> Int? {
        let pattern = Array(text.utf8)
        var start = bytes.endIndex - pattern.count
        while start >= bytes.startIndex {
            if bytes[start..<(start + pattern.count)].elementsEqual(pattern) { return start }
            start -= 1
        }
        return nil
    }
}
