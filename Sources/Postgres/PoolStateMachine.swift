/// Who may use which connection when: the rules of the pool without connections, threads or a clock.
///
/// Connections are numbered slots. A slot is idle (connected, in nobody's hands), vacant (not connected) or leased. Whoever
/// leases a vacant slot connects it. When connecting fails, no slot is connected anew until a back-off has passed, and then
/// by one lease only; meanwhile, when nothing is out whose return could help, a lease fails at once instead of waiting.
struct PoolStateMachine: ~Copyable {
    typealias Moment = ContinuousClock.Instant
    typealias Slot = Int

    /// A waiting lease.
    struct WaiterID: Hashable, Sendable {
        let value: UInt64
    }

    /// Why a lease fails.
    enum Refusal: Hashable, Sendable {
        case timedOut, unreachable, closed
    }

    /// The answer to a wish for a lease.
    enum LeaseAction: Hashable {
        case lend(Slot)
        case refuse(Refusal)
        /// The lease waits; `expire` is to be called at `timer`, unless that is `nil`.
        case wait(timer: Moment?)
    }

    /// What became of a returned connection.
    enum Outcome: Hashable, Sendable {
        /// It is connected and in no transaction.
        case healthy
        /// It was closed.
        case broken
        /// It could not be connected.
        case unreachable
    }

    /// What is to be done for those who wait.
    struct Grants: Hashable {
        var lent: [Grant] = []
        var refused: [WaiterID] = []
        var refusal = Refusal.unreachable
    }

    /// A slot for one who waited.
    struct Grant: Hashable {
        var waiter: WaiterID
        var slot: Slot
    }

    private struct Waiter {
        var id: WaiterID
        var deadline: Moment
    }

    static let backOff = (shortest: Duration.milliseconds(50), longest: Duration.seconds(1))

    /// The last used is lent first, so that a quiet service keeps few connections busy and warm.
    private var idle: [Slot] = []
    private var vacant: [Slot]
    private var leased = 0
    private var waiters: [Waiter] = []
    private var failures = 0
    private var retryAt: Moment?
    /// The slot that tries to connect after failures, alone.
    private var prober: Slot?
    private var timer: Moment?
    private var isClosed = false
    private var leases = 0
    private var timeouts = 0
    private var connectionFailures = 0
    private let size: Int

    init(size: Int) {
        self.size = size
        self.vacant = Array((0..<size).reversed())
    }

    var statistics: PoolStatistics {
        PoolStatistics(
            size: self.size, idle: self.idle.count, leased: self.leased, waiting: self.waiters.count,
            leases: self.leases, timeouts: self.timeouts, connectionFailures: self.connectionFailures
        )
    }

    /// Whether the pool is closed and nothing is out any more.
    var isDrained: Bool { self.isClosed && self.leased == 0 }

    /// A connection for somebody who would not wait, when there is one and nobody waits already.
    mutating func leaseAtOnce(now: Moment) -> Slot? {
        self.isClosed || !self.waiters.isEmpty ? nil : self.takeFree(now: now)
    }

    /// Somebody wants a connection, and waits for it until `deadline` if need be.
    mutating func lease(_ id: WaiterID, now: Moment, deadline: Moment) -> LeaseAction {
        if self.isClosed { return .refuse(.closed) }
        if let slot = self.leaseAtOnce(now: now) { return .lend(slot) }
        if self.leased == 0 { return .refuse(.unreachable) }
        self.waiters.append(Waiter(id: id, deadline: deadline))
        if let timer = self.timer, timer <= deadline { return .wait(timer: nil) }
        self.timer = deadline
        return .wait(timer: deadline)
    }

    /// A leased slot that was vacant is connected now, so the server can be reached again.
    mutating func connected(now: Moment) -> Grants {
        self.failures = 0
        self.retryAt = nil
        self.prober = nil
        return self.serve(now: now)
    }

    /// A leased slot comes back.
    mutating func returned(_ slot: Slot, _ outcome: Outcome, now: Moment) -> Grants {
        self.leased -= 1
        if self.prober == slot { self.prober = nil }
        switch outcome {
        case .healthy:
            self.idle.append(slot)
        case .broken:
            self.vacant.append(slot)
        case .unreachable:
            self.vacant.append(slot)
            self.connectionFailures += 1
            let delay = Self.backOff.shortest * (1 << min(self.failures, 10))
            self.failures += 1
            self.retryAt = now + min(delay, Self.backOff.longest)
        }
        return self.serve(now: now)
    }

    /// The task of one who waits was cancelled. Returns whether it still waited.
    mutating func cancel(_ id: WaiterID) -> Bool {
        guard let index = self.waiters.firstIndex(where: { $0.id == id }) else { return false }
        self.waiters.remove(at: index)
        return true
    }

    /// The timer that `lease` asked for has fired. Returns who waited too long, and when to call again.
    mutating func expire(now: Moment) -> (grants: Grants, timer: Moment?) {
        let late = self.waiters.filter { $0.deadline <= now }.map(\.id)
        self.waiters.removeAll { $0.deadline <= now }
        self.timeouts += late.count
        if let timer = self.timer, timer <= now { self.timer = nil }
        let next = self.timer == nil ? self.waiters.map(\.deadline).min() : nil
        if let next { self.timer = next }
        return (Grants(refused: late, refusal: .timedOut), next)
    }

    /// No lease begins any more. Returns who waited in vain; the idle connections may be closed.
    mutating func close() -> Grants {
        self.isClosed = true
        let waiting = self.waiters.map(\.id)
        self.waiters.removeAll()
        return Grants(refused: waiting, refusal: .closed)
    }

    /// A free slot: a connected one, or a vacant one that may be connected now.
    private mutating func takeFree(now: Moment) -> Slot? {
        let mayConnect = self.retryAt.map { self.prober == nil && now >= $0 } ?? true
        guard let slot = self.idle.popLast() ?? (mayConnect ? self.takeVacant() : nil) else { return nil }
        self.leased += 1
        self.leases += 1
        return slot
    }

    private mutating func takeVacant() -> Slot? {
        let slot = self.vacant.popLast()
        if self.retryAt != nil { self.prober = slot }
        return slot
    }

    /// Gives what is free to those who wait longest, and refuses all when nothing can become free.
    private mutating func serve(now: Moment) -> Grants {
        var grants = Grants()
        var served = 0
        while served < self.waiters.count, let slot = self.takeFree(now: now) {
            grants.lent.append(Grant(waiter: self.waiters[served].id, slot: slot))
            served += 1
        }
        self.waiters.removeFirst(served)
        if self.leased == 0, !self.waiters.isEmpty {
            grants.refused = self.waiters.map(\.id)
            self.waiters.removeAll()
        }
        return grants
    }
}
