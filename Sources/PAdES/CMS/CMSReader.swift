import SwiftASN1

/// A SignedData as found in a signature dictionary, taken apart without judging it (RFC 5652). BER is brought into DER first.
struct CMSSignedData {
    /// One SignerInfo.
    struct Signer {
        var version: Int
        /// IssuerAndSerialNumber: the DER of its two parts; or a subject key identifier.
        var identifier: Identifier
        var digestAlgorithm: ASN1ObjectIdentifier
        var digestAlgorithmDER: ArraySlice<UInt8>
        var attributes: [Attribute]
        /// The signed attributes with the tag of SET; `nil` when there are none.
        var signedAttributes: [UInt8]?
        /// Whether the attributes are stored in the order that DER wants.
        var isSorted: Bool
        var signatureAlgorithm: ASN1ObjectIdentifier
        var signatureParameters: ASN1Node?
        var signatureAlgorithmDER: ArraySlice<UInt8>
        var signature: [UInt8]
        var unsignedAttributes: [Attribute]
    }

    enum Identifier {
        case issuerAndSerial(issuer: ArraySlice<UInt8>, serial: ArraySlice<UInt8>)
        case subjectKey(ArraySlice<UInt8>)
    }

    struct Attribute {
        var type: ASN1ObjectIdentifier
        var values: [ASN1Node]
    }

    var version: Int
    var digestAlgorithms: [ASN1ObjectIdentifier]
    var contentType: ASN1ObjectIdentifier
    /// The octets of eContent; `nil` when the signature is detached.
    var content: [UInt8]?
    var hasContent: Bool
    /// X.509 certificates, DER.
    var certificates: [[UInt8]]
    /// With those of other kinds.
    var certificateCount: Int
    /// Whether there are CRLs or other revocation data beside the signatures.
    var hasRevocation: Bool
    var signers: [Signer]

    /// - Throws: `damaged` for anything that is not a SignedData, whole and with certificates that can be read.
    init(_ bytes: [UInt8]) throws(PDFError) {
        if let cms = try? Self(parsing: bytes) {
            self = cms
        } else if let (der, length) = DERForm.normalised(bytes[...]), length == bytes.count,
            let cms = try? Self(parsing: der)
        {
            self = cms
        } else {
            throw .damaged("signature is no CMS SignedData")
        }
    }

    private init(parsing der: [UInt8]) throws {
        let info = try DER.parse(der).constructed(.sequence)
        guard info.count == 2, try ASN1ObjectIdentifier(derEncoded: info[0]) == OID.signedData else {
            throw Malformed()
        }
        let outer = try info[1].constructed(.contextSpecific(0))
        guard outer.count == 1 else { throw Malformed() }
        var fields = try outer[0].constructed(.sequence)[...]
        func next() throws -> ASN1Node {
            guard let node = fields.popFirst() else { throw Malformed() }
            return node
        }
        self.version = try Int(derEncoded: try next())
        self.digestAlgorithms = try next().constructed(.set).map { node in
            guard let first = try node.constructed(.sequence).first else { throw Malformed() }
            return try ASN1ObjectIdentifier(derEncoded: first)
        }
        let content = try next().constructed(.sequence)
        guard let type = content.first else { throw Malformed() }
        self.contentType = try ASN1ObjectIdentifier(derEncoded: type)
        self.hasContent = content.count > 1
        if content.count > 1 {
            let wrapped = try content[1].constructed(.contextSpecific(0))
            guard content.count == 2, wrapped.count == 1 else { throw Malformed() }
            self.content = try? Array(ASN1OctetString(derEncoded: wrapped[0]).bytes)
        }
        self.certificates = []
        self.certificateCount = 0
        if fields.first?.identifier == .contextSpecific(0) {
            let choices = try next().constructed(.contextSpecific(0))
            // Each costs time to read; long chains have ten.
            guard choices.count <= 100 else { throw Malformed() }
            self.certificateCount = choices.count
            self.certificates = choices.filter { $0.identifier == .sequence }.map { Array($0.encodedBytes) }
            // Old attribute certificates and other forms (RFC 5652, 10.2.2); anything else is no certificate.
            guard
                choices.allSatisfy({
                    $0.identifier == .sequence || (1...3).map(ASN1Identifier.contextSpecific).contains($0.identifier)
                }),
                self.certificates.allSatisfy(Certificate.isDecodable)
            else { throw Malformed() }
        }
        self.hasRevocation = fields.first?.identifier == .contextSpecific(1)
        if self.hasRevocation { _ = try next() }
        let signers = try next().constructed(.set)
        // Each costs the check of a signature; nobody has more than a handful sign in one.
        guard signers.count <= 16 else { throw Malformed() }
        self.signers = try signers.map { try Signer($0) }
        guard fields.isEmpty else { throw Malformed() }
    }

    struct Malformed: Error {}
}

extension CMSSignedData.Signer {
    init(_ node: ASN1Node) throws {
        var fields = try node.constructed(.sequence)[...]
        func next() throws -> ASN1Node {
            guard let node = fields.popFirst() else { throw CMSSignedData.Malformed() }
            return node
        }
        self.version = try Int(derEncoded: try next())
        let identifier = try next()
        if identifier.identifier == .contextSpecific(0) {
            guard case .primitive(let key) = identifier.content else { throw CMSSignedData.Malformed() }
            self.identifier = .subjectKey(key)
        } else {
            let parts = try identifier.constructed(.sequence)
            guard parts.count == 2 else { throw CMSSignedData.Malformed() }
            self.identifier = .issuerAndSerial(issuer: parts[0].encodedBytes, serial: parts[1].encodedBytes)
        }
        let digest = try next()
        guard let digestName = try digest.constructed(.sequence).first else { throw CMSSignedData.Malformed() }
        self.digestAlgorithm = try ASN1ObjectIdentifier(derEncoded: digestName)
        self.digestAlgorithmDER = digest.encodedBytes
        self.attributes = []
        self.signedAttributes = nil
        self.isSorted = true
        if fields.first?.identifier == .contextSpecific(0) {
            let set = try next()
            let elements = try set.constructed(.contextSpecific(0))
            self.signedAttributes = [0x31] + set.encodedBytes.dropFirst()
            self.isSorted = zip(elements, elements.dropFirst()).allSatisfy {
                !$1.encodedBytes.lexicographicallyPrecedes($0.encodedBytes)
            }
            self.attributes = try elements.map(Self.attribute)
        }
        let algorithm = try next()
        let parts = try algorithm.constructed(.sequence)
        guard let name = parts.first, parts.count <= 2 else { throw CMSSignedData.Malformed() }
        self.signatureAlgorithm = try ASN1ObjectIdentifier(derEncoded: name)
        self.signatureParameters = parts.count == 2 ? parts[1] : nil
        self.signatureAlgorithmDER = algorithm.encodedBytes
        self.signature = Array(try ASN1OctetString(derEncoded: try next()).bytes)
        self.unsignedAttributes = []
        if fields.first?.identifier == .contextSpecific(1) {
            self.unsignedAttributes = try next().constructed(.contextSpecific(1)).map(Self.attribute)
        }
        guard fields.isEmpty else { throw CMSSignedData.Malformed() }
    }

    private static func attribute(_ node: ASN1Node) throws -> CMSSignedData.Attribute {
        let parts = try node.constructed(.sequence)
        guard parts.count == 2 else { throw CMSSignedData.Malformed() }
        return CMSSignedData.Attribute(
            type: try ASN1ObjectIdentifier(derEncoded: parts[0]), values: try parts[1].constructed(.set))
    }

    /// The values of an attribute; `nil` when the attribute is absent or there several times.
    func values(of type: ASN1ObjectIdentifier) -> [ASN1Node]? {
        let found = self.attributes.filter { $0.type == type }
        return found.count == 1 ? found[0].values : nil
    }
}

extension ASN1Node {
    /// The children of a constructed node with this tag.
    func constructed(_ identifier: ASN1Identifier) throws -> [ASN1Node] {
        guard self.identifier == identifier, case .constructed(let children) = self.content else {
            throw CMSSignedData.Malformed()
        }
        return Array(children)
    }
}
