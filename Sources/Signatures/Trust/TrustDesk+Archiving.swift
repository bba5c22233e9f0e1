import Foundation
import PAdES
import Platform
import Postgres

extension TrustDesk {
    /// Brings a signed PDF to level B-LTA (EN 319 142-1): what its certificates and those of the time-stamp authority are judged by is put
    /// into it, and a document time stamp over everything.
    ///
    /// Of certificates of other CAs only what is at hand goes in; `vanthu verify` tells which level was reached. No transaction is held
    /// open while anything is computed.
    /// - Parameter file: read when there is time for it, and held in memory once.
    /// - Returns: the bytes to append; none when nobody gives time stamps here.
    /// - Throws: `SignaturesError.notSignable` for a file that can't be extended, `.timeStampFailed`, `BlobError`.
    public func archiving(_ file: StoredPDF) async throws -> [UInt8] {
        let authorities = try await self.services.keys.authorities(in: self.services.database)
        guard let authority = authorities.timeStamp else { return [] }
        let trusted = try await self.trustList()
        let needs = try await self.services.keys.onPaper {
            EvidenceNeed.all(of: PDFVerifier(roots: []).report(on: try file.bytes()))
        }
        var general = try await self.evidence(
            about: authority.certificate, issuers: authority.issuers, trusted: trusted)
        var parts: [String: ValidationEvidence] = [:]
        for need in needs {
            let evidence = try await self.evidence(about: need.certificate, issuers: need.issuers, trusted: trusted)
            general.formUnion(evidence)
            parts[need.fieldName, default: ValidationEvidence()].formUnion(evidence)
        }
        let (store, signatures) = (general, parts)
        let prepared = try await self.services.keys.onPaper {
            do {
                var pdf = try file.bytes()
                let evidence = try store.appending(to: pdf, signatures: signatures)
                pdf.append(contentsOf: evidence)
                return (evidence: evidence, stamp: try PreparedTimeStamp.prepare(pdf))
            } catch let error as PDFError {
                throw SignaturesError.notSignable(reason: error.code)
            }
        }
        let answer = try await self.services.stamp(try prepared.stamp.request.der)
        do {
            return prepared.evidence + (try prepared.stamp.completing(with: answer))
        } catch {
            throw SignaturesError.timeStampFailed(reason: error.code)
        }
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
