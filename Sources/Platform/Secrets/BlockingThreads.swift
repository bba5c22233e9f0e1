import Dispatch
import Foundation
import Synchronization

/// A few threads for calls that block or compute long, so that they never hold a thread of Swift's cooperative pool.
///
/// At most `count` calls run at once; further ones wait their turn, and beyond `waitingLimit` they are refused. The threads end
/// with the object.
public final class BlockingThreads: Sendable {
    /// So many calls wait already that another one would only wait in vain.
    public struct Overloaded: RefusalConvertible {
        public init() {}

        public var refusal: Refusal { Refusal(503, "overloaded", details: ["retry_after": 1]) }
    }

    private let state: Mutex<State>
    private let wakeups = DispatchSemaphore(value: 0)
    private let count: Int
    private let waitingLimit: Int

    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var isStopped = false
    }

    /// Starts `count` threads that carry `name` in the system's list of threads (15 characters of it).
    public init(name: String, count: Int, waitingLimit: Int = .max) {
        precondition(count > 0, "no thread, no work")
        self.state = Mutex(State())
        self.count = count
        self.waitingLimit = waitingLimit
        for _ in 0..<count {
            // The thread holds the queue between two calls only weakly, so that the last user can let go of it.
            let wakeups = self.wakeups
            let thread = Thread { [weak self] in
                while true {
                    wakeups.wait()
                    guard let work = self?.next() else { return }
                    work()
                }
            }
            thread.name = name
            thread.stackSize = 512 << 10
            thread.start()
        }
    }

    deinit {
        for _ in 0..<self.count { self.wakeups.signal() }
    }

    private func next() -> (@Sendable () -> Void)? {
        self.state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
    }

    /// Runs `body` on one of the threads and waits for it without blocking. It is not interrupted by cancellation.
    ///
    /// - Throws: what `body` throws; ``Overloaded`` when `waitingLimit` calls wait already.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let isAccepted = self.state.withLock { state in
                guard state.waiting.count < self.waitingLimit else { return false }
                state.waiting.append { continuation.resume(with: Result { try body() }) }
                return true
            }
            if isAccepted { self.wakeups.signal() } else { continuation.resume(throwing: Overloaded()) }
        }
    }
}
