import Glibc
import Synchronization

/// Counts, and lets the threads of two connections meet.
final class Counter: Sendable {
    private let count = Mutex(0)
    private let arrived = Atomic<Int>(0)

    var value: Int { self.count.withLock { $0 } }

    func increment() { self.count.withLock { $0 += 1 } }

    /// Blocks the connection's own thread until two have come here, or one is run again.
    func waitForTwo() {
        self.arrived.add(1, ordering: .sequentiallyConsistent)
        while self.arrived.load(ordering: .sequentiallyConsistent) < 2 { sched_yield() }
    }
}
