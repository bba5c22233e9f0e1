/// What is known of a certificate's revocation at the time that counts.
public struct RevocationFinding: Sendable, Hashable {
    /// How the certificate stood at the time as of which it is judged.
    public enum Status: String, Sendable, Codable, CaseIterable {
        /// Not revoked at that time.
        case good
        /// Revoked at that time.
        case revoked
        /// Revoked, but after that time: the signature keeps its worth.
        case revokedLater = "revoked_later"
        /// No usable evidence.
        case unknown
        /// A root, or a responder that is not to be asked about (id-pkix-ocsp-nocheck).
        case notNeeded = "not_needed"
    }

    public var status: Status
    /// What it rests on.
    public var kind: RevocationEvidence.Kind?
    public var source: RevocationEvidence.Source?
    /// thisUpdate: up to when its issuer knew.
    public var asOf: SigningTime?
    public var nextUpdate: SigningTime?
    public var revokedAt: SigningTime?
    public var reason: RevocationReason?
    /// The evidence itself, with the responder's where there is one.
    public var evidence: [RevocationEvidence] = []
    /// Whether a delegated OCSP responder is itself vouched for (nocheck, or evidence about it).
    public var isResponderCovered = true

    static let unknown = RevocationFinding(status: .unknown)
    static let notNeeded = RevocationFinding(status: .notNeeded)
}

/// Everything that is at hand about revocation, parsed once.
final class RevocationLibrary {
    private var responses: [OCSPResponse] = []
    private var lists: [RevocationList] = []
    /// Certificates that evidence carries: responders.
    private(set) var certificates: [Certificate] = []

    init(_ evidence: [RevocationEvidence]) {
        var seen: Set<[UInt8]> = []
        var room = 2 * RevocationEvidence.largest
        for piece in evidence.prefix(RevocationEvidence.most) where seen.insert(piece.der).inserted {
            guard piece.der.count <= RevocationEvidence.largest, piece.der.count <= room else { continue }
            room -= piece.der.count
            switch piece.kind {
            case .ocsp:
                guard let response = OCSPResponse(piece) else { continue }
                self.responses.append(response)
                self.certificates += response.certificates
            case .crl:
                if let list = RevocationList(piece) { self.lists.append(list) }
            }
        }
    }

    /// What is known of `certificate` at `time`, from evidence that existed at `now`.
    func finding(
        on certificate: Certificate, issuer: Certificate, at time: SigningTime, now: SigningTime,
        known: [Certificate], depth: Int = 0
    ) -> RevocationFinding {
        let all =
            self.responses.compactMap { $0.statement(on: certificate, issuer: issuer, known: known) }
            + self.lists.compactMap { $0.statement(on: certificate, issuer: issuer) }
        var best: (statement: RevocationStatement, finding: RevocationFinding)?
        for statement in all where statement.thisUpdate <= now + Self.skew {
            guard let status = statement.status(at: time, of: certificate) else { continue }
            var finding = RevocationFinding(
                status: status, kind: statement.evidence.kind, source: statement.evidence.source,
                asOf: statement.thisUpdate, nextUpdate: statement.nextUpdate, evidence: [statement.evidence])
            if case .revoked(let moment, let reason) = statement.answer {
                (finding.revokedAt, finding.reason) = (moment, reason)
            }
            if let responder = statement.responder {
                guard self.admits(responder, issuer, statement, now, known, depth, &finding) else { continue }
            }
            // The worst that is proven counts; of equals the one that knew longest.
            let rank = (finding.status.weight, statement.thisUpdate)
            if let best, (best.finding.status.weight, best.statement.thisUpdate) >= rank { continue }
            best = (statement, finding)
        }
        return best?.finding ?? .unknown
    }

    /// Whether a delegated responder could still speak when it did.
    private func admits(
        _ responder: Certificate, _ issuer: Certificate, _ statement: RevocationStatement, _ now: SigningTime,
        _ known: [Certificate], _ depth: Int, _ finding: inout RevocationFinding
    ) -> Bool {
        guard !responder.needsNoRevocationCheck else { return true }
        guard depth == 0 else { return false }
        let own = self.finding(
            on: responder, issuer: issuer, at: statement.producedAt, now: now, known: known, depth: depth + 1)
        guard own.status != .revoked else { return false }
        finding.isResponderCovered = own.status != .unknown
        finding.evidence += own.evidence
        return true
    }

    /// Seconds by which clocks of authorities may go ahead of ours.
    private static let skew: Int64 = 300
}

extension RevocationStatement {
    /// What it says of `time`; `nil` when it is too old to say anything of it.
    fileprivate func status(at time: SigningTime, of certificate: Certificate) -> RevocationFinding.Status? {
        switch self.answer {
        case .revoked(let moment, let reason):
            // What is only on hold may have been released since an old statement.
            if reason == .certificateHold, !self.isFresh(at: time) { return nil }
            return moment <= time ? .revoked : .revokedLater
        case .good:
            // Authorities may leave out what has expired.
            guard self.isFresh(at: time), self.thisUpdate <= certificate.notAfter ?? time else { return nil }
            return .good
        }
    }

    /// Made after the time, or still in force then. Without nextUpdate newer knowledge is always to be had: a day is enough of it.
    private func isFresh(at time: SigningTime) -> Bool {
        self.thisUpdate >= time || (self.nextUpdate ?? self.thisUpdate + 86_400) >= time
    }
}

extension RevocationFinding.Status {
    fileprivate var weight: Int {
        switch self {
        case .revoked: 3
        case .revokedLater: 2
        case .good: 1
        case .unknown, .notNeeded: 0
        }
    }
}

extension SigningTime {
    static func + (time: SigningTime, seconds: Int64) -> SigningTime {
        SigningTime(secondsSince1970: time.secondsSince1970 + seconds)
    }
}
