import Foundation
import Synchronization

/// A converter run on a foreign file: no network, read-only system, limits on memory and time (bubblewrap and prlimit).
///
/// Where bubblewrap may not make namespaces (some containers forbid it), the limits alone remain; `isConfined` says which.
public enum SandboxedProcess {
    /// How a converter ended, and what it wrote to standard output.
    public struct Output: Sendable {
        /// Exit status; 128 + signal when it was killed, as for running out of time.
        public let status: Int32
        public let bytes: [UInt8]
    }

    /// Why there is no output at all.
    public enum Failure: Error, Hashable, Sendable {
        /// The program is not installed: the operator has to install its package.
        case notInstalled(program: String)
        /// It wrote more than the limit.
        case tooMuchOutput
    }

    /// Whether bubblewrap works here; tried once.
    public static let isConfined: Bool = {
        let trial = Process()
        trial.executableURL = URL(fileURLWithPath: "/usr/bin/bwrap")
        trial.arguments = SandboxedProcess.confinement(reading: "/usr/bin/true") + ["/usr/bin/true"]
        trial.standardError = FileHandle.nullDevice
        guard (try? trial.run()) != nil else { return false }
        trial.waitUntilExit()
        return trial.terminationStatus == 0
    }()

    static func confinement(reading path: String) -> [String] {
        [
            "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/usr", "/usr", "--ro-bind-try",
            "/etc/fonts",
            "/etc/fonts", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin",
            "/bin",
            "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--ro-bind", path, path,
        ]
    }

    /// Runs `program` with the one foreign file `path` readable, on a thread of its own, for at most 60 seconds and 1 GiB of memory.
    public static func run(_ program: String, _ arguments: [String], reading path: String, limit: Int) async throws
        -> Output
    {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Failure.notInstalled(program: program)
        }
        let absolute = URL(fileURLWithPath: path).path
        let replaced = arguments.map { $0 == path ? absolute : $0 }
        return try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(
                    with: Result { try self.runAndWait(program, replaced, reading: absolute, limit: limit) })
            }
            thread.stackSize = 256 << 10
            thread.start()
        }
    }

    private static func runAndWait(_ program: String, _ arguments: [String], reading path: String, limit: Int) throws
        -> Output
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        let limits = ["--signal=KILL", "60", "/usr/bin/prlimit", "--as=1073741824", "--core=0", "--"]
        let confined = self.isConfined ? ["/usr/bin/bwrap"] + self.confinement(reading: path) : []
        process.arguments = limits + confined + [program] + arguments
        process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var bytes: [UInt8] = []
        while true {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            bytes.append(contentsOf: piece)
            if bytes.count > limit {
                // Not by SIGTERM: a child inherits the mask of the thread that started it, and threads of Dispatch block that signal.
                kill(-process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                throw Failure.tooMuchOutput
            }
        }
        process.waitUntilExit()
        let status =
            process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
        return Output(status: status, bytes: bytes)
    }
}
