import SwiftASN1

/// The certificates that a signature carries: which of them the signature itself vouches for, and whether the rest is whole.
extension CMSCheck {
    /// signing-certificate (v1, with SHA-1) or signing-certificate-v2 must be the certificate (EN 319 122-1, 5.2.2).
    ///
    /// Returns whether it binds every certificate of the signature, not only the signer's.
    mutating func checkSigningCertificate(_ signer: CMSSignedData.Signer, _ certificate: Certificate) -> Bool {
        let present = [OID.signingCertificateV2, OID.signingCertificate].filter { type in
            signer.attributes.contains { $0.type == type }
        }
        if self.profile == .cades, present.contains(OID.signingCertificate) {
            self.findings.remarks.append("signing_certificate_v1_present")
        }
        if present.isEmpty, self.profile == .cades || self.profile == .timeStamp {
            self.findings.form.append("signing_certificate_missing")
        }
        var bindsAll = false
        for type in present {
            guard let values = signer.values(of: type), values.count == 1,
                let entries = try? values[0].constructed(.sequence).first?.constructed(.sequence), !entries.isEmpty
            else {
                self.findings.structure.append("signing_certificate_malformed")
                return false
            }
            let isSecond = type == OID.signingCertificateV2
            bindsAll = self.check(entries, default: isSecond ? .sha256 : .sha1, certificate) || bindsAll
        }
        return bindsAll
    }

    private mutating func check(
        _ entries: [ASN1Node], default algorithm: Digest.Algorithm, _ certificate: Certificate
    ) -> Bool {
        for (index, entry) in entries.enumerated() {
            guard let (algorithm, stated) = Self.certificateHash(entry, default: algorithm) else {
                self.findings.structure.append("signing_certificate_malformed")
                return false
            }
            // The first is the signer's; the others, where there are others, are what the path may be made of (RFC 5035, 4).
            if index == 0, (try? Digest.hash(algorithm, certificate.der)) != stated {
                self.findings.cryptography.append("signing_certificate_differs")
            }
        }
        return self.bindsAll(entries, default: algorithm)
    }

    /// Whether each certificate beside the signature is named. Only a full list says anything: a path may be given in part.
    private mutating func bindsAll(_ entries: [ASN1Node], default algorithm: Digest.Algorithm) -> Bool {
        guard entries.count > 1, entries.count == self.cms.certificateCount, entries.count <= 64 else { return false }
        var unnamed = self.chain
        for entry in entries {
            guard let (algorithm, stated) = Self.certificateHash(entry, default: algorithm),
                let named = unnamed.firstIndex(where: { (try? Digest.hash(algorithm, $0)) == stated })
            else {
                self.findings.cryptography.append("certificate_not_signed")
                return false
            }
            unnamed.remove(at: named)
        }
        return true
    }

    /// The hash of an ESSCertID or ESSCertIDv2; the algorithm of the second may be left out.
    private static func certificateHash(
        _ entry: ASN1Node, default usual: Digest.Algorithm
    ) -> (Digest.Algorithm, [UInt8])? {
        guard var parts = try? entry.constructed(.sequence)[...] else { return nil }
        var algorithm = usual
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

    /// A certificate beside the signer's whose issuer, known by its key identifier, is at hand must have been signed by it.
    mutating func checkBystanders(_ known: [[UInt8]]) {
        let issuers = (self.chain + known).prefix(64).compactMap { try? Certificate($0) }
        for der in self.chain.prefix(64) {
            guard let certificate = try? Certificate(der) else { continue }
            let candidates = issuers.filter { certificate.names($0) }
            if !candidates.isEmpty, !candidates.contains(where: { certificate.isSigned(by: $0) }) {
                return self.findings.cryptography.append("certificate_corrupt")
            }
        }
    }
}
