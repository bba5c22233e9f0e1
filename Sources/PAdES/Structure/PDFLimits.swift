/// Bounds on what a file may make this module do. A file that passes one is refused with `PDFError.tooComplex`.
public struct PDFLimits: Sendable, Hashable {
    /// Entries of all cross-reference sections together.
    public var objects = 1_000_000
    /// Cross-reference sections that follow one another by `/Prev`.
    public var sections = 2_000
    /// Bytes that come out of all compressed cross-reference and object streams together.
    public var inflatedBytes = 256 << 20
    public var pages = 100_000
    public var signatures = 500

    public static let standard = PDFLimits()
    public init() {}
}
