import Foundation
import PAdES
import Platform
import Postgres

extension TrustDesk {
    /// The time stamp of a signature value that is about to be put into its file (level B-T); nil when nobody gives time stamps here, or nobody
    /// answers and the configuration lets signing go on. Throws `SignaturesError.wrongSignature`, and `.timeStampFailed` where it does not.
    public func stamp(_ fixed: FixedBytes, _ value: [UInt8]) async throws -> PAdES.TimeStampToken? {
        let keys = self.services.keys
        guard try await self.timeStamps.isAvailable() else { return nil }
        let request = try await keys.timeStampRequest(fixed, for: value)
        let trusted = try await self.trustList()
        do {
            return try await self.timeStamps.first { service in
                let answer = try await self.timeStamps.answer(to: request, by: service, trusted)
                do {
                    return try request.token(in: answer.response)
                } catch let error as PDFError {
                    throw SignaturesError.timeStampFailed(reason: error.code)
                }
            }
        } catch SignaturesError.timeStampFailed where keys.timeStamps.withoutAnswer == .sign {
            return nil
        }
    }

    /// As `archiving`, for a file that is just being signed: nothing to append when nobody answers and the configuration lets signing go on.
    /// The job that keeps signatures provable finds it later.
    public func archivingNow(_ file: StoredPDF) async throws -> [UInt8] {
        do {
            return try await self.archiving(file)
        } catch SignaturesError.timeStampFailed where self.services.keys.timeStamps.withoutAnswer == .sign {
            return []
        }
    }

    /// Brings a signed PDF to level B-LTA (EN 319 142-1): what its certificates and those of the time-stamp authority are judged by is put
    /// into it, and a document time stamp over everything.
    ///
    /// What other CAs say of their certificates is fetched where it is not at hand; where they say nothing, what is there goes in, and
    /// `vanthu verify` tells which level was reached. No transaction is held open while anything is computed or fetched.
    /// - Parameter file: read when there is time for it, and held in memory once.
    /// - Returns: the bytes to append; none when nobody gives time stamps here.
    /// - Throws: `SignaturesError.notSignable` for a file that can't be extended, `.timeStampFailed`, `BlobError`.
    public func archiving(_ file: StoredPDF) async throws -> [UInt8] {
        guard try await self.timeStamps.isAvailable() else { return [] }
        let trusted = try await self.trustList()
        let needs = try await self.services.keys.onPaper {
            EvidenceNeed.all(of: PDFVerifier(roots: []).report(on: try file.bytes()))
        }
        var parts: [String: ValidationEvidence] = [:]
        for need in needs {
            let evidence = try await self.evidence(about: need.certificate, issuers: need.issuers, trusted: trusted)
            parts[need.fieldName, default: ValidationEvidence()].formUnion(evidence)
        }
        let signatures = parts
        return try await self.timeStamps.first { service in
            try await self.archiving(file, signatures, by: service, trusted)
        }
    }

    private func archiving(
        _ file: StoredPDF, _ signatures: [String: ValidationEvidence], by service: TimeStampService,
        _ trusted: TrustList
    ) async throws -> [UInt8] {
        var path = try await self.timeStamps.path(of: service, trusted)
        while true {
            var store = try await self.evidence(ofStamper: path)
            for part in signatures.values { store.formUnion(part) }
            let general = store
            let prepared = try await self.services.keys.onPaper {
                do {
                    var pdf = try file.bytes()
                    let evidence = try general.appending(to: pdf, signatures: signatures)
                    pdf.append(contentsOf: evidence)
                    return (evidence: evidence, stamp: try PreparedTimeStamp.prepare(pdf))
                } catch let error as PDFError {
                    throw SignaturesError.notSignable(reason: error.code)
                }
            }
            let answer = try await self.timeStamps.answer(to: prepared.stamp.request, by: service, trusted)
            guard answer.token.path == path else {
                // It has another certificate by now, about which the file has to speak before the time stamp.
                guard path.first != answer.token.path.first else {
                    throw SignaturesError.timeStampFailed(reason: "paths that change")
                }
                path = answer.token.path
                continue
            }
            do {
                return prepared.evidence + (try prepared.stamp.completing(with: answer.response))
            } catch {
                throw SignaturesError.timeStampFailed(reason: error.code)
            }
        }
    }

    /// What is said of a time-stamp authority's path. Throws `SignaturesError.timeStampFailed` when it is revoked.
    private func evidence(ofStamper path: [[UInt8]]) async throws -> ValidationEvidence {
        let found = try await self.revocation.evidence(for: path)
        for item in found {
            if case .revoked? = item.finding?.status {
                throw SignaturesError.timeStampFailed(reason: "its certificate is revoked")
            }
        }
        return ValidationEvidence(
            certificates: path, ocspResponses: found.ocspResponses, revocationLists: found.revocationLists)
    }

    /// The path of a certificate and what is said of revocation along it; of one without a path only itself.
    private func evidence(
        about certificate: [UInt8], issuers: [[UInt8]], trusted: TrustList
    ) async throws -> ValidationEvidence {
        let outcome = try? PathBuilder.path(
            of: certificate, issuers: trusted.intermediates + issuers, roots: trusted.roots, at: KeyRoom.now)
        guard case .path(let path)? = outcome else { return ValidationEvidence(certificates: [certificate]) }
        let found = try await self.revocation.evidence(for: path)
        return ValidationEvidence(
            certificates: path, ocspResponses: found.ocspResponses, revocationLists: found.revocationLists)
    }
}
