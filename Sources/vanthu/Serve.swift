import API
import ArgumentParser
import Foundation
import Hummingbird
import Logging
import NIOCore
import Office
import Platform
import Postgres
import ServiceLifecycle
import Signatures
import UnixSignals
import Web

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves the API, and works off background jobs unless told otherwise.",
        discussion: """
            Ends on SIGINT or SIGTERM: no new requests are taken, those under way are finished. Run as many processes as wanted.
            Example: VANTHU_PORT=8081 vanthu serve --no-worker
            """)

    @Flag(inversion: .prefixedNo, help: "Whether this process also does background work.")
    var worker = true

    func run() async throws {
        try await self.explained {
            let installation = try Installation()
            try await self.explained(installation.configuration) { try await self.serve(installation) }
        }
    }

    private func serve(_ installation: Installation) async throws {
        let settings = installation.configuration
        let logger = installation.logger
        let metrics = Metrics()
        let blobs = try installation.blobs()
        let (keys, signer) = try installation.serverKeys()
        let host = try settings.text(.host)
        let port = try settings.integer(.port)
        let slots = try settings.integer(.jobSlots)
        try await installation.with(installation.database()) { database in
            try await installation.withRemote { remote in
                let migrator = try installation.migrator(database)
                let log = AccessLog()
                let responder = API.responder(
                    configuration: try Self.limits(settings), database: database, blobs: blobs,
                    password: Password(concurrency: try settings.integer(.passwordThreads)),
                    keys: keys,
                    policy: try installation.signaturePolicy(), verifier: installation.verifier,
                    anchors: try installation.anchors(), remote: remote, metrics: metrics, log: log
                ) { try await migrator.check().isUpToDate }
                let pulses = Pulses(database: database, logger: logger)
                let pages = try Web.responder(
                    before: responder, folder: try settings.text(.pagesFolder), pulses: pulses, metrics: metrics)
                let application = API.application(
                    pages, configuration: responder.services.configuration, host: host, port: port,
                    services: [log, pulses],
                    onServerRunning: { channel in
                        logger.notice(
                            "serving",
                            metadata: ["address": "\(channel.localAddress.map { "\($0)" } ?? "\(host):\(port)")"]
                        )
                    }, logger: logger)
                var services: [any Service] = signer.map { [$0] } ?? []
                services.append(
                    KeyFileCheck(keys: keys, database: database, file: try settings.keyFile, logger: logger))
                if self.worker {
                    services +=
                        Background(
                            database: database, blobs: blobs, keys: keys, verification: responder.services.verification,
                            desk: responder.services.desk,
                            metrics: metrics,
                            slots: slots,
                            logger: logger
                        ).services
                }
                services.append(application)
                try await Self.run(services, logger: logger)
            }
        }
        logger.notice("ended")
    }

    private static func limits(_ settings: Configuration) throws -> APIConfiguration {
        var limits = APIConfiguration()
        limits.uploadLimit = try settings.integer(.uploadLimit)
        limits.trustsForwardedFor = try settings.boolean(.trustForwardedFor)
        limits.secureCookies = try settings.text(.publicAddress).hasPrefix("https:")
        limits.publicAddress = try settings.text(.publicAddress)
        limits.agentAddress = try settings.text(.agentAddress)
        limits.signingLifetime = .seconds(try settings.integer(.signingSeconds))
        limits.openRequests = try settings.integer(.openRequests)
        limits.sessionLifetime = .seconds(try settings.integer(.sessionHours) * 3600)
        return limits
    }

    /// Runs until a signal or until one of the services fails, and never for longer than `patience` and ten seconds after that.
    static func run(_ services: [any Service], logger: Logger, patience: Int = 20) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services + [Deadline(seconds: patience + 10, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(patience)
        try await ServiceGroup(configuration: configuration).run()
    }
}

struct Worker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Works off background jobs and sweeps, without serving.",
        discussion: """
            For machines that shall only read texts out of files and the like. Ends on SIGINT or SIGTERM after the jobs under way.
            Example: VANTHU_JOB_SLOTS=8 vanthu worker
            """)

    func run() async throws {
        try await self.explained {
            let installation = try Installation()
            let settings = installation.configuration
            try await self.explained(settings) {
                try await installation.with(installation.database()) { database in
                    try await installation.withRemote { remote in
                        let blobs = try installation.blobs()
                        let (keys, signer) = try installation.serverKeys()
                        let desk = SigningDesk(
                            database: database, blobs: blobs, keys: keys,
                            policy: try installation.signaturePolicy(), remote: remote)
                        let background = Background(
                            database: database, blobs: blobs, keys: keys,
                            verification: try installation.verification(database, keys: keys),
                            desk: desk, metrics: Metrics(),
                            slots: try settings.integer(.jobSlots), logger: installation.logger)
                        let announcement = Announcement(text: "working", logger: installation.logger)
                        let check = KeyFileCheck(
                            keys: keys, database: database, file: try settings.keyFile, logger: installation.logger)
                        let services: [any Service] = (signer.map { [$0] } ?? []) + [check]
                        try await Serve.run(
                            services + background.services + [announcement], logger: installation.logger)
                    }
                }
            }
        }
    }
}

/// Says in the log that the process is at work. As a service, so that it is said only once signals are listened to.
private struct Announcement: Service {
    let text: String
    let logger: Logger

    func run() async throws {
        self.logger.notice("\(self.text)")
        try await gracefulShutdown()
    }
}
