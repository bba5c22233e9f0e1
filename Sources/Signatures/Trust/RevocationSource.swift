import Foundation
import PAdES
import Platform
import Postgres

/// Where evidence about revocation comes from: for certificates of the internal CA this process itself, for others what their CAs
/// publish, kept until it runs out.
public struct RevocationSource: Sendable {
    let services: AuthorityServices
    let outside: OutsideRevocation

    public init(services: AuthorityServices, fetch: OutsideFetch = OutsideFetch()) {
        self.services = services
        self.outside = OutsideRevocation(database: services.database, fetch: fetch)
    }

    /// Evidence about one certificate of a path.
    public struct Evidence: Sendable, Hashable {
        /// DER.
        public let certificate: [UInt8]
        /// Nil when nobody could be asked, or nobody who may say so answered.
        public let finding: RevocationFinding?
        /// Said by the internal CA.
        public let isInternal: Bool
        /// Who was asked in vain; may be there beside a finding, when somebody else knew.
        public let silences: [OutsideInquiry]
    }

    /// Evidence about every certificate of a path but the root, in its order.
    ///
    /// - Parameter path: DER, a certificate first, each followed by its issuer, the root last.
    public func evidence(for path: [[UInt8]]) async throws -> [Evidence] {
        let authorities = try await self.services.keys.authorities(in: self.services.database)
        var evidence: [Evidence] = []
        for (certificate, issuer) in zip(path, path.dropFirst()) {
            guard let authority = authorities.issuers.first(where: { $0.certificate == issuer }) else {
                let said = try await self.outside.finding(of: certificate, issuer: issuer)
                evidence.append(
                    Evidence(
                        certificate: certificate, finding: said.finding, isInternal: false, silences: said.silences))
                continue
            }
            evidence.append(
                Evidence(
                    certificate: certificate, finding: try await self.own(certificate, issuedBy: authority),
                    isInternal: true, silences: []))
        }
        return evidence
    }

    /// An OCSP answer where a responder is at hand, else the list.
    private func own(_ certificate: [UInt8], issuedBy authority: Authority) async throws -> RevocationFinding? {
        let request = try OCSPQuery.asking(about: certificate, issuer: authority.certificate)
        let answer = try await self.services.answer(to: request)
        if let finding = try? RevocationFinding.reading(
            ocsp: answer.response, about: certificate, issuer: authority.certificate)
        {
            return finding
        }
        guard let list = try await self.services.list(of: authority.id) else { return nil }
        return try? RevocationFinding.reading(list: list.list, about: certificate, issuer: authority.certificate)
    }
}

extension [RevocationSource.Evidence] {
    /// DER of the OCSP responses among it, each once.
    public var ocspResponses: [[UInt8]] { self.contents(.ocsp) }
    /// DER of the revocation lists among it, each once.
    public var revocationLists: [[UInt8]] { self.contents(.crl) }

    private func contents(_ form: RevocationFinding.Form) -> [[UInt8]] {
        var seen: Set<[UInt8]> = []
        return self.compactMap { $0.finding?.form == form ? $0.finding?.content : nil }.filter {
            seen.insert($0).inserted
        }
    }
}
