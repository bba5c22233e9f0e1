/// Why a PDF, a picture, a text or a signature value is refused.
///
/// The reasons carried by some cases are fixed English phrases of this module: they never quote the file, so that they may
/// be logged. `code` is stable and is what an API may show.
public enum PDFError: Error, Hashable, Sendable {
    /// The bytes don't begin like a PDF (`%PDF-` within the first 1,024 bytes).
    case notAPDF
    /// The file ends before its own cross-reference says it should, or has no `%%EOF`.
    case truncated
    /// The file's structure contradicts itself; the reason names the first contradiction found.
    case damaged(_ reason: String)
    /// The file is encrypted, even if only with an empty user password.
    case encrypted
    /// Old and new cross-reference side by side (`/XRefStm`): readers disagree on what such a file shows.
    case hybridCrossReference
    /// A bound (depth, number of objects, inflated size, revisions) was passed.
    case tooComplex(_ reason: String)
    /// A feature that is legal but that this module does not handle (dynamic XFA, an unusual stream filter).
    case unsupported(_ reason: String)
    case noSuchPage(_ page: Int)
    case fieldExists(_ name: String)
    case fieldMissing(_ name: String)
    /// A field that can be filled or signed only once has its value already.
    case fieldFilled(_ name: String)
    /// An earlier signature forbids what is asked (DocMDP P=1, FieldMDP, or certification after another signature).
    case changeForbidden(_ reason: String)
    /// The document prints a year that is not the year of the date to be filled.
    case yearDisagrees(printed: Int)
    /// The embedded font has no glyph for this character: nothing is drawn rather than an empty box.
    case missingGlyph(scalar: UInt32)
    /// The text is too long for its rectangle even at the smallest legible size.
    case textDoesNotFit
    /// A picture that is not a PNG of at most 4,000 × 4,000 points, or an interlaced one.
    case unusableImage
    /// A rectangle outside its page or without area.
    case badRectangle
    /// The certificate can't sign documents (key too small, unknown algorithm, key usage without signing).
    case certificateUnsuitable(_ reason: String)
    /// The signature value handed to `complete` was not made by the certificate's key over the prepared attributes.
    case signatureDoesNotVerify
    /// The time stamp authority gave no token; PKIStatus of RFC 3161, 2.4.2 (2 is rejection).
    case timeStampRefused(status: Int)
    /// What the time stamp authority answered is no time stamp for what was asked.
    case timeStampUnusable(_ reason: String)
    /// The SignedData doesn't fit into the space reserved in the file.
    case signatureTooLarge
    /// The file handed to `complete` is not the one that was prepared.
    case baseChanged
    /// OpenSSL refused an operation that must succeed (memory, broken installation).
    case cryptography(_ operation: String)

    /// A stable snake_case word for this kind of refusal.
    public var code: String {
        switch self {
        case .notAPDF: "not_a_pdf"
        case .truncated: "truncated_pdf"
        case .damaged: "damaged_pdf"
        case .encrypted: "encrypted_pdf"
        case .hybridCrossReference: "hybrid_pdf"
        case .tooComplex: "pdf_too_complex"
        case .unsupported: "unsupported_pdf"
        case .noSuchPage: "no_such_page"
        case .fieldExists: "field_exists"
        case .fieldMissing: "field_missing"
        case .fieldFilled: "field_filled"
        case .changeForbidden: "change_forbidden"
        case .yearDisagrees: "year_disagrees"
        case .missingGlyph: "missing_glyph"
        case .textDoesNotFit: "text_does_not_fit"
        case .unusableImage: "unusable_image"
        case .badRectangle: "bad_rectangle"
        case .certificateUnsuitable: "certificate_unsuitable"
        case .signatureDoesNotVerify: "signature_does_not_verify"
        case .timeStampRefused: "time_stamp_refused"
        case .timeStampUnusable: "time_stamp_unusable"
        case .signatureTooLarge: "signature_too_large"
        case .baseChanged: "base_changed"
        case .cryptography: "cryptography_failed"
        }
    }
}
