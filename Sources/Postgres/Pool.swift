import Synchronization

/// Performs what the pool's state machine decides: resumes who waited, and runs its timer.
final class Pool: Sendable {
    /// The right to use one connection until it is returned.
    struct Lease: Sendable {
        let slot: Int
        /// Names this lease among all of the pool, so that a late cancellation finds only its own.
        let id: UInt64
    }

    private typealias Waiter = CheckedContinuation<Int, any Error>

    private struct State: ~Copyable {
        var machine: PoolStateMachine
        var waiters: [PoolStateMachine.WaiterID: Waiter] = [:]
        var drained: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let nextID = Atomic<UInt64>(1)

    init(size: Int) {
        self.state = Mutex(State(machine: PoolStateMachine(size: size)))
    }

    var statistics: PoolStatistics {
        self.state.withLock { $0.machine.statistics }
    }

    /// Takes a connection, in the order of asking.
    ///
    /// Throws `DatabaseError` with `leaseTimeout`, `cannotConnect` or `poolClosed`, or `CancellationError`.
    func lease(within timeout: Duration) async throws -> Lease {
        let id = self.nextID.wrappingAdd(1, ordering: .relaxed).oldValue
        if let slot = self.state.withLock({ $0.machine.leaseAtOnce(now: .now) }) { return Lease(slot: slot, id: id) }
        let waiter = PoolStateMachine.WaiterID(value: id)
        let slot = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Waiter) in
                self.ask(waiter, timeout: timeout, continuation)
            }
        } onCancel: {
            let continuation = self.state.withLock { state in
                state.machine.cancel(waiter) ? state.waiters.removeValue(forKey: waiter) : nil
            }
            continuation?.resume(throwing: CancellationError())
        }
        return Lease(slot: slot, id: id)
    }

    /// A connection that was vacant is connected.
    func connected() {
        self.settle { $0.connected(now: .now) }
    }

    /// Takes a connection back and gives it to who has waited longest.
    func giveBack(_ lease: Lease, _ outcome: PoolStateMachine.Outcome) {
        self.settle { $0.returned(lease.slot, outcome, now: .now) }
    }

    /// Lends nothing any more and returns when every connection is back.
    func close() async {
        self.settle { $0.close() }
        await withCheckedContinuation { continuation in
            let isDrained = self.state.withLock { state in
                if !state.machine.isDrained { state.drained.append(continuation) }
                return state.machine.isDrained
            }
            if isDrained { continuation.resume() }
        }
    }

    private func ask(_ waiter: PoolStateMachine.WaiterID, timeout: Duration, _ continuation: Waiter) {
        let now = ContinuousClock.now
        let action = self.state.withLock { state -> PoolStateMachine.LeaseAction? in
            // A cancellation from here on finds the waiter in the machine.
            if Task.isCancelled { return nil }
            let action = state.machine.lease(waiter, now: now, deadline: now + timeout)
            if case .wait = action { state.waiters[waiter] = continuation }
            return action
        }
        switch action {
        case .lend(let slot): continuation.resume(returning: slot)
        case .refuse(let refusal): continuation.resume(throwing: DatabaseError(refusal))
        case .wait(timer: let timer?): self.startTimer(timer)
        case .wait(timer: nil): break
        case nil: continuation.resume(throwing: CancellationError())
        }
    }

    private func settle(_ event: (inout PoolStateMachine) -> PoolStateMachine.Grants) {
        var lent: [(Waiter, Int)] = []
        var refused: [Waiter] = []
        var drained: [CheckedContinuation<Void, Never>] = []
        let refusal = self.state.withLock { state in
            let grants = event(&state.machine)
            for grant in grants.lent {
                if let waiter = state.waiters.removeValue(forKey: grant.waiter) { lent.append((waiter, grant.slot)) }
            }
            refused = grants.refused.compactMap { state.waiters.removeValue(forKey: $0) }
            if state.machine.isDrained { swap(&drained, &state.drained) }
            return grants.refusal
        }
        for (waiter, slot) in lent { waiter.resume(returning: slot) }
        for waiter in refused { waiter.resume(throwing: DatabaseError(refusal)) }
        for closer in drained { closer.resume() }
    }

    private func startTimer(_ moment: ContinuousClock.Instant) {
        Task { [weak self] in
            try? await Task.sleep(until: moment, clock: .continuous)
            self?.expire()
        }
    }

    private func expire() {
        var timer: ContinuousClock.Instant?
        self.settle { machine in
            let (grants, next) = machine.expire(now: .now)
            timer = next
            return grants
        }
        if let timer { self.startTimer(timer) }
    }
}

extension DatabaseError {
    init(_ refusal: PoolStateMachine.Refusal) {
        switch refusal {
        case .timedOut: self.init(.leaseTimeout)
        case .unreachable: self.init(.cannotConnect)
        case .closed: self.init(.poolClosed)
        }
    }
}
