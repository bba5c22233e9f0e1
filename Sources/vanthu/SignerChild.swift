import Foundation
import Glibc
import Logging
import Platform
import ServiceLifecycle
import Signatures
import Synchronization

/// The signer that a server starts for itself, and starts again whenever it dies.
final class SignerChild: Service {
    /// Where it listens; the process number keeps several servers of one folder apart.
    let socket: String
    private let logger: Logger
    private let child = Mutex<Process?>(nil)
    private let isEnding = Mutex(false)

    /// Starts it and waits until it answers. Throws `Failure` when it does not start.
    init(_ settings: Configuration, logger: Logger) throws {
        let folder = try settings.signerFolder
        self.socket = "\(folder)/\(getpid())"
        self.logger = logger
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        Self.sweep(folder)
        guard try self.start() else {
            throw Failure("the signer did not start", "Look at the log above; `vanthu signer` starts it by hand")
        }
    }

    /// Sockets of servers that are no more.
    private static func sweep(_ folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            if let process = pid_t(name), kill(process, 0) != 0, errno == ESRCH { unlink("\(folder)/\(name)") }
        }
    }

    /// Blocking, for the moment that a program takes to start. False when it ended at once.
    private func start() throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["signer", "--attached"]
        process.environment = ProcessInfo.processInfo.environment.merging(["VANTHU_SIGNER_SOCKET": self.socket]) { $1 }
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        self.child.withLock { $0 = process }
        // Held open as long as this process lives: its end is the signer's.
        withExtendedLifetime(input) {}
        self.inputs.withLock { $0 = input }
        return (try? output.fileHandleForReading.read(upToCount: 6)) == Data("ready\n".utf8)
    }

    private let inputs = Mutex<Pipe?>(nil)

    func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            await self.keepAlive()
        } onCancelOrGracefulShutdown: {
            self.isEnding.withLock { $0 = true }
            self.child.withLock { $0?.terminate() }
        }
    }

    /// Waits for its end on a thread of its own, and starts it again, at most every second.
    private func keepAlive() async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            Thread {
                while true {
                    let began = ContinuousClock.now
                    self.child.withLock { $0 }?.waitUntilExit()
                    if self.isEnding.withLock({ $0 }) { break }
                    self.logger.error("the signer has ended; starting it again")
                    if ContinuousClock.now - began < .seconds(1) { sleep(1) }
                    _ = try? self.start()
                    // The end may have been asked for while the new one started.
                    if self.isEnding.withLock({ $0 }) { self.child.withLock { $0?.terminate() } }
                }
                unlink(self.socket)
                done.resume()
            }.start()
        }
    }
}
