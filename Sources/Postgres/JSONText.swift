/// JSON as text. Bound as `jsonb`, read from `jsonb` and `json`; the server checks that it is JSON.
public struct JSONText: SQLScalar, Hashable {
    /// The JSON document.
    public var text: String

    /// Takes text that is JSON already.
    public init(_ text: String) {
        self.text = text
    }

    public static var sqlType: SQLType { .jsonb }
    public static var arrayType: SQLType { .jsonbArray }

    public func encode(into buffer: inout SQLBuffer) {
        buffer.append(UInt8(1))  // the version of jsonb's binary format
        buffer.append(self.text)
    }

    public static func decode(_ cell: SQLCell) -> JSONText? {
        guard cell.type == .jsonb || cell.type == .json else { return nil }
        return String.decode(cell).map(JSONText.init)
    }
}
