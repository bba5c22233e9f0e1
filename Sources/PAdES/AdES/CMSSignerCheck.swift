import SwiftASN1

/// Judges one signer of a message by itself (RFC 5652, EN 319 122-1).
struct CMSSignerCheck {
    private let signer: CMSSignedData.Signer
    private let cms: CMSSignedData
    private let verifier: CMSVerifier
    private let content: SignedContent
    /// A counter signature has no content type and signs the value of another signature.
    private let isCounterSignature: Bool

    private var findings = AdESFindings()
    private var certificate: Certificate?
    private var timeStamps: [AdESSignatureReport.TimeStamp] = []
    private var signingCertificate = 0

    init(
        _ signer: CMSSignedData.Signer, of cms: CMSSignedData, _ verifier: CMSVerifier, _ content: SignedContent,
        isCounterSignature: Bool = false
    ) {
        self.signer = signer
        self.cms = cms
        self.verifier = verifier
        self.content = content
        self.isCounterSignature = isCounterSignature
    }

    mutating func run(contentType: ASN1ObjectIdentifier?) {
        self.checkForm()
        self.checkSigningCertificateForm()
        self.checkContent(contentType)
        self.checkValue()
        self.checkTimeStamps()
    }

    /// Attributes of which there can be one value only (RFC 5652, 11; RFC 5035; EN 319 122-1, 5).
    private static let single: Set<ASN1ObjectIdentifier> = [
        OID.contentType, OID.messageDigest, OID.signingTime, OID.algorithmProtection, OID.signingCertificate,
        OID.signingCertificateV2, [1, 2, 840, 113_549, 1, 9, 16, 2, 4], [1, 2, 840, 113_549, 1, 9, 16, 2, 7],
        [1, 2, 840, 113_549, 1, 9, 16, 2, 10], [1, 2, 840, 113_549, 1, 9, 16, 2, 15],
        [1, 2, 840, 113_549, 1, 9, 16, 2, 16], [1, 2, 840, 113_549, 1, 9, 16, 2, 17], [0, 4, 0, 1733, 2, 1],
    ]

    private mutating func checkForm() {
        let isByKey = if case .subjectKey = self.signer.identifier { true } else { false }
        if self.signer.version != (isByKey ? 3 : 1) { self.findings.structure.append("version") }
        if !self.isCounterSignature { self.checkMessage() }
        if !self.signer.isSorted { self.findings.cryptography.append("attributes_not_in_der_order") }
        guard self.signer.signedAttributes != nil else {
            return self.findings.notCAdES.append("signed_attributes_missing")
        }
        var seen: Set<ASN1ObjectIdentifier> = []
        for attribute in self.signer.attributes {
            if !seen.insert(attribute.type).inserted { self.findings.structure.append("attribute_duplicated") }
            if Self.single.contains(attribute.type), attribute.values.count != 1 {
                self.findings.cryptography.append("attribute_with_several_values")
            }
        }
    }

    /// What the message says for all its signers (RFC 5652, 5.1). Programs that write 1 always are many.
    private mutating func checkMessage() {
        let isPlain = self.cms.contentType == OID.data && self.cms.signers.allSatisfy { $0.version == 1 }
        let hasOthers = self.cms.certificateCount > self.cms.certificates.count || self.cms.hasRevocation
        let versions = hasOthers ? 1...5 : isPlain ? 1...1 : 1...3
        if !versions.contains(self.cms.version) { self.findings.structure.append("version") }
        if !self.cms.digestAlgorithms.contains(self.signer.digestAlgorithm) {
            self.findings.structure.append("digest_algorithms")
        }
    }

    private func has(_ type: ASN1ObjectIdentifier) -> Bool { self.signer.attributes.contains { $0.type == type } }

    private mutating func checkSigningCertificateForm() {
        guard self.signer.signedAttributes != nil else { return }
        switch (self.has(OID.signingCertificate), self.has(OID.signingCertificateV2)) {
        case (true, true): self.findings.structure.append("two_signing_certificates")
        case (false, false): self.findings.notCAdES.append("signing_certificate_missing")
        case (true, false): self.signingCertificate = 1
        case (false, true): self.signingCertificate = 2
        }
    }

    private mutating func checkContent(_ contentType: ASN1ObjectIdentifier?) {
        guard let digest = self.signer.digest else { return self.findings.missing.append("algorithm_unsupported") }
        if digest.isBroken { self.findings.cryptography.append("broken_hash") }
        if digest.isWeak { self.findings.weak.append("weak_hash") }
        if !self.content.isAtHand { self.findings.missing.append("signed_data_not_found") }
        guard self.signer.signedAttributes != nil else { return }
        let type = self.signer.values(of: OID.contentType)?.first.flatMap { try? ASN1ObjectIdentifier(derEncoded: $0) }
        if type != contentType { self.findings.structure.append("content_type_attribute") }
        let stated = self.signer.values(of: OID.messageDigest)?.first.flatMap {
            try? ASN1OctetString(derEncoded: $0).bytes
        }
        guard let stated else { return self.findings.cryptography.append("message_digest_missing") }
        guard self.content.isAtHand else { return }
        guard let actual = self.content.digest(digest) else {
            return self.findings.missing.append("signed_data_unreadable")
        }
        if !stated.elementsEqual(actual) { self.findings.cryptography.append("digest_differs") }
    }

    private mutating func checkValue() {
        guard let scheme = self.signer.scheme, let digest = self.signer.digest else {
            return self.findings.missing.append("algorithm_unsupported")
        }
        if scheme.digest.isBroken { self.findings.cryptography.append("broken_hash") }
        if scheme.digest.isWeak { self.findings.weak.append("weak_hash") }
        let candidates = self.candidates()
        guard let first = candidates.first else { return self.findings.missing.append("signer_certificate_missing") }
        self.certificate = first
        let entry = self.statedCertificate()
        if self.signingCertificate > 0 {
            if let (algorithm, stated) = entry {
                if let named = candidates.first(where: { (try? Digest.hash(algorithm, $0.der)) == stated }) {
                    self.certificate = named
                } else {
                    self.findings.cryptography.append("signing_certificate_differs")
                }
            } else {
                self.findings.structure.append("signing_certificate_malformed")
            }
        }
        guard let certificate = self.certificate else { return }
        if let required = certificate.requiredDigest {
            if digest != required { self.findings.cryptography.append("algorithms_disagree") }
        } else if scheme.digest != digest {
            self.findings.cryptography.append("algorithms_disagree")
        }
        if let data = self.signer.signedAttributes {
            if !certificate.verifies(self.signer.signature, over: data, scheme: scheme) {
                self.findings.cryptography.append("signature_wrong")
            }
            self.checkAlgorithmProtection()
        } else if self.content.isAtHand {
            // Without attributes the key signed the content itself.
            guard let data = self.content.bytes(limit: self.verifier.maximumBytes) else {
                return self.findings.missing.append("signed_data_unreadable")
            }
            if !certificate.verifies(self.signer.signature, over: data, scheme: scheme) {
                self.findings.cryptography.append("signature_wrong")
            }
        }
    }

    /// RFC 6211: the attribute must name the very algorithms that are used.
    private mutating func checkAlgorithmProtection() {
        guard self.has(OID.algorithmProtection) else { return }
        guard let value = self.signer.values(of: OID.algorithmProtection)?.first,
            let parts = try? value.constructed(.sequence), parts.count == 2,
            parts[0].encodedBytes.elementsEqual(self.signer.digestAlgorithmDER),
            parts[1].encodedBytes.dropFirst().elementsEqual(self.signer.signatureAlgorithmDER.dropFirst())
        else { return self.findings.cryptography.append("algorithm_protection") }
    }

    /// The certificates that the signer's identifier fits, from the message or known otherwise.
    private func candidates() -> [Certificate] {
        (self.cms.certificates + self.verifier.intermediates).compactMap { der in
            switch self.signer.identifier {
            case .issuerAndSerial(let issuer, let serial):
                guard let fields = try? CertificateFields(der), fields.issuer.elementsEqual(issuer),
                    fields.serial.elementsEqual(serial)
                else { return nil }
                return try? Certificate(der)
            case .subjectKey(let key):
                let certificate = try? Certificate(der)
                return certificate?.subjectKeyIdentifier == Array(key) ? certificate : nil
            }
        }
    }

    /// What the first ESSCertID or ESSCertIDv2 of the signing-certificate attribute says.
    private func statedCertificate() -> (Digest.Algorithm, [UInt8])? {
        let type = self.signingCertificate == 2 ? OID.signingCertificateV2 : OID.signingCertificate
        guard let value = self.signer.values(of: type)?.first,
            let entry = try? value.constructed(.sequence).first?.constructed(.sequence).first,
            var parts = try? entry.constructed(.sequence)[...]
        else { return nil }
        var algorithm = self.signingCertificate == 2 ? Digest.Algorithm.sha256 : .sha1
        if self.signingCertificate == 2, parts.first?.identifier == .sequence {
            let name = (try? parts.popFirst()?.constructed(.sequence))?.first
            guard let named = name.flatMap({ try? ASN1ObjectIdentifier(derEncoded: $0) }).flatMap(Digest.Algorithm.init)
            else { return nil }
            algorithm = named
        }
        guard let hash = parts.first, let stated = try? ASN1OctetString(derEncoded: hash).bytes else { return nil }
        return (algorithm, Array(stated))
    }

    private mutating func checkTimeStamps() {
        for attribute in self.signer.unsignedAttributes where attribute.type == OID.signatureTimeStamp {
            for value in attribute.values.prefix(16) {
                let stamp = AdESSignatureReport.TimeStamp(
                    token: Array(value.encodedBytes), over: self.signer.signature, roots: self.verifier.roots,
                    intermediates: self.verifier.intermediates)
                self.timeStamps.append(stamp)
                self.findings.note(stamp)
            }
        }
        // content-time-stamp: made before the signature, over the content.
        for attribute in self.signer.attributes where attribute.type == OID.contentTimeStamp {
            for value in attribute.values.prefix(16) where self.content.isAtHand {
                let token = try? TimeStampToken(Array(value.encodedBytes))
                if token?.problems.isEmpty != true || token?.stamps({ self.content.digest($0) }) != true {
                    self.findings.timeStamps.append("content_time_stamp_wrong")
                }
            }
        }
    }

    private var level: String {
        guard self.signingCertificate > 0, !self.isCounterSignature else { return "CMS" }
        guard self.signingCertificate == 2, self.has(OID.signingTime) else { return "CAdES" }
        return self.timeStamps.contains(where: \.isValid) ? "CAdES-B-T" : "CAdES-B-B"
    }

    private var claimedTime: SigningTime? {
        self.signer.values(of: OID.signingTime)?.first.flatMap { SigningTime(attribute: $0) }
    }

    func report(name: String) -> AdESSignatureReport {
        let proven = self.timeStamps.compactMap(\.provenTime).min()
        let trust = self.certificate.map { certificate in
            CertificatePath.check(
                certificate, others: self.cms.certificates + self.verifier.intermediates, roots: self.verifier.roots,
                at: proven ?? self.verifier.time)
        }
        var covered: [AdESSignatureReport.Covered] = []
        if self.content.isAtHand, !self.isCounterSignature {
            covered = [.init(self.content.isAttached ? .attachedContent : .detachedContent)]
        }
        return AdESSignatureReport(
            name: name, verdict: self.findings.verdict(best: .valid), reasons: self.findings.reasons,
            trust: trust ?? .unknown, level: self.level, covered: covered, algorithm: self.signer.scheme?.name,
            certificate: self.certificate, claimedTime: self.claimedTime, timeStamps: self.timeStamps,
            isCounterSignature: self.isCounterSignature)
    }

    /// Those who signed this signature's value. They are reported and take nothing from it.
    func counterSignatures(name: String) -> [AdESSignatureReport] {
        let values = self.signer.unsignedAttributes.filter { $0.type == OID.counterSignature }.flatMap(\.values)
        return values.prefix(self.verifier.maximumSigners).enumerated().compactMap { index, node in
            guard let signer = try? CMSSignedData.Signer(node) else { return nil }
            let signed = SignedContent(DetachedContent(self.signer.signature), isAttached: true)
            var check = CMSSignerCheck(signer, of: self.cms, self.verifier, signed, isCounterSignature: true)
            check.run(contentType: nil)
            return check.report(name: "\(name).\(index + 1)")
        }
    }
}

extension SigningTime {
    /// UTCTime or GeneralizedTime (RFC 5652, 11.3).
    fileprivate init?(attribute node: ASN1Node) {
        guard case .primitive(let text) = node.content else { return nil }
        switch node.identifier {
        case .generalizedTime: self.init(generalized: text)
        case .utcTime:
            // Years 50 to 99 are of the last century.
            let century = text.first.map { $0 >= 0x35 } ?? false ? "19" : "20"
            self.init(generalized: (Array(century.utf8) + text)[...])
        default: return nil
        }
    }
}
