import PAdES

/// What an XML signature is to be.
public struct XMLSigningRequest: Sendable {
    /// With the properties of EN 319 132-1, or the plain signature of the W3C.
    public enum Form: String, Sendable, Codable {
        /// XAdES baseline (EN 319 132-1), B-B, or B-T with a time stamp.
        case xades
        /// Bare XML-DSig, as messages of the national axis carry it in their header.
        case xmlDSig
    }

    /// What is signed, and where the signature goes.
    public enum Subject: Sendable {
        /// A whole document (UTF-8). The signature becomes the last child of the root, or of the only element with this local name
        /// (`edXMLHeader`); all bytes that the document has stay as they are.
        case document([UInt8], parent: String? = nil)
        /// Any bytes, which are put into the signature (base64).
        case enclosed([UInt8], mimeType: String)
        /// A file beside the signature, by its name.
        case file(DetachedContent, name: String, mimeType: String)
    }

    public var subject: Subject
    public var form: Form
    /// The signer's certificate, DER.
    public var certificate: [UInt8]
    /// Issuers that are put beside it, DER. The root may be left out.
    public var chain: [[UInt8]]
    /// `nil`: what suits the certificate's key. For RSA that is PKCS#1 v1.5 with SHA-256: few programs read RSASSA-PSS in XML.
    public var algorithm: SignatureAlgorithm?
    public var time: SigningTime

    public init(
        subject: Subject, form: Form = .xades, certificate: [UInt8], chain: [[UInt8]] = [],
        algorithm: SignatureAlgorithm? = nil, time: SigningTime
    ) {
        self.subject = subject
        self.form = form
        self.certificate = certificate
        self.chain = chain
        self.algorithm = algorithm
        self.time = time
    }
}
