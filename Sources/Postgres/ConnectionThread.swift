import Glibc
import Synchronization

/// A thread of our own that runs an actor's jobs, so that blocking in libpq never holds a thread of Swift's cooperative pool.
///
/// The thread keeps itself alive until `stop()`; what was enqueued before still runs.
final class ConnectionThread: SerialExecutor {
    private enum Work {
        case job(UnownedJob)
        case block(@Sendable () -> Void)
    }

    private struct State {
        var work: [Work] = []
        var isStopped = false
    }

    /// libpq, SCRAM and TLS need far less than this; the default of 8 MiB would be reserved once for each connection.
    private static let stackSize = 512 * 1024

    private let state = Mutex(State())
    private let wakeups = Semaphore()

    /// Starts the thread.
    init() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, Self.stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<ConnectionThread>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context.toOpaque()
        )
        pthread_attr_destroy(&attributes)
        precondition(status == 0, "no thread could be started: error \(status)")
    }

    func enqueue(_ job: consuming ExecutorJob) {
        self.append(.job(UnownedJob(job)))
    }

    /// Runs a block on the thread, after everything enqueued before.
    func run(_ block: @escaping @Sendable () -> Void) {
        self.append(.block(block))
    }

    /// Ends the thread when it has done everything enqueued so far.
    func stop() {
        self.state.withLock { $0.isStopped = true }
        self.wakeups.signal()
    }

    private func append(_ work: Work) {
        let isFirst = self.state.withLock { state in
            state.work.append(work)
            return state.work.count == 1
        }
        // Whoever made the list non-empty wakes the thread, which takes the whole list.
        if isFirst { self.wakeups.signal() }
    }

    private func run() {
        let executor = self.asUnownedSerialExecutor()
        var taken: [Work] = []
        while true {
            self.wakeups.wait()
            let isStopped = self.state.withLock { state in
                swap(&taken, &state.work)
                return state.isStopped
            }
            for work in taken {
                switch work {
                case .job(let job): job.runSynchronously(on: executor)
                case .block(let block): block()
                }
            }
            taken.removeAll(keepingCapacity: true)
            if isStopped { return }
        }
    }
}
