import Glibc

/// Which numeric addresses belong to the public internet (IANA's special-purpose registries, RFC 6890).
enum PublicAddress {
    static func isPublic(_ text: String) -> Bool {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return self.isPublic(four: UInt32(bigEndian: four.s_addr)) }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return false }
        let bytes = withUnsafeBytes(of: six, Array.init)
        // An IPv4 address in IPv6's clothes.
        if bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) {
            return self.isPublic(four: bytes[12...].reduce(0) { $0 << 8 | UInt32($1) })
        }
        // 2000::/3 is what has been given out; of it not documentation, nor the tunnels 6to4 and Teredo.
        return bytes[0] & 0xE0 == 0x20 && !bytes.starts(with: [0x20, 0x01, 0x0D, 0xB8])
            && !bytes.starts(with: [0x20, 0x02]) && !bytes.starts(with: [0x20, 0x01, 0, 0])
    }

    private static func isPublic(four address: UInt32) -> Bool {
        let special: [(UInt32, UInt32)] = [
            (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16),
            (0xAC10_0000, 12),
            (0xC000_0000, 24), (0xC000_0200, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xC633_6400, 24),
            (0xCB00_7100, 24), (0xE000_0000, 3),
        ]
        return !special.contains { network, bits in address >> (32 - bits) == network >> (32 - bits) }
    }
}
