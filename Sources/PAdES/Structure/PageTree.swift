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
            var rotation: PDFValue?
            var depth: Int
        }
        let root = try self.catalog(in: view).value["Pages"]
        guard let reference = root?.reference else { throw .damaged("page tree missing") }
        var stack = [Node(reference: reference, mediaBox: nil, rotation: nil, depth: 0)]
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
            node.rotation = dictionary["Rotate"] ?? node.rotation
            if let kids = try self.resolve(dictionary["Kids"], in: view).array {
                for kid in kids.reversed() {
                    guard let reference = kid.reference else { throw .damaged("page is no reference") }
                    stack.append(
                        Node(
                            reference: reference, mediaBox: node.mediaBox, rotation: node.rotation,
                            depth: node.depth + 1))
                }
            } else {
                guard dictionary["Type"] == nil || dictionary["Type"] == .name("Page") else {
                    throw .damaged("page of another type")
                }
                guard pages.count < self.limits.pages else { throw .tooComplex("too many pages") }
                let geometry = try self.geometry(mediaBox: node.mediaBox, rotation: node.rotation, in: view)
                pages.append(PDFPage(reference: node.reference, dictionary: dictionary, geometry: geometry))
            }
        }
        return pages
    }

    private func geometry(mediaBox: PDFValue?, rotation: PDFValue?, in view: Int) throws(PDFError) -> PageGeometry {
        let corners = try self.numbers(mediaBox, in: view)
        guard corners.count == 4, corners.allSatisfy({ $0.isFinite && abs($0) < 1e6 }) else {
            throw .damaged("media box")
        }
        let turn = try self.resolve(rotation, in: view).integer ?? 0
        guard turn % 90 == 0 else { throw .damaged("page rotation") }
        return PageGeometry(
            mediaX: min(corners[0], corners[2]), mediaY: min(corners[1], corners[3]),
            mediaWidth: abs(corners[2] - corners[0]), mediaHeight: abs(corners[3] - corners[1]),
            rotation: (turn % 360 + 360) % 360)
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
