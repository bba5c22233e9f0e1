import SwiftASN1

/// What `/Contents` holds, by `/SubFilter` (ISO 32000-2, table 260).
extension SignatureCheck {
    /// - Parameters:
    ///   - hash: the hash of the signed bytes.
    ///   - content: cuts the signed bytes out of the file, to be hashed so many times.
    mutating func judgeContents(
        issuers: [[UInt8]], hash: (Digest.Algorithm) -> [UInt8]?, content: (_ bytes: [UInt8], _ times: Int) -> [UInt8]
    ) {
        let bytes = self.bytes
        switch self.subFilter {
        case "ETSI.CAdES.detached":
            self.judgeCMS(.cades, issuers: issuers, hash: hash) { content(bytes, 1) }
            if self.signed.dictionary["Cert"] != nil { self.findings.remarks.append("cert_entry_present") }
        case "adbe.pkcs7.detached": self.judgeCMS(.pkcs7, issuers: issuers, hash: hash) { content(bytes, 1) }
        case "adbe.pkcs7.sha1": self.judgeCMS(.pkcs7OverHash, issuers: issuers, hash: hash) { content(bytes, 1) }
        case "ETSI.RFC3161": self.judgeTimeStamp(hash)
        case "adbe.x509.rsa_sha1": self.judgePKCS1 { content(bytes, $0) }
        default: self.findings.structure.append("unsupported_subfilter")
        }
    }

    /// The DER value that the contents begin with. What pads it is not signed: zeros by rule, whatever lay in memory in files
    /// of some signing services.
    private mutating func value() -> [UInt8]? {
        let contents = self.contents
        guard let (_, length) = DERForm.normalised(contents[...]) else {
            self.isUndecodable = true
            return nil
        }
        if !contents[length...].allSatisfy({ $0 == 0 }) { self.findings.remarks.append("padding_not_zero") }
        return Array(contents[..<length])
    }

    private mutating func judgeCMS(
        _ profile: CMSCheck.Profile, issuers: [[UInt8]], hash: (Digest.Algorithm) -> [UInt8]?, content: () -> [UInt8]
    ) {
        guard let value = self.value() else { return }
        guard let cms = try? CMSSignedData(value) else {
            self.isUndecodable = true
            return
        }
        self.cms = cms
        var check = CMSCheck(cms, profile: profile)
        if profile == .pkcs7OverHash {
            // The signed content is the SHA-1 of the file, and lies within the signature.
            let inner = cms.content ?? []
            check.run(issuers: issuers, hash: { try? Digest.hash($0, inner) }, content: { inner })
            if cms.content == nil || hash(.sha1) != inner { check.findings.cryptography.append("digest_differs") }
            self.isWeak = true
        } else {
            check.run(issuers: issuers, hash: hash, content: content)
        }
        self.findings.merge(check.findings)
        self.scheme = check.scheme
        self.certificate = check.certificate
        self.isWeak = self.isWeak || check.isWeak
        self.isLevelDisputed = cms.signers.count == 1 && check.isDisputed(cms.signers[0])
        for signer in cms.signers { self.judgeSignatureTimeStamps(of: signer) }
    }

    /// signature-time-stamp (EN 319 122-1, 5.3): over the octets of the signature value.
    private mutating func judgeSignatureTimeStamps(of signer: CMSSignedData.Signer) {
        for attribute in signer.unsignedAttributes where attribute.type == OID.signatureTimeStamp {
            for value in attribute.values {
                // Each costs the check of a signature; two or three are there from renewals.
                guard self.signatureTimeStamps.count < 16, let token = try? TimeStampToken(Array(value.encodedBytes))
                else {
                    self.findings.cryptography.append("signature_time_stamp_malformed")
                    continue
                }
                self.signatureTimeStamps.append(token)
                if !token.problems.isEmpty { self.findings.cryptography.append("signature_time_stamp_wrong") }
                if !token.stamps({ try? Digest.hash($0, signer.signature) }) {
                    self.findings.modification.append("signature_time_stamp_of_something_else")
                }
            }
        }
    }

    /// A document time stamp: the token's imprint is the hash of the signed bytes (EN 319 142-1, 5.4.3).
    private mutating func judgeTimeStamp(_ hash: (Digest.Algorithm) -> [UInt8]?) {
        guard let value = self.value() else { return }
        guard let token = try? TimeStampToken(value), let cms = try? CMSSignedData(value) else {
            self.isUndecodable = true
            return
        }
        self.token = token
        self.cms = cms
        self.findings.merge(token.findings)
        self.isWeak = token.isWeak
        self.certificate = token.authority.flatMap { try? Certificate($0) }
        // Stamped rightly, but another document.
        if !token.stamps(hash) { self.findings.modification.append("imprint_differs") }
    }

    /// PKCS #1 with the certificate in the dictionary, the oldest form.
    private mutating func judgePKCS1(_ content: (_ times: Int) -> [UInt8]) {
        let entry = self.resolved(self.signed.dictionary["Cert"])
        guard let der = entry.string ?? entry.array?.first?.string, let certificate = try? Certificate(der) else {
            return self.findings.structure.append("signer_certificate_missing")
        }
        guard let value = self.value(), let node = try? DER.parse(value),
            let signature = try? ASN1OctetString(derEncoded: node)
        else {
            self.isUndecodable = true
            return
        }
        self.certificate = certificate
        // The name says SHA-1; ISO 32000-1 allows the others.
        let hashes: [Digest.Algorithm] = [.sha1, .sha256, .sha384, .sha512, .ripemd160]
        let data = content(hashes.count)
        let scheme = hashes.lazy.map { SignatureScheme.pkcs1($0) }
            .first { certificate.verifies(Array(signature.bytes), over: data, scheme: $0) }
        guard let scheme else { return self.findings.cryptography.append("signature_wrong") }
        self.scheme = scheme
        self.isWeak = scheme.digest.isWeak
    }
}
