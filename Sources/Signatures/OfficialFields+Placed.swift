import PAdES

extension OfficialFields {
    /// Where number, date, signature and seal of an outgoing document go: found in its text, and what cannot be found stands where the
    /// layout of Decree 30/2020 (annex I part I.II) has it: number upper left, date upper right, signature at the end on the right. A
    /// signature that the signer has placed stands there, and the seal goes with it. Throws `.placeOutsidePage`.
    static func placed(
        byWords words: String, signer: String, at place: SignaturePlace?, on geometry: [PageGeometry]
    ) throws(SignaturesError) -> OfficialFields {
        let pages = PageText.pages(bbox: words, geometry: geometry)
        var fields = FieldPlacement.propose(pages: pages, signerName: signer)
        let width = pages.first?.width ?? 595
        let height = pages.first?.height ?? 842
        if fields.number == nil {
            fields.number = Box(
                page: 0, rectangle: PDFRectangle(x: width * 0.22, y: height - 140, width: 60, height: 18))
            fields.numberIsFlushRight = false
        }
        if fields.date == nil {
            fields.date = DateLine(
                page: 0, rectangle: PDFRectangle(x: width * 0.55, y: height - 140, width: width * 0.36, height: 18))
        }
        if let place {
            fields.signer = try place.box(on: geometry)
            fields.seal = nil
        }
        let signature =
            fields.signer
            ?? Box(
                page: max(pages.count - 1, 0),
                rectangle: PDFRectangle(
                    x: width * 0.58, y: height * 0.16, width: FieldPlacement.signatureWidth,
                    height: FieldPlacement.signatureHeight))
        fields.signer = signature
        if fields.seal == nil {
            var seal = FieldPlacement.seal(beside: signature.rectangle)
            let top = geometry.indices.contains(signature.page) ? geometry[signature.page].shownHeight : height
            seal.y = max(0, min(seal.y, top - seal.height))
            fields.seal = Box(page: signature.page, rectangle: seal)
        }
        return fields
    }
}
