import Foundation
import PAdES
import Platform
import Postgres

/// What other CAs say about their certificates: asked once, kept until it runs out.
struct OutsideRevocation: Sendable {
    let database: Database
    let fetch: OutsideFetch

    private static let answerLimit = 64 << 10
    private static let listLimit = 16 << 20
    private static let mostResponders = 2
    private static let mostLists = 3

    typealias Said = (finding: RevocationFinding?, silences: [OutsideInquiry])

    /// An OCSP answer, or where none is to be had the list; who was asked in vain stands beside it.
    func finding(of certificate: [UInt8], issuer: [UInt8]) async throws -> Said {
        let subject = try CertificateBuilder(parsing: certificate)
        var silences: [OutsideInquiry] = []
        for address in subject.responders.prefix(Self.mostResponders) {
            let key = SHA256.digest(certificate + issuer)
            do {
                let found = try await self.kept(.ocsp, key) { answer throws(OutsideSilence) in
                    try RevocationFinding.reading(ocsp: answer, about: certificate, issuer: issuer)
                } fetching: {
                    let request = try OCSPQuery.asking(about: certificate, issuer: issuer)
                    return try await self.fetch.fetch(
                        address, posting: OutsideFetch.Body(type: "application/ocsp-request", bytes: request),
                        limit: Self.answerLimit)
                }
                return (found, silences)
            } catch let silence as OutsideSilence {
                silences.append(OutsideInquiry(form: "ocsp", address: address, silence: silence))
            }
        }
        for address in subject.listAddresses.prefix(Self.mostLists) {
            let key = SHA256.digest(Array(address.utf8) + issuer)
            do {
                let found = try await self.kept(.crl, key) { list throws(OutsideSilence) in
                    try RevocationFinding.reading(list: list, about: certificate, issuer: issuer)
                } fetching: {
                    try await self.fetch.fetch(address, limit: Self.listLimit)
                }
                return (found, silences)
            } catch let silence as OutsideSilence {
                silences.append(OutsideInquiry(form: "crl", address: address, silence: silence))
            }
        }
        if silences.isEmpty { silences = [OutsideInquiry(form: "", address: "", silence: .noAddress)] }
        return (nil, silences)
    }

    /// What is kept, when it still holds, else what is fetched now, once for all who ask at the same time; checked by `reading` before it is
    /// believed or kept. Throws `OutsideSilence`.
    private func kept(
        _ form: RevocationFinding.Form, _ key: [UInt8],
        reading: @escaping @Sendable ([UInt8]) throws(OutsideSilence) -> RevocationFinding,
        fetching: @escaping @Sendable () async throws -> [UInt8]
    ) async throws -> RevocationFinding {
        if let finding = try await self.read(form, key, reading) { return finding }
        let content = try await self.fetch.memory.once(key) {
            // Whoever was a moment earlier may have kept it meanwhile.
            if let finding = try await self.read(form, key, reading) { return finding.content }
            let fresh = try await fetching()
            let finding = try reading(fresh)
            guard finding.holds(at: KeyRoom.now) else { throw OutsideSilence.outdated }
            try await self.keep(finding, key)
            return fresh
        }
        return try reading(content)
    }

    private func read(
        _ form: RevocationFinding.Form, _ key: [UInt8],
        _ reading: @Sendable ([UInt8]) throws(OutsideSilence) -> RevocationFinding
    ) async throws -> RevocationFinding? {
        let kept: [UInt8]? = try await self.database.transaction { transaction in
            try transaction.first(
                """
                SELECT o.content FROM signatures.outside_revocation AS o
                 WHERE o.kind = \(form.rawValue) AND o.key = \(key) AND o.next_update > now()
                """
            ) { row in try row.column(0) }
        }
        guard let kept, let finding = try? reading(kept), finding.holds(at: KeyRoom.now) else { return nil }
        return finding
    }

    private func keep(_ finding: RevocationFinding, _ key: [UInt8]) async throws {
        let start = Instant(microseconds: finding.thisUpdate * 1_000_000)
        // Believed for an hour where no next answer is promised, and never for more than a day: a revocation must come through.
        let end = Instant(
            microseconds: min(finding.nextUpdate ?? KeyRoom.now + 3600, KeyRoom.now + 86_400) * 1_000_000)
        try await self.database.transaction { transaction in
            transaction.queue(
                """
                INSERT INTO signatures.outside_revocation (kind, key, content, this_update, next_update)
                VALUES (\(finding.form.rawValue), \(key), \(finding.content), \(start), \(end))
                    ON CONFLICT (kind, key) DO UPDATE
                   SET content = excluded.content, this_update = excluded.this_update, next_update = excluded.next_update,
                       fetched_at = now()
                """)
        }
    }
}
