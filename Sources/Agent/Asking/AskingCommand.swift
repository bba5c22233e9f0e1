import Foundation
import Glibc

/// A command that asks the person, such as a dialog of the desktop.
struct AskingCommand: Sendable {
    struct Answer: Sendable {
        let isYes: Bool
        let firstLine: [UInt8]
    }

    private let command: String
    private let wait: Int

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

    private func answer(_ question: String) -> Answer? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", self.command]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        guard (try? process.run()) != nil else { return nil }
        // A command that does not read its input must not end the agent with a broken pipe: the server ignores SIGPIPE.
        try? input.fileHandleForWriting.write(contentsOf: Data(question.utf8))
        try? input.fileHandleForWriting.close()
        let patience = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(self.wait), execute: patience)
        var told = (try? output.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        let isInTime = !patience.isCancelled && process.terminationReason == .exit
        patience.cancel()
        defer { told.resetBytes(in: 0..<told.count) }
        guard isInTime else { return nil }
        return Answer(
            isYes: process.terminationStatus == 0, firstLine: Array(told.prefix { $0 != 0x0A && $0 != 0x0D }))
    }
}
