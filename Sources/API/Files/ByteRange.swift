/// What part of a file a `Range` header (RFC 9110, section 14) asks for.
enum ByteRange: Hashable, Sendable {
    /// The whole file: no range, one in another unit, several at once, or one that is malformed.
    case whole
    case part(Range<Int64>)
    /// No byte of it exists.
    case unsatisfiable

    /// - Parameters:
    ///   - header: the value of `Range`.
    ///   - size: the file's size in bytes.
    init(header: String?, size: Int64) {
        self = .whole
        guard let header, header.hasPrefix("bytes=") else { return }
        let text = header.dropFirst(6).filter { $0 != " " }
        // Several ranges would need a multipart answer; RFC 9110 lets a server send the whole instead.
        guard !text.contains(","), let dash = text.firstIndex(of: "-") else { return }
        let first = text[..<dash]
        let last = text[text.index(after: dash)...]
        guard (first + last).utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return }
        if first.isEmpty {
            guard !last.isEmpty else { return }
            let length = min(Int64(last) ?? .max, size)
            self = length == 0 ? .unsatisfiable : .part(size - length..<size)
        } else {
            let start = Int64(first) ?? .max
            let end = last.isEmpty ? Int64.max : Int64(last) ?? .max
            guard start <= end else { return }
            self = start >= size ? .unsatisfiable : .part(start..<min(end, size - 1) + 1)
        }
    }
}
