import Glibc

/// A counting semaphore that blocks a thread. Only threads of our own may wait on it, never a task.
final class Semaphore: @unchecked Sendable {  // a sem_t is made to be shared; its address never changes
    private let handle = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
        sem_init(self.handle, 0, 0)
    }

    deinit {
        sem_destroy(self.handle)
        self.handle.deallocate()
    }

    func signal() {
        sem_post(self.handle)
    }

    func wait() {
        // A signal handler may interrupt the wait.
        while sem_wait(self.handle) != 0 {}
    }
}
