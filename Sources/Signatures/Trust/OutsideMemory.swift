import Synchronization

/// What is being asked of others at the moment, and who did not answer lately: a hundred signatures ask once, and nobody waits again and
/// again for a service that is away.
final class OutsideMemory: Sendable {
    private struct State {
        var flights: [[UInt8]: Task<[UInt8], any Error>] = [:]
        var silences: [String: (silence: OutsideSilence, until: ContinuousClock.Instant)] = [:]
    }

    private let state = Mutex(State())
    private let pause: Duration
    /// Addresses come from strangers' certificates; more than so many are not remembered.
    private static let mostSilences = 1_000

    /// - Parameter pause: how long an address that did not answer is not asked again.
    init(pause: Duration) {
        self.pause = pause
    }

    /// What `body` gives, which runs once for all who ask under the same name at the same time. Whoever gives up waiting ends nothing.
    func once(_ name: [UInt8], _ body: @escaping @Sendable () async throws -> [UInt8]) async throws -> [UInt8] {
        try await self.flight(name, body).value
    }

    /// The answer that is on its way under a name; `body` goes for it when none is.
    func flight(
        _ name: [UInt8], _ body: @escaping @Sendable () async throws -> [UInt8]
    ) -> Task<[UInt8], any Error> {
        self.state.withLock { state in
            if let flight = state.flights[name] { return flight }
            let flight = Task {
                defer { self.state.withLock { $0.flights[name] = nil } }
                return try await body()
            }
            state.flights[name] = flight
            return flight
        }
    }

    /// Asks an address unless it was silent a moment ago, and remembers it when it is now.
    func asking(
        _ address: String, _ body: () async throws(OutsideSilence) -> [UInt8]
    ) async throws(OutsideSilence) -> [UInt8] {
        let now = ContinuousClock.now
        let known = self.state.withLock { $0.silences[address] }
        if let known, known.until > now { throw known.silence }
        do {
            let answer = try await body()
            self.state.withLock { $0.silences[address] = nil }
            return answer
        } catch {
            let until = ContinuousClock.now + self.pause
            self.state.withLock { state in
                if state.silences.count >= Self.mostSilences { state.silences.removeAll() }
                state.silences[address] = (error, until)
            }
            throw error
        }
    }
}
