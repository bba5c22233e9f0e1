/// Hashes what several signatures cover without hashing their common beginning again: the signatures of a file come one
/// behind the other, and each covers all that lies before it.
final class PrefixDigests {
    private let bytes: [UInt8]
    private var running: [Digest.Algorithm: (digest: Digest, position: Int)] = [:]

    /// Bytes that may still be hashed: six times the file, since its beginning is hashed once for each algorithm. Without a
    /// bound a file with hundreds of signatures, each over nearly all of it, would take minutes.
    private var room: Int
    var isExhausted: Bool { self.room < 0 }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.room = 6 * bytes.count + (128 << 20)
    }

    /// Accounts for bytes that are hashed elsewhere.
    /// - Returns: whether there is room for them.
    func charge(_ count: Int) -> Bool {
        self.room -= count
        return self.room >= 0
    }

    /// The hash of everything before `gap` and of everything behind it up to `end`.
    func value(_ algorithm: Digest.Algorithm, gap: Range<Int>, end: Int) -> [UInt8]? {
        do {
            var state = try self.running[algorithm] ?? (Digest(algorithm), 0)
            if state.position > gap.lowerBound { state = (try Digest(algorithm), 0) }
            guard self.charge(gap.lowerBound - state.position + end - gap.upperBound) else { return nil }
            state.digest.update(self.bytes[state.position..<gap.lowerBound])
            self.running[algorithm] = (state.digest, gap.lowerBound)
            let digest = try state.digest.copy()
            digest.update(self.bytes[gap.upperBound..<end])
            return try digest.value()
        } catch {
            return nil
        }
    }
}
