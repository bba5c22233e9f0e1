import Foundation
import Platform
import Postgres
import Signatures

/// Verifies files for the server: by the trust list, and where the server may ask authorities, with what they say of revocation.
public struct Verification: Sendable {
    private let desk: SigningDesk
    private let verifier: FileVerifier
    /// Certificates of Config/trust, besides the trust list of the database.
    private let anchors: [Data]
    /// When what proves a file is to be renewed.
    public let archive: ArchiveRules

    public init(
        desk: SigningDesk, verifier: FileVerifier, anchors: [Data] = [], archive: ArchiveRules = ArchiveRules()
    ) {
        self.desk = desk
        self.verifier = verifier
        self.anchors = anchors
        self.archive = archive
    }

    /// What is to be said of a file by what is in it. Nothing is kept and nobody is asked. Throws `BlockingThreads.Overloaded`.
    public func answer(forFileAt path: String) async throws -> VerificationAnswer {
        try await self.verifier.verify(try await self.work(path))
    }

    /// Nobody waits for a job, so that a slow machine need not give up on a large file.
    private static let patience = Duration.seconds(30)

    /// Verifies content that arrived and keeps the report with its evidence (Circular 41/2017, art. 8 and 9). A job: it may run twice,
    /// and the second time changes nothing. Content that is gone by now, because nothing names it any more, needs no report.
    public func onArrival(of sha256: String, tenant: UUID) async throws {
        guard let path = self.desk.blobs.path(of: sha256) else { return }
        let isDone = try await self.desk.database.transaction(asSystemOf: tenant) { transaction in
            try KeptVerification.hasArrived(sha256, in: transaction)
        }
        if isDone { return }
        let answer = try await self.examine(path)
        let kept = KeptVerification(of: sha256, occasion: .arrival, answer: answer)
        try await self.desk.database.transaction(asSystemOf: tenant) { transaction in
            try kept.keep(in: transaction)
            ArchivedContent.begin(sha256, answer, rules: self.archive, in: transaction)
        }
    }

    /// What is to be said of a file by what is in it and by what the authorities say now.
    func examine(_ path: String) async throws -> VerificationAnswer {
        try await self.answer(to: try await self.work(path))
    }

    /// Verifies content anew and keeps the report, under an id that was promised, beside the earlier ones: with the evidence that they
    /// rest on, which may be all there is of a CA that is no more. A job, as `onArrival`.
    public func again(_ sha256: String, as report: UUID, tenant: UUID) async throws {
        guard let path = self.desk.blobs.path(of: sha256) else { return }
        typealias Known = (certificates: [Data], evidence: [VerificationWork.Evidence])
        let known = try await self.desk.database.transaction(asSystemOf: tenant) { transaction -> Known? in
            if try KeptVerification.exists(report, in: transaction) { return nil }
            return try KeptVerification.evidence(of: sha256, in: transaction)
        }
        guard let known else { return }
        var work = try await self.work(path)
        work.intermediates += known.certificates
        work.evidence += known.evidence
        let kept = KeptVerification(
            report, of: sha256, occasion: .again, answer: try await self.answer(to: work))
        try await self.desk.database.transaction(asSystemOf: tenant) { transaction in try kept.keep(in: transaction) }
    }

    /// Of what neither the file nor the evidence at hand says, the authorities are asked: what they say now is kept for later.
    private func answer(to work: VerificationWork) async throws -> VerificationAnswer {
        var work = work
        let answer = try await self.verifier.verify(work, within: Self.patience)
        guard !answer.openPaths.isEmpty else { return answer }
        let before = work.evidence.count
        for chain in answer.openPaths {
            let found = try await self.desk.trust.revocation.evidence(for: chain.map { [UInt8]($0) })
            work.add(responses: found.ocspResponses, lists: found.revocationLists)
        }
        return work.evidence.count == before ? answer : try await self.verifier.verify(work, within: Self.patience)
    }

    private func work(_ path: String) async throws -> VerificationWork {
        let trusted = try await self.desk.trust.trustList()
        var work = VerificationWork(
            path: path, roots: trusted.roots.map { Data($0) } + self.anchors,
            intermediates: trusted.intermediates.map { Data($0) })
        work.algorithmEnds = self.archive.ends
        return work
    }
}
