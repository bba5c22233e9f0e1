public import Logging
public import ServiceLifecycle

/// Work that comes round by the clock and concerns no tenant: sweeping, mostly. Every process may run it, since each chore is safe
/// beside itself.
public struct Chores: Service {
    /// One piece of work with the time between its rounds.
    public struct Chore: Sendable {
        let name: String
        let interval: Duration
        let work: @Sendable () async throws -> Void

        public init(_ name: String, every interval: Duration, _ work: @escaping @Sendable () async throws -> Void) {
            self.name = name
            self.interval = interval
            self.work = work
        }
    }

    private let chores: [Chore]
    private let logger: Logger

    public init(_ chores: [Chore], logger: Logger) {
        self.chores = chores
        self.logger = logger
    }

    /// Each chore first after a random part of its interval, so that processes which start together do not sweep together.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for chore in self.chores {
                    group.addTask {
                        var pause = chore.interval * Double.random(in: 0.1...1)
                        while (try? await Task.sleep(for: pause)) != nil {
                            do {
                                try await chore.work()
                            } catch {
                                self.logger.warning(
                                    "chore failed", metadata: ["chore": "\(chore.name)", "error": "\(error)"])
                            }
                            pause = chore.interval
                        }
                    }
                }
            }
        }
    }
}
