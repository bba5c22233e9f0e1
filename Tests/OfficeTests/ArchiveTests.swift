import Documents
import Foundation
import Office
import PAdES
import Platform
import Postgres
import Signatures
import TestSupport
import Testing

/// Evidence is put to what arrives, and renewed before it ends; what arrived stays as it is.
@Suite(.database)
struct ArchiveTests {
    private struct Watched {
        let signing: Signing
        let verification: Verification
        let sha256: String
        var archive: ArchiveFile { ArchiveFile(desk: self.signing.desk, verification: self.verification) }
        var tenant: UUID { self.signing.travel.tenant.id }

        func content() async throws -> ArchivedContent? {
            try await self.signing.desk.database.transaction(asSystemOf: self.tenant) { transaction in
                try ArchivedContent.read(self.sha256, in: transaction)
            }
        }

        func bytes(_ sha256: String) async throws -> [UInt8] {
            try await self.signing.desk.blobs.bytes(of: sha256, limit: 1 << 24)
        }

        func rows(_ query: SQL) async throws -> Int64 {
            try await self.signing.desk.database.transaction(asSystemOf: self.tenant) { transaction in
                try transaction.one("SELECT count(*) FROM (\(query)) AS q") { row in try row.column(0) }
            }
        }
    }

    /// A signed file, level B-B, that has just arrived.
    private func arrived(_ rules: ArchiveRules = ArchiveRules(), change: ([UInt8]) -> [UInt8] = { $0 }) async throws
        -> Watched
    {
        let signing = try await Signing.begin()
        _ = try await signing.sign(at: nil)
        let digest = try await signing.travel.act(as: signing.leader) { transaction in
            try MainFile.newest(of: signing.document, in: transaction).sha256
        }
        let bytes = try await signing.desk.blobs.bytes(of: digest.hexadecimal, limit: 1 << 24)
        let sha256 = try await signing.desk.blobs.receive(change(bytes)).sha256
        let verification = Verification(desk: signing.desk, verifier: FileVerifier(.here), archive: rules)
        try await verification.onArrival(of: sha256, tenant: signing.travel.tenant.id)
        return Watched(signing: signing, verification: verification, sha256: sha256)
    }

    @Test func whatArrivesGetsItsEvidenceInACopyAndStaysAsItIs() async throws {
        let watched = try await self.arrived()
        let before = try #require(try await watched.content())
        #expect(before.copy == nil && before.carriedUntil == nil)
        let jobs: SQL = """
            SELECT 1 FROM platform.job WHERE kind = 'archive_file' AND payload ->> 'sha256' = \(watched.sha256)
            """
        #expect(try await watched.rows(jobs) == 1)
        try await watched.archive(watched.sha256, tenant: watched.tenant)
        let after = try #require(try await watched.content())
        let copy = try #require(after.copy)
        let end = try #require(after.carriedUntil)
        #expect(after.reason == "" && after.renewals == 1 && end > .now + .seconds(300 * 86_400))
        #expect(after.dueAt == ArchiveRules().due(before: end))
        let original = try await watched.bytes(watched.sha256)
        let carried = try await watched.bytes(copy)
        #expect(carried.starts(with: original) && carried.count > original.count)
        let report = PDFVerifier(roots: []).report(on: carried)
        #expect(report.signatures.map(\.kind) == [.signature, .documentTimeStamp])
        #expect(report.signatures.allSatisfy { $0.verdict.isGood })
        // The report on the copy is kept, and the audit trail tells of it.
        #expect(
            try await watched.rows(
                "SELECT 1 FROM signatures.verification WHERE occasion = 'archive' AND sha256 = decode(\(copy), 'hex')")
                == 1)
        #expect(
            try await watched.rows(
                "SELECT 1 FROM platform.audit_entry WHERE action = 'signature.archived' AND canonical LIKE \("%" + copy + "%")"
            )
                == 1)
        // Run again, and by two at once: nothing more.
        async let first: Void = watched.archive(watched.sha256, tenant: watched.tenant)
        async let second: Void = watched.archive(watched.sha256, tenant: watched.tenant)
        _ = try await (first, second)
        #expect(try await watched.content() == after)
    }

    @Test func twoJobsAtOnceMakeOneCopy() async throws {
        let watched = try await self.arrived()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await watched.archive(watched.sha256, tenant: watched.tenant) } }
            try await group.waitForAll()
        }
        #expect(try await watched.content()?.renewals == 1)
        let entries: SQL = """
            SELECT 1 FROM platform.audit_entry WHERE action = 'signature.archived' AND canonical LIKE \("%" + watched.sha256 + "%")
            """
        #expect(try await watched.rows(entries) == 1)
    }

    @Test func beforeItEndsItIsRenewedOnTopOfEverythingBefore() async throws {
        let watched = try await self.arrived()
        try await watched.archive(watched.sha256, tenant: watched.tenant)
        let first = try #require(try await watched.content())
        let end = try #require(first.carriedUntil)
        let late = end + .seconds(-10 * 86_400)
        // The time-stamp certificate is still the same: another stamp would carry no longer.
        try await watched.archive(watched.sha256, tenant: watched.tenant, now: late)
        let stuck = try #require(try await watched.content())
        #expect(stuck.copy == first.copy && stuck.reason == ArchiveReason.nothingBetter.rawValue)
        // It is replaced, and its certificate's end is told in seconds.
        _ = try await watched.signing.desk.database.transaction { transaction in
            try transaction.run("UPDATE signatures.authority SET state = 'retired' WHERE kind = 'time_stamp'")
        }
        while Instant.now < first.begunAt + .seconds(2) { try await Task.sleep(for: .milliseconds(20)) }
        let desk = SigningDesk(
            database: watched.signing.desk.database, blobs: watched.signing.desk.blobs,
            keys: try KeyRoom(secretFile: Signing.folder.path + "/secret", corporation: Signing.corporation),
            policy: try Signing.policy())
        let archive = ArchiveFile(desk: desk, verification: Verification(desk: desk, verifier: FileVerifier(.here)))
        try await archive(watched.sha256, tenant: watched.tenant, now: late)
        let second = try #require(try await watched.content())
        let (old, new) = (try await watched.bytes(#require(first.copy)), try await watched.bytes(#require(second.copy)))
        #expect(second.renewals == 2 && second.reason == "" && new.starts(with: old) && new.count > old.count)
        #expect(try #require(second.carriedUntil) > end)
        let report = PDFVerifier(roots: []).report(on: new)
        #expect(report.signatures.map(\.kind) == [.signature, .documentTimeStamp, .documentTimeStamp])
        #expect(report.signatures.allSatisfy { $0.verdict.isGood })
    }

    @Test func anAgeingAlgorithmEndsTheProofBeforeTheCertificateDoes() async throws {
        let soon = SigningTime(secondsSince1970: Instant.now.microseconds / 1_000_000 + 400 * 86_400)
        let rules = ArchiveRules(ends: AlgorithmEnds(days: ["SHA-256": soon, "EC-256": soon, "RSA-3072": soon]))
        let watched = try await self.arrived(rules)
        try await watched.archive(watched.sha256, tenant: watched.tenant)
        #expect(try await watched.content()?.carriedUntil == Instant(microseconds: soon.secondsSince1970 * 1_000_000))
    }

    @Test func onlyWhatIsGoodIsKeptProvable() async throws {
        let watched = try await self.arrived { bytes in
            var changed = bytes
            // In the part that the signature covers.
            changed[9] ^= 1
            return changed
        }
        #expect(try await watched.content() == nil)
        try await watched.archive(watched.sha256, tenant: watched.tenant)
        #expect(try await watched.content() == nil)
    }

    @Test func whatIsDueIsQueuedOnceForItsOwnOrganisation() async throws {
        let (mine, other) = (try await self.arrived(), try await self.arrived())
        func queue() async throws -> Int64 {
            try await mine.signing.desk.database.transaction { transaction in
                try transaction.one("SELECT signatures.queue_due_archives(50)::bigint") { row in try row.column(0) }
            }
        }
        for watched in [mine, other] {
            try await watched.archive(watched.sha256, tenant: watched.tenant)
        }
        _ = try await mine.signing.desk.database.transaction(asSystemOf: mine.tenant) { transaction in
            try transaction.run(
                "UPDATE signatures.archive SET due_at = now() WHERE sha256 = decode(\(mine.sha256), 'hex')")
        }
        let jobs: SQL = """
            SELECT 1 FROM platform.job WHERE kind = 'archive_file' AND payload ->> 'sha256' = \(mine.sha256)
            """
        let before = try await mine.rows(jobs)
        _ = try await queue()
        _ = try await queue()
        #expect(try await mine.rows(jobs) == before + 1)
        // What another organisation watches over is not seen here, nor changed.
        let foreign = try await other.signing.desk.database.transaction(asSystemOf: mine.tenant) { transaction in
            try ArchivedContent.read(other.sha256, in: transaction)
        }
        #expect(foreign == nil)
        #expect(try #require(try await other.content()?.dueAt) > .now + .seconds(86_400))
    }

    @Test func theListOfAgeingAlgorithmsIsReadStrictly() throws {
        let ends = try #require(AlgorithmEnds("SHA-1=2013-12-31, RSA-2048 = 2030-12-31"))
        #expect(ends.days["SHA-1"] == SigningTime(secondsSince1970: 1_388_534_399))
        #expect(ends.days.count == 2 && AlgorithmEnds("") == AlgorithmEnds.none)
        for wrong in ["SHA-1", "SHA-1=2013", "=2013-12-31", "SHA-1=2013-13-31", "a=b=c"] {
            #expect(AlgorithmEnds(wrong) == nil, "\(wrong)")
        }
    }
}
