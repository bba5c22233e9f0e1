import Foundation
import Glibc
import Synchronization

/// A command that asks the person, such as a dialog of the desktop. It asks one question at a time.
final class AskingCommand: Sendable {
    struct Answer: Sendable {
        let isYes: Bool
        let firstLine: [UInt8]
    }

    private struct State {
        /// Process group of the command that is asking now.
        var asking: pid_t?
        var isLate = false
        var isOver = false
    }

    private let command: String
    private let wait: Int
    private let state = Mutex(State())

    /// - Parameter wait: seconds for an answer.
    init(_ command: String, wait: Int) {
        self.command = command
        self.wait = wait
    }

    /// `nil` when the command cannot be run, or gives no answer in time; it is ended then.
    func run(_ question: String) async -> Answer? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: self.answer(question)) }
        }
    }

    /// Ends the question that is being asked, without an answer, and asks no more.
    func leave() {
        self.state.withLock { state in
            state.isOver = true
            Self.end(&state)
        }
    }

    private func answer(_ question: String) -> Answer? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", self.command]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        let isStarted = self.state.withLock { state in
            guard !state.isOver, Self.start(process) else { return false }
            state.asking = process.processIdentifier
            state.isLate = false
            return true
        }
        guard isStarted else { return nil }
        // A command that does not read its input must not end the agent with a broken pipe: the server ignores SIGPIPE.
        try? input.fileHandleForWriting.write(contentsOf: Data(question.utf8))
        try? input.fileHandleForWriting.close()
        let patience = DispatchWorkItem { self.state.withLock { Self.end(&$0) } }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(self.wait), execute: patience)
        var told = (try? output.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        patience.cancel()
        let isInTime = self.state.withLock { state in
            state.asking = nil
            return !state.isLate && process.terminationReason == .exit
        }
        defer { told.resetBytes(in: 0..<told.count) }
        guard isInTime else { return nil }
        return Answer(
            isYes: process.terminationStatus == 0, firstLine: Array(told.prefix { $0 != 0x0A && $0 != 0x0D }))
    }

    /// Starts a command that hears signals: it inherits the mask of this thread, and threads of Dispatch block nearly all of them.
    private static func start(_ process: Process) -> Bool {
        var (nothing, before) = (sigset_t(), sigset_t())
        sigemptyset(&nothing)
        pthread_sigmask(SIG_SETMASK, &nothing, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        return (try? process.run()) != nil
    }

    /// Ends the command with all that it has started, for good: a dialog has nothing to keep.
    private static func end(_ state: inout State) {
        guard let asking = state.asking else { return }
        kill(-asking, SIGKILL)
        state.isLate = true
    }
}
