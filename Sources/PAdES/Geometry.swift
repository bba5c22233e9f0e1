/// A rectangle on a page *as a reader sees it*: points (1/72 inch) from the lower left corner of the media box, after the
/// page's `/Rotate` has been applied. `PageGeometry` turns it into the page's own user space.
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
    /// The media box in user space: lower left corner and size.
    public let mediaX: Double
    public let mediaY: Double
    public let mediaWidth: Double
    public let mediaHeight: Double
    /// Clockwise turn when shown: 0, 90, 180 or 270.
    public let rotation: Int

    /// The width and height of the page as it is shown.
    public var shownWidth: Double { self.rotation % 180 == 0 ? self.mediaWidth : self.mediaHeight }
    public var shownHeight: Double { self.rotation % 180 == 0 ? self.mediaHeight : self.mediaWidth }

    /// The corners `[left, bottom, right, top]` in user space of a rectangle given as seen.
    func userSpace(_ seen: PDFRectangle) -> [Double] {
        let (x, y, w, h) =
            switch self.rotation {
            case 90: (self.mediaWidth - seen.maxY, seen.x, seen.height, seen.width)
            case 180: (self.mediaWidth - seen.maxX, self.mediaHeight - seen.maxY, seen.width, seen.height)
            case 270: (seen.y, self.mediaHeight - seen.maxX, seen.height, seen.width)
            default: (seen.x, seen.y, seen.width, seen.height)
            }
        return [self.mediaX + x, self.mediaY + y, self.mediaX + x + w, self.mediaY + y + h]
    }

    /// The rectangle as seen of the corners `[left, bottom, right, top]` in user space: the inverse of `userSpace`.
    func seen(_ corners: [Double]) -> PDFRectangle {
        let (x, y) = (corners[0] - self.mediaX, corners[1] - self.mediaY)
        let (w, h) = (corners[2] - corners[0], corners[3] - corners[1])
        return switch self.rotation {
        case 90: PDFRectangle(x: y, y: self.mediaWidth - x - w, width: h, height: w)
        case 180:
            PDFRectangle(x: self.mediaWidth - x - w, y: self.mediaHeight - y - h, width: w, height: h)
        case 270: PDFRectangle(x: self.mediaHeight - y - h, y: x, width: h, height: w)
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

    /// Whether the rectangle has an area and lies on the page, give or take a point.
    func holds(_ seen: PDFRectangle) -> Bool {
        [seen.x, seen.y, seen.width, seen.height].allSatisfy(\.isFinite) && seen.width >= 1 && seen.height >= 1
            && seen.x >= -1 && seen.y >= -1 && seen.maxX <= self.shownWidth + 1 && seen.maxY <= self.shownHeight + 1
    }
}
