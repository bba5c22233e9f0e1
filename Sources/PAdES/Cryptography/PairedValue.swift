/// The two numbers r and s of an ECDSA or DSA signature: as DER (RFC 3279) in CMS, side by side in XML and from many devices.
package enum PairedValue {
    /// - Returns: `nil` when the bytes can't be two halves.
    package static func der(_ raw: [UInt8]) -> [UInt8]? {
        guard !raw.isEmpty, raw.count % 2 == 0, raw.count <= 132 else { return nil }
        func integer(_ half: ArraySlice<UInt8>) -> [UInt8] {
            var value = Array(half.drop { $0 == 0 })
            if value.isEmpty || value[0] >= 0x80 { value.insert(0, at: 0) }
            return [0x02, UInt8(value.count)] + value
        }
        let body = integer(raw[..<(raw.count / 2)]) + integer(raw[(raw.count / 2)...])
        return (body.count < 128 ? [0x30, UInt8(body.count)] : [0x30, 0x81, UInt8(body.count)]) + body
    }

    /// - Parameter length: bytes of each half.
    /// - Returns: `nil` when it is no such value, or the numbers are too long.
    package static func raw(_ der: [UInt8], length: Int) -> [UInt8]? {
        guard der.count >= 8, der[0] == 0x30 else { return nil }
        var position = der[1] == 0x81 ? 3 : 2
        var raw: [UInt8] = []
        for _ in 0..<2 {
            guard position + 2 <= der.count, der[position] == 0x02 else { return nil }
            let end = position + 2 + Int(der[position + 1])
            guard end <= der.count else { return nil }
            let number = der[(position + 2)..<end].drop { $0 == 0 }
            guard number.count <= length else { return nil }
            raw += [UInt8](repeating: 0, count: length - number.count) + number
            position = end
        }
        return position == der.count ? raw : nil
    }
}
