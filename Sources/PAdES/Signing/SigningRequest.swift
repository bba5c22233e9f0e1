/// How a signature is computed. Circular 15/2025/TT-BKHCN: RSA as RSASSA-PSS with at least 2048 bits, ECDSA with at least 256, SHA-256 or
/// better. PKCS#1 v1.5 is there for tokens and remote services that can do nothing else, and never chosen by itself.
public enum SignatureAlgorithm: String, Hashable, Sendable, Codable, CaseIterable {
    case rsaPSSWithSHA256
    case rsaPSSWithSHA384
    case rsaPSSWithSHA512
    case ecdsaWithSHA256
    case ecdsaWithSHA384
    case ecdsaWithSHA512
    case rsaPKCS1WithSHA256
    case rsaPKCS1WithSHA384
    case rsaPKCS1WithSHA512
}

/// A wall-clock time to the second, as seconds since 1970 UTC. Shown with the offset of Vietnam, +07:00.
public struct SigningTime: Hashable, Sendable, Codable, Comparable {
    public var secondsSince1970: Int64
    public init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }
    public static func < (a: SigningTime, b: SigningTime) -> Bool { a.secondsSince1970 < b.secondsSince1970 }
}

/// What one signature is to be.
public struct SigningRequest: Sendable {
    /// What the signature stands for, and so what it permits after it.
    public enum Purpose: String, Sendable, Codable {
        /// The competent person (`người có thẩm quyền`). As the first signature of the file it certifies it with DocMDP P=2:
        /// afterwards forms may be filled and signatures added, nothing else.
        case signer
        /// The organisation (`cơ quan, tổ chức`), last of all. Locks every form field (FieldMDP, all): number and date can't be
        /// changed under it.
        case seal
        /// A plain approval signature, such as an initial (`ký nháy`) or a signature on somebody else's document.
        case approval
    }

    /// Where the signature goes.
    public enum Place: Hashable, Sendable {
        /// An empty signature field that the file has, by its full name (`vanthu.signer`).
        case field(String)
        /// A new field of this full name (no part may exist as another kind of field), shown on a page (0 is the first).
        case new(String, page: Int, PDFRectangle)
        /// A new field of this name at the top right corner of the first page, as large as its line: for `attachmentLine` and
        /// `copyLine`.
        case corner(String)
        /// A new field that shows nothing.
        case hidden(String)
    }

    public var purpose: Purpose
    public var place: Place
    /// The signer's certificate, DER.
    public var certificate: [UInt8]
    /// The issuers that are put beside it, DER, the direct issuer first. The root may be left out.
    public var chain: [[UInt8]]
    /// `nil`: what suits the certificate's key (PSS with SHA-256; ECDSA with the hash of the curve's size).
    public var algorithm: SignatureAlgorithm?
    /// The claimed time (`/M`).
    public var time: SigningTime
    /// `/Name`, `/Reason`, `/Location`: any Unicode text.
    public var name: String?
    public var reason: String?
    public var location: String?
    /// What is seen in the field's rectangle. `nil` shows nothing.
    public var appearance: SignatureAppearance?

    public init(
        purpose: Purpose,
        place: Place,
        certificate: [UInt8],
        chain: [[UInt8]] = [],
        algorithm: SignatureAlgorithm? = nil,
        time: SigningTime,
        name: String? = nil,
        reason: String? = nil,
        location: String? = nil,
        appearance: SignatureAppearance? = nil
    ) {
        self.purpose = purpose
        self.place = place
        self.certificate = certificate
        self.chain = chain
        self.algorithm = algorithm
        self.time = time
        self.name = name
        self.reason = reason
        self.location = location
        self.appearance = appearance
    }
}

/// The pictures of Decree 30/2020, Annex I, part I.II.7d and 8.
public enum SignatureAppearance: Hashable, Sendable {
    /// The person's handwritten signature: a PNG with transparent background (blue), fitted into the rectangle.
    case signatureImage(png: [UInt8])
    /// No picture at hand: the name in blue above a stroke, and the time.
    case signatureText(name: String, time: SigningTime)
    /// The organisation's seal: a PNG with transparent background (red), in its real size.
    case sealImage(png: [UInt8])
    /// No picture at hand: a red seal drawn with the names of the organisation and of the one above it.
    case sealDrawing(organisation: String, parent: String?)
    /// The organisation's signature on an attachment (`văn bản kèm theo`) that is a file of its own:
    /// `Số: 12/QĐ-BĐVN; 05/11/2026; 08:15:30 +07:00`. Text only, 10 points, black.
    case attachmentLine(number: String, time: SigningTime)
    /// The organisation's signature on an electronic copy: `SAO Y; Bưu điện Hà Nội; 05/11/2026; 08:15:30 +07:00`.
    /// - form: `SAO Y`, `SAO LỤC` or `TRÍCH SAO`.
    case copyLine(form: String, organisation: String, time: SigningTime)
}
