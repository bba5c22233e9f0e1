import SwiftASN1

extension PreparedSignature {
    /// The whole of it in one DER sequence, to be kept until the signature value comes: several times smaller and quicker than JSON.
    public var state: [UInt8] {
        get throws(PDFError) {
            var serializer = DER.Serializer()
            do {
                try serializer.appendConstructedNode(identifier: .sequence) { state in
                    try state.serialize(Self.stateVersion)
                    try state.serialize(ASN1OctetString(contentBytes: self.appended[...]))
                    try state.serialize(self.baseLength)
                    try state.appendConstructedNode(identifier: .sequence) { range in
                        for number in self.byteRange { try range.serialize(number) }
                    }
                    try state.serialize(ASN1UTF8String(self.fieldName))
                    try state.serialize(ASN1OctetString(contentBytes: self.messageDigest[...]))
                    try state.serialize(ASN1OctetString(contentBytes: self.signedAttributes[...]))
                    try state.serialize(ASN1OctetString(contentBytes: self.digest[...]))
                    try state.serialize(ASN1UTF8String(self.algorithm.rawValue))
                    try state.serialize(ASN1OctetString(contentBytes: self.certificate[...]))
                    try state.appendConstructedNode(identifier: .sequence) { chain in
                        for issuer in self.chain { try chain.serialize(ASN1OctetString(contentBytes: issuer[...])) }
                    }
                }
            } catch {
                throw .cryptography("DER")
            }
            return serializer.serializedBytes
        }
    }

    private static let stateVersion = 1

    /// Reads what `state` wrote. Throws `damaged` for anything else.
    public init(state: [UInt8]) throws(PDFError) {
        do {
            self = try DER.sequence(try DER.parse(state), identifier: .sequence) { nodes in
                guard try Int(derEncoded: &nodes) == Self.stateVersion else {
                    throw PDFError.damaged("prepared signature of another version")
                }
                func bytes(_ nodes: inout ASN1NodeCollection.Iterator) throws -> [UInt8] {
                    Array(try ASN1OctetString(derEncoded: &nodes).bytes)
                }
                let appended = try bytes(&nodes)
                let baseLength = try Int(derEncoded: &nodes)
                let byteRange = try DER.sequence(of: Int.self, identifier: .sequence, nodes: &nodes)
                let fieldName = String(try ASN1UTF8String(derEncoded: &nodes))
                let (messageDigest, signedAttributes) = (try bytes(&nodes), try bytes(&nodes))
                let digest = try bytes(&nodes)
                guard let algorithm = SignatureAlgorithm(rawValue: String(try ASN1UTF8String(derEncoded: &nodes)))
                else { throw PDFError.damaged("prepared signature of an unknown algorithm") }
                let certificate = try bytes(&nodes)
                let chain = try DER.sequence(of: ASN1OctetString.self, identifier: .sequence, nodes: &nodes)
                return PreparedSignature(
                    appended: appended, baseLength: baseLength, byteRange: byteRange, fieldName: fieldName,
                    messageDigest: messageDigest, signedAttributes: signedAttributes, digest: digest,
                    algorithm: algorithm, certificate: certificate, chain: chain.map { Array($0.bytes) })
            }
        } catch {
            throw error as? PDFError ?? .damaged("prepared signature")
        }
    }
}
