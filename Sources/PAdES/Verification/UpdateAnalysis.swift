/// What one incremental update did to the document, judged object by object against a whitelist: whatever is not known to be
/// harmless is forbidden.
struct UpdateAnalysis {
    /// A change with what it takes to be allowed.
    struct Change: Hashable {
        var kind: SignatureReport.Change.Kind
        var subject: String
        /// The field whose lock forbids it.
        var field: String?
        /// A visible new field: only where nothing is certified.
        var isVisibleAddition = false
    }

    let file: PDFFile
    /// The view before and with the update.
    let old: Int
    let new: Int
    private(set) var changes: [Change] = []
    /// References of the fields that the update added.
    private var addedFields: Set<PDFReference> = []
    /// Numbers that mean something else than before, or that mean something for the first time.
    private var changed: [Int: CrossReferenceEntry] = [:]
    private var fresh: Set<Int> = []

    /// - Parameter referenced: every object number that the file up to `view - 1` refers to; the update's own are added.
    init(_ file: PDFFile, view: Int, referenced: inout Set<Int>) {
        self.file = file
        self.old = view - 1
        self.new = view
        do {
            let layout = try UpdateLayout(file, view: view)
            try self.classifyEntries(layout, referenced)
            try self.checkTrailer()
            let roles = try Roles(file, view: self.old)
            // Forms first: what they add is what pages may show.
            let order = self.changed.keys.sorted {
                (roles[$0]?.rank ?? 9, $0) < (roles[$1]?.rank ?? 9, $1)
            }
            for number in order { try self.judge(number, roles[number]) }
            for number in layout.objects.keys.sorted() {
                referenced.formUnion(try Self.references(in: file, number, view: view))
            }
        } catch {
            self.forbid("malformed update")
        }
    }

    mutating func forbid(_ subject: String) {
        self.changes.append(Change(kind: .forbidden, subject: subject))
    }

    mutating func allow(_ kind: SignatureReport.Change.Kind, _ subject: String, field: String? = nil) {
        self.changes.append(Change(kind: kind, subject: subject, field: field))
    }

    private mutating func classifyEntries(_ layout: UpdateLayout, _ referenced: Set<Int>) throws(PDFError) {
        let section = self.file.revisions[self.new].sections[0]
        for (number, entry) in section.entries {
            let before = self.file.entry(number, in: self.old)
            if case .offset(let offset, _) = entry, number != section.streamNumber,
                layout.objects[number]?.lowerBound != offset, before != entry
            {
                throw .damaged("entry outside the update")
            }
            let isUsed = before != nil && before != .free
            switch entry {
            case .free:
                if isUsed, number != 0 { self.forbid("object \(number) deleted") }
            case .offset, .compressed:
                if before == entry {
                    continue
                } else if isUsed {
                    self.changed[number] = entry
                } else {
                    self.fresh.insert(number)
                    // An object that the signed document missed would now appear in it.
                    if referenced.contains(number) { self.forbid("object \(number) supplied afterwards") }
                }
            }
        }
        if let number = section.streamNumber, let before = self.file.entry(number, in: self.old), before != .free {
            self.forbid("object \(number) replaced by a cross-reference")
        }
    }

    private mutating func checkTrailer() throws(PDFError) {
        let (before, after) = (self.file.trailer(in: self.old), self.file.trailer(in: self.new))
        if before["Root"] != after["Root"] { self.forbid("document catalogue") }
        if before["Info"] != after["Info"] { self.allow(.metadata, "document information") }
        let first = try self.file.resolve(before["ID"], in: self.old).array?.first
        let second = try self.file.resolve(after["ID"], in: self.new).array?.first
        if first != second { self.forbid("file identifier") }
    }

    private mutating func judge(_ number: Int, _ role: Roles.Role?) throws(PDFError) {
        let reference = PDFReference(number: number)
        guard let before = try self.file.object(reference, in: self.old),
            let after = try self.file.object(reference, in: self.new)
        else { return self.forbid("object \(number)") }
        let (oldStream, newStream) = (before.stream, after.stream)
        if before.value == after.value, oldStream.map({ self.file.bytes[$0] }) == newStream.map({ self.file.bytes[$0] })
        {
            return
        }
        guard let role else { return self.forbid("object \(number)") }
        switch role {
        case .information, .metadata:
            if (oldStream == nil) == (newStream == nil) { return self.allow(.metadata, "document information") }
        case .fieldArray, .kids:
            if let old = before.value.array, let new = after.value.array {
                return try self.judgeAddedFields(old, new, subject: "form")
            }
        case .annotations(let page):
            if let old = before.value.array, let new = after.value.array {
                return self.judgeAddedAnnotations(old, new, page: page)
            }
        case .catalogue, .form, .group, .field, .page:
            if oldStream == nil, newStream == nil, let old = before.value.dictionary, let new = after.value.dictionary {
                return try self.judge(old, new, role)
            }
        }
        self.forbid("object \(number)")
    }

    private mutating func judge(_ old: PDFDictionary, _ new: PDFDictionary, _ role: Roles.Role) throws(PDFError) {
        let keys = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
        switch role {
        case .field(let field): try self.judge(field, old, new, keys)
        case .group(let name):
            guard keys == ["Kids"] else { return self.forbid("field \(name)") }
            try self.judgeAddedFields(
                self.items(old["Kids"], self.old), self.items(new["Kids"], self.new), subject: name)
        case .form: try self.judgeForm(old, new)
        case .page(let index):
            guard keys == ["Annots"] else { return self.forbid("page \(index + 1)") }
            try self.judgeAddedAnnotations(
                self.items(old["Annots"], self.old), self.items(new["Annots"], self.new), page: index)
        case .catalogue:
            for key in keys.sorted() {
                switch key {
                case "AcroForm":
                    try self.judgeForm(
                        self.file.resolve(old[key], in: self.old).dictionary ?? [:],
                        self.file.resolve(new[key], in: self.new).dictionary ?? [:])
                case "Extensions", "Metadata", "Version": self.allow(.metadata, key)
                case "DSS": try self.judgeSecurityStore(self.file.resolve(new[key], in: self.new).dictionary)
                default: self.forbid("document catalogue: \(key)")
                }
            }
        default: self.forbid("object")
        }
    }

    /// The certificates and revocation data of long-term validation (EN 319 142-1, 5.4): nothing that is shown.
    private mutating func judgeSecurityStore(_ store: PDFDictionary?) {
        let known: Set<String> = ["Type", "Certs", "CRLs", "OCSPs", "VRI"]
        guard let store, known.isSuperset(of: store.keys) else { return self.forbid("security store") }
        self.allow(.metadata, "security store")
    }

    private func items(_ value: PDFValue?, _ view: Int) throws(PDFError) -> [PDFValue] {
        try self.file.resolve(value, in: view).array ?? []
    }

    private mutating func judgeForm(_ old: PDFDictionary, _ new: PDFDictionary) throws(PDFError) {
        for key in Set(old.keys).union(new.keys).sorted() where old[key] != new[key] {
            switch key {
            case "Fields":
                try self.judgeAddedFields(
                    self.items(old[key], self.old), self.items(new[key], self.new), subject: "form")
            case "SigFlags":
                if new[key]?.integer.map({ (1...3).contains($0) }) != true { self.forbid("form: SigFlags") }
            default: self.forbid("form: \(key)")
            }
        }
    }

    /// Filling a field: it must have been empty, and nothing but its value and its picture may change.
    private mutating func judge(
        _ field: PDFField, _ old: PDFDictionary, _ new: PDFDictionary, _ keys: Set<String>
    ) throws(PDFError) {
        guard keys.isSubset(of: ["V", "AP"]), keys.contains("V"), field.value == nil, old["V"] == nil else {
            return self.forbid("field \(field.name)")
        }
        switch field.type {
        case "Sig":
            guard let signature = new["V"]?.reference, self.fresh.contains(signature.number),
                let dictionary = try self.file.object(signature, in: self.new)?.value.dictionary,
                dictionary["ByteRange"] != nil, dictionary["Contents"]?.string != nil
            else { return self.forbid("field \(field.name)") }
            self.allow(.signatureAdded, field.name, field: field.name)
        case "Tx":
            guard new["V"]?.string != nil else { return self.forbid("field \(field.name)") }
            self.allow(.fieldFilled, field.name, field: field.name)
        default: self.forbid("field \(field.name)")
        }
    }

    /// What a field that is added may have: nothing that acts, and no kids.
    private static let plainFieldKeys: Set<String> = [
        "Type", "Subtype", "FT", "T", "TU", "F", "Ff", "Rect", "P", "Parent", "V", "AP", "Lock", "SV", "DA", "DR", "MK",
        "BS", "Border", "NM", "M", "Q",
    ]

    /// The old items in their order, and behind them fields that are new, of type Sig.
    private mutating func judgeAddedFields(
        _ old: [PDFValue], _ new: [PDFValue], subject: String
    ) throws(PDFError) {
        guard new.starts(with: old) else { return self.forbid("\(subject): fields removed") }
        for item in new.dropFirst(old.count) {
            guard let reference = item.reference, self.fresh.contains(reference.number),
                let field = try self.file.object(reference, in: self.new)?.value.dictionary,
                field["FT"] == .name("Sig"), Self.plainFieldKeys.isSuperset(of: field.keys)
            else { return self.forbid("\(subject): field added") }
            let corners = try self.file.numbers(field["Rect"], in: self.new)
            let isVisible = corners.count == 4 && corners[0] != corners[2] && corners[1] != corners[3]
            self.addedFields.insert(reference)
            let name = try self.file.resolve(field["T"], in: self.new).text ?? subject
            self.changes.append(
                Change(kind: .signatureAdded, subject: name, field: nil, isVisibleAddition: isVisible))
        }
    }

    private mutating func judgeAddedAnnotations(_ old: [PDFValue], _ new: [PDFValue], page: Int) {
        let added = new.dropFirst(old.count)
        guard new.starts(with: old), added.allSatisfy({ $0.reference.map(self.addedFields.contains) == true }) else {
            return self.forbid("annotations of page \(page + 1)")
        }
    }
}
