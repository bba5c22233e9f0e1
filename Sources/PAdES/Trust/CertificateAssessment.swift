/// What is known of a certificate at the time that counts: its path, to which root, and the revocation of each part.
public struct CertificateAssessment: Sendable, Hashable {
    /// One certificate of the path.
    public struct Step: Sendable, Hashable {
        /// CN, or the whole subject of a certificate without one.
        public var name: String
        /// `CN=…, O=…`, and of its issuer.
        public var subject: String
        public var issuer: String
        /// Hexadecimal.
        public var serial: String
        public var notBefore: SigningTime?
        public var notAfter: SigningTime?
        /// DER.
        public var certificate: [UInt8]
        public var revocation: RevocationFinding
    }

    public var trust: TrustWord
    /// Why it is not trusted, the decisive one first; also what is merely to be known (`revocation_unknown`).
    public var reasons: [TrustReason]
    /// The certificate first. The last is the root when `root` is there.
    public var path: [Step]
    /// The name of the given root that the path ends at.
    public var root: String?
    /// The time at which validity and revocation were judged.
    public var judgedAt: SigningTime
    public var revocation: RevocationFinding { self.path.first?.revocation ?? .unknown }
    /// Everything that the judgement rests on besides certificates.
    public var evidence: [RevocationEvidence] { self.path.flatMap(\.revocation.evidence) }

    /// Whether evidence in the file itself covers every certificate up to a root or a self-signed one, responders included.
    var isCoveredByFile: Bool

    static func missing(at time: SigningTime) -> CertificateAssessment {
        CertificateAssessment(
            trust: .unknown, reasons: [.certificateMissing], path: [], root: nil, judgedAt: time, isCoveredByFile: false
        )
    }
}

/// Judges certificates with what one file and its verifier have at hand. Lives within one call.
final class CertificateJudge {
    private let roots: [Certificate]
    private let pool: [Certificate]
    private let library: RevocationLibrary
    private let now: SigningTime
    /// Signatures of one person share their path, and a path costs more than all the rest.
    private var known: [Question: CertificateAssessment] = [:]

    private struct Question: Hashable {
        var der: [UInt8]
        var time: SigningTime
        var isProven: Bool
        var isStamp: Bool
    }

    /// - Parameters:
    ///   - pool: certificates of the file and the caller, DER; those that are none are passed over.
    ///   - now: the time of judgement: nothing that was made later is believed.
    init(roots: [[UInt8]], pool: [[UInt8]], evidence: [RevocationEvidence], now: SigningTime) {
        let library = RevocationLibrary(evidence)
        var seen: Set<[UInt8]> = []
        self.roots = roots.compactMap { try? Certificate($0) }
        self.pool =
            pool.filter { seen.insert($0).inserted }.prefix(500).compactMap { try? Certificate($0) }
            + library.certificates
        self.library = library
        self.now = now
    }

    /// - Parameters:
    ///   - time: when it must have been in force.
    ///   - isProven: whether a trusted time stamp vouches for that time.
    func assess(
        _ der: [UInt8], at time: SigningTime, isProven: Bool, for purpose: CertificateChain.Purpose
    ) -> CertificateAssessment {
        let question = Question(der: der, time: time, isProven: isProven, isStamp: purpose == .timeStamp)
        if let known = self.known[question] { return known }
        let answer = self.judge(der, at: time, isProven: isProven, for: purpose)
        self.known[question] = answer
        return answer
    }

    private func judge(
        _ der: [UInt8], at time: SigningTime, isProven: Bool, for purpose: CertificateChain.Purpose
    ) -> CertificateAssessment {
        guard let certificate = try? Certificate(der) else { return .missing(at: time) }
        let chain = CertificateChain(of: certificate, pool: self.pool, roots: self.roots, at: time, for: purpose)
        let path = chain.certificates
        var steps: [CertificateAssessment.Step] = []
        for (index, part) in path.enumerated() {
            let finding: RevocationFinding
            if index + 1 < path.count {
                finding = self.library.finding(
                    on: part, issuer: path[index + 1], at: time, now: self.now, known: self.pool)
            } else {
                // Nobody stands above the last one: a root answers for itself, of a loose end nothing is known.
                finding = chain.isComplete ? .notNeeded : .unknown
            }
            steps.append(CertificateAssessment.Step(part, finding))
        }
        var reasons = chain.problems
        for (index, step) in steps.enumerated() {
            switch step.revocation.status {
            case .revoked:
                reasons.append(
                    index > 0 ? .issuerRevoked : isProven ? .certificateRevoked : .revokedWithoutProofOfTime)
            case .unknown where !reasons.contains(.revocationUnknown): reasons.append(.revocationUnknown)
            default: break
            }
        }
        let grave = reasons.filter { !$0.isOpen && $0 != .revocationUnknown }
        // Who is not known to anybody here is unknown, whatever else there is to say; but a revocation always counts.
        let isRefused = !grave.isEmpty && (chain.isAnchored || grave.contains { $0.isRevocation })
        let isCovered =
            chain.isComplete
            && steps.dropLast().allSatisfy { step in
                let finding = step.revocation
                return finding.status != .unknown && finding.source != .given && finding.isResponderCovered
            }
        return CertificateAssessment(
            trust: isRefused ? .untrusted : chain.isAnchored ? .trusted : .unknown,
            reasons: grave + reasons.filter { $0.isOpen } + reasons.filter { $0 == .revocationUnknown },
            path: steps, root: chain.isAnchored ? steps.last?.name : nil, judgedAt: time,
            isCoveredByFile: isCovered)
    }
}

extension CertificateAssessment.Step {
    init(_ certificate: Certificate, _ revocation: RevocationFinding) {
        let subject = certificate.subjectText
        self.init(
            name: certificate.commonName ?? subject, subject: subject, issuer: certificate.issuerText,
            serial: certificate.serial, notBefore: certificate.notBefore, notAfter: certificate.notAfter,
            certificate: certificate.der, revocation: revocation)
    }
}
