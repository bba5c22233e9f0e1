import Foundation
public import Logging
public import Postgres
public import ServiceLifecycle
import Synchronization

/// Runs background jobs: takes due ones of all tenants under a lease, a few at a time, and keeps the leases while it works.
///
/// A job that fails comes back with growing delays and is parked after its last attempt; a job whose worker dies comes back when
/// the lease ends. On graceful shutdown nothing more is taken and what runs is finished.
public struct JobRunner: Service {
    /// How much a runner takes on, and how patient it is.
    public struct Settings: Sendable {
        /// Jobs that run at once.
        public var slots = 4
        /// How long a job stays with a worker that gives no sign of life.
        public var lease = Duration.seconds(60)
        /// How often an idle runner looks for work.
        public var interval = Duration.milliseconds(500)
        public var backoff = Backoff()

        public init() {}
    }

    /// This runner among all that ever ran.
    public let worker = UUIDv7.make().uuidString.lowercased()
    private let database: Database
    private let handlers: [String: JobHandler]
    private let settings: Settings
    private let metrics: Metrics
    private let logger: Logger

    /// - Parameter handlers: by kind. Jobs of other kinds are left to others.
    public init(
        database: Database, handlers: [String: JobHandler], settings: Settings = Settings(),
        metrics: Metrics = Metrics(),
        logger: Logger
    ) {
        self.database = database
        self.handlers = handlers
        self.settings = settings
        self.metrics = metrics
        self.logger = logger
    }

    private final class Busy: Sendable {
        let count = Atomic<Int>(0)
    }

    /// Works until graceful shutdown; then what runs is finished and nothing more is taken.
    public func run() async throws {
        // Woken by the clock and by every job that ends; one pending call is as good as many.
        let (calls, call) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let busy = Busy()
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { keepers in
                keepers.addTask {
                    repeat { call.yield() } while await Self.sleep(self.settings.interval)
                }
                keepers.addTask {
                    while await Self.sleep(self.settings.lease / 3) { await self.extendLeases() }
                }
                await withDiscardingTaskGroup { jobs in
                    for await _ in calls {
                        let free = self.settings.slots - busy.count.load(ordering: .acquiring)
                        guard free > 0 else { continue }
                        for job in await self.take(free) {
                            busy.count.add(1, ordering: .acquiringAndReleasing)
                            jobs.addTask {
                                await self.work(on: job)
                                busy.count.subtract(1, ordering: .acquiringAndReleasing)
                                call.yield()
                            }
                        }
                    }
                }
                // Only now: leases are kept until the last job has ended, also while shutting down.
                keepers.cancelAll()
            }
        } onGracefulShutdown: {
            call.finish()
        }
    }

    /// Sleeps; false when that was cut short.
    private static func sleep(_ duration: Duration) async -> Bool {
        (try? await Task.sleep(for: duration)) != nil
    }

    /// Takes up to `count` due jobs of the kinds this runner knows.
    func take(_ count: Int) async -> [Job] {
        let kinds = Array(self.handlers.keys)
        let lease = Int64(self.settings.lease.components.seconds)
        do {
            return try await self.database.transaction { transaction in
                try transaction.rows(
                    """
                    SELECT tenant_id, id, kind, payload, attempt, max_attempts
                      FROM platform.claim_jobs(\(self.worker), \(kinds), \(Int32(count)), make_interval(secs => \(lease)))
                    """, closing: true
                ) { row in
                    Job(
                        tenant: try row.column(0), id: try row.column(1), kind: try row.column(2),
                        payload: try row.column(3),
                        attempt: Int(try row.column(4, as: Int32.self)),
                        maxAttempts: Int(try row.column(5, as: Int32.self)))
                }
            }
        } catch {
            self.logger.warning("no jobs can be taken", metadata: ["error": "\(error)"])
            _ = await Self.sleep(.seconds(2))
            return []
        }
    }

    /// Does one job and writes down how it ended.
    func work(on job: Job) async {
        await RequestScope.$id.withValue(job.id) {
            let started = ContinuousClock.now
            var outcome = "done"
            do {
                guard let handler = self.handlers[job.kind] else { throw JobFailure.hopeless("unknown_kind") }
                try await handler(job)
                try await self.database.transaction(asSystemOf: job.tenant) { transaction in
                    _ = try transaction.run(job.finishing, closing: true)
                }
            } catch {
                outcome = await self.fail(job, error)
            }
            self.metrics.counter(
                "vanthu_jobs_total", labels: ["kind": job.kind, "outcome": outcome],
                help: "Background jobs by how they ended."
            ).increment()
            self.metrics.histogram(
                "vanthu_job_duration_seconds", labels: ["kind": job.kind], help: "How long background jobs took."
            ).observe(.now - started)
        }
    }

    private func fail(_ job: Job, _ error: any Error) async -> String {
        let isHopeless: Bool
        var delay = self.settings.backoff.delay(after: job.attempt)
        switch error as? JobFailure {
        case .hopeless: isHopeless = true
        case .later(let time): (isHopeless, delay) = (false, time)
        case nil: isHopeless = job.attempt >= job.maxAttempts
        }
        let state = isHopeless ? "parked" : "available"
        let reason = String(String(describing: error).replacing("\0", with: "").prefix(500))
        let seconds = Double(delay.components.seconds) + Double(delay.components.attoseconds) / 1e18
        self.logger.log(
            level: isHopeless ? .error : .warning, "job failed",
            metadata: ["kind": "\(job.kind)", "attempt": "\(job.attempt)", "error": "\(reason)", "state": "\(state)"])
        do {
            try await self.database.transaction(asSystemOf: job.tenant) { transaction in
                _ = try transaction.run(
                    """
                    UPDATE platform.job
                       SET state = \(state), last_error = \(reason), leased_until = NULL, worker = NULL,
                           run_at = now() + make_interval(secs => \(seconds)),
                           finished_at = CASE WHEN \(isHopeless) THEN now() END
                     WHERE tenant_id = \(job.tenant) AND id = \(job.id) AND state = 'running' AND attempt = \(Int32(job.attempt))
                    """, closing: true)
            }
        } catch {
            // The job comes back by itself when its lease ends.
            self.logger.warning("the end of a job could not be written", metadata: ["error": "\(error)"])
        }
        return isHopeless ? "parked" : "failed"
    }

    private func extendLeases() async {
        let lease = Int64(self.settings.lease.components.seconds)
        do {
            try await self.database.transaction { transaction in
                _ = try transaction.run(
                    "SELECT platform.extend_leases(\(self.worker), make_interval(secs => \(lease)))", closing: true)
            }
        } catch {
            self.logger.warning("leases could not be kept", metadata: ["error": "\(error)"])
        }
    }
}
