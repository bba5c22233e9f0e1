public import Foundation

/// Ids of version 7 (RFC 9562): the milliseconds first, so that rows made after one another are neighbours in every index.
public enum UUIDv7 {
    /// A new id. Two ids of the same millisecond are in no particular order.
    public static func make() -> UUID {
        var generator = SystemRandomNumberGenerator()
        let milliseconds = UInt64(max(0, Date().timeIntervalSince1970 * 1000))
        let high = milliseconds << 16 | 0x7000 | UInt64(generator.next() & 0x0FFF as UInt64)
        let low = generator.next() >> 2 | 0x8000_0000_0000_0000
        func byte(_ word: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * index)) }
        return UUID(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5), byte(high, 6),
                byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3), byte(low, 4), byte(low, 5),
                byte(low, 6), byte(low, 7)
            ))
    }
}
