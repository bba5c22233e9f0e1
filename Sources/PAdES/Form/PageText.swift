/// A word on a page as `pdftotext -bbox -cropbox` gives it: units of the page from the *upper* left corner of the page as shown.
public struct PageWord: Hashable, Sendable {
    public var text: String
    public var left: Double
    public var top: Double
    public var right: Double
    public var bottom: Double

    public init(text: String, left: Double, top: Double, right: Double, bottom: Double) {
        self.text = text
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    var height: Double { self.bottom - self.top }

    /// Whether both stand on the same printed line.
    func isOnLine(of other: PageWord) -> Bool {
        abs(self.bottom - other.bottom) < 0.35 * max(self.height, other.height)
    }
}

/// The words of a page with its size.
public struct PageText: Hashable, Sendable {
    public var width: Double
    public var height: Double
    public var words: [PageWord]
    /// The size of a unit in points; other than 1 only for a page with a `/UserUnit`.
    public var unit: Double

    public init(width: Double, height: Double, words: [PageWord], unit: Double = 1) {
        self.unit = unit
        self.width = width
        self.height = height
        self.words = words
    }

    /// Reads the output of `pdftotext -bbox -cropbox FILE -` (poppler 22.12): one `<page …>` with its `<word …>` elements a page.
    /// Lines it doesn't know are passed over.
    /// - Parameter geometry: the pages by `PDFInspection`. Needed where pages are turned: poppler gives the words as shown, but
    ///   the page's size as stored.
    public static func pages(bbox output: String, geometry: [PageGeometry] = []) -> [PageText] {
        var pages: [PageText] = []
        for line in output.split(separator: "\n") {
            let line = line.drop { $0 == " " }
            func number(_ name: String) -> Double? {
                guard let start = line.firstRange(of: name + "=\"")?.upperBound else { return nil }
                let value = Double(line[start...].prefix { $0 != "\"" })
                return value?.isFinite == true ? value : nil
            }
            if line.hasPrefix("<page "), let width = number("width"), let height = number("height") {
                let known = geometry.indices.contains(pages.count) ? geometry[pages.count] : nil
                pages.append(
                    PageText(
                        width: known?.shownWidth ?? width, height: known?.shownHeight ?? height, words: [],
                        unit: known?.unit ?? 1))
            } else if line.hasPrefix("<word "), !pages.isEmpty, let left = number("xMin"), let top = number("yMin"),
                let right = number("xMax"), let bottom = number("yMax"),
                let start = line.firstRange(of: "\">")?.upperBound, let end = line[start...].firstRange(of: "</word>")
            {
                let text = line[start..<end.lowerBound].replacing("&lt;", with: "<").replacing("&gt;", with: ">")
                    .replacing("&quot;", with: "\"").replacing("&apos;", with: "'").replacing("&amp;", with: "&")
                pages[pages.count - 1].words.append(
                    PageWord(text: String(text), left: left, top: top, right: right, bottom: bottom))
            }
        }
        return pages
    }
}
