/// Hashes what several signatures cover without hashing their common beginning again: the signatures of a file come one
/// behind the other, and each covers all that lies before it.
final class PrefixDigests {
    private let bytes: [UInt8]
    private var running: [Digest.Algorithm: (digest: Digest, position: Int)] = [:]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The hash of everything before `gap` and of everything behind it up to `end`.
    func value(_ algorithm: Digest.Algorithm, gap: Range<Int>, end: Int) -> [UInt8]? {
        do {
            var state = try self.running[algorithm] ?? (Digest(algorithm), 0)
            if state.position > gap.lowerBound { state = (try Digest(algorithm), 0) }
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
