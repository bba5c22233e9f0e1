import COpenSSL
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

    /// An OCSP answer, or where none is to be had the list; nil when neither is.
    func finding(of certificate: [UInt8], issuer: [UInt8]) async throws -> RevocationFinding? {
        let subject = try CertificateBuilder(parsing: certificate)
        let answers = subject.responders
        let lists = subject.listAddresses
        if !answers.isEmpty {
            let key = SHA256.digest(certificate + issuer)
            let found = try await self.kept(.ocsp, key) {
                RevocationFinding.reading(ocsp: $0, about: certificate, issuer: issuer)
            } fetching: {
                let request = try OCSPQuery.asking(about: certificate, issuer: issuer)
                for address in answers.prefix(2) {
                    if let answer = await self.fetch.fetch(
                        address, posting: ("application/ocsp-request", request), limit: Self.answerLimit)
                    {
                        return answer
                    }
                }
                return nil
            }
            if let found { return found }
        }
        for address in lists.prefix(3) {
            let found = try await self.kept(.crl, SHA256.digest(Array(address.utf8) + issuer)) {
                RevocationFinding.reading(list: $0, about: certificate, issuer: issuer)
            } fetching: {
                await self.fetch.fetch(address, limit: Self.listLimit)
            }
            if let found { return found }
        }
        return nil
    }

    /// What is kept, when it still holds, else what is fetched now; checked by `reading` before it is believed or kept.
    private func kept(
        _ form: RevocationFinding.Form, _ key: [UInt8], reading: ([UInt8]) -> RevocationFinding?,
        fetching: () async throws -> [UInt8]?
    ) async throws -> RevocationFinding? {
        let kept: [UInt8]? = try await self.database.transaction { transaction in
            try transaction.first(
                """
                SELECT o.content FROM signatures.outside_revocation AS o
                 WHERE o.kind = \(form.rawValue) AND o.key = \(key) AND o.next_update > now()
                """
            ) { row in try row.column(0) }
        }
        if let kept, let finding = reading(kept), finding.holds(at: KeyRoom.now) { return finding }
        guard let fresh = try await fetching(), let finding = reading(fresh), finding.holds(at: KeyRoom.now) else {
            return nil
        }
        let start = Instant(microseconds: finding.thisUpdate * 1_000_000)
        // Believed for an hour where no next answer is promised, and never for more than a day: a revocation must come through.
        let end = Instant(
            microseconds: min(finding.nextUpdate ?? KeyRoom.now + 3600, KeyRoom.now + 86_400) * 1_000_000)
        try await self.database.transaction { transaction in
            transaction.queue(
                """
                INSERT INTO signatures.outside_revocation (kind, key, content, this_update, next_update)
                VALUES (\(form.rawValue), \(key), \(fresh), \(start), \(end))
                    ON CONFLICT (kind, key) DO UPDATE
                   SET content = excluded.content, this_update = excluded.this_update, next_update = excluded.next_update,
                       fetched_at = now()
                """)
        }
        return finding
    }
}

extension CertificateBuilder {
    /// Addresses of OCSP responders (AIA).
    var responders: [String] {
        guard let stack = X509_get1_ocsp(self.handle) else { return [] }
        defer { X509_email_free(stack) }
        return (0..<OPENSSL_sk_num(stack)).compactMap { index in
            OPENSSL_sk_value(stack, index).map { String(cString: $0.assumingMemoryBound(to: CChar.self)) }
        }
    }

    /// Addresses of whole revocation lists (CRL distribution points).
    var listAddresses: [String] {
        guard let value = X509_get_ext_d2i(self.handle, NID_crl_distribution_points, nil, nil) else { return [] }
        let points = OpaquePointer(value)
        defer { CRL_DIST_POINTS_free(points) }
        var found: [String] = []
        for index in 0..<OPENSSL_sk_num(points) {
            guard let point = OPENSSL_sk_value(points, index)?.assumingMemoryBound(to: DIST_POINT.self),
                let name = point.pointee.distpoint, name.pointee.type == 0, let names = name.pointee.name.fullname
            else { continue }
            for place in 0..<OPENSSL_sk_num(names) {
                guard let general = OPENSSL_sk_value(names, place)?.assumingMemoryBound(to: GENERAL_NAME.self),
                    general.pointee.type == GEN_URI, let text = general.pointee.d.uniformResourceIdentifier,
                    let start = ASN1_STRING_get0_data(text)
                else { continue }
                found.append(
                    String(
                        decoding: UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(text))), as: UTF8.self
                    ))
            }
        }
        return found
    }
}
