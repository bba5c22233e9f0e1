import Foundation
import PAdES
import Platform
import Postgres

/// Whom to trust, who is revoked, what time it is: what signing and verifying ask about certificates.
public struct TrustDesk: Sendable {
    /// What the internal CA itself says.
    public let services: AuthorityServices
    public let revocation: RevocationSource
    public let timeStamps: TimeStampSource

    public init(database: Database, keys: KeyRoom) {
        self.services = AuthorityServices(database: database, keys: keys)
        self.revocation = RevocationSource(services: self.services, fetch: keys.outside)
        self.timeStamps = TimeStampSource(services: self.services)
    }

    /// Whom the installation trusts at a moment.
    public func trustList(at moment: Instant = .now) async throws -> TrustList {
        // Founds the internal CA at the very first use.
        _ = try await self.services.keys.authorities(in: self.services.database)
        return try await self.services.database.transaction { transaction in
            try TrustList.read(at: moment, in: transaction)
        }
    }

    /// Checks a certificate that is about to sign, now. Nothing is kept: `CertificateCheck.keep` does that.
    ///
    /// - Parameter issuers: what came with it, DER; may be empty when its CAs are on the trust list.
    public func check(_ certificate: [UInt8], issuers: [[UInt8]] = []) async throws -> CertificateCheck {
        let trusted = try await self.trustList()
        let outcome: PathBuilder.Outcome
        let facts: CertificateFacts
        let signsDocuments: Bool
        do {
            facts = try CertificateFacts(certificate)
            signsDocuments = try CertificateBuilder(parsing: certificate).signsDocuments
            outcome = try PathBuilder.path(
                of: certificate, issuers: trusted.intermediates + issuers, roots: trusted.roots, at: KeyRoom.now)
        } catch {
            return CertificateCheck(
                result: .unsuitable, source: .none, root: nil, detail: "not a certificate", path: [], evidence: [],
                certificate: certificate, subject: "", serial: "")
        }
        func found(
            _ result: CertificateCheck.Result, _ detail: String = "", source: CertificateCheck.Source = .none,
            path: [[UInt8]] = [], evidence: [RevocationSource.Evidence] = []
        ) -> CertificateCheck {
            CertificateCheck(
                result: result, source: source, root: path.last.flatMap { trusted.anchor($0)?.name }, detail: detail,
                path: path, evidence: evidence, certificate: certificate, subject: facts.subject, serial: facts.serial)
        }
        switch outcome {
        case .notYetValid: return found(.notYetValid)
        case .expired: return found(.expired)
        case .none(let reason): return found(.untrusted, reason)
        case .path(let path):
            guard signsDocuments else { return found(.unsuitable, "key usage", path: path) }
            let evidence = try await self.revocation.evidence(for: path)
            let source = evidence.first?.source ?? .none
            for item in evidence {
                switch item.finding?.status {
                case .good: continue
                case .revoked(let at, _):
                    return found(
                        .revoked, "revoked at \(Instant(microseconds: at * 1_000_000))", source: source, path: path,
                        evidence: evidence)
                case .unknown, nil:
                    let words = (item.certificate == certificate ? [] : ["of a CA"]) + item.silences.map(\.description)
                    var check = found(
                        .statusUnknown, words.joined(separator: "; "), source: source, path: path, evidence: evidence)
                    check.silence = item.finding == nil ? item.silences.first?.silence : nil
                    return check
                }
            }
            return found(.good, source: source, path: path, evidence: evidence)
        }
    }
}

extension RevocationSource.Evidence {
    fileprivate var source: CertificateCheck.Source {
        guard let finding else { return .none }
        return self.isInternal ? .internal : finding.form == .ocsp ? .ocsp : .crl
    }
}
