/// One value of a result that is not NULL, as the server sent it. It is valid only while the row is.
public struct SQLCell {
    /// The value in the wire format that `isBinary` names.
    public let bytes: UnsafeRawBufferPointer
    /// The type the server gave the column.
    public let type: SQLType
    /// Whether `bytes` is the binary wire format; the text format otherwise.
    public let isBinary: Bool

    init(bytes: UnsafeRawBufferPointer, type: SQLType, isBinary: Bool) {
        self.bytes = bytes
        self.type = type
        self.isBinary = isBinary
    }

    /// The bytes as characters; only meaningful for the text format and for textual types.
    var string: String { String(decoding: self.bytes, as: UTF8.self) }

    /// Reads the whole value as one big-endian integer, or `nil` when it has another width.
    func integer<Integer: FixedWidthInteger>(as: Integer.Type = Integer.self) -> Integer? {
        guard self.bytes.count == MemoryLayout<Integer>.size else { return nil }
        return Integer(bigEndian: self.bytes.loadUnaligned(as: Integer.self))
    }
}
