/// A terminal field of the interactive form, merged with its one widget or with several.
struct PDFField {
    /// The full name: partial names joined by periods.
    var name: String
    var reference: PDFReference
    var dictionary: PDFDictionary
    /// `/FT`, possibly inherited.
    var type: String?
    /// `/V`, unresolved.
    var value: PDFValue?
    var isSignature: Bool { self.type == "Sig" }
}

extension PDFFile {
    /// The form's dictionary and, where it is an object of its own, its reference.
    func form(in view: Int) throws(PDFError) -> (reference: PDFReference?, value: PDFDictionary)? {
        let entry = try self.catalog(in: view).value["AcroForm"]
        guard let entry, let value = try self.resolve(entry, in: view).dictionary else { return nil }
        return (entry.reference, value)
    }

    /// Every terminal field in the order of the form. Fields reached twice are given once.
    func fields(in view: Int) throws(PDFError) -> [PDFField] {
        struct Node {
            var reference: PDFReference
            var name: String
            var type: PDFValue?
            var value: PDFValue?
            var depth: Int
        }
        guard let form = try self.form(in: view)?.value else { return [] }
        let roots = try self.resolve(form["Fields"], in: view).array ?? []
        var stack: [Node] = roots.reversed().compactMap(\.reference).map {
            Node(reference: $0, name: "", type: nil, value: nil, depth: 0)
        }
        var seen: Set<PDFReference> = []
        var fields: [PDFField] = []
        while let node = stack.popLast() {
            guard node.depth < PDFLexer.maximumDepth, seen.count < self.limits.objects else {
                throw .tooComplex("form")
            }
            guard seen.insert(node.reference).inserted,
                let dictionary = try self.readable(node.reference, in: view)?.value.dictionary
            else { continue }
            let type = dictionary["FT"] ?? node.type
            let value = dictionary["V"] ?? node.value
            let part = try self.resolve(dictionary["T"], in: view).text
            let name = part.map { node.name.isEmpty ? $0 : node.name + "." + $0 } ?? node.name
            let kids = try self.resolve(dictionary["Kids"], in: view).array?.compactMap(\.reference) ?? []
            // Kids without a partial name are widgets of this field; with one they are fields.
            var fieldKids: [PDFReference] = []
            for kid in kids where try self.readable(kid, in: view)?.value.dictionary?["T"] != nil {
                fieldKids.append(kid)
            }
            guard fieldKids.isEmpty else {
                for kid in fieldKids.reversed() {
                    stack.append(Node(reference: kid, name: name, type: type, value: value, depth: node.depth + 1))
                }
                continue
            }
            fields.append(
                PDFField(
                    name: name, reference: node.reference, dictionary: dictionary,
                    type: try self.resolve(type, in: view).name, value: value))
        }
        return fields
    }

    /// A signature field that carries a signature dictionary.
    struct SignedField {
        var field: PDFField
        var signature: PDFReference
        var dictionary: PDFDictionary

        /// Prepared and never filled: not signed.
        var isBlank: Bool {
            let contents = self.dictionary["Contents"]
            guard let bytes = contents?.string else { return contents == nil && self.dictionary["ByteRange"] == nil }
            return bytes.allSatisfy { $0 == 0 }
        }
    }

    /// The signed fields, one for each signature dictionary.
    func signedFields(in view: Int) throws(PDFError) -> [SignedField] {
        var result: [SignedField] = []
        var seen: Set<PDFReference> = []
        for field in try self.fields(in: view) where field.isSignature {
            guard let reference = field.value?.reference,
                let dictionary = try self.readable(reference, in: view)?.value.dictionary,
                seen.insert(reference).inserted
            else { continue }
            guard result.count < self.limits.signatures else { throw .tooComplex("too many signatures") }
            result.append(SignedField(field: field, signature: reference, dictionary: dictionary))
        }
        return result
    }

    /// What the signatures so far permit.
    struct Permissions {
        /// 1 nothing, 2 forms and signatures, 3 also annotations; `nil` without certification.
        var certification: Int?
        /// Whether FieldMDP locks the field of this name.
        var locks: [FieldLock] = []
        var signatureCount = 0
        func locks(_ name: String) -> Bool { self.locks.contains { $0.covers(name) } }
        /// Whether a field that had a value may get another: a certification permits filling forms, or fields are locked and
        /// this is none of them.
        func permitsReplacing(_ name: String) -> Bool {
            self.certification != 1 && !self.locks(name) && (self.certification != nil || !self.locks.isEmpty)
        }
    }

    struct FieldLock {
        enum Action { case all, include, exclude }
        var action: Action
        var names: [String]

        func covers(_ name: String) -> Bool {
            let isNamed = self.names.contains { name == $0 || name.hasPrefix($0 + ".") }
            return switch self.action {
            case .all: true
            case .include: isNamed
            case .exclude: !isNamed
            }
        }
    }

    /// Permissions as of revision `view`, from every signature in it.
    func permissions(in view: Int) throws(PDFError) -> Permissions {
        var permissions = Permissions()
        for signed in try self.signedFields(in: view) {
            permissions.signatureCount += 1
            let own = try self.permissions(of: signed.dictionary, in: view)
            permissions.certification = own.certification ?? permissions.certification
            permissions.locks += own.locks
        }
        return permissions
    }

    /// What one signature permits: its `/Reference` entries.
    func permissions(of signature: PDFDictionary, in view: Int) throws(PDFError) -> Permissions {
        var permissions = Permissions()
        for item in try self.resolve(signature["Reference"], in: view).array ?? [] {
            guard let reference = try self.resolve(item, in: view).dictionary,
                let parameters = try self.resolve(reference["TransformParams"], in: view).dictionary
            else { continue }
            switch try self.resolve(reference["TransformMethod"], in: view).name {
            case "DocMDP":
                // What says something else than the three levels permits nothing.
                let level = try self.resolve(parameters["P"] ?? .integer(2), in: view).integer ?? 1
                permissions.certification = (1...3).contains(level) ? level : 1
            case "FieldMDP":
                let names = try self.resolve(parameters["Fields"], in: view).array ?? []
                let action: FieldLock.Action =
                    switch try self.resolve(parameters["Action"], in: view).name {
                    case "Include": .include
                    case "Exclude": .exclude
                    default: .all
                    }
                permissions.locks.append(FieldLock(action: action, names: names.compactMap(\.text)))
            default: break
            }
        }
        return permissions
    }
}
