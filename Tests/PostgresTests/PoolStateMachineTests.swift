import Testing

@testable import Postgres

/// Holds the machine, which cannot be copied, for `#expect`, which copies what it calls.
final class MachineBox {
    private var machine: PoolStateMachine

    init(size: Int) { self.machine = PoolStateMachine(size: size) }

    var statistics: PoolStatistics { self.machine.statistics }
    var isDrained: Bool { self.machine.isDrained }

    func leaseAtOnce(now: ContinuousClock.Instant) -> Int? { self.machine.leaseAtOnce(now: now) }

    func lease(
        _ id: PoolStateMachine.WaiterID,
        now: ContinuousClock.Instant,
        deadline: ContinuousClock.Instant
    ) -> PoolStateMachine.LeaseAction {
        self.machine.lease(id, now: now, deadline: deadline)
    }

    func connected(now: ContinuousClock.Instant) -> PoolStateMachine.Grants { self.machine.connected(now: now) }

    func returned(
        _ slot: Int,
        _ outcome: PoolStateMachine.Outcome,
        now: ContinuousClock.Instant
    ) -> PoolStateMachine.Grants {
        self.machine.returned(slot, outcome, now: now)
    }

    func cancel(_ id: PoolStateMachine.WaiterID) -> Bool { self.machine.cancel(id) }

    func expire(
        now: ContinuousClock.Instant
    ) -> (grants: PoolStateMachine.Grants, timer: ContinuousClock.Instant?) {
        self.machine.expire(now: now)
    }

    func close() -> PoolStateMachine.Grants { self.machine.close() }
}

/// The pool's rules, without a connection and with a clock that stands where the test puts it.
struct PoolStateMachineTests {
    typealias Machine = MachineBox
    let start = ContinuousClock.now

    private func id(_ value: UInt64) -> PoolStateMachine.WaiterID { PoolStateMachine.WaiterID(value: value) }

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant { self.start + .milliseconds(milliseconds) }

    @Test func whoAskedFirstIsServedFirst() {
        let machine = Machine(size: 1)
        #expect(machine.lease(id(1), now: at(0), deadline: at(100)) == .lend(0))
        #expect(machine.lease(id(2), now: at(0), deadline: at(100)) == .wait(timer: at(100)))
        #expect(machine.lease(id(3), now: at(1), deadline: at(101)) == .wait(timer: nil))
        #expect(machine.returned(0, .healthy, now: at(5)).lent == [.init(waiter: id(2), slot: 0)])
        #expect(machine.returned(0, .healthy, now: at(6)).lent == [.init(waiter: id(3), slot: 0)])
        #expect(machine.returned(0, .healthy, now: at(7)) == .init())
        #expect(machine.statistics.idle == 1)
        #expect(machine.statistics.leases == 3)
    }

    @Test func nobodyOvertakesWhoWaits() {
        let machine = Machine(size: 1)
        _ = machine.lease(id(1), now: at(0), deadline: at(100))
        _ = machine.lease(id(2), now: at(0), deadline: at(100))
        #expect(machine.leaseAtOnce(now: at(1)) == nil)
    }

    @Test func theLastUsedConnectionIsLentFirst() {
        let machine = Machine(size: 3)
        for number in 0..<3 { #expect(machine.lease(id(UInt64(number)), now: at(0), deadline: at(9)) == .lend(number)) }
        for slot in [2, 0, 1] { _ = machine.returned(slot, .healthy, now: at(1)) }
        #expect(machine.leaseAtOnce(now: at(2)) == 1)
        #expect(machine.leaseAtOnce(now: at(2)) == 0)
    }

    @Test func whoWaitsTooLongIsRefused() {
        let machine = Machine(size: 1)
        _ = machine.lease(id(1), now: at(0), deadline: at(100))
        #expect(machine.lease(id(2), now: at(0), deadline: at(100)) == .wait(timer: at(100)))
        #expect(machine.lease(id(3), now: at(0), deadline: at(300)) == .wait(timer: nil))
        // A shorter deadline needs an earlier timer.
        #expect(machine.lease(id(4), now: at(0), deadline: at(50)) == .wait(timer: at(50)))
        var (grants, timer) = machine.expire(now: at(50))
        #expect(grants == .init(refused: [id(4)], refusal: .timedOut))
        #expect(timer == at(100))
        (grants, timer) = machine.expire(now: at(100))
        #expect(grants.refused == [id(2)])
        #expect(timer == at(300))
        #expect(machine.returned(0, .healthy, now: at(200)).lent == [.init(waiter: id(3), slot: 0)])
        (grants, timer) = machine.expire(now: at(300))
        #expect(grants.refused.isEmpty)
        #expect(timer == nil)
        #expect(machine.statistics.timeouts == 2)
    }

    @Test func aCancelledWaiterIsNotServed() {
        let machine = Machine(size: 1)
        _ = machine.lease(id(1), now: at(0), deadline: at(100))
        _ = machine.lease(id(2), now: at(0), deadline: at(100))
        _ = machine.lease(id(3), now: at(0), deadline: at(100))
        #expect(machine.cancel(id(2)))
        #expect(!machine.cancel(id(2)))
        #expect(machine.returned(0, .healthy, now: at(1)).lent == [.init(waiter: id(3), slot: 0)])
        #expect(!machine.cancel(id(3)))
    }

    @Test func aBrokenConnectionIsReplacedForWhoWaits() {
        let machine = Machine(size: 1)
        _ = machine.lease(id(1), now: at(0), deadline: at(100))
        _ = machine.lease(id(2), now: at(0), deadline: at(100))
        #expect(machine.returned(0, .broken, now: at(1)).lent == [.init(waiter: id(2), slot: 0)])
    }

    @Test func withoutAServerAllAreRefusedAtOnce() {
        let machine = Machine(size: 2)
        #expect(machine.lease(id(1), now: at(0), deadline: at(100)) == .lend(0))
        #expect(machine.lease(id(2), now: at(0), deadline: at(100)) == .lend(1))
        #expect(machine.lease(id(3), now: at(0), deadline: at(100)) == .wait(timer: at(100)))
        // The other one may yet succeed.
        #expect(machine.returned(0, .unreachable, now: at(1)) == .init())
        #expect(machine.returned(1, .unreachable, now: at(1)) == .init(refused: [id(3)], refusal: .unreachable))
        #expect(machine.lease(id(4), now: at(2), deadline: at(100)) == .refuse(.unreachable))
        #expect(machine.statistics.connectionFailures == 2)
    }

    @Test func afterTheBackOffOneTriesAndTheRestWait() {
        let machine = Machine(size: 2)
        _ = machine.lease(id(1), now: at(0), deadline: at(5000))
        _ = machine.returned(0, .unreachable, now: at(0))
        #expect(machine.lease(id(2), now: at(49), deadline: at(5000)) == .refuse(.unreachable))
        #expect(machine.lease(id(3), now: at(50), deadline: at(5000)) == .lend(0))
        #expect(machine.lease(id(4), now: at(51), deadline: at(5000)) == .wait(timer: at(5000)))
        // It connects: the others need not wait for its return.
        #expect(machine.connected(now: at(60)).lent == [.init(waiter: id(4), slot: 1)])
        #expect(machine.returned(0, .healthy, now: at(61)) == .init())
    }

    @Test func theBackOffGrowsToASecond() {
        let machine = Machine(size: 1)
        var now = 0
        for delay in [50, 100, 200, 400, 800, 1000, 1000] {
            #expect(machine.leaseAtOnce(now: at(now)) == 0)
            _ = machine.returned(0, .unreachable, now: at(now))
            #expect(machine.leaseAtOnce(now: at(now + delay - 1)) == nil)
            now += delay
        }
        #expect(machine.leaseAtOnce(now: at(now)) == 0)
        // Whoever tries may be cancelled before it connects: then the next one tries.
        _ = machine.returned(0, .broken, now: at(now))
        #expect(machine.leaseAtOnce(now: at(now)) == 0)
    }

    @Test func aClosedPoolLendsNothingAndWaitsForItsConnections() {
        let machine = Machine(size: 1)
        _ = machine.lease(id(1), now: at(0), deadline: at(100))
        _ = machine.lease(id(2), now: at(0), deadline: at(100))
        #expect(machine.close() == .init(refused: [id(2)], refusal: .closed))
        #expect(machine.lease(id(3), now: at(1), deadline: at(100)) == .refuse(.closed))
        #expect(machine.leaseAtOnce(now: at(1)) == nil)
        #expect(!machine.isDrained)
        _ = machine.returned(0, .healthy, now: at(2))
        #expect(machine.isDrained)
    }

    @Test(arguments: 0..<20)
    func noConnectionIsEverLentTwice(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let machine = Machine(size: 4)
        var lent: Set<Int> = []
        var waiting: [PoolStateMachine.WaiterID] = []
        var now = 0
        func take(_ grants: PoolStateMachine.Grants) {
            for grant in grants.lent {
                #expect(waiting.removeFirst() == grant.waiter)
                #expect(lent.insert(grant.slot).inserted)
            }
            waiting.removeAll { grants.refused.contains($0) }
        }
        for step in 0..<2000 {
            now += Int.random(in: 0...5, using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0...3:
                let waiter = id(UInt64(step))
                switch machine.lease(waiter, now: at(now), deadline: at(now + 60)) {
                case .lend(let slot): #expect(lent.insert(slot).inserted)
                case .wait: waiting.append(waiter)
                case .refuse: #expect(lent.isEmpty)
                }
            case 4...5:
                guard let slot = lent.randomElement(using: &generator) else { continue }
                lent.remove(slot)
                let outcome: PoolStateMachine.Outcome = [.healthy, .healthy, .broken, .unreachable].randomElement(
                    using: &generator)!
                take(machine.returned(slot, outcome, now: at(now)))
            case 6:
                guard let waiter = waiting.randomElement(using: &generator) else { continue }
                #expect(machine.cancel(waiter))
                waiting.removeAll { $0 == waiter }
            default:
                take(machine.expire(now: at(now)).grants)
                if !lent.isEmpty { take(machine.connected(now: at(now))) }
            }
            #expect(machine.statistics.waiting == waiting.count)
            #expect(machine.statistics.leased == lent.count)
            #expect(waiting.isEmpty || !lent.isEmpty)
        }
    }
}
