import SwiftASN1

/// The certificates and revocation evidence that the CMS of a signature or of a time stamp carries.
struct EmbeddedEvidence {
    private(set) var certificates: [[UInt8]] = []
    private(set) var evidence: [RevocationEvidence] = []

    private static let adobeRevocation: ASN1ObjectIdentifier = [1, 2, 840, 113_583, 1, 1, 8]
    private static let certificateValues: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 16, 2, 23]
    private static let revocationValues: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 16, 2, 24]
    private static let ocspResponse: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 16, 2]

    /// Reads what can be read; of bytes that are no SignedData nothing comes.
    init(cms bytes: [UInt8]) {
        guard let (der, _) = DERForm.normalised(bytes[...]), let root = try? DER.parse(der),
            let info = try? root.constructed(.sequence), info.count == 2,
            let fields = try? info[1].constructed(.contextSpecific(0)).first?.constructed(.sequence)
        else { return }
        for field in fields {
            if let nodes = try? field.constructed(.contextSpecific(0)) {
                self.certificates += nodes.filter { $0.identifier == .sequence }.map { Array($0.encodedBytes) }
            } else if let nodes = try? field.constructed(.contextSpecific(1)) {
                for node in nodes { self.addChoice(node) }
            }
        }
        guard let signers = try? fields.last?.constructed(.set) else { return }
        for signer in signers {
            for field in (try? signer.constructed(.sequence)) ?? [] {
                let attributes =
                    (try? field.constructed(.contextSpecific(0))) ?? (try? field.constructed(.contextSpecific(1))) ?? []
                for attribute in attributes { self.addAttribute(attribute) }
            }
        }
    }

    /// RevocationInfoChoice: a CRL, or [1] with the name and value of something else (RFC 5940 for OCSP).
    private mutating func addChoice(_ node: ASN1Node) {
        if node.identifier == .sequence { return self.add(.crl, node) }
        guard let parts = try? node.constructed(.contextSpecific(1)), parts.count == 2,
            (try? ASN1ObjectIdentifier(derEncoded: parts[0])) == Self.ocspResponse
        else { return }
        self.add(.ocsp, parts[1])
    }

    private mutating func addAttribute(_ attribute: ASN1Node) {
        guard let parts = try? attribute.constructed(.sequence), parts.count == 2,
            let type = try? ASN1ObjectIdentifier(derEncoded: parts[0]),
            let value = try? parts[1].constructed(.set).first?.constructed(.sequence)
        else { return }
        switch type {
        case Self.adobeRevocation, Self.revocationValues:
            // Both are a sequence of [0] CRLs and [1] OCSP responses (whole in the one, only their core in the other).
            for list in value {
                for (number, kind) in [(UInt(0), RevocationEvidence.Kind.crl), (1, .ocsp)] {
                    let items = try? list.constructed(.contextSpecific(number)).first?.constructed(.sequence)
                    for item in items ?? [] { self.add(kind, item) }
                }
            }
        case Self.certificateValues: self.certificates += value.map { Array($0.encodedBytes) }
        default: break
        }
    }

    private mutating func add(_ kind: RevocationEvidence.Kind, _ node: ASN1Node) {
        self.evidence.append(RevocationEvidence(kind, Array(node.encodedBytes), from: .signature))
    }
}
