/// A page with what it inherits.
struct PDFPage {
    var reference: PDFReference
    var dictionary: PDFDictionary
    var geometry: PageGeometry
}

extension PDFFile {
    /// Every page in reading order. A tree with a circle, a page used twice or a missing media box is refused.
    func pages(in view: Int) throws(PDFError) -> [PDFPage] {
        struct Node {
            var reference: PDFReference
            var mediaBox: PDFValue?
            var cropBox: PDFValue?
            var rotation: PDFValue?
            var depth: Int
        }
        let root = try self.catalog(in: view).value["Pages"]
        guard let reference = root?.reference else { throw .damaged("page tree missing") }
        var stack = [Node(reference: reference, mediaBox: nil, cropBox: nil, rotation: nil, depth: 0)]
        var seen: Set<PDFReference> = []
        var pages: [PDFPage] = []
        while var node = stack.popLast() {
            guard seen.insert(node.reference).inserted else { throw .damaged("page tree in a circle") }
            guard node.depth < PDFLexer.maximumDepth, seen.count <= 2 * self.limits.pages else {
                throw .tooComplex("page tree")
            }
            guard let dictionary = try self.object(node.reference, in: view)?.value.dictionary else {
                throw .damaged("page missing")
            }
            node.mediaBox = dictionary["MediaBox"] ?? node.mediaBox
            node.cropBox = dictionary["CropBox"] ?? node.cropBox
            node.rotation = dictionary["Rotate"] ?? node.rotation
            if let kids = try self.resolve(dictionary["Kids"], in: view).array {
                for kid in kids.reversed() {
                    guard let reference = kid.reference else { throw .damaged("page is no reference") }
                    stack.append(
                        Node(
                            reference: reference, mediaBox: node.mediaBox, cropBox: node.cropBox,
                            rotation: node.rotation, depth: node.depth + 1))
                }
            } else {
                guard dictionary["Type"] == nil || dictionary["Type"] == .name("Page") else {
                    throw .damaged("page of another type")
                }
                guard pages.count < self.limits.pages else { throw .tooComplex("too many pages") }
                let geometry = try self.geometry(
                    mediaBox: node.mediaBox, cropBox: node.cropBox, rotation: node.rotation,
                    unit: dictionary["UserUnit"], in: view)
                pages.append(PDFPage(reference: node.reference, dictionary: dictionary, geometry: geometry))
            }
        }
        return pages
    }

    private func geometry(
        mediaBox: PDFValue?, cropBox: PDFValue?, rotation: PDFValue?, unit: PDFValue?, in view: Int
    ) throws(PDFError) -> PageGeometry {
        // Where nothing is to be placed on a page, one that says its size wrongly is still a page.
        let isJudged = self.reading == .forgiving
        guard let media = try self.box(mediaBox, in: view) ?? (isJudged ? (0, 0, 612, 792) : nil) else {
            throw .damaged("media box")
        }
        // Of a crop box only what lies within the media box counts (ISO 32000-2, 14.11.2.1).
        var (shown, isCertain) = (media, true)
        if let crop = try self.box(cropBox, in: view) {
            let both = (
                left: max(media.left, crop.left), bottom: max(media.bottom, crop.bottom),
                right: min(media.right, crop.right), top: min(media.top, crop.top)
            )
            isCertain = both.left < both.right && both.bottom < both.top
            if isCertain { shown = both }
        }
        let turn = try self.resolve(rotation, in: view).integer ?? 0
        guard turn % 90 == 0 || isJudged else { throw .damaged("page rotation") }
        let unit = try self.resolve(unit, in: view).number ?? 1
        return PageGeometry(
            x: shown.left, y: shown.bottom, width: shown.right - shown.left, height: shown.top - shown.bottom,
            rotation: (turn % 360 + 360) % 360, unit: unit > 0.001 && unit < 1_000 ? unit : 1, isCertain: isCertain)
    }

    /// A rectangle by any two opposite corners; `nil` when it is none.
    private func box(
        _ value: PDFValue?, in view: Int
    ) throws(PDFError) -> (left: Double, bottom: Double, right: Double, top: Double)? {
        let corners = try self.numbers(value, in: view)
        guard corners.count == 4, corners.allSatisfy({ $0.isFinite && abs($0) < 1e6 }) else { return nil }
        return (
            min(corners[0], corners[2]), min(corners[1], corners[3]), max(corners[0], corners[2]),
            max(corners[1], corners[3])
        )
    }

    /// The numbers of an array, each possibly behind a reference; empty when it is no array of numbers.
    func numbers(_ value: PDFValue?, in view: Int) throws(PDFError) -> [Double] {
        guard let items = try self.resolve(value, in: view).array, items.count <= 1_000 else { return [] }
        var numbers: [Double] = []
        for item in items {
            guard let number = try self.resolve(item, in: view).number else { return [] }
            numbers.append(number)
        }
        return numbers
    }
}
