/// What each object that may lawfully change is in a view of the document.
struct Roles {
    enum Role {
        case fieldArray
        case form
        case group(String)
        case kids(String)
        case field(PDFField)
        /// One of several widgets of a field.
        case widget(PDFField)
        /// The `/AP` dictionary of a field, or a picture in it.
        case appearance(PDFField)
        case catalogue
        case annotations(Int)
        case page(Int)
        case information
        case metadata
        case extensions
        case securityStore
        /// A list or dictionary within the security store.
        case securityStorePart

        /// The order of judgement: fields before their pictures and the pages that show them.
        var rank: Int {
            switch self {
            case .fieldArray, .form, .group, .kids, .catalogue: 0
            case .field: 1
            default: 2
            }
        }
    }

    /// An object's role, and who alone may name it: an object that is shown elsewhere too may not change by its role here.
    struct Place {
        var role: Role
        var owner: Int?
    }

    private var places: [Int: Place] = [:]
    subscript(number: Int) -> Place? { self.places[number] }

    /// The first role an object is found in stands; an object in two roles that exclude each other keeps the stricter first.
    private mutating func set(_ reference: PDFReference?, _ role: Role, owner: Int? = nil) {
        guard let reference, reference.generation == 0, self.places[reference.number] == nil else { return }
        self.places[reference.number] = Place(role: role, owner: owner)
    }

    init(_ file: PDFFile, view: Int) throws(PDFError) {
        let (root, catalog) = try file.catalog(in: view)
        self.set(root, .catalogue)
        if let form = try file.form(in: view) {
            self.set(form.reference, .form)
            self.set(form.value["Fields"]?.reference, .fieldArray)
        }
        let fields = try file.fields(in: view)
        for field in fields {
            self.set(field.reference, .field(field))
            var parent = field.dictionary["Parent"]?.reference
            var steps = 0
            while let reference = parent, steps < PDFLexer.maximumDepth, self.places[reference.number] == nil,
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
        for field in fields { try self.setPictures(of: field, file, view) }
        self.set(file.trailer(in: view)["Info"]?.reference, .information, owner: ObjectGraph.trailer)
        self.set(catalog["Metadata"]?.reference, .metadata, owner: root.number)
        self.set(catalog["Extensions"]?.reference, .extensions, owner: root.number)
        try self.setSecurityStore(catalog["DSS"], root, file, view)
    }

    private mutating func setPictures(of field: PDFField, _ file: PDFFile, _ view: Int) throws(PDFError) {
        var widgets = [field.reference]
        for kid in try file.resolve(field.dictionary["Kids"], in: view).array ?? [] {
            guard let kid = kid.reference else { continue }
            self.set(kid, .widget(field))
            widgets.append(kid)
        }
        for widget in widgets {
            guard let entry = try file.object(widget, in: view)?.value.dictionary?["AP"] else { continue }
            self.set(entry.reference, .appearance(field), owner: widget.number)
            let owner = entry.reference?.number ?? widget.number
            let pictures = try file.resolve(entry, in: view).dictionary
            for key in pictures?.keys ?? [] { self.set(pictures?[key]?.reference, .appearance(field), owner: owner) }
        }
    }

    private mutating func setSecurityStore(
        _ entry: PDFValue?, _ root: PDFReference, _ file: PDFFile, _ view: Int
    ) throws(PDFError) {
        guard let entry, let store = try file.resolve(entry, in: view).dictionary else { return }
        self.set(entry.reference, .securityStore, owner: root.number)
        let owner = entry.reference?.number ?? root.number
        for key in ["Certs", "CRLs", "OCSPs"] { self.set(store[key]?.reference, .securityStorePart, owner: owner) }
        self.set(store["VRI"]?.reference, .securityStorePart, owner: owner)
        let list = try file.resolve(store["VRI"], in: view).dictionary
        let listOwner = store["VRI"]?.reference?.number ?? owner
        for key in list?.keys ?? [] {
            self.set(list?[key]?.reference, .securityStorePart, owner: listOwner)
            let item = try file.resolve(list?[key], in: view).dictionary
            for part in ["Cert", "CRL", "OCSP"] {
                self.set(
                    item?[part]?.reference, .securityStorePart, owner: list?[key]?.reference?.number ?? listOwner)
            }
        }
    }
}
