/// A rectangle on a page *as a reader sees it*: units of the page from the lower left corner of what is shown of it (its crop box),
/// after its `/Rotate` has been applied. A unit is a point (1/72 inch) but for the rare page with a `/UserUnit`. `PageGeometry` turns it
/// into the page's own user space.
public struct PDFRectangle: Hashable, Sendable, Codable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    public var midX: Double { self.x + self.width / 2 }
    public var midY: Double { self.y + self.height / 2 }
    public var maxX: Double { self.x + self.width }
    public var maxY: Double { self.y + self.height }
}

/// The length of a millimetre in points.
public let pointsPerMillimetre = 72.0 / 25.4

/// What of a page matters for putting something on it.
public struct PageGeometry: Hashable, Sendable {
    /// What readers show, in user space: the crop box as far as it lies in the media box. Lower left corner and size.
    public let x: Double
    public let y: Double
    public let width: Double
    public let height: Double
    /// Clockwise turn when shown: 0, 90, 180 or 270.
    public let rotation: Int
    /// The size of a unit in points (`/UserUnit`).
    public let unit: Double
    /// Not so when the crop box lies outside the media box: some readers show nothing of such a page, others all of it.
    var isCertain = true

    /// The width and height of the page as it is shown.
    public var shownWidth: Double { self.rotation % 180 == 0 ? self.width : self.height }
    public var shownHeight: Double { self.rotation % 180 == 0 ? self.height : self.width }

    /// The corners `[left, bottom, right, top]` in user space of a rectangle given as seen.
    func userSpace(_ seen: PDFRectangle) -> [Double] {
        let (x, y, w, h) =
            switch self.rotation {
            case 90: (self.width - seen.maxY, seen.x, seen.height, seen.width)
            case 180: (self.width - seen.maxX, self.height - seen.maxY, seen.width, seen.height)
            case 270: (seen.y, self.height - seen.maxX, seen.height, seen.width)
            default: (seen.x, seen.y, seen.width, seen.height)
            }
        return [self.x + x, self.y + y, self.x + x + w, self.y + y + h]
    }

    /// The rectangle as seen of the corners `[left, bottom, right, top]` in user space: the inverse of `userSpace`.
    func seen(_ corners: [Double]) -> PDFRectangle {
        let (x, y) = (corners[0] - self.x, corners[1] - self.y)
        let (w, h) = (corners[2] - corners[0], corners[3] - corners[1])
        return switch self.rotation {
        case 90: PDFRectangle(x: y, y: self.width - x - w, width: h, height: w)
        case 180:
            PDFRectangle(x: self.width - x - w, y: self.height - y - h, width: w, height: h)
        case 270: PDFRectangle(x: self.height - y - h, y: x, width: h, height: w)
        default: PDFRectangle(x: x, y: y, width: w, height: h)
        }
    }

    /// The `/Matrix` that keeps an appearance upright for the reader of a rotated page.
    var appearanceMatrix: [Int]? {
        switch self.rotation {
        case 90: [0, 1, -1, 0, 0, 0]
        case 180: [-1, 0, 0, -1, 0, 0]
        case 270: [0, -1, 1, 0, 0, 0]
        default: nil
        }
    }

    /// Whether the rectangle has an area and lies on what is shown of the page, give or take a point.
    func holds(_ seen: PDFRectangle) -> Bool {
        self.isCertain && [seen.x, seen.y, seen.width, seen.height].allSatisfy(\.isFinite) && seen.width >= 1
            && seen.height >= 1
            && seen.x >= -1 && seen.y >= -1 && seen.maxX <= self.shownWidth + 1 && seen.maxY <= self.shownHeight + 1
    }
}
