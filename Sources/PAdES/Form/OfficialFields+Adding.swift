extension OfficialFields {
    /// Puts the fields on a document that nobody has signed yet, by an incremental update.
    ///
    /// The signature fields are made now because after a certification no visible field may be added (strict validators call
    /// it tampering). All are read-only for people: values come from the register.
    /// - Returns: the bytes to append to `pdf`.
    /// - Throws: `changeForbidden` when the file is signed, `fieldExists`, `noSuchPage`, `badRectangle`, and what
    ///   `PDFInspection` throws of a broken file.
    public func adding(to pdf: [UInt8]) throws(PDFError) -> [UInt8] {
        let file = try PDFFile(pdf, reading: .extending)
        try file.ensurePermission(toAddFields: true)
        let view = file.lastView
        guard try file.permissions(in: view).signatureCount == 0 else {
            throw .changeForbidden("the document is signed already")
        }
        let pages = try file.pages(in: view)
        for field in try file.fields(in: view) {
            let isOurs = field.name.hasPrefix("vanthu.") || field.name == "vanthu"
            guard !isOurs else { throw .fieldExists(field.name) }
        }
        func page(_ index: Int) throws(PDFError) -> PDFPage {
            guard pages.indices.contains(index) else { throw .noSuchPage(index) }
            return pages[index]
        }
        var editor = try FormEditor(file)
        // A widget must have an appearance (ISO 32000-2, 12.5.5); an empty one until there is something to show.
        let blank = try Drawing(width: 1, height: 1).embed(in: &editor.update, on: nil)
        let appearance = PDFValue.dictionary(["N": .reference(blank)])
        // The state picks nothing among appearances that are streams. But pyHanko 0.38 takes a text field without one for changed as
        // soon as another update follows (form_field_rules.py asks whether its picture is of the very last revision), and so every time
        // stamp behind a seal for a change of locked fields.
        let text: PDFDictionary = [
            "FT": .name("Tx"), "F": .integer(4), "Ff": .integer(1), "AP": appearance, "AS": .name("N"),
        ]
        if let number {
            var entries = text
            entries["DA"] = .text("/Helv \(Drawing.number(self.numberSize)) Tf 0 g")
            entries["TU"] = .text("Số văn bản")
            entries["Q"] = .integer(self.numberIsFlushRight ? 2 : 0)
            let page = try page(number.page)
            _ = try editor.addField(Self.numberName, entries, page: page, rectangle: number.rectangle)
        }
        if let date {
            var entries = text
            entries["DA"] = .text("/Helv \(Drawing.number(self.dateSize)) Tf 0 g")
            entries["TU"] = .text("Ngày, tháng, năm ban hành")
            entries["VanthuGaps"] = date.stored
            let page = try page(date.page)
            _ = try editor.addField(Self.dateName, entries, page: page, rectangle: date.rectangle)
        }
        let signature: PDFDictionary = ["FT": .name("Sig"), "F": .integer(132), "AP": appearance]
        if let signer {
            let page = try page(signer.page)
            _ = try editor.addField(Self.signerName, signature, page: page, rectangle: signer.rectangle)
        }
        if let seal {
            var entries = signature
            // ISO 32000-2, table 235: an indirect dictionary.
            let lock = try editor.update.add(.dictionary(["Type": .name("SigFieldLock"), "Action": .name("All")]))
            entries["Lock"] = .reference(lock)
            let page = try page(seal.page)
            _ = try editor.addField(Self.sealName, entries, page: page, rectangle: seal.rectangle)
        }
        let form = try file.form(in: view)?.value
        let resources = try file.resolve(form?["DR"], in: view).dictionary
        let fonts = try file.resolve(resources?["Font"], in: view).dictionary
        if fonts?["Helv"] == nil {
            let helvetica = try editor.update.add(
                .dictionary([
                    "Type": .name("Font"), "Subtype": .name("Type1"), "BaseFont": .name("Helvetica"),
                    "Encoding": .name("WinAnsiEncoding"),
                ]))
            var (resources, fonts) = (resources ?? [:], fonts ?? [:])
            fonts["Helv"] = .reference(helvetica)
            resources["Font"] = .dictionary(fonts)
            try editor.editForm { $0["DR"] = .dictionary(resources) }
        }
        return try editor.serialise().appended
    }

    /// As `adding`, and returns the whole new file; it begins with every byte of `pdf`.
    public func added(to pdf: [UInt8]) throws(PDFError) -> [UInt8] {
        pdf + (try self.adding(to: pdf))
    }
}

extension OfficialFields.DateLine {
    /// Kept in the field: where the parts go and which year is printed. Signed with the rest by the first signature.
    var stored: PDFValue {
        func place(_ x: Double?) -> PDFValue { x.map { .real(Drawing.number($0 - self.rectangle.x)) } ?? .null }
        return .array([
            place(self.dayX), place(self.monthX), place(self.yearX), self.printedYear.map { .integer($0) } ?? .null,
        ])
    }
}
