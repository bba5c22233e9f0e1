import Foundation
import Logging
import Platform
import Postgres
import ServiceLifecycle
import Synchronization
import Workflow

/// Tells open pages what has just happened.
///
/// Nothing is announced by the transactions themselves (NOTIFY would put their commits in a row). Instead one statement a second asks
/// how the work of everybody with an open page stands, and who sees a change hears of it. Without open pages nothing is asked.
public final class Pulses: Service {
    /// Whose work is looked at.
    struct Holder: Hashable, Sendable {
        let tenant: UUID
        let holder: UUID
    }

    /// How somebody's work stands; another one means that something has happened.
    private struct Sign: Equatable, Sendable {
        let counts: [Int64]
        let newestTask: UUID?
        let newestDelivery: UUID?
    }

    private struct Listener {
        let holders: [Holder]
        let continuation: AsyncStream<Void>.Continuation
    }

    private struct State {
        var listeners: [UUID: Listener] = [:]
        var known: [Holder: Sign] = [:]
        var hasEnded = false
    }

    private let database: Database
    private let logger: Logger
    private let state = Mutex(State())

    public init(database: Database, logger: Logger) {
        self.database = database
        self.logger = logger
    }

    /// A value each time the work of one of `holders` has changed. It ends with the server.
    func changes(of holders: [Holder]) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = UUID()
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in
                state.listeners[id] = nil
                let wanted = Set(state.listeners.values.flatMap(\.holders))
                state.known = state.known.filter { wanted.contains($0.key) }
            }
        }
        let hasEnded = self.state.withLock { state in
            if !state.hasEnded { state.listeners[id] = Listener(holders: holders, continuation: continuation) }
            return state.hasEnded
        }
        if hasEnded { continuation.finish() }
        return stream
    }

    /// Asks once a second until the server ends, then lets every open page go.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.ask()
                } catch is CancellationError {
                    break
                } catch {
                    self.logger.debug("pulse failed", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: .seconds(1))
            }
        }
        let left = self.state.withLock { state in
            state.hasEnded = true
            return state.listeners.values.map(\.continuation)
        }
        for continuation in left { continuation.finish() }
    }

    private func ask() async throws {
        let wanted = self.state.withLock { Array(Set($0.listeners.values.flatMap(\.holders))) }
        guard !wanted.isEmpty else { return }
        let found = try await self.database.transaction { transaction in
            try transaction.rows(
                Pulse.of(wanted.map { ($0.tenant, $0.holder) }), closing: true
            ) { row in
                (
                    Holder(tenant: try row.column(0), holder: try row.column(1)),
                    Sign(
                        counts: [
                            try row.column(2), try row.column(3), try row.column(4), try row.column(6),
                        ], newestTask: try row.optional(5), newestDelivery: try row.optional(7))
                )
            }
        }
        self.state.withLock { state in
            var changed: Set<Holder> = []
            for (holder, sign) in found where state.known.updateValue(sign, forKey: holder) != sign {
                changed.insert(holder)
            }
            for listener in state.listeners.values where !changed.isDisjoint(with: listener.holders) {
                listener.continuation.yield()
            }
        }
    }
}
