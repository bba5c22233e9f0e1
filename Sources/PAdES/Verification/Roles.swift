/// What each object that may lawfully change is in a view of the document.
struct Roles {
    enum Role {
        case fieldArray
        case form
        case group(String)
        case kids(String)
        case field(PDFField)
        case catalogue
        case annotations(Int)
        case page(Int)
        case information
        case metadata

        /// The order of judgement: fields before the pages that show them.
        var rank: Int {
            switch self {
            case .fieldArray, .form, .group, .kids, .catalogue: 0
            case .field: 1
            default: 2
            }
        }
    }

    private var roles: [Int: Role] = [:]
    subscript(number: Int) -> Role? { self.roles[number] }

    /// The first role an object is found in stands; an object in two roles that exclude each other keeps the stricter first.
    private mutating func set(_ reference: PDFReference?, _ role: Role) {
        guard let reference, reference.generation == 0, self.roles[reference.number] == nil else { return }
        self.roles[reference.number] = role
    }

    init(_ file: PDFFile, view: Int) throws(PDFError) {
        let (root, catalog) = try file.catalog(in: view)
        self.set(root, .catalogue)
        if let form = try file.form(in: view) {
            self.set(form.reference, .form)
            self.set(form.value["Fields"]?.reference, .fieldArray)
        }
        for field in try file.fields(in: view) {
            self.set(field.reference, .field(field))
            var parent = field.dictionary["Parent"]?.reference
            var steps = 0
            while let reference = parent, steps < PDFLexer.maximumDepth,
                let group = try file.object(reference, in: view)?.value.dictionary
            {
                let name = try file.resolve(group["T"], in: view).text ?? ""
                self.set(reference, .group(name))
                self.set(group["Kids"]?.reference, .kids(name))
                parent = group["Parent"]?.reference
                steps += 1
            }
        }
        for (index, page) in try file.pages(in: view).enumerated() {
            self.set(page.reference, .page(index))
            self.set(page.dictionary["Annots"]?.reference, .annotations(index))
        }
        self.set(file.trailer(in: view)["Info"]?.reference, .information)
        self.set(catalog["Metadata"]?.reference, .metadata)
    }
}

extension UpdateAnalysis {
    /// The object numbers that an object of a view refers to.
    static func references(in file: PDFFile, _ number: Int, view: Int) throws(PDFError) -> Set<Int> {
        var found: Set<Int> = []
        guard case .offset(_, let generation)? = file.entry(number, in: view) else {
            if let object = try file.object(PDFReference(number: number), in: view) {
                self.collect(object.value, into: &found)
            }
            return found
        }
        if let object = try file.object(PDFReference(number: number, generation: generation), in: view) {
            self.collect(object.value, into: &found)
        }
        return found
    }

    /// Every object number that the file refers to, up to and with revision `view`.
    static func references(in file: PDFFile, view: Int) throws(PDFError) -> Set<Int> {
        var found: Set<Int> = []
        for section in file.revisions[...view].flatMap(\.sections) {
            self.collect(.dictionary(section.trailer), into: &found)
            for number in section.entries.keys { found.formUnion(try self.references(in: file, number, view: view)) }
        }
        return found
    }

    private static func collect(_ value: PDFValue, into found: inout Set<Int>) {
        switch value {
        case .reference(let reference): found.insert(reference.number)
        case .array(let items): for item in items { self.collect(item, into: &found) }
        case .dictionary(let dictionary):
            for key in dictionary.keys { if let item = dictionary[key] { self.collect(item, into: &found) } }
        default: break
        }
    }
}
