/// A Swift value that can be bound to a parameter and read from a column.
///
/// Types are strict: a parameter has the type that `sqlType` names (`String` is `text`, `Int` is `bigint`), and a column is
/// read only as a Swift type that holds every value of its type. Where SQL wants another type, the statement casts:
/// `\(name)::ltree`, `total::text`. NULL is `Optional` and nothing else.
///
/// An enum with a raw value needs no code: `enum State: String, SQLValue { … }`.
public protocol SQLValue: Sendable {
    /// The type of a parameter that holds this value.
    static var sqlType: SQLType { get }

    /// Appends the value in the binary wire format of `sqlType`.
    func encode(into buffer: inout SQLBuffer)

    /// Reads a value, or returns `nil` when the column's type or content does not fit.
    static func decode(_ cell: SQLCell) -> Self?
}

/// What can stand in an array parameter or column: a scalar, or an optional one where the array may hold NULLs.
public protocol SQLElement: Sendable {
    /// The type of an array of these.
    static var arrayType: SQLType { get }

    /// Appends a whole array in the binary wire format of `arrayType`.
    static func encode(_ array: [Self], into buffer: inout SQLBuffer)

    /// Reads a whole array, or returns `nil` when the column's type or content does not fit.
    static func decodeArray(_ cell: SQLCell) -> [Self]?
}

/// A value that is no array and has an array type.
public protocol SQLScalar: SQLValue, SQLElement {}

extension SQLValue where Self: RawRepresentable, RawValue: SQLValue {
    public static var sqlType: SQLType { RawValue.sqlType }

    public func encode(into buffer: inout SQLBuffer) {
        self.rawValue.encode(into: &buffer)
    }

    public static func decode(_ cell: SQLCell) -> Self? {
        RawValue.decode(cell).flatMap(Self.init(rawValue:))
    }
}
