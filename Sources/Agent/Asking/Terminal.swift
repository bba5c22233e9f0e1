import Foundation
import Glibc

/// The terminal that the agent was started from. Questions are asked one after the other, on a thread that may block.
final class Terminal: Sendable {
    private let descriptor: Int32
    /// Hung up once nobody is asked any more.
    private let end = Pipe()
    private let questions = DispatchQueue(label: "terminal")

    /// `nil` where there is none.
    init?() {
        self.descriptor = isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard self.descriptor >= 0 else { return nil }
    }

    /// Ends the question that is being asked, without an answer, and asks no more.
    func leave() { try? self.end.fileHandleForWriting.close() }

    /// The line that was typed, without its end; `nil` when nothing came in time. What was typed before the question is thrown away, or
    /// it would answer a question that nobody has read.
    func ask(_ question: String, wait: Int, isSecret: Bool = false) async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            self.questions.async { continuation.resume(returning: self.answer(question, wait, isSecret)) }
        }
    }

    private func answer(_ question: String, _ wait: Int, _ isSecret: Bool) -> [UInt8]? {
        var before = termios()
        tcgetattr(self.descriptor, &before)
        if isSecret {
            var silent = before
            silent.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(self.descriptor, TCSAFLUSH, &silent)
        } else {
            tcflush(self.descriptor, TCIFLUSH)
        }
        defer {
            if isSecret { tcsetattr(self.descriptor, TCSAFLUSH, &before) }
        }
        self.write(question)
        let deadline = DispatchTime.now() + .seconds(wait)
        var line: [UInt8] = []
        line.reserveCapacity(256)
        while line.last != UInt8(ascii: "\n"), line.count < 256 {
            let left = Int64(deadline.uptimeNanoseconds) - Int64(DispatchTime.now().uptimeNanoseconds)
            var waiting = [self.descriptor, self.end.fileHandleForReading.fileDescriptor].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            let ready = left > 0 ? poll(&waiting, 2, Int32(clamping: left / 1_000_000)) : 0
            // A signal that this thread took for another is no answer.
            if ready < 0, errno == EINTR { continue }
            guard ready > 0, waiting[1].revents == 0 else { return nil }
            var byte: UInt8 = 0
            guard read(self.descriptor, &byte, 1) == 1 else { return nil }
            line.append(byte)
        }
        if isSecret { self.write("\n") }
        while let last = line.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { line.removeLast() }
        return line
    }

    private func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(self.descriptor, $0.baseAddress, $0.count) }
    }
}
