import COpenSSL

extension PDFVerifier {
    /// As `report(on:)`, but throws where nothing could be found in a file that can't be read.
    /// - Throws: as `PDFInspection`.
    public func verify(_ pdf: [UInt8]) throws(PDFError) -> VerificationReport {
        let report = self.report(on: pdf)
        if report.signatures.isEmpty, let failure = report.failure { throw failure }
        return report
    }

    /// Judges every signature of a file, whatever its bytes are. Blocking and bound to the processor: call it off the
    /// cooperative pool.
    ///
    /// A failure that concerns one signature stays with it; one that concerns the file is `failure` in the report.
    public func report(on pdf: [UInt8]) -> VerificationReport { self.examine(pdf).report }

    /// The report, and the file as it was read where it could be.
    func examine(_ pdf: [UInt8]) -> (report: VerificationReport, file: PDFFile?) {
        let readable = ReadableFile(pdf, limits: self.limits)
        do {
            var signatures: [SignatureReport] = []
            if let file = readable.file { signatures = try self.signatures(of: file, rest: readable.rest) }
            // A file that was cut off says too little; one whose cross-reference is wrong may still hold signed bytes.
            if let rest = readable.rest, readable.failure != .truncated {
                for signed in StraySignatures.find(in: pdf, rest) {
                    var check = SignatureCheck(stray: signed, in: pdf)
                    check.run(issuers: [], digests: PrefixDigests(pdf))
                    signatures.append(self.report(check, trust: .unknown, changes: [.behind(rest)]))
                }
            }
            return (VerificationReport(signatures: signatures, failure: readable.failure), readable.file)
        } catch {
            return (VerificationReport(signatures: [], failure: error), readable.file)
        }
    }

    private func signatures(of file: PDFFile, rest: Range<Int>?) throws(PDFError) -> [SignatureReport] {
        let pdf = file.bytes
        guard file.revisions.count <= 1_000 else { throw .tooComplex("too many revisions") }
        let found = try self.found(in: file)
        let updates = self.updates(of: file, since: found.map(\.view).min() ?? file.lastView)
        let digests = PrefixDigests(pdf)
        var reports: [SignatureReport] = []
        // Signatures of one person share their path, and a path costs more than all the rest.
        var paths: [[[UInt8]]: SignatureReport.Trust] = [:]
        for (signed, view, isCurrent) in found {
            var check = SignatureCheck(file: file, signed: signed, view: view)
            check.run(issuers: self.intermediates + self.roots, digests: digests)
            guard !digests.isExhausted else { throw .tooComplex("too many signatures for the size") }
            var trust = SignatureReport.Trust.unknown
            if let certificate = check.certificate {
                let others = (check.cms?.certificates ?? []) + self.intermediates
                let key = [certificate.der] + others
                trust =
                    paths[key]
                    ?? CertificatePath.check(certificate, others: others, roots: self.roots, at: self.time)
                paths[key] = trust
            }
            var changes = self.changes(after: view, in: file, updates)
            if !isCurrent {
                changes.append(SignatureReport.Change(kind: .forbidden, subject: "signature removed", isAllowed: false))
            }
            if let rest { changes.append(.behind(rest)) }
            reports.append(self.report(check, trust: trust, changes: changes))
        }
        return reports
    }

    private typealias Found = (signed: PDFFile.SignedField, view: Int, isCurrent: Bool)

    /// Every signature that any revision shows, with the revision that added it. One that the last revision doesn't show any
    /// more, or shows differently, has been tampered with.
    private func found(in file: PDFFile) throws(PDFError) -> [Found] {
        var found: [PDFReference: (signed: PDFFile.SignedField, view: Int)] = [:]
        var current: Set<PDFReference> = []
        var known: (signed: [PDFFile.SignedField], numbers: Set<Int>)?
        for view in file.revisions.indices {
            // A revision that can't be read matters only if it is the one shown.
            let signed: [PDFFile.SignedField]
            do {
                // The form need not be walked again where nothing that it consists of was written anew.
                if let same = known, file.trailer(in: view)["Root"] == file.trailer(in: view - 1)["Root"],
                    file.revisions[view].sections.allSatisfy({ same.numbers.isDisjoint(with: $0.entries.keys) })
                {
                    signed = same.signed
                } else {
                    let walk = try file.noting { () throws(PDFError) in try file.signedFields(in: view) }
                    known = (walk.0, walk.numbers)
                    signed = walk.0
                }
            } catch {
                known = nil
                guard view < file.lastView else { throw error }
                continue
            }
            for field in signed where found[field.signature] == nil && !field.isBlank {
                found[field.signature] = (field, view)
            }
            if view == file.lastView {
                for field in signed {
                    if let first = found[field.signature]?.signed, first.dictionary == field.dictionary,
                        first.field.name == field.field.name
                    {
                        current.insert(field.signature)
                    }
                }
            }
        }
        guard found.count <= self.limits.signatures else { throw .tooComplex("too many signatures") }
        return found.values.sorted { ($0.view, $0.signed.signature) < ($1.view, $1.signed.signature) }
            .map { ($0.signed, $0.view, current.contains($0.signed.signature)) }
    }

    /// Objects and references that are followed for all updates of a file together.
    private static let maximumWork = 8_000_000

    /// The analysis of each update after `first`, by view.
    func updates(of file: PDFFile, since first: Int) -> [Int: UpdateAnalysis] {
        guard first < file.lastView else { return [:] }
        var result: [Int: UpdateAnalysis] = [:]
        // Objects that can't be read might refer to anything: then nothing that is added can be judged.
        var graph = try? ObjectGraph(file, view: first)
        var work = 0
        for view in (first + 1)...file.lastView {
            // Each update is followed through the whole document: many of them in a large one would take for ever.
            work += graph?.size ?? 0
            if var known = graph, known.view == view - 1, work <= Self.maximumWork {
                result[view] = UpdateAnalysis(file, view: view, graph: &known)
                graph = known
            } else {
                result[view] = UpdateAnalysis(unreadable: file, view: view)
            }
        }
        return result
    }

    private func changes(
        after view: Int, in file: PDFFile, _ updates: [Int: UpdateAnalysis]
    ) -> [SignatureReport.Change] {
        guard view < file.lastView else { return [] }
        let permissions = try? file.permissions(in: view)
        return ((view + 1)...file.lastView).flatMap { next in
            (updates[next]?.changes ?? []).map { change in
                // What any signature before the change locked is not exchanged under the eyes of the others either.
                let isHeld =
                    change.replacesValue
                    && (try? file.permissions(in: next - 1))?.permitsReplacing(change.field ?? "") != true
                return Self.judge(change, isHeld ? nil : permissions)
            }
        }
    }

    private func report(
        _ check: SignatureCheck, trust: SignatureReport.Trust, changes: [SignatureReport.Change]
    ) -> SignatureReport {
        let (verdict, reasons) = Self.verdict(check, changes)
        let certificate = check.certificate
        let dictionary = check.signed.dictionary
        let isPAdES = check.subFilter == "ETSI.CAdES.detached" || check.subFilter == "ETSI.RFC3161"
        return SignatureReport(
            fieldName: check.signed.field.name, kind: check.token == nil ? .signature : .documentTimeStamp,
            verdict: verdict, reasons: reasons, remarks: check.findings.remarks, trust: trust,
            coversWholeFile: check.coversWholeFile, revision: check.view, signedLength: check.ranges?.end,
            certificationLevel: (try? check.file?.permissions(of: dictionary, in: check.view))?.certification,
            changes: changes, subFilter: check.subFilter, algorithm: check.token?.algorithm ?? check.scheme?.name,
            isBaseline: isPAdES && check.findings.form.isEmpty && check.findings.remarks.isEmpty,
            signerName: certificate?.commonName, signerTitle: certificate?.subject(NID_title),
            signerOrganisation: certificate?.subject(NID_organizationName), certificate: certificate?.der,
            certificates: check.cms?.certificates ?? certificate.map { [$0.der] } ?? [],
            claimedTime: dictionary["M"]?.text, contents: check.contents, value: check.cms?.signers.first?.signature,
            documentTimeStamp: check.token, signatureTimeStamps: check.signatureTimeStamps)
    }

    /// The worst that was found decides.
    private static func verdict(
        _ check: SignatureCheck, _ changes: [SignatureReport.Change]
    ) -> (SignatureReport.Verdict, [String]) {
        let findings = check.findings
        if !findings.structure.isEmpty { return (.invalidStructure, findings.structure + findings.cryptography) }
        if check.isUndecodable { return (.noSignature, ["signature_not_decodable"]) }
        if !findings.cryptography.isEmpty { return (.invalidCryptography, findings.cryptography) }
        if !findings.modification.isEmpty { return (.modified, findings.modification) }
        if changes.contains(where: { !$0.isAllowed }) { return (.modified, ["changed_after_signature"]) }
        if !findings.policy.isEmpty { return (.invalidPolicy, findings.policy) }
        if !findings.form.isEmpty { return (.notPAdES, findings.form) }
        if changes.contains(where: { $0.kind == .annotation }) {
            return (.allowedWithWarning, ["annotation_after_signature"])
        }
        if check.isLevelDisputed { return (.levelDisputed, ["signing_certificate_twice"]) }
        if check.isWeak { return (.validWithWeakAlgorithm, ["weak_hash"]) }
        return (.valid, [])
    }

    /// Whether a change is allowed after a signature with these permissions (its own and those of earlier ones).
    private static func judge(
        _ change: UpdateAnalysis.Change, _ permissions: PDFFile.Permissions?
    ) -> SignatureReport.Change {
        guard let permissions else {
            return SignatureReport.Change(kind: change.kind, subject: change.subject, isAllowed: false)
        }
        let level = permissions.certification
        let isLocked = change.field.map { permissions.locks($0) } ?? false
        let isAllowed =
            switch change.kind {
            case .forbidden: false
            case .fieldFilled:
                level != 1 && !isLocked
                    && (!change.replacesValue || permissions.permitsReplacing(change.field ?? ""))
            case .signatureAdded:
                (level != 1 || change.isTimeStamp) && !isLocked && !(change.isVisibleAddition && level != nil)
            case .metadata, .structure: true
            case .annotation: level == nil || level == 3
            }
        return SignatureReport.Change(kind: change.kind, subject: change.subject, isAllowed: isAllowed)
    }
}

extension SignatureReport.Change {
    /// Bytes behind what can be read.
    fileprivate static func behind(_ rest: Range<Int>) -> Self {
        Self(kind: .forbidden, subject: "\(rest.count) bytes that no cross-reference lists", isAllowed: false)
    }
}
