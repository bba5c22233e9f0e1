import Synchronization

/// Lets those who ask under one name go in one after the other, in the order in which they came; other names are not held up.
///
/// Signing takes a try before the PIN is known to be right. A leader who signs ten documents at once with the right PIN would use up
/// five tries that all come back a moment later; in turns, each is back before the next is taken.
final class Turns<Name: Hashable & Sendable>: Sendable {
    /// Who waits under a name that somebody is in under. A name that nobody is in under has no entry.
    private let waiting = Mutex<[Name: [CheckedContinuation<Void, Never>]]>([:])

    func take<Value>(of name: Name, _ body: () async throws -> Value) async rethrows -> Value {
        await self.enter(name)
        defer { self.leave(name) }
        return try await body()
    }

    private func enter(_ name: Name) async {
        await withCheckedContinuation { continuation in
            let isFree = self.waiting.withLock { waiting in
                guard waiting[name] != nil else {
                    waiting[name] = []
                    return true
                }
                waiting[name]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave(_ name: Name) {
        let next = self.waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard waiting[name]?.isEmpty == false else {
                waiting[name] = nil
                return nil
            }
            return waiting[name]?.removeFirst()
        }
        next?.resume()
    }
}
