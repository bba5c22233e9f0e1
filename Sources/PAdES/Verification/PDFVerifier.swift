/// Verifies the signatures of a file against a set of roots.
public struct PDFVerifier: Sendable {
    /// Certificates (DER) that a path may end at.
    public var roots: [[UInt8]]
    /// Issuers (DER) that may lie on a path besides those in the file.
    public var intermediates: [[UInt8]]
    /// The time at which certificates must be valid; `nil` is now.
    public var time: SigningTime?
    public var limits: PDFLimits
    /// By which it is told until when the file's own evidence carries.
    public var algorithmEnds = AlgorithmEnds.none

    public init(
        roots: [[UInt8]], intermediates: [[UInt8]] = [], time: SigningTime? = nil, limits: PDFLimits = .standard
    ) {
        self.roots = roots
        self.intermediates = intermediates
        self.time = time
        self.limits = limits
    }
}
