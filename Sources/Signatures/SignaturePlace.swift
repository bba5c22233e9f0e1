import PAdES

/// Where a signer wants the signature: its lower left corner in points (1/72 inch) from the lower left corner of a page *as it is shown*.
public struct SignaturePlace: Hashable, Sendable {
    /// The size of every signature that is placed by hand, in points: 45 × 20 mm.
    public static let width = FieldPlacement.signatureWidth
    public static let height = FieldPlacement.signatureHeight

    /// The first is 0.
    public let page: Int
    public let x: Double
    public let y: Double

    public init(page: Int, x: Double, y: Double) {
        self.page = page
        self.x = x
        self.y = y
    }

    /// The box on its page. Throws `.placeOutsidePage` when there is no such page or a part of the box would lie outside it.
    func box(on pages: [PageGeometry]) throws(SignaturesError) -> OfficialFields.Box {
        guard pages.indices.contains(self.page), self.x.isFinite, self.y.isFinite, self.x >= 0, self.y >= 0,
            self.x + Self.width <= pages[self.page].shownWidth, self.y + Self.height <= pages[self.page].shownHeight
        else { throw .placeOutsidePage }
        return OfficialFields.Box(
            page: self.page, rectangle: PDFRectangle(x: self.x, y: self.y, width: Self.width, height: Self.height))
    }
}

/// Where signature and seal would go on a document, for the signer to look at and to move. Lengths in points, as pages are shown.
public struct SignatureProposal: Hashable, Sendable, Codable {
    /// The size of a page as it is seen.
    public struct Page: Hashable, Sendable, Codable {
        public let width: Double
        public let height: Double
        /// Clockwise turn that `width` and `height` already take into account: 0, 90, 180 or 270.
        public let rotation: Int
    }

    /// From the lower left corner of the page; the first page is 0.
    public struct Box: Hashable, Sendable, Codable {
        public let page: Int
        public let x: Double
        public let y: Double
        public let width: Double
        public let height: Double

        init(_ box: OfficialFields.Box) {
            self.page = box.page
            self.x = box.rectangle.x
            self.y = box.rectangle.y
            self.width = box.rectangle.width
            self.height = box.rectangle.height
        }
    }

    public let pages: [Page]
    public let signature: Box
    public let seal: Box

    /// Throws `SignaturesError.notSignable` when there is no place, which a document with a page does not give.
    init(pages: [PageGeometry], words: String, signer: String) throws(SignaturesError) {
        let fields = try OfficialFields.placed(byWords: words, signer: signer, at: nil, on: pages)
        guard let signature = fields.signer, let seal = fields.seal else { throw .notSignable(reason: "no_place") }
        self.pages = pages.map { Page(width: $0.shownWidth, height: $0.shownHeight, rotation: $0.rotation) }
        self.signature = Box(signature)
        self.seal = Box(seal)
    }
}
