/// What the `/DSS` of a revision holds (EN 319 142-1, 5.4.2), its `/VRI` included.
struct SecurityStore {
    private(set) var certificates: [[UInt8]] = []
    private(set) var evidence: [RevocationEvidence] = []

    private static let mostStreams = 500

    /// An empty one.
    init() {}

    /// Reads what can be read: what is broken in the store only costs evidence.
    init(of file: PDFFile, in view: Int) {
        guard let catalog = try? file.catalog(in: view).value,
            let store = (try? file.resolve(catalog["DSS"], in: view))?.dictionary
        else { return }
        var seen: Set<PDFReference> = []
        self.take(store, ("Certs", "OCSPs", "CRLs"), file, view, &seen)
        guard let related = (try? file.resolve(store["VRI"], in: view))?.dictionary else { return }
        for key in related.keys.prefix(Self.mostStreams) {
            guard let entry = (try? file.resolve(related[key], in: view))?.dictionary else { continue }
            self.take(entry, ("Cert", "OCSP", "CRL"), file, view, &seen)
        }
    }

    private mutating func take(
        _ dictionary: PDFDictionary, _ keys: (certificates: String, responses: String, lists: String), _ file: PDFFile,
        _ view: Int, _ seen: inout Set<PDFReference>
    ) {
        for key in [keys.certificates, keys.responses, keys.lists] {
            for item in (try? file.resolve(dictionary[key], in: view))?.array ?? [] {
                guard let reference = item.reference, seen.count < Self.mostStreams, seen.insert(reference).inserted,
                    let object = try? file.object(reference, in: view),
                    let data = try? file.content(of: object, limit: RevocationEvidence.largest)
                else { continue }
                switch key {
                case keys.certificates: self.certificates.append(data)
                case keys.responses: self.evidence.append(RevocationEvidence(.ocsp, data, from: .documentStore))
                default: self.evidence.append(RevocationEvidence(.crl, data, from: .documentStore))
                }
            }
        }
    }
}

/// The stores of a file's revisions, each read once. Lives within one call.
final class SecurityStores {
    private let file: PDFFile?
    private var known: [Int: SecurityStore] = [:]

    init(_ file: PDFFile?) { self.file = file }

    subscript(view: Int) -> SecurityStore {
        if let store = self.known[view] { return store }
        let store = self.file.map { SecurityStore(of: $0, in: view) } ?? SecurityStore()
        self.known[view] = store
        return store
    }
}
