/// Adds and changes form fields within one incremental update. Objects that are changed several times are written once.
struct FormEditor {
    let file: PDFFile
    var update: IncrementalUpdate
    private var edited: [PDFReference: PDFValue] = [:]
    var view: Int { self.file.lastView }

    init(_ file: PDFFile) throws(PDFError) {
        self.file = file
        self.update = try IncrementalUpdate(file)
    }

    /// The object as it will be.
    func current(_ reference: PDFReference) throws(PDFError) -> PDFValue? {
        if let value = self.edited[reference] { return value }
        guard let object = try self.file.object(reference, in: self.view), object.stream == nil else { return nil }
        return object.value
    }

    func dictionary(_ reference: PDFReference) throws(PDFError) -> PDFDictionary {
        guard let dictionary = try self.current(reference)?.dictionary else { throw .damaged("dictionary missing") }
        return dictionary
    }

    mutating func set(_ reference: PDFReference, _ dictionary: PDFDictionary) {
        self.edited[reference] = .dictionary(dictionary)
    }

    mutating func set(_ reference: PDFReference, _ items: [PDFValue]) { self.edited[reference] = .array(items) }

    /// Adds a terminal field with its one widget. `name` may have one period: `group.field`.
    mutating func addField(
        _ name: String, _ entries: PDFDictionary, page: PDFPage, rectangle: PDFRectangle?
    ) throws(PDFError) -> PDFReference {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
            throw .unsupported("field name with more than one period")
        }
        if let rectangle, !page.geometry.holds(rectangle) { throw .badRectangle }
        var field = entries
        field["Type"] = .name("Annot")
        field["Subtype"] = .name("Widget")
        field["T"] = .text(parts[parts.count - 1])
        field["P"] = .reference(page.reference)
        field["Rect"] = .array(
            rectangle.map { page.geometry.userSpace($0).map { .real(Drawing.number($0)) } }
                ?? [.integer(0), .integer(0), .integer(0), .integer(0)])
        let reference = self.update.reserve()
        if parts.count == 2 {
            field["Parent"] = .reference(try self.group(parts[0], adding: reference))
        } else {
            try self.appendToForm(reference)
        }
        self.set(reference, field)
        try self.append(annotation: reference, to: page)
        return reference
    }

    /// The non-terminal field of this name, which is made if there is none, with one more kid.
    private mutating func group(_ name: String, adding kid: PDFReference) throws(PDFError) -> PDFReference {
        let form = try self.formPlace()
        for item in try self.array(form.value["Fields"]).items {
            guard let reference = item.reference, var field = try self.current(reference)?.dictionary,
                try self.file.resolve(field["T"], in: self.view).text == name
            else { continue }
            guard field["FT"] == nil, field["Subtype"] == nil else { throw .fieldExists(name) }
            field["Kids"] = .array(try self.array(field["Kids"]).items + [.reference(kid)])
            self.set(reference, field)
            return reference
        }
        let reference = self.update.reserve()
        self.set(reference, ["T": .text(name), "Kids": .array([.reference(kid)])])
        try self.appendToForm(reference)
        return reference
    }

    /// An array that may be an object of its own.
    func array(_ value: PDFValue?) throws(PDFError) -> (reference: PDFReference?, items: [PDFValue]) {
        switch value {
        case nil, .null: return (nil, [])
        case .array(let items): return (nil, items)
        case .reference(let reference):
            switch try self.current(reference) {
            case nil, .null: return (nil, [])
            case .array(let items): return (reference, items)
            default: throw .damaged("array expected")
            }
        default: throw .damaged("array expected")
        }
    }

    private func formPlace() throws(PDFError) -> (reference: PDFReference?, value: PDFDictionary) {
        let root = try self.file.catalog(in: self.view).reference
        let entry = try self.dictionary(root)["AcroForm"]
        if let reference = entry?.reference, let form = try self.current(reference)?.dictionary {
            return (reference, form)
        }
        return (nil, entry?.dictionary ?? [:])
    }

    /// Changes the form's dictionary, wherever it is.
    mutating func editForm(_ change: (inout PDFDictionary) -> Void) throws(PDFError) {
        var (reference, form) = try self.formPlace()
        let before = form
        change(&form)
        guard form != before else { return }
        if let reference { return self.set(reference, form) }
        let root = try self.file.catalog(in: self.view).reference
        var catalog = try self.dictionary(root)
        catalog["AcroForm"] = .dictionary(form)
        self.set(root, catalog)
    }

    private mutating func appendToForm(_ field: PDFReference) throws(PDFError) {
        let (reference, items) = try self.array(try self.formPlace().value["Fields"])
        if let reference {
            self.edited[reference] = .array(items + [.reference(field)])
        } else {
            try self.editForm { $0["Fields"] = .array(items + [.reference(field)]) }
        }
    }

    private mutating func append(annotation: PDFReference, to page: PDFPage) throws(PDFError) {
        var dictionary = try self.dictionary(page.reference)
        let (reference, items) = try self.array(dictionary["Annots"])
        if let reference {
            self.edited[reference] = .array(items + [.reference(annotation)])
        } else {
            dictionary["Annots"] = .array(items + [.reference(annotation)])
            self.set(page.reference, dictionary)
        }
    }

    /// The bytes to append.
    mutating func serialise() throws(PDFError) -> (appended: [UInt8], bodyOffsets: [PDFReference: Int]) {
        for (reference, value) in self.edited { try self.update.write(reference, value) }
        return try self.update.serialise()
    }
}
