/// Fields, their widgets, and annotations.
extension UpdateAnalysis {
    mutating func judgeForm(_ old: PDFDictionary, _ new: PDFDictionary) throws(PDFError) {
        for key in Set(old.keys).union(new.keys).sorted() where try !self.isSame(old[key], new[key]) {
            switch key {
            case "Fields":
                try self.judgeAddedFields(
                    self.items(old[key], self.old), self.items(new[key], self.new), subject: "form")
            case "SigFlags":
                if new[key]?.integer.map({ (1...3).contains($0) }) != true { self.forbid("form: SigFlags") }
            case "NeedAppearances":
                if new[key] == .boolean(true) { self.forbid("form: NeedAppearances") }
            case "DA":
                guard old[key] == nil, new[key]?.string != nil else { return self.forbid("form: DA") }
            case "DR": try self.judgeResources(old[key], new[key])
            default: self.forbid("form: \(key)")
            }
        }
    }

    /// Fonts and the like for new fields may be added, none may be exchanged.
    private mutating func judgeResources(_ old: PDFValue?, _ new: PDFValue?) throws(PDFError) {
        let before = try self.file.resolve(old, in: self.old).dictionary ?? [:]
        let after = try self.file.resolve(new, in: self.new).dictionary ?? [:]
        for kind in before.keys where try !self.isSame(before[kind], after[kind]) {
            guard let inner = try self.file.resolve(before[kind], in: self.old).dictionary,
                let outer = try self.file.resolve(after[kind], in: self.new).dictionary
            else { return self.forbid("form: DR") }
            for name in inner.keys where try !self.isSame(inner[name], outer[name]) {
                return self.forbid("form: DR")
            }
        }
        self.allow(.structure, "form resources")
    }

    /// What changes with a field's value.
    private static let fillingKeys: Set<String> = ["V", "AP", "AS", "I", "M", "MK", "RV", "StructParent"]

    /// What a new value of a text or choice field may bring along: how its picture is drawn.
    private static let drawingKeys: Set<String> = ["DA", "Q", "F"]

    /// Filling a field: nothing but its value and its picture may change. A value that was there is part of what was signed
    /// and stands, unless a certification or a lock of other fields permits filling (`Change.replacesValue`).
    mutating func judge(
        _ field: PDFField, _ old: PDFDictionary, _ new: PDFDictionary, _ keys: Set<String>
    ) throws(PDFError) {
        if keys.isEmpty { return }
        if keys == ["Kids"], try self.isWidgetAddition(field, old, new) { return }
        // Some programs make the fields read-only that their signature locks.
        if keys == ["Ff"], let flags = new["Ff"]?.integer, flags == (old["Ff"]?.integer ?? 0) | 1 {
            return self.allow(.structure, "field \(field.name) made read-only")
        }
        let ignored: Set<String> =
            field.isSignature ? ["F"] : ["Tx", "Ch"].contains(field.type ?? "") ? Self.drawingKeys : []
        let keys = keys.subtracting(ignored)
        guard keys.isSubset(of: Self.fillingKeys), keys.contains("V") else {
            return self.forbid("field \(field.name)")
        }
        let isBlank = (try self.isEmpty(field.value, of: field), try self.isEmpty(old["V"], of: field))
        let isFilled = isBlank != (true, true)
        guard !isFilled || !field.isSignature else { return self.forbid("field \(field.name)") }
        func fill() {
            self.changes.append(
                Change(kind: .fieldFilled, subject: field.name, field: field.name, replacesValue: isFilled))
        }
        let value = try self.file.resolve(new["V"], in: self.new)
        switch field.type {
        case "Sig":
            guard let signature = new["V"]?.reference, self.fresh.contains(signature.number),
                let kind = try self.signatureKind(signature)
            else { return self.forbid("field \(field.name)") }
            var change = Change(kind: .signatureAdded, subject: field.name, field: field.name)
            change.isTimeStamp = kind == .documentTimeStamp
            self.changes.append(change)
        case "Tx":
            guard value.string != nil else { return self.forbid("field \(field.name)") }
            fill()
        case "Ch":
            guard value.string != nil || value.array?.allSatisfy({ $0.string != nil }) == true else {
                return self.forbid("field \(field.name)")
            }
            fill()
        case "Btn":
            // A button's pictures are part of the signed document: it may only switch between them.
            guard value.name != nil, !keys.contains("AP") else { return self.forbid("field \(field.name)") }
            fill()
        default: return self.forbid("field \(field.name)")
        }
        self.filledFields.insert(field.reference.number)
    }

    private func isEmpty(_ value: PDFValue?, of field: PDFField) throws(PDFError) -> Bool {
        switch try self.file.resolve(value, in: self.old) {
        case .null: true
        case .string(let bytes): bytes.isEmpty && field.type != "Sig"
        case .array(let items): items.isEmpty && field.type == "Ch"
        case .name(let name): name == "Off" && field.type == "Btn"
        default: false
        }
    }

    mutating func judgeWidget(of field: PDFField, _ keys: Set<String>) {
        let allowed: Set<String> = field.type == "Btn" ? ["AS", "M"] : ["AP", "AS", "M", "MK"]
        guard keys.isEmpty || (keys.isSubset(of: allowed) && self.filledFields.contains(field.reference.number)) else {
            return self.forbid("widget of field \(field.name)")
        }
    }

    /// What a signature dictionary is that the update adds; `nil` for one that can't be decoded or has no byte range.
    private func signatureKind(_ reference: PDFReference) throws(PDFError) -> SignatureReport.Kind? {
        guard let dictionary = try self.file.object(reference, in: self.new)?.value.dictionary,
            dictionary["ByteRange"] != nil, let contents = dictionary["Contents"]?.string,
            DERForm.normalised(contents[...]) != nil
        else { return nil }
        let name = try self.file.resolve(dictionary["SubFilter"], in: self.new).name
        return name == "ETSI.RFC3161" ? .documentTimeStamp : .signature
    }

    /// The old items in their order, and among them fields that are new.
    mutating func judgeAddedFields(_ old: [PDFValue], _ new: [PDFValue], subject: String) throws(PDFError) {
        guard let added = self.additions(old, new) else { return self.forbid("\(subject): fields removed") }
        for item in added {
            guard let reference = item.reference, try self.addField(reference, parent: nil, depth: 0) else {
                return self.forbid("\(subject): field added")
            }
        }
    }

    /// What `new` has besides the items of `old`, which must all be there in their order.
    private func additions(_ old: [PDFValue], _ new: [PDFValue]) -> [PDFValue]? {
        var rest = old[...]
        var added: [PDFValue] = []
        for item in new {
            if item == rest.first { rest = rest.dropFirst() } else { added.append(item) }
        }
        return rest.isEmpty ? added : nil
    }

    /// Keys by which a field or annotation acts on its own.
    private static let actingKeys = ["A", "AA", "PA"]

    /// Takes note of a new field, or of a new group of such fields.
    private mutating func addField(
        _ reference: PDFReference, parent: PDFDictionary?, depth: Int
    ) throws(PDFError) -> Bool {
        guard depth < 8, self.fresh.contains(reference.number),
            let field = try self.file.object(reference, in: self.new)?.value.dictionary,
            !Self.actingKeys.contains(where: { field[$0] != nil })
        else { return false }
        if let kids = field["Kids"] {
            self.addedFields.insert(reference)
            for kid in try self.items(kids, self.new) {
                guard let kid = kid.reference, try self.addField(kid, parent: field, depth: depth + 1) else {
                    return false
                }
            }
            return true
        }
        let corners = try self.file.numbers(field["Rect"], in: self.new)
        let isVisible = corners.count == 4 && corners[0] != corners[2] && corners[1] != corners[3]
        let name = try self.file.resolve(field["T"] ?? parent?["T"], in: self.new).text ?? "field"
        let type = try self.file.resolve(field["FT"] ?? parent?["FT"], in: self.new).name
        self.addedFields.insert(reference)
        guard type == "Sig" else {
            // Any other new field is a thing put onto the page.
            self.changes.append(Change(kind: .annotation, subject: "field \(name)"))
            return true
        }
        var change = Change(kind: .signatureAdded, subject: name, isVisibleAddition: isVisible)
        if let value = field["V"] ?? parent?["V"] {
            guard let signature = value.reference, let kind = try self.signatureKind(signature) else { return false }
            change.isTimeStamp = kind == .documentTimeStamp
        }
        self.changes.append(change)
        return true
    }

    /// A field of one widget becomes one with several: refused, but for a field that is not signed and gets new widgets.
    private mutating func isWidgetAddition(
        _ field: PDFField, _ old: PDFDictionary, _ new: PDFDictionary
    ) throws(PDFError) -> Bool {
        guard field.isSignature, field.value == nil,
            let added = self.additions(try self.items(old["Kids"], self.old), try self.items(new["Kids"], self.new))
        else { return false }
        for item in added {
            guard let kid = item.reference, try self.addField(kid, parent: old, depth: 1) else { return false }
        }
        return true
    }

    mutating func judgeAnnotations(_ old: [PDFValue], _ new: [PDFValue], page: Int) throws(PDFError) {
        guard let added = self.additions(old, new) else { return self.forbid("annotations of page \(page + 1)") }
        for item in added {
            if let reference = item.reference,
                self.addedFields.contains(reference) || self.filledFields.contains(reference.number)
            {
                continue
            }
            // What was there already may not appear at another place; what is new must be a thing that is looked at.
            let value = try self.file.resolve(item, in: self.new)
            guard item.reference.map({ self.fresh.contains($0.number) }) ?? true, let annotation = value.dictionary,
                let kind = annotation["Subtype"]?.name, kind != "Widget",
                !Self.actingKeys.contains(where: { annotation[$0] != nil })
            else { return self.forbid("annotations of page \(page + 1)") }
            self.changes.append(Change(kind: .annotation, subject: "page \(page + 1)"))
        }
    }
}
