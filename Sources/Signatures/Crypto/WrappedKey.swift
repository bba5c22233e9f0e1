/// A wrapped private key as it is stored: everything needed to open it but the PIN and the server's secret.
///
/// Layout of `encoded`: `VTK` 1, memory in KiB and passes (32 bits each, big-endian), salt (16), nonce (12), ciphertext, tag (16).
public struct WrappedKey: Hashable, Sendable {
    public internal(set) var cost: SoftKey.Cost
    var salt: [UInt8]
    var nonce: [UInt8]
    /// Ciphertext and tag.
    var sealed: [UInt8]

    private static let version: [UInt8] = [0x56, 0x54, 0x4B, 1]

    init(cost: SoftKey.Cost, salt: [UInt8], nonce: [UInt8], sealed: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.nonce = nonce
        self.sealed = sealed
    }

    /// - Throws: `malformed`, also for a cost that would exhaust the machine.
    public init(encoded: [UInt8]) throws(SoftKeyError) {
        let head = 12 + SoftKey.saltLength + SoftKey.nonceLength
        guard encoded.count > head + SoftKey.tagLength, encoded.count < 16_384, encoded.starts(with: Self.version)
        else {
            throw .malformed
        }
        func number(_ place: Int) -> UInt32 { encoded[place..<(place + 4)].reduce(0) { $0 << 8 | UInt32($1) } }
        self.cost = SoftKey.Cost(memoryKiB: number(4), passes: number(8))
        guard (8...1_048_576).contains(self.cost.memoryKiB), (1...16).contains(self.cost.passes) else {
            throw .malformed
        }
        self.salt = Array(encoded[12..<(12 + SoftKey.saltLength)])
        self.nonce = Array(encoded[(12 + SoftKey.saltLength)..<head])
        self.sealed = Array(encoded[head...])
    }

    public var encoded: [UInt8] { self.header + self.sealed }

    private var header: [UInt8] {
        var bytes = Self.version
        for value in [self.cost.memoryKiB, self.cost.passes] {
            for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        bytes += self.salt
        bytes += self.nonce
        return bytes
    }

    /// What is authenticated with the ciphertext: the header and the binding, each part with its length.
    func authenticated(_ binding: KeyBinding) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [self.header, binding.tenant, binding.key, binding.certificateFingerprint] {
            bytes.append(UInt8(truncatingIfNeeded: part.count >> 8))
            bytes.append(UInt8(truncatingIfNeeded: part.count))
            bytes += part
        }
        return bytes
    }
}
