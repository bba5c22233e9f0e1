import CLibPQ
import Foundation
import Logging
import Platform
public import Postgres
public import Testing

/// The throw-away PostgreSQL that the tests use: its socket folder is named by `VANTHU_TEST_SOCKET`, its port by `VANTHU_TEST_PORT`.
/// The superuser is `postgres`, and nobody needs a password.
public enum TestCluster {
    public static let socket = ProcessInfo.processInfo.environment["VANTHU_TEST_SOCKET"]
    public static let port = ProcessInfo.processInfo.environment["VANTHU_TEST_PORT"].flatMap(Int.init) ?? 5432

    public static var isAvailable: Bool { Self.socket != nil }

    /// The root of the package, also when its folders are reached through symbolic links.
    public static let packageRoot: String = {
        let file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        return file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    }()

    /// A pool of connections to one of the cluster's databases.
    public static func connect(to database: String, as user: String, poolSize: Int = 8) -> Database {
        var configuration = DatabaseConfiguration(
            host: Self.socket ?? "", port: Self.port, database: database, user: user)
        configuration.poolSize = poolSize
        configuration.leaseTimeout = .seconds(30)
        return Database(configuration, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Runs statements as superuser outside of a transaction, one after the other on one connection: what `CREATE DATABASE` needs.
    static func execute(_ statements: [String], in database: String = "postgres") async throws {
        let conninfo =
            "host='\(Self.socket ?? "")' port=\(Self.port) dbname='\(database)' user=postgres options='-c client_min_messages=warning'"
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        let connection = PQconnectdb(conninfo)
                        defer { PQfinish(connection) }
                        for statement in statements {
                            let result = PQexec(connection, statement)
                            defer { PQclear(result) }
                            let status = PQresultStatus(result)
                            guard status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK else {
                                throw Failure(
                                    statement: statement, message: String(cString: PQerrorMessage(connection)))
                            }
                        }
                    })
            }
        }
    }

    struct Failure: Error {
        let statement: String
        let message: String
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where there is no PostgreSQL for tests.
    public static var needsCluster: Self {
        .enabled(
            if: TestCluster.isAvailable,
            "VANTHU_TEST_SOCKET and VANTHU_TEST_PORT name no throw-away PostgreSQL; scripts/test starts one")
    }
}
