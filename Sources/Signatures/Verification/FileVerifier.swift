import Foundation
import Glibc
import Platform
import Synchronization

/// Verifies files in processes of their own, so that no file, however it was made, can hold up, bloat or end the one that asks.
public struct FileVerifier: Sendable {
    /// Where the work is done.
    public enum Place: Sendable {
        /// In a new process of this program, which understands ``VerificationWorker``.
        case process(executable: String)
        /// In this very process: for tests, which have no such program.
        case here
    }

    private let place: Place
    private let threads: BlockingThreads

    /// How long a person or a program waits for a verdict at most; then it is `ERROR_BOUNDED`.
    public static let patience = Duration.milliseconds(2_600)

    /// - Parameter count: files that are looked at at once; as many again may wait sixteenfold before one is turned away.
    public init(_ place: Place, count: Int = 2) {
        self.place = place
        self.threads = BlockingThreads(name: "verify", count: count, waitingLimit: count * 16)
    }

    /// Answers for any file, even one that is not there. Throws `BlockingThreads.Overloaded`.
    public func verify(_ work: VerificationWork, within time: Duration = Self.patience) async throws
        -> VerificationAnswer
    {
        try await self.threads.run { self.verifyNow(work, within: time) }
    }

    /// As ``verify(_:within:)``, on the caller's own thread.
    public func verifyNow(_ work: VerificationWork, within time: Duration = Self.patience) -> VerificationAnswer {
        switch self.place {
        case .here: work.answer()
        case .process(let executable):
            (try? Self.run(executable, work, within: time)) ?? .bounded("memory_limit")
        }
    }

    private static func run(
        _ executable: String, _ work: VerificationWork, within time: Duration
    ) throws -> VerificationAnswer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = [VerificationWorker.name]
        process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin"]
        process.standardInput = try Self.handle(reading: try JSONEncoder().encode(work))
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let deadline = Deadline(process)
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(time.milliseconds)) { deadline.strike() }
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if deadline.end() { return .bounded("time_limit") }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            return .bounded("memory_limit")
        }
        return try JSONDecoder().decode(VerificationAnswer.self, from: bytes)
    }

    /// A nameless file with these bytes, to be read: unlike a pipe it neither fills up nor breaks.
    private static func handle(reading data: Data) throws -> FileHandle {
        var template = Array((NSTemporaryDirectory() + "vanthu-verify-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
        unlink(template)
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: data)
        try handle.seek(toOffset: 0)
        return handle
    }

    /// Ends a process that takes too long, and never one that has ended by itself and whose number may be another's.
    private final class Deadline: Sendable {
        private enum State { case running, struck, over }
        private let state = Mutex(State.running)
        private let number: pid_t

        init(_ process: Process) { self.number = process.processIdentifier }

        func strike() {
            self.state.withLock { state in
                guard state == .running else { return }
                kill(self.number, SIGKILL)
                state = .struck
            }
        }

        /// Whether it was struck.
        func end() -> Bool {
            self.state.withLock { state in
                defer { state = .over }
                return state == .struck
            }
        }
    }
}

extension Duration {
    fileprivate var milliseconds: Int {
        Int(self.components.seconds) * 1_000 + Int(self.components.attoseconds / 1_000_000_000_000_000)
    }
}

/// The process that does one piece of verification work: it reads it from standard input and writes the answer to standard output.
public enum VerificationWorker {
    /// The hidden subcommand of the program.
    public static let name = "verification-worker"

    /// Bytes of memory of its own that the process may take.
    private static let memory: rlim_t = 300 << 20
    /// Seconds of processor time after which it ends, should whoever started it be gone.
    private static let processor: rlim_t = 60

    /// Reads one `VerificationWork` from standard input and writes its answer. Throws when either can't be done.
    public static func run() throws {
        func limit(_ resource: __rlimit_resource, _ value: rlim_t) {
            var limit = Glibc.rlimit(rlim_cur: value, rlim_max: value)
            setrlimit(Int32(bitPattern: resource.rawValue), &limit)
        }
        limit(RLIMIT_CORE, 0)
        limit(RLIMIT_DATA, Self.memory)
        limit(RLIMIT_CPU, Self.processor)
        let work = try JSONDecoder().decode(
            VerificationWork.self, from: FileHandle.standardInput.readDataToEndOfFile())
        try FileHandle.standardOutput.write(contentsOf: try JSONEncoder().encode(work.answer()))
    }
}
