extension FileAssessment {
    /// The report on a CMS message or an XML document in the common form.
    /// - Parameters:
    ///   - bytes: of a CMS message, whose certificates and evidence count; empty for anything else.
    ///   - now: the time of the check.
    public init(
        _ report: AdESReport, cms bytes: [UInt8] = [], roots: [[UInt8]], intermediates: [[UInt8]],
        given: [RevocationEvidence] = [], now: SigningTime
    ) {
        let embedded = EmbeddedEvidence(cms: bytes)
        let judge = CertificateJudge(
            roots: roots, pool: embedded.certificates + intermediates + roots, evidence: embedded.evidence + given,
            now: now)
        self.init(
            report.format == .cms ? .cms : .xml,
            report.signatures.map { SignatureAssessment($0, judge: judge, now: now) },
            verdict: VerdictWord(report.verdict), reasons: report.reasons, checkedAt: now)
    }
}

extension SignatureAssessment {
    fileprivate init(_ report: AdESSignatureReport, judge: CertificateJudge, now: SigningTime) {
        var time = Time(source: .check, time: now, isProven: false)
        for stamp in report.timeStamps where stamp.isValid {
            guard let moment = stamp.time else { continue }
            let isProven = if case .trusted = stamp.trust { true } else { false }
            if isProven && !time.isProven || isProven == time.isProven && moment < time.time {
                time = Time(source: .signatureTimeStamp, time: moment, isProven: isProven)
            }
        }
        var certificate = CertificateAssessment.missing(at: now)
        if let der = report.certificate {
            certificate = judge.assess(
                der, at: time.isProven ? time.time : now, isProven: time.isProven, for: .document)
            // An XML signature may carry the issuers where only its own verifier finds them.
            if certificate.trust == .unknown, case .trusted(let root) = report.trust {
                (certificate.trust, certificate.root) = (.trusted, root)
                certificate.reasons = [.revocationUnknown]
            }
        }
        let isGood = VerdictWord(report.verdict).isGood
        self.init(
            name: report.name, kind: report.isCounterSignature ? .counterSignature : .signature,
            verdict: VerdictWord(report.verdict), reasons: report.reasons, remarks: [],
            coverage: report.covered.isEmpty ? .nothing : report.verdict == .validFull ? .wholeFile : .parts,
            covered: report.covered.map { $0.name.isEmpty ? $0.kind.rawValue : $0.name }, certification: nil,
            changes: [], certificate: certificate, signerName: report.signerName, signerTitle: report.signerTitle,
            signerOrganisation: report.signerOrganisation, time: time, claimedTime: report.claimedTime,
            timeStamps: report.timeStamps.map {
                TimeStamp(
                    time: $0.time, isIntact: $0.isValid,
                    authority: CertificateAssessment(stampedBy: $0.authority, trust: $0.trust, at: now))
            },
            level: !isGood
                ? nil : report.level.hasSuffix("B-T") ? .timed : report.level.hasSuffix("B-B") ? .basic : nil,
            format: report.level, algorithm: report.algorithm,
            algorithmRemarks: AlgorithmRemark.remarks(on: report.algorithm, certificate: report.certificate))
    }
}

extension CertificateAssessment {
    /// What the verifier of another format says of a time stamp's authority.
    fileprivate init(stampedBy authority: String?, trust: SignatureReport.Trust, at time: SigningTime) {
        self = .missing(at: time)
        switch trust {
        case .trusted(let root): (self.trust, self.root, self.reasons) = (.trusted, root, [.revocationUnknown])
        case .untrusted: (self.trust, self.reasons) = (.unknown, [.rootUnknown])
        case .unknown: break
        }
        if let authority {
            self.path = [
                Step(
                    name: authority, subject: authority, issuer: "", serial: "", notBefore: nil, notAfter: nil,
                    certificate: [], revocation: .unknown)
            ]
        }
    }
}
