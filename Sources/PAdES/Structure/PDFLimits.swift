/// Bounds on what a file may make this module do. A file that passes one is refused with `PDFError.tooComplex`.
public struct PDFLimits: Sendable, Hashable {
    /// Entries of all cross-reference sections together.
    public var objects = 1_000_000
    /// Cross-reference sections that follow one another by `/Prev`.
    public var sections = 2_000
    /// Bytes that come out of all compressed cross-reference and object streams together.
    public var inflatedBytes = 96 << 20
    /// Bytes of memory for what is kept of a file while it is looked at: its cross-reference, the object streams, and the
    /// objects that are asked for more than once.
    public var memory = 192 << 20
    /// Bytes of objects that are read, again and again counted, streams' data not counted.
    public var syntaxBytes = 64 << 20
    /// Bytes of data that are decoded of other streams, again and again counted.
    public var contentBytes = 128 << 20
    /// Objects that are looked up, again and again counted: what keeps a small file from costing much time.
    public var lookups = 1_600_000
    public var pages = 100_000
    public var signatures = 500

    public static let standard = PDFLimits()
    public init() {}
}
