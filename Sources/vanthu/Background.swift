import Documents
import Foundation
import Logging
import Office
import Platform
import Postgres
import ServiceLifecycle
import Signatures

/// What goes on behind the requests: jobs that committed transactions left, and sweeping by the clock.
struct Background {
    let database: Database
    let blobs: BlobStore
    let keys: KeyRoom
    let verification: Verification
    let desk: SigningDesk
    let metrics: Metrics
    let slots: Int
    let logger: Logger

    /// Contents of one organisation that are renewed a minute at most, so that a great many due at once don't crowd out other jobs.
    private static let archiveBatch = Int64(50)
    /// How long content that no file names is kept: an upload of that time may still become somebody's file.
    private static let grace = Duration.seconds(24 * 3600)

    var services: [any Service] {
        var settings = JobRunner.Settings()
        settings.slots = self.slots
        let runner = JobRunner(
            database: self.database, handlers: self.handlers, settings: settings, metrics: self.metrics,
            logger: self.logger)
        return [runner, Chores(self.chores, logger: self.logger)]
    }

    private var handlers: [String: JobHandler] {
        struct FilePayload: Decodable { let file_id: UUID }
        struct ContentPayload: Decodable {
            let sha256: String
            let report: UUID?
        }
        struct RequestPayload: Decodable { let request_id: UUID }
        let desk = self.desk
        let extract = ExtractText(blobs: self.blobs)
        let verification = self.verification
        let archive = ArchiveFile(desk: desk, verification: verification)
        let database = self.database
        return [
            "extract_text": { job in
                try await extract(file: job.decode(FilePayload.self).file_id, of: job.tenant, in: database)
            },
            "verify_file": { job in
                let content = try job.decode(ContentPayload.self)
                if let report = content.report {
                    try await verification.again(content.sha256, as: report, tenant: job.tenant)
                } else {
                    try await verification.onArrival(of: content.sha256, tenant: job.tenant)
                }
            },
            "archive_file": { job in
                try await archive(job.decode(ContentPayload.self).sha256, tenant: job.tenant)
            },
            "poll_remote_signing": { job in
                try await SignRemotely.poll(job.decode(RequestPayload.self).request_id, of: job.tenant, desk: desk)
            },
        ]
    }

    private var chores: [Chores.Chore] {
        let database = self.database
        let sweep = BlobSweep(store: self.blobs, database: database)
        let logger = self.logger
        let authorities = AuthorityServices(database: database, keys: self.keys)
        let revoke = RevokeOutlivedCertificates(database: database)
        return [
            Chores.Chore("revoke outlived certificates", every: .seconds(60)) {
                let count = try await revoke()
                if count > 0 { logger.info("certificates of ended posts revoked", metadata: ["count": "\(count)"]) }
            },
            Chores.Chore("renew revocation lists", every: .seconds(60)) { try await authorities.renewLists() },
            Chores.Chore("renew archives", every: .seconds(60)) {
                try await database.transaction { transaction in
                    _ = try transaction.run("SELECT signatures.queue_due_archives(\(Self.archiveBatch))", closing: true)
                }
            },
            Chores.Chore("sweep rows", every: .seconds(3600)) {
                try await database.transaction { transaction in
                    transaction.queue("SELECT signatures.sweep()")
                    transaction.queue("SELECT signatures.sweep_outside_revocation()")
                    _ = try transaction.run("SELECT platform.sweep()", closing: true)
                }
            },
            Chores.Chore("sweep blobs", every: .seconds(6 * 3600)) {
                let gone = try await sweep.run(grace: Self.grace)
                if gone.files > 0 {
                    logger.info("blobs swept", metadata: ["files": "\(gone.files)", "bytes": "\(gone.bytes)"])
                }
            },
        ]
    }
}
