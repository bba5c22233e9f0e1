import SwiftASN1

/// Writes the DER of a PAdES baseline signature (EN 319 142-1; RFC 5652). OpenSSL 3.0 can't: its CMS always adds signing-time,
/// which the baseline forbids, and takes no signature value from outside.
enum CMSWriter {
    /// content-type, message-digest, signing-certificate-v2 and CMSAlgorithmProtection, sorted as DER wants, with the tag of
    /// SET: the data to be signed.
    /// - Parameter time: for signing-time, which PAdES forbids and CAdES wants.
    static func signedAttributes(
        messageDigest: [UInt8], certificate: [UInt8], chain: [[UInt8]], scheme: SignatureScheme,
        time: SigningTime? = nil
    ) throws(PDFError) -> [UInt8] {
        // The issuers too: what lies beside the signer's certificate is not protected by anything else.
        var hashes: [[UInt8]] = []
        for der in [certificate] + chain { hashes.append(try Digest.hash(.sha256, der)) }
        return try self.der { der in
            var attributes: [[UInt8]] = [
                try self.attribute(OID.contentType) { try $0.serialize(OID.data) },
                try self.attribute(OID.messageDigest) { $0.octets(messageDigest) },
                try self.attribute(OID.signingCertificateV2) { value in
                    // SigningCertificateV2 ▸ certs ▸ ESSCertIDv2; the hash algorithm is left out: SHA-256 is its default.
                    value.sequence { value in
                        value.sequence { certificates in
                            for hash in hashes { certificates.sequence { $0.octets(hash) } }
                        }
                    }
                },
                try self.attribute(OID.algorithmProtection) { value in
                    try value.appendConstructedNode(identifier: .sequence) { body in
                        try body.digestAlgorithm(scheme.digest)
                        try body.signatureAlgorithm(
                            scheme, identifier: ASN1Identifier(tagWithNumber: 1, tagClass: .contextSpecific))
                    }
                },
            ]
            if let (isShort, text) = time?.attributeText {
                let time = try self.attribute(OID.signingTime) { value in
                    value.appendPrimitiveNode(identifier: isShort ? .utcTime : .generalizedTime) { $0 += text.utf8 }
                }
                attributes.append(time)
            }
            der.set(of: attributes, identifier: .set)
        }
    }

    /// ContentInfo with SignedData, detached, one SignerInfo.
    /// - Parameter timeStamp: a token over the signature value, which is put beside it as signature-time-stamp (level B-T).
    static func signedData(
        signedAttributes: [UInt8], certificate: [UInt8], chain: [[UInt8]], scheme: SignatureScheme, signature: [UInt8],
        timeStamp: [UInt8]? = nil
    ) throws(PDFError) -> [UInt8] {
        let names = try CertificateFields(certificate)
        return try self.der { der in
            try der.appendConstructedNode(identifier: .sequence) { info in
                try info.serialize(OID.signedData)
                try info.appendConstructedNode(identifier: .contextSpecific(0)) { content in
                    try content.appendConstructedNode(identifier: .sequence) { data in
                        try data.serialize(1)
                        try data.appendConstructedNode(identifier: .set) { try $0.digestAlgorithm(scheme.digest) }
                        try data.appendConstructedNode(identifier: .sequence) { try $0.serialize(OID.data) }
                        data.set(of: [certificate] + chain, identifier: .contextSpecific(0))
                        try data.appendConstructedNode(identifier: .set) { signers in
                            try signers.appendConstructedNode(identifier: .sequence) { signer in
                                try signer.serialize(1)
                                signer.sequence {
                                    $0.serializeRawBytes(names.issuer)
                                    $0.serializeRawBytes(names.serial)
                                }
                                try signer.digestAlgorithm(scheme.digest)
                                // The very bytes that were signed, but for the tag.
                                signer.serializeRawBytes([0xA0])
                                signer.serializeRawBytes(signedAttributes.dropFirst())
                                try signer.signatureAlgorithm(scheme, identifier: .sequence)
                                signer.octets(signature)
                                if let timeStamp {
                                    let stamp = try self.attribute(OID.signatureTimeStamp) {
                                        $0.serializeRawBytes(timeStamp)
                                    }
                                    signer.set(of: [stamp], identifier: .contextSpecific(1))
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static func attribute(
        _ type: ASN1ObjectIdentifier, _ value: (inout DER.Serializer) throws -> Void
    ) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.appendConstructedNode(identifier: .sequence) { attribute in
            try attribute.serialize(type)
            try attribute.appendConstructedNode(identifier: .set, value)
        }
        return serializer.serializedBytes
    }

    private static func der(_ write: (inout DER.Serializer) throws -> Void) throws(PDFError) -> [UInt8] {
        var serializer = DER.Serializer()
        do {
            try write(&serializer)
        } catch {
            throw .cryptography("DER")
        }
        return serializer.serializedBytes
    }
}

extension ASN1Identifier {
    static func contextSpecific(_ number: UInt) -> ASN1Identifier {
        ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
    }
}

extension DER.Serializer {
    fileprivate mutating func octets(_ bytes: [UInt8]) {
        self.appendPrimitiveNode(identifier: .octetString) { $0 += bytes }
    }

    fileprivate mutating func sequence(_ write: (inout DER.Serializer) -> Void) {
        self.appendConstructedNode(identifier: .sequence, write)
    }

    /// A DER SET OF: elements in the order of their encodings.
    fileprivate mutating func set(of elements: [[UInt8]], identifier: ASN1Identifier) {
        self.appendConstructedNode(identifier: identifier) { set in
            for element in elements.sorted(by: { $0.lexicographicallyPrecedes($1) }) { set.serializeRawBytes(element) }
        }
    }

    /// Without parameters, as RFC 5754 prefers.
    fileprivate mutating func digestAlgorithm(_ digest: Digest.Algorithm) throws {
        try self.appendConstructedNode(identifier: .sequence) { try $0.serialize(digest.identifier) }
    }

    fileprivate mutating func signatureAlgorithm(_ scheme: SignatureScheme, identifier: ASN1Identifier) throws {
        try self.appendConstructedNode(identifier: identifier) { algorithm in
            switch scheme {
            case .ecdsa(let digest):
                let name =
                    switch digest {
                    case .sha256: OID.ecdsaWithSHA256
                    case .sha384: OID.ecdsaWithSHA384
                    case .sha512: OID.ecdsaWithSHA512
                    default: throw PDFError.unsupported("a hash that signatures are not made with")
                    }
                try algorithm.serialize(name)
            case .pkcs1(let digest):
                let name =
                    switch digest {
                    case .sha256: OID.rsaWithSHA256
                    case .sha384: OID.rsaWithSHA384
                    case .sha512: OID.rsaWithSHA512
                    default: throw PDFError.unsupported("a hash that signatures are not made with")
                    }
                try algorithm.serialize(name)
                // RFC 4055, 5: NULL, not nothing.
                algorithm.appendPrimitiveNode(identifier: .null) { _ in }
            case .dsa, .edwards, .freePSS:
                throw PDFError.unsupported("a scheme that signatures are not made with")
            case .pss(let digest):
                try algorithm.serialize(OID.rsaPSS)
                try algorithm.appendConstructedNode(identifier: .sequence) { parameters in
                    func hash(_ der: inout DER.Serializer) throws {
                        try der.appendConstructedNode(identifier: .sequence) {
                            try $0.serialize(digest.identifier)
                            $0.appendPrimitiveNode(identifier: .null) { _ in }
                        }
                    }
                    try parameters.appendConstructedNode(identifier: .contextSpecific(0), hash)
                    try parameters.appendConstructedNode(identifier: .contextSpecific(1)) { mask in
                        try mask.appendConstructedNode(identifier: .sequence) {
                            try $0.serialize(OID.maskGeneration1)
                            try hash(&$0)
                        }
                    }
                    // Salt as long as the hash; the trailer is left out: 1 is its default.
                    try parameters.appendConstructedNode(identifier: .contextSpecific(2)) {
                        try $0.serialize(digest.size)
                    }
                }
            }
        }
    }
}
