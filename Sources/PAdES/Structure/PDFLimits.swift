/// Bounds on what a file may make this module do. A file that passes one is refused with `PDFError.tooComplex`.
public struct PDFLimits: Sendable, Hashable {
    /// Entries of all cross-reference sections together.
    public var objects = 1_000_000
    /// Cross-reference sections that follow one another by `/Prev`.
    public var sections = 2_000
    /// Bytes that come out of all compressed cross-reference and object streams together.
    public var inflatedBytes = 256 << 20
    /// Bytes of objects that are read, streams' data not counted: what is kept of them in memory is some twenty times as much.
    public var syntaxBytes = 32 << 20
    /// Objects that are looked up, again and again counted: what keeps a small file from costing much time.
    public var lookups = 10_000_000
    public var pages = 100_000
    public var signatures = 500

    public static let standard = PDFLimits()
    public init() {}
}
