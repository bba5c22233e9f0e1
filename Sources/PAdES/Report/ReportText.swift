extension FileAssessment {
    /// The whole in one sentence.
    public func summary(in language: ReportLanguage) -> String {
        guard self.verdict.isGood else {
            let reasons = self.reasons.prefix(3).map { ReportWords.word("reason." + $0, in: language) }
            let verdict = ReportWords.word("verdict." + self.verdict.rawValue, in: language)
            return reasons.isEmpty || self.verdict == .noSignature
                ? verdict : verdict + " (" + reasons.joined(separator: "; ") + ")"
        }
        let trust = ReportWords.word("summary.good_" + self.trust.rawValue, in: language)
        return self.verdict == .valid || self.verdict == .validFull
            ? trust : ReportWords.word("verdict." + self.verdict.rawValue, in: language) + " " + trust
    }

    /// The report in words, a line for each thing that is said.
    public func text(in language: ReportLanguage, file: String? = nil) -> String {
        func word(_ key: String) -> String { ReportWords.word(key, in: language) }
        let mark = !self.verdict.isGood || self.trust == .untrusted ? "✗" : self.trust == .trusted ? "✓" : "?"
        var lines = [
            "\(mark) \(file ?? word("format." + self.format.rawValue)): \(self.verdict.rawValue). "
                + self.summary(in: language)
        ]
        for signature in self.signatures { lines += signature.lines(in: language).map { "  " + $0 } }
        if let signing = self.signing { lines.append("  \(word("label.signing")): \(signing.sentence(in: language))") }
        lines.append("  \(word("label.checked_at")): \(self.checkedAt.vietnameseText)")
        return lines.joined(separator: "\n")
    }
}

extension SignatureAssessment {
    /// A line for each thing that is said of the signature; the first names it, the others are indented.
    public func lines(in language: ReportLanguage) -> [String] {
        func word(_ key: String) -> String { ReportWords.word(key, in: language) }
        let who = [self.signerName, self.signerTitle, self.signerOrganisation].compactMap { $0 }.joined(separator: ", ")
        let signer = who.isEmpty ? word("label.unnamed") : who
        var lines = ["\(word("kind." + self.kind.rawValue)) «\(self.name)»: \(self.verdict.rawValue)"]
        func add(_ label: String, _ text: String) { lines.append("  \(word("label." + label)): \(text)") }
        add("verdict", word("verdict." + self.verdict.rawValue))
        let reasons = (self.reasons + self.remarks).map { word("reason." + $0) }
        if !reasons.isEmpty { add("reasons", reasons.joined(separator: "; ")) }
        add(self.kind == .documentTimeStamp ? "authority" : "signer", signer)
        add("coverage", ([word("coverage." + self.coverage.rawValue)] + self.covered).joined(separator: ", "))
        add("changes", self.changes.isEmpty ? word("label.no_changes") : "")
        for change in self.changes { lines.append("    - " + change.sentence(in: language)) }
        add("certificate", self.certificate.sentence(in: language))
        if !self.certificate.path.isEmpty {
            add("path", self.certificate.path.map(\.name).joined(separator: " → "))
            add("revocation", self.certificate.revocation.sentence(in: language))
        }
        add("time", self.time.sentence(in: language))
        if let claimed = self.claimedTime { add("claimed_time", claimed.vietnameseText) }
        if self.kind == .signature {
            add("level", self.level.map { word("level." + $0.rawValue) } ?? word("level.none"))
        }
        if let algorithm = self.algorithm {
            let remarks = self.algorithmRemarks.map { word("algorithm." + $0.rawValue) }
            add("algorithm", algorithm + (remarks.isEmpty ? "" : " (" + remarks.joined(separator: "; ") + ")"))
        }
        return lines
    }
}

extension SignatureAssessment.Change {
    /// What was changed, and whether it may be.
    public func sentence(in language: ReportLanguage) -> String {
        let verdict = ReportWords.word(self.isAllowed ? "change.allowed" : "change.not_allowed", in: language)
        return ReportWords.word("change." + self.kind.rawValue, in: language) + ": \(self.subject) (\(verdict))"
    }
}

extension SignatureAssessment.Time {
    /// When, by what, and whether that is proven.
    public func sentence(in language: ReportLanguage) -> String {
        let source = ReportWords.word("time." + self.source.rawValue, in: language)
        guard self.source != .check else { return source }
        let proof = ReportWords.word(self.isProven ? "time.proven" : "time.not_proven", in: language)
        return "\(self.time.vietnameseText) (\(source), \(proof))"
    }
}

extension CertificateAssessment {
    /// Whether it is trusted, and why or why not.
    public func sentence(in language: ReportLanguage) -> String {
        let reasons = self.reasons.map { ReportWords.word("trust_reason." + $0.rawValue, in: language) }
        let said = ReportWords.word("trust." + self.trust.rawValue, in: language)
        let root = self.root.map { " (\($0))" } ?? ""
        return said + root + (reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; "))
    }
}

extension RevocationFinding {
    /// The status, what it rests on and as of when.
    public func sentence(in language: ReportLanguage) -> String {
        func word(_ key: String) -> String { ReportWords.word(key, in: language) }
        var parts: [String] = []
        if let kind, let source {
            parts.append(word("evidence." + kind.rawValue) + ", " + word("source." + source.rawValue))
        }
        if let asOf { parts.append(word("label.as_of") + " " + asOf.vietnameseText) }
        if let revokedAt { parts.append(word("label.revoked_at") + " " + revokedAt.vietnameseText) }
        if let reason { parts.append(word("revocation_reason." + reason.rawValue)) }
        return word("revocation." + self.status.rawValue)
            + (parts.isEmpty ? "" : " (" + parts.joined(separator: "; ") + ")")
    }
}
