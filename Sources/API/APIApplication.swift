import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Office
import Platform
import Postgres
import ServiceLifecycle
import Signatures

/// The API as it is served, and as the tests drive it.
public enum API {
    /// Every route there is: the one list.
    public static let routes: [Route] =
        OperationRoutes.all + SessionRoutes.all + OrganisationRoutes.all + RegisterRoutes.all + DocumentRoutes.all
        + FileRoutes.all + WorkflowRoutes.all + SignatureRoutes.all + SigningSessionRoutes.all + RemoteSigningRoutes.all
        + PasskeyRoutes.all + SignedFileRoutes.all + ExchangeRoutes.all + PKIRoutes.all + VerificationRoutes.all
        + KeptReportRoutes.all

    /// Answers requests. It holds no state beside what it is given.
    ///
    /// - Parameters:
    ///   - verifier: looks at files that anybody sends.
    ///   - anchors: roots (DER) besides the trust list of the database.
    ///   - log: where a line about each answer goes; `nil` for none.
    ///   - isSchemaCurrent: asked by `/readyz`; throws when the database cannot be reached.
    public static func responder(
        configuration: APIConfiguration,
        database: Database,
        blobs: BlobStore,
        password: Password,
        keys: KeyRoom,
        policy: SignaturePolicy,
        verifier: FileVerifier,
        anchors: [Data] = [],
        remote: RemoteServices = .none,
        metrics: Metrics,
        log: AccessLog? = nil,
        isSchemaCurrent: @escaping @Sendable () async throws -> Bool
    ) -> APIResponder {
        Self.observe(database, in: metrics)
        let desk = SigningDesk(
            database: database, blobs: blobs, keys: keys, policy: policy, remote: remote,
            relyingParty: configuration.publicAddress.flatMap { RelyingParty(publicAddress: $0) },
            sessionLifetime: configuration.signingLifetime)
        let services = Services(
            configuration: configuration, database: database, blobs: blobs,
            signIn: SignIn(database: database, passwords: password, lifetime: configuration.sessionLifetime),
            desk: desk, verification: Verification(desk: desk, verifier: verifier, anchors: anchors), metrics: metrics,
            document: OpenAPI.document(of: Self.routes, version: configuration.version),
            isSchemaCurrent: isSchemaCurrent)
        return APIResponder(
            table: RouteTable(Self.routes), services: services,
            metrics: RequestMetrics(metrics, operations: Self.routes.map(\.name)), log: log)
    }

    /// A server of `responder` (the API, or pages with the API behind them), to be run in the process's service group. It also runs
    /// `services`, such as the access log.
    public static func application<Responder: HTTPResponder>(
        _ responder: Responder,
        configuration: APIConfiguration,
        host: String,
        port: Int,
        services: [any Service] = [],
        onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in },
        logger: Logger
    ) -> some ApplicationProtocol where Responder.Context == APIContext {
        var connection = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ClosingHandler(bodyLimit: configuration.uploadLimit)],
            idleTimeout: .nanoseconds(configuration.idleTime.nanoseconds))
        connection.httpDecoder.maxHeaderFieldSize = configuration.headerLimit / 2
        connection.httpDecoder.maxHeaderListSize = configuration.headerLimit
        connection.httpDecoder.maxHeaderFieldCount = 100
        return Application(
            responder: responder,
            server: .http1(configuration: connection),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                backlog: 1024,
                availableConnectionsDelegate: .maximum(configuration.connectionLimit, logger: logger)),
            services: services,
            onServerRunning: onServerRunning,
            logger: logger)
    }

    private static func observe(_ database: Database, in metrics: Metrics) {
        func gauge(_ name: String, _ help: String, _ value: @escaping @Sendable (PoolStatistics) -> Int) {
            metrics.gauge(name, help: help) { Double(value(database.statistics)) }
        }
        gauge("vanthu_pool_connections_max", "Connections the pool may open.") { $0.size }
        gauge("vanthu_pool_connections_idle", "Connections open and free.") { $0.idle }
        gauge("vanthu_pool_connections_leased", "Connections in use.") { $0.leased }
        gauge("vanthu_pool_waiting", "Transactions that wait for a connection.") { $0.waiting }
        gauge("vanthu_pool_leases", "Connections lent since the start.") { $0.leases }
        gauge("vanthu_pool_timeouts", "Transactions that waited in vain since the start.") { $0.timeouts }
        gauge("vanthu_pool_connection_failures", "Failed attempts to connect since the start.") {
            $0.connectionFailures
        }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        self.components.seconds * 1_000_000_000 + self.components.attoseconds / 1_000_000_000
    }
}
