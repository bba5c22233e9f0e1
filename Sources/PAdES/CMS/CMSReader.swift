import SwiftASN1

/// A SignedData as found in a signature dictionary, taken apart without judging it (RFC 5652). DER only.
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
    var hasContent: Bool
    var certificates: [[UInt8]]
    var signers: [Signer]

    /// - Throws: `damaged` for anything that is not the DER of a SignedData.
    init(_ der: [UInt8]) throws(PDFError) {
        do {
            try self.init(parsing: der)
        } catch {
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
        self.certificates = []
        if fields.first?.identifier == .contextSpecific(0) {
            self.certificates = try next().constructed(.contextSpecific(0))
                .filter { $0.identifier == .sequence }.map { Array($0.encodedBytes) }
        }
        if fields.first?.identifier == .contextSpecific(1) { _ = try next() }
        self.signers = try next().constructed(.set).map { try Signer($0) }
        guard fields.isEmpty else { throw Malformed() }
    }

    struct Malformed: Error {}
}

extension CMSSignedData.Signer {
    fileprivate init(_ node: ASN1Node) throws {
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
            self.attributes = try elements.map { element in
                let parts = try element.constructed(.sequence)
                guard parts.count == 2 else { throw CMSSignedData.Malformed() }
                return CMSSignedData.Attribute(
                    type: try ASN1ObjectIdentifier(derEncoded: parts[0]), values: try parts[1].constructed(.set))
            }
        }
        let algorithm = try next()
        let parts = try algorithm.constructed(.sequence)
        guard let name = parts.first, parts.count <= 2 else { throw CMSSignedData.Malformed() }
        self.signatureAlgorithm = try ASN1ObjectIdentifier(derEncoded: name)
        self.signatureParameters = parts.count == 2 ? parts[1] : nil
        self.signatureAlgorithmDER = algorithm.encodedBytes
        self.signature = Array(try ASN1OctetString(derEncoded: try next()).bytes)
    }

    /// The values of an attribute; `nil` when the attribute is absent or there several times.
    func values(of type: ASN1ObjectIdentifier) -> [ASN1Node]? {
        let found = self.attributes.filter { $0.type == type }
        return found.count == 1 ? found[0].values : nil
    }

    /// What the two algorithm identifiers say together; `nil` when they disagree or are not accepted.
    var scheme: SignatureScheme? {
        guard let digest = Digest.Algorithm(self.digestAlgorithm) else { return nil }
        let named: SignatureScheme? =
            switch self.signatureAlgorithm {
            case OID.rsaEncryption: .pkcs1(digest)
            case OID.rsaWithSHA256: .pkcs1(.sha256)
            case OID.rsaWithSHA384: .pkcs1(.sha384)
            case OID.rsaWithSHA512: .pkcs1(.sha512)
            case OID.ecdsaWithSHA256: .ecdsa(.sha256)
            case OID.ecdsaWithSHA384: .ecdsa(.sha384)
            case OID.ecdsaWithSHA512: .ecdsa(.sha512)
            case OID.rsaPSS: self.pssHash.map { .pss($0) }
            default: nil
            }
        return named?.digest == digest ? named : nil
    }

    /// The hash of RSASSA-PSS-params, where hash and mask hash agree, the salt is as long as the hash and the trailer is 1.
    private var pssHash: Digest.Algorithm? {
        guard let fields = try? self.signatureParameters?.constructed(.sequence) else { return nil }
        func explicit(_ number: UInt) -> ASN1Node? {
            let found = fields.first { $0.identifier == .contextSpecific(number) }
            guard let content = try? found?.constructed(.contextSpecific(number)) else { return nil }
            return content.count == 1 ? content[0] : nil
        }
        func hash(_ node: ASN1Node?) -> Digest.Algorithm? {
            guard let parts = try? node?.constructed(.sequence), let name = parts.first,
                let identifier = try? ASN1ObjectIdentifier(derEncoded: name)
            else { return nil }
            return Digest.Algorithm(identifier)
        }
        guard let digest = hash(explicit(0)), let mask = try? explicit(1)?.constructed(.sequence), mask.count == 2,
            (try? ASN1ObjectIdentifier(derEncoded: mask[0])) == OID.maskGeneration1, hash(mask[1]) == digest,
            let salt = explicit(2), (try? Int(derEncoded: salt)) == digest.size
        else { return nil }
        if let trailer = explicit(3), (try? Int(derEncoded: trailer)) != 1 { return nil }
        return digest
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
