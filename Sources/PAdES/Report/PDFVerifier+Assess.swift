extension PDFVerifier {
    /// Judges every signature of a file as `report(on:)` does, and the certificates behind them: path, revocation, time, level.
    /// Whatever the bytes are, there is an answer. Blocking and bound to the processor.
    ///
    /// Certificates are judged at the best time that is proven: a trusted time stamp over the signature, else a later document
    /// time stamp, else `time`. Going back from the newest stamp, each vouches for what it covers (EN 319 102-1, 5.5).
    /// - Parameters:
    ///   - given: revocation evidence that is at hand beside the file.
    ///   - now: the time of the check.
    public func assess(_ pdf: [UInt8], given: [RevocationEvidence] = [], now: SigningTime) -> FileAssessment {
        self.judged(pdf, given, now).adding(Signability(of: pdf, limits: self.limits))
    }

    private func judged(_ pdf: [UInt8], _ given: [RevocationEvidence], _ now: SigningTime) -> FileAssessment {
        let now = self.time ?? now
        let (report, file) = self.examine(pdf)
        let reports = report.signatures
        guard !reports.isEmpty else {
            return FileAssessment(
                .pdf, [], verdict: VerdictWord(report.verdict), reasons: report.reasons, checkedAt: now)
        }
        let stores = SecurityStores(file)
        let store = stores[file?.lastView ?? 0]
        let embedded = reports.map { EmbeddedEvidence(cms: $0.contents) }
        let stamps = reports.flatMap(\.signatureTimeStamps).map { EmbeddedEvidence(cms: $0.der) }
        let own = (embedded + stamps).flatMap(\.evidence)
        let judge = CertificateJudge(
            roots: self.roots,
            pool: (embedded + stamps).flatMap(\.certificates) + store.certificates + self.intermediates + self.roots,
            evidence: store.evidence + own + given, now: now)
        let isAlone = given.isEmpty
        let onlyFile =
            isAlone
            ? judge
            : CertificateJudge(
                roots: self.roots,
                pool: (embedded + stamps).flatMap(\.certificates) + store.certificates + self.intermediates
                    + self.roots, evidence: store.evidence + own, now: now)
        var assessments: [SignatureAssessment] = []
        var control = SignatureAssessment.Time(source: .check, time: now, isProven: false)
        // The newest first: what is proven of a stamp is proven of everything before it.
        for (index, report) in reports.enumerated().reversed() {
            var assessment = self.assessment(of: report, judge: judge, control: control)
            if report.kind == .documentTimeStamp {
                if assessment.verdict.isGood, assessment.certificate.trust == .trusted,
                    let time = report.documentTimeStamp?.time, time <= control.time
                {
                    control = SignatureAssessment.Time(source: .documentTimeStamp, time: time, isProven: true)
                }
            } else {
                assessment.level =
                    LevelJudgement(
                        report: report, later: Array(reports[(index + 1)...]), stores: stores, own: own, judge: onlyFile
                    ).level
            }
            assessments.append(assessment)
        }
        var answer = FileAssessment(.pdf, assessments.reversed(), checkedAt: now)
        if answer.inOrder.last?.certificate.trust == .trusted {
            answer.archivedUntil = report.archivedUntil(self.algorithmEnds)
        }
        return answer
    }

    private func assessment(
        of report: SignatureReport, judge: CertificateJudge, control: SignatureAssessment.Time
    ) -> SignatureAssessment {
        let stamps = report.signatureTimeStamps.map { token in
            SignatureAssessment.TimeStamp(
                time: token.time, isIntact: report.isStamped(by: token),
                authority: token.authority.map {
                    judge.assess($0, at: control.time, isProven: control.isProven, for: .timeStamp)
                } ?? .missing(at: control.time))
        }
        var time = control
        for stamp in stamps where stamp.isIntact && stamp.authority.trust == .trusted {
            if let moment = stamp.time, moment <= time.time {
                time = SignatureAssessment.Time(source: .signatureTimeStamp, time: moment, isProven: true)
            }
        }
        let isStamp = report.kind == .documentTimeStamp
        let certificate =
            report.certificate.map {
                judge.assess($0, at: time.time, isProven: time.isProven, for: isStamp ? .timeStamp : .document)
            } ?? .missing(at: time.time)
        // A stamp of an authority that nobody here knows is still worth telling, only nothing is judged by it.
        if !time.isProven {
            if isStamp, report.verdict.isGood, let moment = report.documentTimeStamp?.time {
                time = SignatureAssessment.Time(
                    source: .documentTimeStamp, time: moment, isProven: certificate.trust == .trusted)
            } else if let moment = stamps.first(where: \.isIntact)?.time {
                time = SignatureAssessment.Time(source: .signatureTimeStamp, time: moment, isProven: false)
            }
        } else if isStamp, let moment = report.documentTimeStamp?.time {
            time = SignatureAssessment.Time(
                source: .documentTimeStamp, time: moment, isProven: certificate.trust == .trusted)
        }
        return SignatureAssessment(
            name: report.fieldName, kind: isStamp ? .documentTimeStamp : .signature,
            verdict: VerdictWord(report.verdict), reasons: report.reasons,
            remarks: report.remarks,
            coverage: report.signedLength == nil ? .nothing : report.coversWholeFile ? .wholeFile : .wholeRevision,
            certification: report.certificationLevel,
            changes: report.changes.map {
                SignatureAssessment.Change(kind: ChangeWord($0.kind), subject: $0.subject, isAllowed: $0.isAllowed)
            }, certificate: certificate, signerName: report.signerName, signerTitle: report.signerTitle,
            signerOrganisation: report.signerOrganisation, time: time,
            claimedTime: report.claimedTime.flatMap { SigningTime(pdf: $0) }, timeStamps: stamps, level: nil,
            format: report.subFilter ?? "", algorithm: report.algorithm,
            algorithmRemarks: AlgorithmRemark.remarks(on: report.algorithm, certificate: report.certificate))
    }
}

extension SignatureReport {
    /// Whether a token is over this very signature and holds.
    func isStamped(by token: TimeStampToken) -> Bool {
        self.value.map { token.problems(over: [$0[...]]).isEmpty } ?? false
    }
}

/// Which baseline level a signature of a PDF reaches by what is in the file, trust aside.
struct LevelJudgement {
    let report: SignatureReport
    /// What was signed after it.
    let later: [SignatureReport]
    let stores: SecurityStores
    /// Evidence that stands in signatures and time stamps themselves.
    let own: [RevocationEvidence]
    let judge: CertificateJudge

    var level: LevelWord? {
        guard self.report.isBaseline, self.report.verdict.isGood || self.report.verdict == .allowedWithWarning,
            let certificate = self.report.certificate
        else { return nil }
        let token = self.report.signatureTimeStamps.first { self.report.isStamped(by: $0) }
        let archives = self.later.filter { $0.kind == .documentTimeStamp && $0.verdict.isGood }
        guard let time = token?.time ?? archives.first?.documentTimeStamp?.time else { return .basic }
        let signer = self.judge.assess(certificate, at: time, isProven: true, for: .document)
        guard signer.isCoveredByFile else { return .timed }
        var needed = signer.evidence
        if let authority = token?.authority {
            let stamp = self.judge.assess(authority, at: time, isProven: true, for: .timeStamp)
            guard stamp.isCoveredByFile else { return .timed }
            needed += stamp.evidence
        }
        // A stamp archives what was in the file when it was made.
        let isArchived = archives.contains { archive in
            let store = self.stores[archive.revision]
            let held = Set((store.evidence + self.own).map(\.der))
            return needed.allSatisfy { held.contains($0.der) }
        }
        return isArchived ? .longTermArchived : .longTerm
    }
}
