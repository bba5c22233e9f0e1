import CLibPQ
import Synchronization

/// Lets a task's cancellation reach the statement that runs for it, and never the one after.
///
/// `PQcancel` names a server process, not a statement: when it arrives late it hits whatever that process runs then. So a
/// lease ends only when a cancel request that was begun for it has returned, and the connection then runs a statement of
/// no effect that takes the blow.
final class CancelGate: Sendable {
    private enum Request {
        case none, queued, sending
    }

    // The pointers are used under the mutex, or while `request` is `.sending`.
    private struct State: @unchecked Sendable {
        /// The lease that the connection works for; 0 between leases.
        var lease: UInt64 = 0
        var request = Request.none
        /// Whether a request was sent during this lease.
        var wasSent = false
        var isAwaited = false
        var target: OpaquePointer?
        /// A former target that a request still uses; whoever ends the request frees it.
        var retired: OpaquePointer?
    }

    // Carries a pointer past the mutex's check, guarded as State says.
    private struct Target: @unchecked Sendable {
        let pointer: OpaquePointer?
    }

    private let state = Mutex(State())
    private let returned = Semaphore()

    deinit {
        self.state.withLock { state in
            if let target = state.target { PQfreeCancel(target) }
        }
    }

    /// Says which server process requests go to from now on; `nil` for none.
    func aim(at connection: OpaquePointer?) {
        let target = Target(pointer: connection.flatMap { PQgetCancel($0) })
        self.state.withLock { state in
            if state.request == .sending, state.retired == nil {
                state.retired = state.target
            } else if let former = state.target {
                PQfreeCancel(former)
            }
            state.target = target.pointer
        }
    }

    /// The connection begins to work for a lease.
    func open(lease: UInt64) {
        self.state.withLock { state in
            state.lease = lease
            state.wasSent = false
        }
    }

    /// The connection is done with its lease. Blocks while a cancel request is under way; afterwards none can begin.
    ///
    /// Returns whether one was sent, so that its signal may still be about to arrive.
    func close() -> Bool {
        let (isSending, wasSent) = self.state.withLock { state in
            state.lease = 0
            state.isAwaited = state.request == .sending
            if state.request == .queued { state.request = .none }
            return (state.isAwaited, state.wasSent)
        }
        guard isSending else { return wasSent }
        self.returned.wait()
        return true
    }

    /// Asks for the statement of a lease to be cancelled, and again until the lease is over: a request that reaches the server
    /// just before the statement does is lost.
    /// - Parameter canceller: The thread that may block in `PQcancel`.
    func cancel(lease: UInt64, on canceller: ConnectionThread, again delay: Duration = .milliseconds(20)) {
        let isNew = self.state.withLock { state in
            guard state.lease == lease, state.request == .none else { return false }
            state.request = .queued
            return true
        }
        guard isNew else { return }
        canceller.run {
            guard self.send() else { return }
            Task {
                try await Task.sleep(for: delay)
                self.cancel(lease: lease, on: canceller, again: min(delay * 2, .seconds(1)))
            }
        }
    }

    /// Sends a request that is queued. Returns whether the lease still goes on afterwards.
    private func send() -> Bool {
        let target = self.state.withLock { state -> Target? in
            guard state.request == .queued else { return nil }
            // Without a target there is no statement yet, and none will start.
            state.request = state.target == nil ? .none : .sending
            return state.target.map { Target(pointer: $0) }
        }
        guard let target = target?.pointer else { return false }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            _ = PQcancel(target, message.baseAddress, 256)
        }
        let (isAwaited, isOver) = self.state.withLock { state in
            state.request = .none
            state.wasSent = true
            if let retired = state.retired { PQfreeCancel(retired) }
            state.retired = nil
            defer { state.isAwaited = false }
            return (state.isAwaited, state.lease == 0)
        }
        if isAwaited { self.returned.signal() }
        return !isOver
    }
}
