import Foundation
import PAdES
import Platform
import Postgres
import Signatures

/// Keeps the signatures of a file provable: puts what is said of revocation today into a copy of it, and a time stamp over everything, before
/// the time stamp that is there ends or its algorithms age (EN 319 142-1, 5.4 and 5.5; Decree 30/2020, art. 18 keeps documents for decades).
///
/// A job. What arrived or was issued stays as it is. It may run twice, or end anywhere: the copy is taken in one transaction, by whoever is
/// first, after our own verification found it good.
public struct ArchiveFile: Sendable {
    let desk: SigningDesk
    let verification: Verification

    public init(desk: SigningDesk, verification: Verification) {
        self.desk = desk
        self.verification = verification
    }

    /// How long something is tried again that may yet come: a certificate that becomes known, a list that can be fetched.
    private static let patience = Duration.seconds(30 * 86_400)
    private static let day = Duration.seconds(86_400)

    private enum Finding {
        case carried(until: Instant)
        /// Not now; again after so long, or never.
        case not(ArchiveReason, again: Duration?)
        case copy(Blob, VerificationAnswer, until: Instant)
    }

    /// - Parameter now: the moment by which it is judged what is due.
    public func callAsFunction(_ sha256: String, tenant: UUID, now: Instant = .now) async throws {
        let content = try await self.desk.database.transaction(asSystemOf: tenant) { transaction in
            try ArchivedContent.read(sha256, in: transaction)
        }
        guard let content else { return }
        let found = try await self.find(content, now)
        let rules = self.verification.archive
        try await self.desk.database.transaction(asSystemOf: tenant) { transaction in
            switch found {
            case .carried(let end):
                content.settle(carriedUntil: end, reason: nil, due: rules.due(before: end), in: transaction)
            case .not(let reason, let again):
                content.settle(
                    carriedUntil: content.carriedUntil, reason: reason, due: again.map { now + $0 }, in: transaction)
            case .copy(let copy, let answer, let end):
                let isFirst = try content.carryOn(
                    with: copy, until: end, due: rules.due(before: end), in: transaction)
                guard isFirst else { return }
                try KeptVerification(of: copy.sha256, occasion: .archive, answer: answer).keep(in: transaction)
            }
        }
    }

    private func find(_ content: ArchivedContent, _ now: Instant) async throws -> Finding {
        let current = content.copy ?? content.sha256
        guard let path = self.desk.blobs.path(of: current) else { return .not(.contentGone, again: nil) }
        let mayYetCome = now < content.begunAt + Self.patience
        let before = try await self.verification.examine(path)
        guard before.verdict.isGood else {
            return .not(.notGood, again: before.verdict.isAbsent && mayYetCome ? Self.day : nil)
        }
        let rules = self.verification.archive
        if let end = before.archivedUntil, rules.due(before: end) > now { return .carried(until: end) }
        guard before.trust == .trusted else {
            return .not(.notTrusted, again: mayYetCome ? Self.day : nil)
        }
        let addition: [UInt8]
        do {
            addition = try await self.desk.trust.archiving(StoredPDF(path: path, limit: SigningDesk.largestFile))
        } catch BlobError.tooLarge {
            return .not(.tooLarge, again: nil)
        } catch SignaturesError.notSignable {
            return .not(.notExtensible, again: nil)
        } catch SignaturesError.timeStampFailed {
            return .not(.noTimeStamps, again: .seconds(3_600))
        }
        guard !addition.isEmpty else { return .not(.noTimeStamps, again: Self.day) }
        let copy = try await self.desk.blobs.extend(current, by: addition)
        guard let place = self.desk.blobs.path(of: copy.sha256) else { throw BlobError.notFound }
        let after = try await self.verification.examine(place)
        guard after.verdict.isGood, after.trust == .trusted, let end = after.archivedUntil,
            end > before.archivedUntil ?? now
        else { return .not(.nothingBetter, again: Self.patience) }
        return .copy(copy, after, until: end)
    }
}
