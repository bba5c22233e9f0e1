import CQPDF

/// What an upload is, found without trusting it: the file is read by our own strict and bounded reader first, and only what
/// that accepts is shown to qpdf, as a second opinion.
///
/// Blocking and bound to the processor: call it off the cooperative pool. Any bytes are safe.
public struct PDFInspection: Sendable, Hashable {
    /// From the header, such as `1.7`.
    public let version: String
    public let pages: [PageGeometry]
    /// Number of saves: 1 for a file that was never updated incrementally.
    public let revisions: Int
    /// Full names of the form fields, in the form's order.
    public let fieldNames: [String]
    /// Full names of the fields that carry a signature.
    public let signedFieldNames: [String]
    /// DocMDP level of a certified document.
    public let certificationLevel: Int?

    public var pageCount: Int { self.pages.count }
    public var isSigned: Bool { !self.signedFieldNames.isEmpty }

    /// - Throws: `PDFError`: `notAPDF`, `truncated`, `encrypted`, `damaged`, `tooComplex`, `hybridCrossReference`, `unsupported`.
    public init(_ bytes: [UInt8], limits: PDFLimits = .standard) throws(PDFError) {
        let file = try PDFFile(bytes, limits: limits)
        let view = file.lastView
        self.version = String(decoding: bytes.dropFirst(5).prefix { $0 > 0x20 && $0 < 0x7F }.prefix(8), as: UTF8.self)
        let catalog = try file.catalog(in: view).value
        self.pages = try file.pages(in: view).map(\.geometry)
        guard !self.pages.isEmpty else { throw .damaged("no pages") }
        self.revisions = file.revisions.count
        self.fieldNames = try file.fields(in: view).map(\.name)
        self.signedFieldNames = try file.signedFields(in: view).map(\.field.name)
        self.certificationLevel = try file.permissions(in: view).certification
        let form = try file.resolve(catalog["AcroForm"], in: view).dictionary
        guard form?["XFA"] == nil else { throw .unsupported("XFA form") }
        try file.inflateObjectStreams(in: view)
        try Self.askQPDF(bytes, pages: self.pages.count)
    }

    /// qpdf must open the file without repairing it and count the same pages.
    private static func askQPDF(_ bytes: [UInt8], pages: Int) throws(PDFError) {
        var handle: qpdf_data? = qpdf_init()
        guard let qpdf = handle else { throw .cryptography("qpdf_init") }
        defer { qpdf_cleanup(&handle) }
        qpdf_silence_errors(qpdf)
        qpdf_set_suppress_warnings(qpdf, 1)
        qpdf_set_attempt_recovery(qpdf, 0)
        let counted = bytes.withUnsafeBytes { buffer -> Int32 in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard qpdf_read_memory(qpdf, "upload", start, UInt64(buffer.count), nil) & Int32(QPDF_ERRORS) == 0 else {
                return -1
            }
            return qpdf_get_num_pages(qpdf)
        }
        // An error that nobody fetched is printed to standard error by qpdf.
        if qpdf_has_error(qpdf) != 0 { _ = qpdf_get_error(qpdf) }
        guard counted == pages else { throw .damaged("readers disagree about the file") }
    }
}
