import Platform
import Synchronization

/// How often one address may ask what anybody may ask. Counted in this process, minute by minute.
package final class Pace: Sendable {
    private let limit: Int
    private let state = Mutex(State())

    private struct State {
        var minute: Int64 = 0
        var counts: [String: Int] = [:]
    }

    /// Addresses remembered in a minute; when there are more, all of them start anew, so that memory stays small.
    private static let remembered = 20_000
    private let origin = ContinuousClock.now

    /// - Parameter limit: requests a minute.
    init(limit: Int) {
        self.limit = limit
    }

    /// Counts a request. Throws 429 for one too many.
    func take(_ address: String) throws(Problem) {
        let minute = (ContinuousClock.now - self.origin).components.seconds / 60
        let count = self.state.withLock { state in
            if state.minute != minute || state.counts.count > Self.remembered {
                state.minute = minute
                state.counts.removeAll(keepingCapacity: true)
            }
            state.counts[address, default: 0] += 1
            return state.counts[address, default: 0]
        }
        guard count <= self.limit else {
            var problem = Problem(429, "too_many_requests")
            problem.retryAfter = 60
            throw problem
        }
    }
}
