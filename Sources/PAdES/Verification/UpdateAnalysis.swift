/// What one incremental update did to the document, judged object by object against a whitelist: whatever is not known to be
/// harmless is forbidden.
struct UpdateAnalysis {
    /// A change with what it takes to be allowed.
    struct Change: Hashable {
        var kind: SignatureReport.Change.Kind
        var subject: String
        /// The field whose lock forbids it.
        var field: String?
        /// A value that was part of what was signed is exchanged: only where that is permitted in so many words.
        var replacesValue = false
        /// A visible new field: only where nothing is certified.
        var isVisibleAddition = false
        /// A document time stamp or what goes with it: allowed even where a certification forbids every change
        /// (ISO 32000-2, 12.8.2.2.2).
        var isTimeStamp = false
    }

    let file: PDFFile
    /// The view before and with the update.
    let old: Int
    let new: Int
    var changes: [Change] = []
    /// References of the fields that the update added.
    var addedFields: Set<PDFReference> = []
    /// The fields that it filled, by the number of their object.
    var filledFields: Set<Int> = []
    /// Numbers that mean something else than before, or that mean something for the first time.
    private var changed: Set<Int> = []
    var fresh: Set<Int> = []

    /// - Parameter graph: of the file up to `view - 1`; it goes on to `view`.
    init(_ file: PDFFile, view: Int, graph: inout ObjectGraph) {
        self.file = file
        self.old = view - 1
        self.new = view
        do {
            let layout = try UpdateLayout(file, view: view)
            try self.checkTrailer()
            _ = graph.reachable()
            var before = graph
            try graph.advance(file.revisions[view].sections[0].entries.keys)
            try self.classifyEntries(layout, &before, graph.reachable())
            // What is new and unseen changes nothing, and the roles of a large document cost time.
            guard !self.changed.isEmpty else { return }
            let roles = try Roles(file, view: self.old)
            // Forms first: what they add is what pages may show.
            let order = self.changed.sorted { (roles[$0]?.role.rank ?? 9, $0) < (roles[$1]?.role.rank ?? 9, $1) }
            let owners = order.contains { roles[$0]?.owner != nil } ? before.owners() : [:]
            for number in order { try self.judge(number, roles[number], owners) }
        } catch {
            self.forbid("malformed update")
        }
    }

    /// An update that could not be compared with anything.
    init(unreadable file: PDFFile, view: Int) {
        self.file = file
        self.old = view - 1
        self.new = view
        self.forbid("unreadable object")
    }

    mutating func forbid(_ subject: String) {
        self.changes.append(Change(kind: .forbidden, subject: subject))
    }

    mutating func allow(_ kind: SignatureReport.Change.Kind, _ subject: String, field: String? = nil) {
        self.changes.append(Change(kind: kind, subject: subject, field: field))
    }

    /// - Parameters:
    ///   - graph: of the file before the update.
    ///   - reachable: what can be reached with it. What can't is seen by nobody.
    private mutating func classifyEntries(
        _ layout: UpdateLayout, _ graph: inout ObjectGraph, _ reachable: ObjectSet
    ) throws(PDFError) {
        let reached = graph.reachable()
        let section = self.file.revisions[self.new].sections[0]
        var supplied: [Int] = []
        for (number, entry) in section.entries {
            let before = self.file.entry(number, in: self.old)
            if case .offset(let offset, _) = entry, number != section.streamNumber, offset != section.hybridStream,
                layout.objects[number]?.lowerBound != offset, before != entry
            {
                throw .damaged("entry outside the update")
            }
            guard before != entry else { continue }
            if let before, before != .free {
                try self.checkContainer(number, before)
                guard reachable.contains(number) else { continue }
                if entry == .free {
                    self.forbid("object \(number) deleted")
                } else if reached.contains(number) {
                    self.changed.insert(number)
                } else {
                    self.fresh.insert(number)
                }
            } else if entry != .free {
                self.fresh.insert(number)
                if graph.mentions(number) { supplied.append(number) }
            }
        }
        // An object that the signed document missed would now appear in it.
        guard !supplied.isEmpty else { return }
        let named = graph.named(reachedToo: reachable, besides: self.changed)
        for number in supplied.sorted() where named.contains(number) {
            self.forbid("object \(number) supplied afterwards")
        }
    }

    /// The objects in an object stream change with it, though their entries stay.
    private mutating func checkContainer(_ number: Int, _ entry: CrossReferenceEntry) throws(PDFError) {
        guard case .offset(_, let generation) = entry else { return }
        let object = try? self.file.object(PDFReference(number: number, generation: generation), in: self.old)
        if object == nil || object?.value.dictionary?["Type"] == .name("ObjStm") {
            self.forbid("object stream \(number) replaced")
        }
    }

    private mutating func checkTrailer() throws(PDFError) {
        let (before, after) = (self.file.trailer(in: self.old), self.file.trailer(in: self.new))
        if before["Root"] != after["Root"] { self.forbid("document catalogue") }
        if before["Encrypt"] != after["Encrypt"] { self.forbid("encryption") }
        if before["Info"] != after["Info"] { self.allow(.metadata, "document information") }
        let first = try self.file.resolve(before["ID"], in: self.old).array?.first
        let second = try self.file.resolve(after["ID"], in: self.new).array?.first
        guard first != second else { return }
        if before["Encrypt"] == nil { self.allow(.metadata, "file identifier") } else { self.forbid("file identifier") }
    }

    private mutating func judge(
        _ number: Int, _ place: Roles.Place?, _ owners: [Int: Int]
    ) throws(PDFError) {
        let reference = PDFReference(number: number)
        guard let before = try self.file.object(reference, in: self.old),
            let after = try self.file.object(reference, in: self.new)
        else { return self.forbid("object \(number)") }
        let (oldStream, newStream) = (before.stream, after.stream)
        let isSameData = oldStream.map({ self.file.bytes[$0] }) == newStream.map({ self.file.bytes[$0] })
        if before.value == after.value, isSameData { return }
        guard let place else { return self.forbid("object \(number)") }
        if let owner = place.owner, owners[number] != owner {
            return self.forbid("object \(number) is used elsewhere too")
        }
        switch place.role {
        case .information, .metadata:
            if (oldStream == nil) == (newStream == nil) { return self.allow(.metadata, "document information") }
        case .extensions:
            if after.value.dictionary != nil, newStream == nil { return self.allow(.metadata, "Extensions") }
        case .fieldArray, .kids:
            if let old = before.value.array, let new = after.value.array {
                return try self.judgeAddedFields(old, new, subject: "form")
            }
        case .annotations(let page):
            if let old = before.value.array, let new = after.value.array {
                return try self.judgeAnnotations(old, new, page: page)
            }
        case .appearance(let field):
            guard self.filledFields.contains(field.reference.number) else {
                return self.forbid("appearance of field \(field.name)")
            }
            return
        case .securityStore, .securityStorePart:
            guard oldStream == nil, newStream == nil else { break }
            return try self.judgeSecurityStore(before.value, after.value)
        case .catalogue, .form, .group, .field, .widget, .page:
            if oldStream == nil, newStream == nil, let old = before.value.dictionary, let new = after.value.dictionary {
                return try self.judge(old, new, place.role)
            }
        }
        self.forbid("object \(number)")
    }

    private mutating func judge(_ old: PDFDictionary, _ new: PDFDictionary, _ role: Roles.Role) throws(PDFError) {
        var keys: Set<String> = []
        for key in Set(old.keys).union(new.keys) where try !self.isSame(old[key], new[key]) { keys.insert(key) }
        switch role {
        case .field(let field): try self.judge(field, old, new, keys)
        case .widget(let field): self.judgeWidget(of: field, keys)
        case .group(let name):
            guard keys == ["Kids"] else { return keys.isEmpty ? () : self.forbid("field \(name)") }
            try self.judgeAddedFields(
                self.items(old["Kids"], self.old), self.items(new["Kids"], self.new), subject: name)
        case .form: try self.judgeForm(old, new)
        case .page(let index):
            keys.subtract(["LastModified", "Tabs"])
            guard keys == ["Annots"] else { return keys.isEmpty ? () : self.forbid("page \(index + 1)") }
            try self.judgeAnnotations(
                self.items(old["Annots"], self.old), self.items(new["Annots"], self.new), page: index)
        case .catalogue: try self.judgeCatalogue(old, new, keys)
        default: self.forbid("object")
        }
    }

    private mutating func judgeCatalogue(
        _ old: PDFDictionary, _ new: PDFDictionary, _ keys: Set<String>
    ) throws(PDFError) {
        for key in keys.sorted() {
            switch key {
            case "AcroForm":
                try self.judgeForm(
                    self.file.resolve(old[key], in: self.old).dictionary ?? [:],
                    self.file.resolve(new[key], in: self.new).dictionary ?? [:])
            case "Extensions", "Metadata", "Version": self.allow(.metadata, key)
            case "DSS":
                try self.judgeSecurityStore(
                    self.file.resolve(old[key], in: self.old), self.file.resolve(new[key], in: self.new))
            case "Names": try self.judgeNames(old[key], new[key])
            default: self.forbid("document catalogue: \(key)")
            }
        }
    }

    /// Pictures of comment icons are kept by name; other names are of things that act or open.
    private mutating func judgeNames(_ old: PDFValue?, _ new: PDFValue?) throws(PDFError) {
        let before = try self.file.resolve(old, in: self.old).dictionary ?? [:]
        let after = try self.file.resolve(new, in: self.new).dictionary ?? [:]
        for key in Set(before.keys).union(after.keys) where try !self.isSame(before[key], after[key]) {
            guard key == "AP", before[key] == nil else { return self.forbid("document catalogue: Names") }
        }
        self.allow(.annotation, "icons")
    }

    func items(_ value: PDFValue?, _ view: Int) throws(PDFError) -> [PDFValue] {
        try self.file.resolve(value, in: view).array ?? []
    }
}
