/// Why an XML document can't be signed, or can't be looked into.
public enum XAdESError: Error, Hashable, Sendable {
    /// Not well-formed, or not in the encoding it names.
    case malformed
    /// A document type declaration: entities and defaults would make the document mean something else than what is written.
    case hasDTD
    /// A bound (size, depth, elements, attributes) was passed.
    case tooComplex(_ reason: String)
    /// Only UTF-8 is signed.
    case notUTF8
    /// The element that the signature is to go into is not there exactly once.
    case noSuchPlace
    /// An `Id` that the signature would bring is in the document already.
    case identifierTaken
    /// The document has a signature: another one would change what that covers.
    case alreadySigned
    /// The time stamp stamps something else, its own signature is wrong, or the form of signature has no place for it.
    case timeStampUnusable
    /// The document in which the signature is completed is not the one that was prepared.
    case baseChanged
    /// The signature value was not made by the certificate's key over the prepared data.
    case signatureDoesNotVerify
    case certificateUnsuitable(_ reason: String)
    /// libxml2, xmlsec1 or OpenSSL refused an operation that must succeed.
    case library(_ operation: String)

    /// A stable snake_case word for this kind of refusal.
    public var code: String {
        switch self {
        case .malformed: "malformed_xml"
        case .hasDTD: "dtd_refused"
        case .tooComplex: "xml_too_complex"
        case .notUTF8: "not_utf8"
        case .noSuchPlace: "no_such_place"
        case .identifierTaken: "identifier_taken"
        case .alreadySigned: "already_signed"
        case .timeStampUnusable: "time_stamp_unusable"
        case .baseChanged: "base_changed"
        case .signatureDoesNotVerify: "signature_does_not_verify"
        case .certificateUnsuitable: "certificate_unsuitable"
        case .library: "cryptography_failed"
        }
    }
}

/// Bounds on what a document may make this module do; one that passes them is refused with `XAdESError.tooComplex`.
public struct XMLLimits: Sendable, Hashable {
    /// Bytes of the document.
    public var bytes = 32 << 20
    public var depth = 200
    /// Elements, attributes, comments and processing instructions together: each takes some 200 bytes of memory.
    public var nodes = 400_000
    /// Attributes and namespace declarations of one element; libxml2 compares each with each.
    public var attributes = 500
    /// Namespace declarations in scope, squared, over all elements: what canonicalisation costs.
    public var namespaceWork = 100_000_000
    public var signatures = 100
    /// References of one signature, those of its manifests included.
    public var references = 500
    /// Steps from nodes up to the root in all canonicalisations together: each passes the whole document, however small its part
    /// is, and asks of every node whether it is left out. A million takes about an eighth of a second.
    public var canonicalSteps = 20_000_000

    public static let standard = XMLLimits()
    public init() {}
}
