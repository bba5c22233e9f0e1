import SwiftASN1

/// Judges a CMS signature over content that is known: its form, its algorithms, its value and its certificates. What the
/// content is and where it lies is the business of who calls it.
struct CMSCheck {
    /// What the signature claims to be.
    enum Profile: Sendable {
        /// EN 319 122-1, as EN 319 142-1 narrows it (`ETSI.CAdES.detached`).
        case cades
        /// Plain CMS or PKCS #7 (`adbe.pkcs7.detached`).
        case pkcs7
        /// PKCS #7 with the document's hash inside (`adbe.pkcs7.sha1`).
        case pkcs7OverHash
        /// RFC 3161.
        case timeStamp

        var contentType: ASN1ObjectIdentifier { self == .timeStamp ? OID.timeStampInformation : OID.data }
        /// Whether the signed content lies within the signature.
        var isEnveloping: Bool { self == .timeStamp || self == .pkcs7OverHash }
    }

    /// What is wrong, by kind. The words are stable.
    struct Findings: Sendable {
        var structure: [String] = []
        var cryptography: [String] = []
        /// Computed rightly, with what the rules forbid.
        var policy: [String] = []
        /// Stands for something else than it is found at.
        var modification: [String] = []
        /// Good CMS that is no PAdES signature at all.
        var form: [String] = []
        /// Short of a baseline signature in a point that takes nothing from what it proves.
        var remarks: [String] = []

        mutating func merge(_ other: Findings) {
            self.structure += other.structure
            self.cryptography += other.cryptography
            self.policy += other.policy
            self.modification += other.modification
            self.form += other.form
            self.remarks += other.remarks
        }
    }

    let cms: CMSSignedData
    let profile: Profile
    var findings = Findings()
    private(set) var scheme: SignatureScheme?
    private(set) var certificate: Certificate?
    var chain: [[UInt8]] { self.cms.certificates }
    /// Whether a hash with known collisions takes part.
    private(set) var isWeak = false

    init(_ cms: CMSSignedData, profile: Profile) {
        self.cms = cms
        self.profile = profile
    }

    /// - Parameters:
    ///   - issuers: certificates (DER) that are known besides those in the signature.
    ///   - hash: the hash of the content.
    ///   - content: the content itself, asked for only where no signed attributes stand between it and the key.
    mutating func run(issuers: [[UInt8]], hash: (Digest.Algorithm) -> [UInt8]?, content: () -> [UInt8]) {
        guard let first = self.cms.signers.first else { return self.findings.structure.append("no_signer") }
        if self.cms.signers.count > 1 { self.findings.form.append("not_exactly_one_signer") }
        self.checkForm(first)
        for signer in self.cms.signers { self.check(signer, issuers: issuers, hash: hash, content: content) }
    }

    private mutating func check(
        _ signer: CMSSignedData.Signer, issuers: [[UInt8]], hash: (Digest.Algorithm) -> [UInt8]?, content: () -> [UInt8]
    ) {
        guard let scheme = signer.scheme, let digest = signer.digest else {
            return self.findings.cryptography.append("algorithm_unknown")
        }
        self.scheme = self.scheme ?? scheme
        if !signer.isSorted { self.checkOrder(signer) }
        guard let certificate = self.certificate(of: signer) else {
            return self.findings.structure.append("signer_certificate_missing")
        }
        self.certificate = self.certificate ?? certificate
        self.checkAlgorithms(scheme, digest, certificate)
        if let attributes = signer.signedAttributes {
            self.checkAttributes(signer, digest, hash)
            if !certificate.verifies(signer.signature, over: attributes, scheme: scheme) {
                self.findings.cryptography.append("signature_wrong")
            }
            self.checkAlgorithmProtection(signer)
        } else if !certificate.verifies(signer.signature, over: content(), scheme: scheme) {
            // Without attributes the key signed the content itself.
            self.findings.cryptography.append("signature_wrong")
        }
        if !self.checkSigningCertificate(signer, certificate) { self.checkBystanders(issuers) }
    }

    private mutating func checkForm(_ signer: CMSSignedData.Signer) {
        if self.profile.isEnveloping != self.cms.hasContent {
            self.findings.structure.append(self.cms.hasContent ? "content_inside_signature" : "content_missing")
        }
        guard self.profile == .cades else { return }
        if self.cms.contentType != OID.data { self.findings.structure.append("content_type_not_data") }
        if !self.hasRightVersions(signer) { self.findings.form.append("version") }
        if self.cms.digestAlgorithms != [signer.digestAlgorithm] {
            let isListed =
                self.cms.digestAlgorithms.contains(signer.digestAlgorithm)
                && self.cms.digestAlgorithms.allSatisfy { Digest.Algorithm($0) != nil }
            if isListed {
                self.findings.remarks.append("digest_algorithms")
            } else {
                self.findings.form.append("digest_algorithms")
            }
        }
        if signer.attributes.contains(where: { $0.type == OID.signingTime }) {
            self.findings.remarks.append("signing_time_present")
        }
        if signer.signedAttributes == nil { self.findings.form.append("signed_attributes_missing") }
    }

    /// RFC 5652, 5.1 and 5.3: the versions follow from what is there.
    private func hasRightVersions(_ signer: CMSSignedData.Signer) -> Bool {
        let isByKey = if case .subjectKey = signer.identifier { true } else { false }
        // With attribute certificates and the like there are more.
        guard self.cms.certificateCount == self.cms.certificates.count else {
            return (1...5).contains(self.cms.version)
        }
        return signer.version == (isByKey ? 3 : 1) && self.cms.version == signer.version
    }

    /// Attributes out of DER order: programs that sort them before hashing find another hash. Where both signing-certificate
    /// attributes are there as well, validators disagree about what the signature is rather than about its value.
    private mutating func checkOrder(_ signer: CMSSignedData.Signer) {
        if self.isDisputed(signer) {
            self.findings.remarks.append("attributes_not_in_der_order")
        } else {
            self.findings.cryptography.append("attributes_not_in_der_order")
        }
    }

    /// signing-certificate in both of its versions: which one counts is disputed (EN 319 122-1 allows one).
    func isDisputed(_ signer: CMSSignedData.Signer) -> Bool {
        self.profile == .cades
            && [OID.signingCertificate, OID.signingCertificateV2].allSatisfy { type in
                signer.attributes.contains { $0.type == type }
            }
    }

    private mutating func checkAlgorithms(
        _ scheme: SignatureScheme, _ digest: Digest.Algorithm, _ certificate: Certificate
    ) {
        if let required = certificate.requiredDigest {
            // RFC 8419: the value may be right and the hash of the content still one that must not stand beside it.
            if digest != required { self.findings.policy.append("digest_forbidden_beside_key") }
        } else if scheme.digest != digest {
            self.findings.cryptography.append("algorithms_disagree")
        }
        if digest.isBroken || scheme.digest.isBroken { self.findings.policy.append("broken_hash") }
        if digest.isWeak || scheme.digest.isWeak { self.isWeak = true }
    }

    private func certificate(of signer: CMSSignedData.Signer) -> Certificate? {
        for der in self.chain {
            switch signer.identifier {
            case .issuerAndSerial(let issuer, let serial):
                guard let fields = try? CertificateFields(der), fields.issuer.elementsEqual(issuer),
                    fields.serial.elementsEqual(serial)
                else { continue }
                return try? Certificate(der)
            case .subjectKey(let key):
                guard let certificate = try? Certificate(der), certificate.subjectKeyIdentifier == Array(key) else {
                    continue
                }
                return certificate
            }
        }
        return nil
    }

    private mutating func checkAttributes(
        _ signer: CMSSignedData.Signer, _ digest: Digest.Algorithm, _ hash: (Digest.Algorithm) -> [UInt8]?
    ) {
        let stated = signer.values(of: OID.messageDigest).flatMap { values in
            values.count == 1 ? try? ASN1OctetString(derEncoded: values[0]).bytes : nil
        }
        if let stated, let actual = hash(digest), stated.elementsEqual(actual) {
        } else {
            self.findings.cryptography.append(stated == nil ? "message_digest_missing" : "digest_differs")
        }
        let type = signer.values(of: OID.contentType).flatMap { values in
            values.count == 1 ? try? ASN1ObjectIdentifier(derEncoded: values[0]) : nil
        }
        if type != self.profile.contentType { self.findings.structure.append("content_type_attribute") }
    }

    /// RFC 6211: the attribute must name the very algorithms that are used.
    private mutating func checkAlgorithmProtection(_ signer: CMSSignedData.Signer) {
        guard signer.attributes.contains(where: { $0.type == OID.algorithmProtection }) else { return }
        guard let values = signer.values(of: OID.algorithmProtection), values.count == 1,
            let parts = try? values[0].constructed(.sequence), parts.count == 2,
            parts[0].encodedBytes.elementsEqual(signer.digestAlgorithmDER),
            parts[1].encodedBytes.dropFirst().elementsEqual(signer.signatureAlgorithmDER.dropFirst())
        else { return self.findings.cryptography.append("algorithm_protection") }
    }
}
