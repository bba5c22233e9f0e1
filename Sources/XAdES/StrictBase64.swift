/// Base64 in its one canonical form (RFC 4648, with white space between): unused bits are zero, padding is whole. Otherwise
/// one value could be written in several ways, and a file changed without its signature noticing.
enum StrictBase64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [Int8] = {
        var values = [Int8](repeating: -1, count: 256)
        for (index, byte) in Self.alphabet.enumerated() { values[Int(byte)] = Int8(index) }
        return values
    }()

    /// - Parameter isCanonical: `false` lets unused bits be anything, as old signers left them.
    static func decode(_ text: [UInt8], isCanonical: Bool = true) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3)
        var (bits, count, padding) = (UInt32(0), 0, 0)
        for byte in text {
            if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { continue }
            if byte == 0x3D {
                padding += 1
                continue
            }
            let value = self.values[Int(byte)]
            guard value >= 0, padding == 0 else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 1
            guard count == 4 else { continue }
            output += [
                UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8),
                UInt8(truncatingIfNeeded: bits),
            ]
            (bits, count) = (0, 0)
        }
        switch (count, padding) {
        case (0, 0): break
        case (2, 2):
            guard !isCanonical || bits & 0xF == 0 else { return nil }
            output.append(UInt8(truncatingIfNeeded: bits >> 4))
        case (3, 1):
            guard !isCanonical || bits & 0x3 == 0 else { return nil }
            output += [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
        default: return nil
        }
        return output
    }

    static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let group =
                UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
                | (left > 2 ? UInt32(bytes[index + 2]) : 0)
            output.append(self.alphabet[Int(group >> 18)])
            output.append(self.alphabet[Int(group >> 12 & 63)])
            output.append(left > 1 ? self.alphabet[Int(group >> 6 & 63)] : 0x3D)
            output.append(left > 2 ? self.alphabet[Int(group & 63)] : 0x3D)
            index += 3
        }
        return String(decoding: output, as: UTF8.self)
    }
}
