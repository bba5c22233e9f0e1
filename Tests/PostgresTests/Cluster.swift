import Foundation
import Postgres

/// A PostgreSQL cluster of a test's own, which it may start and stop.
final class Cluster: Sendable {
    static let binaries = "/usr/lib/postgresql/15/bin"

    static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: Self.binaries + "/initdb") }

    /// The folder of the data and of the socket.
    let folder: String

    /// Makes an empty cluster; nothing runs yet.
    init() async throws {
        self.folder = try await Self.run(["mktemp", "-d", "/tmp/vanthu-cluster-XXXXXX"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        _ = try await Self.run([
            Self.binaries + "/initdb", "--pgdata", self.folder + "/data", "--username", "postgres", "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        ])
    }

    var configuration: DatabaseConfiguration {
        DatabaseConfiguration(host: self.folder, port: 5432, database: "postgres", user: "postgres")
    }

    func start() async throws {
        let options = "-c listen_addresses='' -c unix_socket_directories='\(self.folder)' -c fsync=off -c port=5432"
        _ = try await self.control(["-o", options, "-l", self.folder + "/log", "start"])
    }

    func stop() async throws {
        _ = try await self.control(["-m", "fast", "stop"])
    }

    func remove() async throws {
        _ = try? await self.control(["-m", "immediate", "stop"])
        _ = try await Self.run(["rm", "-rf", self.folder])
    }

    private func control(_ arguments: [String]) async throws -> String {
        try await Self.run([Self.binaries + "/pg_ctl", "-w", "-D", self.folder + "/data"] + arguments)
    }

    struct Failure: Error {
        var command: [String]
        var output: String
    }

    /// Runs a program, as user postgres when this runs as root, since PostgreSQL refuses root.
    ///
    /// Not by Foundation's `Process`: it waits until nobody holds a descriptor that every descendant inherits, and the server
    /// that `pg_ctl` leaves behind does.
    private static func run(_ command: [String]) async throws -> String {
        let output = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: output) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output.path, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let user = geteuid() == 0 ? ["runuser", "-u", "postgres", "--"] : []
        let arguments = (["env", "-C", "/"] + user + command).map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        guard posix_spawnp(&process, "env", &actions, nil, arguments + [nil], environ) == 0 else {
            throw Failure(command: command, output: "not started")
        }
        let status = await withCheckedContinuation { continuation in
            Thread.detachNewThread { [process] in
                var status: Int32 = -1
                waitpid(process, &status, 0)
                continuation.resume(returning: status)
            }
        }
        let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        guard status == 0 else { throw Failure(command: command, output: text) }
        return text
    }
}
