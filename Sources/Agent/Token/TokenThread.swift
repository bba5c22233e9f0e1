import Foundation
import Synchronization

/// Runs an actor's jobs on one thread of its own: PKCS #11 modules block, on readers and on PIN pads.
final class TokenThread: SerialExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let wakeups = DispatchSemaphore(value: 0)

    init() {
        let thread = Thread { [weak self, wakeups] in
            while true {
                wakeups.wait()
                guard let self else { return }
                self.runOne()
            }
        }
        thread.name = "token"
        thread.start()
    }

    // The thread wakes, finds nobody and ends.
    deinit { self.wakeups.signal() }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.jobs.withLock { $0.append(job) }
        self.wakeups.signal()
    }

    private func runOne() {
        let job = self.jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        job?.runSynchronously(on: self.asUnownedSerialExecutor())
    }
}
