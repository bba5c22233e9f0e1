import SwiftASN1

/// The certificates that a signature carries: which of them the signature itself vouches for, and whether the rest is whole.
extension SignatureCheck {
    /// signing-certificate-v2 must be there once and be the certificate (EN 319 122-1, 5.2.2).
    ///
    /// Returns whether it binds every certificate of the signature, not only the signer's.
    mutating func checkSigningCertificate(_ signer: CMSSignedData.Signer, _ certificate: Certificate) -> Bool {
        if self.isCAdES, signer.attributes.contains(where: { $0.type == OID.signingCertificate }) {
            self.findings.baseline.append("signing_certificate_v1_present")
        }
        guard signer.attributes.contains(where: { $0.type == OID.signingCertificateV2 }) else {
            if self.isCAdES { self.findings.baseline.append("signing_certificate_missing") }
            return false
        }
        guard let values = signer.values(of: OID.signingCertificateV2), values.count == 1,
            let entries = try? values[0].constructed(.sequence).first?.constructed(.sequence), !entries.isEmpty
        else {
            self.findings.structure.append("signing_certificate_malformed")
            return false
        }
        for (index, entry) in entries.enumerated() {
            guard let (algorithm, stated) = Self.certificateHash(entry) else {
                self.findings.structure.append("signing_certificate_malformed")
                return false
            }
            // The first is the signer's; the others, where there are others, are what the path may be made of (RFC 5035, 4).
            let named = index == 0 ? [certificate.der] : self.chain
            if !named.contains(where: { (try? Digest.hash(algorithm, $0)) == stated }) {
                self.findings.cryptography.append("signing_certificate_differs")
            }
        }
        if entries.count > 1, Set(self.chain).count > entries.count {
            self.findings.cryptography.append("certificate_not_signed")
        }
        return entries.count > 1
    }

    /// The hash of an ESSCertIDv2; its algorithm is SHA-256 unless another is named.
    private static func certificateHash(_ entry: ASN1Node) -> (Digest.Algorithm, [UInt8])? {
        guard var parts = try? entry.constructed(.sequence)[...] else { return nil }
        var algorithm = Digest.Algorithm.sha256
        if parts.first?.identifier == .sequence {
            let name = (try? parts.popFirst()?.constructed(.sequence))?.first
            guard let name, let identifier = try? ASN1ObjectIdentifier(derEncoded: name),
                let named = Digest.Algorithm(identifier)
            else { return nil }
            algorithm = named
        }
        guard let hash = parts.first, let stated = try? ASN1OctetString(derEncoded: hash).bytes else { return nil }
        return (algorithm, Array(stated))
    }

    /// A certificate beside the signer's whose issuer is at hand must have been signed by it.
    mutating func checkBystanders(_ known: [[UInt8]]) {
        let issuers = (self.chain + known).compactMap { try? Certificate($0) }
        for der in self.chain {
            guard let certificate = try? Certificate(der) else {
                return self.findings.structure.append("certificate_malformed")
            }
            let candidates = issuers.filter { certificate.names($0) }
            if !candidates.isEmpty, !candidates.contains(where: { certificate.isSigned(by: $0) }) {
                return self.findings.cryptography.append("certificate_corrupt")
            }
        }
    }
}
