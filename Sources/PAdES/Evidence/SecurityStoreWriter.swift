/// Writes the document security store, `/DSS` in the catalogue (EN 319 142-1, 5.4.2): what is there stays, what is new is added.
struct SecurityStoreWriter {
    private enum Kind: String, CaseIterable {
        case certificates = "Certs"
        case ocspResponses = "OCSPs"
        case revocationLists = "CRLs"

        /// In the part of one signature the names are singular.
        var singular: String { String(self.rawValue.dropLast()) }

        func items(of evidence: ValidationEvidence) -> [[UInt8]] {
            switch self {
            case .certificates: evidence.certificates
            case .ocspResponses: evidence.ocspResponses
            case .revocationLists: evidence.revocationLists
            }
        }
    }

    private var editor: FormEditor
    private var file: PDFFile { self.editor.file }
    /// Where each piece of evidence is, by its bytes.
    private var places: [Kind: [[UInt8]: PDFReference]] = [:]
    private var hasChanged = false

    private init(_ editor: FormEditor) {
        self.editor = editor
    }

    /// The bytes to append to the file; none when it has everything already.
    /// - Parameter signatures: what belongs to which signature, by its `/Contents`.
    static func appending(
        _ evidence: ValidationEvidence, signatures: [(contents: [UInt8], evidence: ValidationEvidence)],
        to file: PDFFile
    ) throws(PDFError) -> [UInt8] {
        var writer = SecurityStoreWriter(try FormEditor(file))
        try writer.write(evidence, signatures)
        guard writer.hasChanged else { return [] }
        return try writer.editor.serialise().appended
    }

    private mutating func write(
        _ evidence: ValidationEvidence, _ signatures: [(contents: [UInt8], evidence: ValidationEvidence)]
    ) throws(PDFError) {
        let root = try self.file.catalog(in: self.file.lastView).reference
        let entry = try self.editor.dictionary(root)["DSS"]
        var store = try self.file.resolve(entry, in: self.file.lastView).dictionary ?? [:]
        guard store["Type"] == nil || store["Type"] == .name("DSS") else { throw .damaged("security store") }
        let before = store
        var everything = evidence
        for signature in signatures { everything.formUnion(signature.evidence) }
        for kind in Kind.allCases { try self.add(everything, kind, to: &store) }
        if !signatures.isEmpty { try self.addParts(signatures, to: &store) }
        guard self.hasChanged || store != before else { return }
        self.hasChanged = true
        if let reference = entry?.reference {
            self.editor.set(reference, store)
        } else {
            let reference = self.editor.update.reserve()
            self.editor.set(reference, store)
            var catalog = try self.editor.dictionary(root)
            catalog["DSS"] = .reference(reference)
            self.editor.set(root, catalog)
        }
        try self.editor.declareExtension()
    }

    private mutating func add(
        _ evidence: ValidationEvidence, _ kind: Kind, to store: inout PDFDictionary
    ) throws(PDFError) {
        let (place, items) = try self.editor.array(store[kind.rawValue])
        var known: [[UInt8]: PDFReference] = [:]
        for item in items {
            // What can't be read stays, and is not recognised.
            guard let reference = item.reference,
                let data = try? self.file.streamData(reference, in: self.file.lastView)
            else { continue }
            known[data] = reference
        }
        var added: [PDFValue] = []
        for item in kind.items(of: evidence) where known[item] == nil {
            let reference = try self.editor.update.addStream([:], item)
            known[item] = reference
            added.append(.reference(reference))
        }
        self.places[kind] = known
        guard !added.isEmpty else { return }
        self.hasChanged = true
        if let place {
            self.editor.set(place, items + added)
        } else {
            store[kind.rawValue] = .array(items + added)
        }
    }

    /// `/VRI`: a part for each signature. A part that is there gains what is new; `/TU` and `/TS` of it stay.
    private mutating func addParts(
        _ signatures: [(contents: [UInt8], evidence: ValidationEvidence)], to store: inout PDFDictionary
    ) throws(PDFError) {
        let view = self.file.lastView
        var parts = try self.file.resolve(store["VRI"], in: view).dictionary ?? [:]
        for (contents, evidence) in signatures {
            let key = try Self.key(contents)
            let entry = parts[key]
            let before = try self.file.resolve(entry, in: view).dictionary
            var part = before ?? ["Type": .name("VRI")]
            for kind in Kind.allCases {
                var items = try self.editor.array(part[kind.singular]).items
                for item in kind.items(of: evidence) {
                    guard let reference = self.places[kind]?[item] else { continue }
                    if !items.contains(.reference(reference)) { items.append(.reference(reference)) }
                }
                if !items.isEmpty { part[kind.singular] = .array(items) }
            }
            guard part != before else { continue }
            self.hasChanged = true
            if let reference = entry?.reference {
                self.editor.set(reference, part)
            } else {
                let reference = self.editor.update.reserve()
                self.editor.set(reference, part)
                parts[key] = .reference(reference)
            }
        }
        if let reference = store["VRI"]?.reference {
            self.editor.set(reference, parts)
        } else {
            store["VRI"] = .dictionary(parts)
        }
    }

    /// The name of a signature's part: the SHA-1 of the whole decoded `/Contents`, its zero padding included, in capitals.
    private static func key(_ contents: [UInt8]) throws(PDFError) -> String {
        var digits: [UInt8] = []
        digits.writeHex(try Digest.hash(.sha1, contents))
        return String(decoding: digits, as: UTF8.self).uppercased()
    }
}
