/// The bytes of bound parameters, in PostgreSQL's binary wire format: big-endian and without padding.
public struct SQLBuffer: Sendable, Hashable {
    var bytes: [UInt8] = []

    /// Appends an integer in network byte order.
    public mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { self.bytes.append(contentsOf: $0) }
    }

    /// Appends bytes as they are.
    public mutating func append(contentsOf bytes: some Sequence<UInt8>) {
        self.bytes.append(contentsOf: bytes)
    }

    /// Appends the UTF-8 bytes of a string.
    public mutating func append(_ string: String) {
        self.bytes.append(contentsOf: string.utf8)
    }

    /// Appends a value behind its length in bytes, as array elements and COPY fields are; NULL is the length −1.
    mutating func appendCounted(_ value: (some SQLValue)?) {
        guard let value else { return self.append(Int32(-1)) }
        self.append(Int32(0))
        let start = self.bytes.count
        value.encode(into: &self)
        let length = Int32(self.bytes.count - start).bigEndian
        withUnsafeBytes(of: length) { self.bytes.replaceSubrange(start - 4..<start, with: $0) }
    }
}
