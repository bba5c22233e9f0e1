/// JSON as a report writes it: members in a fixed order, nothing left out.
indirect enum ReportJSON {
    case null
    case bool(Bool)
    case number(Int)
    case string(String)
    case array([ReportJSON])
    case object([(String, ReportJSON)])

    static func text(_ text: String?) -> ReportJSON { text.map { .string($0) } ?? .null }
    static func texts(_ texts: [String]) -> ReportJSON { .array(texts.map { .string($0) }) }
    static func time(_ time: SigningTime?) -> ReportJSON { .text(time?.isoText) }

    func write(into out: inout String) {
        switch self {
        case .null: out += "null"
        case .bool(let flag): out += flag ? "true" : "false"
        case .number(let number): out += String(number)
        case .string(let text): Self.write(text, into: &out)
        case .array(let items):
            out += "["
            for (index, item) in items.enumerated() {
                if index > 0 { out += "," }
                item.write(into: &out)
            }
            out += "]"
        case .object(let members):
            out += "{"
            for (index, (name, value)) in members.enumerated() {
                if index > 0 { out += "," }
                Self.write(name, into: &out)
                out += ":"
                value.write(into: &out)
            }
            out += "}"
        }
    }

    private static func write(_ text: String, into out: inout String) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            // U+0000 is no text to a database, and other controls are none to a reader.
            case "\0": out += "\u{FFFD}"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let digits = String(scalar.value, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        out += "\""
    }
}

extension FileAssessment {
    /// The report as one JSON object; its members are described in the API's schema `Verification`.
    /// - Parameter file: what the file is called, where that is to be in it.
    public func json(file: String? = nil) -> String {
        var out = ""
        ReportJSON.object(
            [
                ("file", .text(file)), ("format", .string(self.format.rawValue)),
                ("verdict", .string(self.verdict.rawValue)), ("reasons", .texts(self.reasons)),
                ("trust", .string(self.trust.rawValue)),
                (
                    "trust_reasons",
                    .texts(
                        self.signatures.first { $0.certificate.trust == self.trust }?
                            .certificate.reasons.map(\.rawValue) ?? [])
                ),
                ("signing", self.signing?.json ?? .null),
                ("checked_at", .time(self.checkedAt)), ("archived_until", .time(self.archivedUntil)),
                ("summary", self.inWords { self.summary(in: $0) }),
                ("text", self.inWords { self.text(in: $0) }),
                ("signatures", .array(self.signatures.map(\.json))),
            ]
        ).write(into: &out)
        return out
    }

    private func inWords(_ words: (ReportLanguage) -> String) -> ReportJSON {
        .object(ReportLanguage.allCases.map { ($0.rawValue, .string(words($0))) })
    }
}

extension SignatureAssessment {
    var json: ReportJSON {
        .object([
            ("name", .string(self.name)), ("kind", .string(self.kind.rawValue)),
            ("verdict", .string(self.verdict.rawValue)), ("reasons", .texts(self.reasons)),
            ("remarks", .texts(self.remarks)), ("coverage", .string(self.coverage.rawValue)),
            ("covered", .texts(self.covered)), ("certification", self.certification.map { .number($0) } ?? .null),
            (
                "changes",
                .array(
                    self.changes.map {
                        .object([
                            ("kind", .string($0.kind.rawValue)), ("subject", .string($0.subject)),
                            ("allowed", .bool($0.isAllowed)),
                        ])
                    })
            ),
            ("trust", .string(self.certificate.trust.rawValue)),
            ("trust_reasons", .texts(self.certificate.reasons.map(\.rawValue))),
            (
                "signer",
                .object([
                    ("name", .text(self.signerName)), ("title", .text(self.signerTitle)),
                    ("organisation", .text(self.signerOrganisation)),
                ])
            ),
            ("root", .text(self.certificate.root)), ("judged_at", .time(self.certificate.judgedAt)),
            ("path", .array(self.certificate.path.map(\.json))),
            ("revocation", self.certificate.revocation.json),
            (
                "time",
                .object([
                    ("source", .string(self.time.source.rawValue)), ("value", .time(self.time.time)),
                    ("proven", .bool(self.time.isProven)),
                ])
            ),
            ("claimed_time", .time(self.claimedTime)),
            ("time_stamps", .array(self.timeStamps.map(\.json))), ("level", .text(self.level?.rawValue)),
            ("format", .string(self.format)), ("algorithm", .text(self.algorithm)),
            ("algorithm_remarks", .texts(self.algorithmRemarks.map(\.rawValue))),
            ("under_circular_15_2025", .bool(self.isUnderCircular15)),
        ])
    }
}

extension SignatureAssessment.TimeStamp {
    fileprivate var json: ReportJSON {
        .object([
            ("time", .time(self.time)), ("intact", .bool(self.isIntact)),
            ("authority", .text(self.authority.path.first?.name)), ("trust", .string(self.authority.trust.rawValue)),
            ("trust_reasons", .texts(self.authority.reasons.map(\.rawValue))), ("root", .text(self.authority.root)),
            ("path", .array(self.authority.path.map(\.json))),
        ])
    }
}

extension CertificateAssessment.Step {
    fileprivate var json: ReportJSON {
        .object([
            ("name", .string(self.name)), ("subject", .string(self.subject)), ("issuer", .string(self.issuer)),
            ("serial", .string(self.serial)), ("not_before", .time(self.notBefore)),
            ("not_after", .time(self.notAfter)), ("revocation", self.revocation.json),
        ])
    }
}

extension RevocationFinding {
    fileprivate var json: ReportJSON {
        .object([
            ("status", .string(self.status.rawValue)), ("kind", .text(self.kind?.rawValue)),
            ("source", .text(self.source?.rawValue)), ("as_of", .time(self.asOf)),
            ("next_update", .time(self.nextUpdate)), ("revoked_at", .time(self.revokedAt)),
            ("reason", .text(self.reason?.rawValue)), ("responder_covered", .bool(self.isResponderCovered)),
        ])
    }
}
