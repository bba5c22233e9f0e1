import PAdES

/// Judges one ds:Signature: its form, every reference of it, its value, its certificate and its time stamps.
struct XMLSignatureCheck {
    let document: XMLDocument
    let element: XMLElement
    let verifier: XMLVerifier

    var findings = AdESFindings()
    var properties: QualifyingProperties?
    /// What the references lead to, those of manifests included, but for the signed properties.
    var targets: [ReferenceTarget] = []
    var covered: [AdESSignatureReport.Covered] = []
    private(set) var scheme: SignatureScheme?
    private(set) var certificate: Certificate?
    private(set) var certificates: [[UInt8]] = []
    private(set) var timeStamps: [AdESSignatureReport.TimeStamp] = []
    var referencesLeft: Int
    private var isBaseline = true

    init(_ element: XMLElement, in document: XMLDocument, _ verifier: XMLVerifier) {
        self.document = document
        self.element = element
        self.verifier = verifier
        self.referencesLeft = document.limits.references
    }

    /// The parts of a signature in the order that the schema wants.
    private struct Parts {
        var signedInfo: XMLElement
        var canonicalisation: XMLElement
        var method: XMLElement
        var references: [XMLElement]
        var value: XMLElement
        var keyInfo: XMLElement?
    }

    private func parts() -> Parts? {
        var children = self.element.children[...]
        func next(_ name: String) -> XMLElement? {
            guard let first = children.first, first.isNamed(name, in: Namespace.signature) else { return nil }
            children.removeFirst()
            return first
        }
        guard let info = next("SignedInfo"), let value = next("SignatureValue") else { return nil }
        let keyInfo = next("KeyInfo")
        guard children.allSatisfy({ $0.isNamed("Object", in: Namespace.signature) }) else { return nil }
        children = info.children[...]
        guard let canonicalisation = next("CanonicalizationMethod"), let method = next("SignatureMethod"),
            !children.isEmpty, children.allSatisfy({ $0.isNamed("Reference", in: Namespace.signature) })
        else { return nil }
        return Parts(
            signedInfo: info, canonicalisation: canonicalisation, method: method, references: Array(children),
            value: value, keyInfo: keyInfo)
    }

    mutating func run() -> AdESSignatureReport {
        var best = AdESVerdict.valid
        if let parts = self.parts() {
            self.judge(parts)
            if !self.isCounterSignature { best = self.coverage() }
        } else {
            self.findings.structure.append("signature_malformed")
        }
        return self.report(best: best)
    }

    private mutating func judge(_ parts: Parts) {
        self.findProperties()
        var isPropertiesNamed = false
        for element in parts.references {
            guard let reference = XMLReference(element) else {
                self.findings.structure.append("reference_malformed")
                continue
            }
            if self.check(reference) == .signedProperties { isPropertiesNamed = true }
        }
        if self.properties?.signed != nil, !isPropertiesNamed {
            self.findings.structure.append("signed_properties_not_signed")
        }
        self.checkValue(parts)
        if self.isCounterSignature, !self.targets.contains(where: { $0.element == self.countersigned }) {
            self.findings.structure.append("countersigned_value_not_signed")
        }
        self.checkTimeStamps(parts.value)
        if self.covered.isEmpty, self.findings.missing.isEmpty {
            self.findings.missing.append("nothing_signed")
        }
    }

    private mutating func findProperties() {
        let all = QualifyingProperties.all(of: self.element)
        guard all.count <= 1 else { return self.findings.structure.append("several_qualifying_properties") }
        self.properties = all.first
        guard let properties = self.properties else { return }
        guard let id = self.element.attribute("Id"), properties.target == "#" + id else {
            return self.findings.structure.append("target_mismatch")
        }
        if properties.signed == nil { self.findings.notes.append("no_signed_properties") }
    }

    /// SignedInfo in its canonical form, against every certificate that comes into question.
    private mutating func checkValue(_ parts: Parts) {
        guard let scheme = SignatureMethod.scheme(of: parts.method) else {
            return self.findings.missing.append("algorithm_unsupported")
        }
        self.scheme = scheme
        if scheme.digest.isBroken { self.findings.cryptography.append("broken_hash") }
        if scheme.digest.isWeak { self.findings.weak.append("weak_hash") }
        guard let method = parts.canonicalisation.attribute("Algorithm"),
            AlgorithmName.canonicalisations.contains(method)
        else { return self.findings.missing.append("algorithm_unsupported") }
        guard
            let data = try? self.document.canonical(
                .element(parts.signedInfo), by: parts.canonicalisation, hasComments: true)
        else { return self.findings.missing.append("canonical_form_unavailable") }
        guard var value = parts.value.onlyText.flatMap({ StrictBase64.decode($0) }) else {
            return self.findings.cryptography.append("signature_value_malformed")
        }
        if scheme.isPair {
            guard let der = PairedValue.der(value) else {
                return self.findings.cryptography.append("signature_value_malformed")
            }
            value = der
        }
        self.certificates = self.keyInfoCertificates(parts.keyInfo)
        let candidates = (self.certificates + (self.properties?.certificates ?? []) + self.verifier.intermediates)
            .compactMap { try? Certificate($0) }
        let stated = self.properties?.certificateDigest ?? .absent
        switch stated {
        case .absent:
            if self.properties?.signed != nil { self.findings.notes.append("signing_certificate_missing") }
            self.isBaseline = false
        case .malformed: self.findings.structure.append("signing_certificate_malformed")
        case .digest(let algorithm, let digest):
            // The property says whose signature it is; other certificates with the same key are not considered.
            if let named = candidates.first(where: { (try? Digest.hash(algorithm, $0.der)) == digest }) {
                self.certificate = named
                if !named.verifies(value, over: data, scheme: scheme) {
                    self.findings.cryptography.append("signature_wrong")
                }
                return
            }
        }
        guard !candidates.isEmpty else { return self.findings.missing.append("signer_certificate_missing") }
        let signer = candidates.first { $0.verifies(value, over: data, scheme: scheme) }
        self.certificate = signer ?? (self.certificates.isEmpty ? nil : candidates.first)
        if signer == nil {
            // Without any certificate from the signature itself nothing was tried that had to fit.
            if self.certificates.isEmpty {
                self.findings.missing.append("signer_certificate_missing")
            } else {
                self.findings.cryptography.append("signature_wrong")
            }
        } else if case .digest = stated {
            self.findings.cryptography.append("signing_certificate_differs")
        }
    }

    /// The certificates of KeyInfo: candidates, no more.
    private func keyInfoCertificates(_ keyInfo: XMLElement?) -> [[UInt8]] {
        let data = keyInfo?.children("X509Data", in: Namespace.signature) ?? []
        return Array(
            data.lazy.flatMap { $0.children("X509Certificate", in: Namespace.signature) }
                .compactMap { $0.onlyText.flatMap { StrictBase64.decode($0, isCanonical: false) } }.prefix(64))
    }

    /// The signature value whose element this counter signature signs.
    private var countersigned: XMLElement? {
        guard let holder = self.element.parent, holder.name == "CounterSignature",
            holder.namespace.map({ Namespace.allProperties.contains($0) }) == true
        else { return nil }
        var current = holder.parent
        while let element = current, !element.isSignature { current = element.parent }
        return current?.children("SignatureValue", in: Namespace.signature).first
    }

    var isCounterSignature: Bool { self.countersigned != nil }

    private mutating func checkTimeStamps(_ value: XMLElement) {
        for stamp in self.properties?.signatureTimeStamps ?? [] {
            let method = stamp.method?.attribute("Algorithm")
            guard method.map({ AlgorithmName.canonicalisations.contains($0) }) ?? true,
                let stamped = try? self.document.canonical(.element(value), by: stamp.method, hasComments: true)
            else {
                self.findings.timeStamps.append("time_stamp_method")
                continue
            }
            for token in stamp.tokens {
                let report = AdESSignatureReport.TimeStamp(
                    token: token, over: stamped, roots: self.verifier.roots, intermediates: self.verifier.intermediates)
                self.timeStamps.append(report)
                self.findings.note(report)
            }
        }
    }

    private var level: String {
        guard self.properties?.signed != nil else { return "XML-DSig" }
        guard self.isBaseline, self.properties?.hasCertificateV2 == true, self.properties?.signingTime != nil else {
            return "XAdES"
        }
        return self.timeStamps.contains(where: \.isValid) ? "XAdES-B-T" : "XAdES-B-B"
    }

    private func report(best: AdESVerdict) -> AdESSignatureReport {
        let proven = self.timeStamps.compactMap(\.provenTime).min()
        let trust = self.certificate.map { certificate in
            CertificatePath.check(
                certificate,
                others: self.certificates + (self.properties?.certificates ?? []) + self.verifier.intermediates,
                roots: self.verifier.roots, at: proven ?? self.verifier.time)
        }
        return AdESSignatureReport(
            name: self.element.attribute("Id") ?? "", verdict: self.findings.verdict(best: best),
            reasons: self.findings.reasons, trust: trust ?? .unknown, level: self.level, covered: self.covered,
            algorithm: self.scheme?.name, certificate: self.certificate, claimedTime: self.properties?.signingTime,
            timeStamps: self.timeStamps, isCounterSignature: self.isCounterSignature)
    }
}
