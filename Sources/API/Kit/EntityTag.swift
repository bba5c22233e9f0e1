/// The version of a thing as HTTP names it (RFC 9110, section 8.8.3): quoted, opaque to callers, always strong here.
enum EntityTag {
    /// The tag of a row version, as the queries write it in `_etag`.
    static func of(_ version: Int64) -> String { "\"\(version)\"" }

    /// The tag of a representation: the row version, by which it is changed, and a hash of the bytes, by which it is cached. A
    /// document shows more than its row (tasks, deliveries, what the caller may do), which changes without a new row version.
    static func of(_ version: String, showing bytes: [UInt8]) -> String {
        let digits = String(Self.hash(bytes), radix: 16)
        return "\(version.dropLast())-\(String(repeating: "0", count: 16 - digits.count))\(digits)\""
    }

    /// Tells two answers apart, eight bytes a step; not for anything that somebody might want to forge.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { buffer in
            var hash = 0x9E37_79B9_7F4A_7C15 ^ UInt64(buffer.count)
            var offset = 0
            while offset < buffer.count {
                var word: UInt64 = 0
                if offset + 8 <= buffer.count {
                    word = UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                } else {
                    for byte in buffer[offset...] { word = word << 8 | UInt64(byte) }
                }
                hash = (hash ^ word) &* 0xFF51_AFD7_ED55_8CCD
                hash ^= hash >> 32
                offset += 8
            }
            return hash
        }
    }

    /// The tag of a file's bytes.
    static func of(sha256: String) -> String { "\"\(sha256)\"" }

    /// Whether a list such as `"7", W/"8"` names `tag`.
    ///
    /// - Parameter weakly: whether a weak tag counts: yes for `If-None-Match`, no for `If-Match` and `If-Range`.
    static func list(_ header: String, names tag: String, weakly: Bool) -> Bool {
        header.split(separator: ",").contains { part in
            var named = part.drop { $0 == " " }
            while named.last == " " { named = named.dropLast() }
            if named == "*" { return weakly }
            if named.hasPrefix("W/") {
                guard weakly else { return false }
                named = named.dropFirst(2)
            }
            return named == tag[...]
        }
    }

    /// The row version that `If-Match` names, by the tag of a row or of a representation.
    ///
    /// - Throws: `precondition_required` without a header or for `*`, which names no version that the caller has read;
    ///   `changed_since_read` for a tag that no row ever had.
    static func version(ifMatch header: String?) throws(Problem) -> Int64 {
        guard let header, header != "*" else { throw .preconditionRequired }
        guard header.first == "\"", header.last == "\"", header.count > 2,
            let version = Int64(header.dropFirst().prefix { $0 != "-" && $0 != "\"" })
        else { throw .changedSinceRead }
        return version
    }
}
