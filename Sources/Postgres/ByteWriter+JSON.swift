extension ByteWriter {
    /// Appends a JSON string of bytes that need no escape.
    mutating func appendJSON(quoting text: UnsafeRawBufferPointer) {
        self.append(UInt8(ascii: "\""))
        self.append(text)
        self.append(UInt8(ascii: "\""))
    }

    /// Appends a JSON string of UTF-8 text, with the same escapes as PostgreSQL's `to_json`.
    mutating func appendJSON(escaping text: UnsafeRawBufferPointer) {
        // Room for the worst case, six bytes for one, so that the loop need not ask.
        let start = self.reserve(text.count * 6 + 2)
        start.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
        var out = start + 1
        var index = 0
        let count = text.count
        while index < count {
            if index + 8 <= count {
                let word = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                out.storeBytes(of: word, as: UInt64.self)
                if !Self.needsEscape(word) {
                    out += 8
                    index += 8
                    continue
                }
            }
            let end = min(index + 8, count)
            while index < end {
                out = Self.store(text[index], at: out)
                index += 1
            }
        }
        out.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
        self.advance(by: out + 1 - start)
    }

    /// Appends a timestamp in PostgreSQL's ISO style as RFC 3339: `2026-11-23 10:24:00.5+07` becomes
    /// `"2026-11-23T10:24:00.5+07:00"`. What is no such time (`infinity`, years BC) stays as it is.
    mutating func appendJSON(timestamp text: UnsafeRawBufferPointer) {
        let count = text.count
        guard count >= 19, text[10] == UInt8(ascii: " "), let base = text.baseAddress else {
            return self.appendJSON(quoting: text)
        }
        let start = self.reserve(count + 5)  // two quotes and ":00"
        start.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
        (start + 1).copyMemory(from: base, byteCount: count)
        (start + 11).storeBytes(of: UInt8(ascii: "T"), as: UInt8.self)
        var end = start + 1 + count
        let sign = text[count - 3]
        if count > 19, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            end.storeBytes(of: UInt8(ascii: ":"), as: UInt8.self)
            (end + 1).storeBytes(of: UInt8(ascii: "0"), as: UInt8.self)
            (end + 2).storeBytes(of: UInt8(ascii: "0"), as: UInt8.self)
            end += 3
        }
        end.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
        self.advance(by: end + 1 - start)
    }

    /// Appends a `bytea` in hexadecimal text format as a base64 string.
    mutating func appendJSON(bytea text: UnsafeRawBufferPointer) {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let digits = alphabet.utf8Start
        let bytes = Hexadecimal.bytes(ofBytea: text) ?? []
        self.append(UInt8(ascii: "\""))
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let length = min(3, bytes.count - start)
            var group = 0
            for index in 0..<3 { group = group << 8 | (index < length ? Int(bytes[start + index]) : 0) }
            for place in 0..<4 {
                self.append(place <= length ? digits[group >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        self.append(UInt8(ascii: "\""))
    }

    /// Whether one of eight bytes is a control character, a quote or a backslash (the bit tricks of "has less" and "has
    /// value"); bytes of 0x80 and above never are.
    @inline(__always)
    private static func needsEscape(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let slashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let hits = ((word &- ones &* 0x20) & ~word) | ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)
        return hits & tops != 0
    }

    @inline(__always)
    private static func store(_ byte: UInt8, at out: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            out.storeBytes(of: byte, as: UInt8.self)
            return out + 1
        }
        return self.storeEscaped(byte, at: out)
    }

    @inline(never)
    private static func storeEscaped(_ byte: UInt8, at out: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        let short: UInt8? =
            switch byte {
            case 0x08: UInt8(ascii: "b")
            case 0x0C: UInt8(ascii: "f")
            case 0x0A: UInt8(ascii: "n")
            case 0x0D: UInt8(ascii: "r")
            case 0x09: UInt8(ascii: "t")
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
            default: nil
            }
        out.storeBytes(of: UInt8(ascii: "\\"), as: UInt8.self)
        if let short {
            (out + 1).storeBytes(of: short, as: UInt8.self)
            return out + 2
        }
        let digits: StaticString = "0123456789abcdef"
        (out + 1).storeBytes(of: UInt8(ascii: "u"), as: UInt8.self)
        (out + 2).storeBytes(of: UInt8(ascii: "0"), as: UInt8.self)
        (out + 3).storeBytes(of: UInt8(ascii: "0"), as: UInt8.self)
        (out + 4).storeBytes(of: digits.utf8Start[Int(byte >> 4)], as: UInt8.self)
        (out + 5).storeBytes(of: digits.utf8Start[Int(byte & 15)], as: UInt8.self)
        return out + 6
    }
}
