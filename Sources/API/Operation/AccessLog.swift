import Foundation
import ServiceLifecycle
import Synchronization

/// One line of JSON for every answer: what was asked, how it ended, how long it took. No content, no query, no secret.
///
/// Lines gather in a buffer that a thread of the log's own writes several times a second, so that a slow reader of the log never holds a
/// request up. When the buffer is full lines are dropped, and the next line says how many.
public final class AccessLog: Service {
    private struct State {
        var bytes: [UInt8] = []
        var dropped = 0
        /// The text of the present second, which a thousand lines share.
        var second = 0
        var time = ""
    }

    private static let capacity = 4 << 20
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "access-log")
    private let sink: @Sendable ([UInt8]) -> Void

    /// - Parameter sink: writes whole lines; may block.
    public init(sink: @escaping @Sendable ([UInt8]) -> Void) {
        self.sink = sink
    }

    /// Writes to a file descriptor, standard error as the rest of the log.
    public convenience init(descriptor: CInt = STDERR_FILENO) {
        self.init { bytes in
            bytes.withUnsafeBytes { buffer in
                var rest = buffer[...]
                while !rest.isEmpty {
                    let written = Foundation.write(
                        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    guard written > 0 else { return }
                    rest = rest.dropFirst(written)
                }
            }
        }
    }

    /// What is said about one answer.
    package struct Entry {
        var request: String
        var method: String
        var path: String
        var operation: String?
        var status: Int
        var code: String?
        var duration: Duration
        var address: String

        package init(
            request: String, method: String, path: String, operation: String?, status: Int, code: String?,
            duration: Duration, address: String
        ) {
            self.request = request
            self.method = method
            self.path = path
            self.operation = operation
            self.status = status
            self.code = code
            self.duration = duration
            self.address = address
        }
    }

    /// Keeps one answered request as a line of JSON, to be written with others. When the writer falls behind, lines are dropped and counted.
    package func write(_ entry: Entry) {
        let now = Int(Date().timeIntervalSince1970 * 1_000)
        self.state.withLock { state in
            guard state.bytes.count < Self.capacity else {
                state.dropped += 1
                return
            }
            let second = now / 1_000
            if second != state.second {
                state.second = second
                state.time = String(Date(timeIntervalSince1970: Double(second)).ISO8601Format().dropLast())
            }
            let milliseconds = String(1_000 + now % 1_000).dropFirst()
            Self.write(entry, time: "\(state.time).\(milliseconds)Z", dropped: state.dropped, into: &state.bytes)
            state.dropped = 0
        }
    }

    private static func write(_ entry: Entry, time: String, dropped: Int, into bytes: inout [UInt8]) {
        func member(_ name: StaticString, _ text: String) {
            name.withUTF8Buffer { bytes.append(contentsOf: $0) }
            JSONValue.write(text, into: &bytes)
        }
        let parts = entry.duration.components
        let microseconds = parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
        member("{\"time\":", time)
        member(",\"level\":\"info\",\"logger\":\"access\",\"message\":\"request\",\"request\":", entry.request)
        member(",\"method\":", entry.method)
        member(",\"path\":", String(entry.path.prefix(500)))
        if let operation = entry.operation { member(",\"operation\":", operation) }
        bytes.append(contentsOf: ",\"status\":\(entry.status)".utf8)
        if let code = entry.code { member(",\"code\":", code) }
        bytes.append(contentsOf: ",\"microseconds\":\(microseconds)".utf8)
        member(",\"address\":", entry.address)
        if dropped > 0 { bytes.append(contentsOf: ",\"lines_dropped\":\(dropped)".utf8) }
        bytes.append(contentsOf: "}\n".utf8)
    }

    /// Writes what has gathered, and returns when it is written.
    func flush() async {
        let bytes = self.state.withLock { state in
            let bytes = state.bytes
            state.bytes = []
            state.bytes.reserveCapacity(min(bytes.count, 64 << 10))
            return bytes
        }
        guard !bytes.isEmpty else { return }
        await withCheckedContinuation { continuation in
            self.queue.async {
                self.sink(bytes)
                continuation.resume()
            }
        }
    }

    /// Writes the log until the server stops, and what is left then.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(200))
                await self.flush()
            }
        }
        await self.flush()
    }
}
