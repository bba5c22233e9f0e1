/// A statement and its parameters.
///
/// An interpolated value becomes `$1`, `$2`, … and travels beside the statement, never in its text:
/// ```swift
/// let statement: SQL = "SELECT subject FROM documents.document WHERE id = \(id)"
/// ```
/// The text is the key of the prepared-statement cache, so it should be the same from call to call: a list is one array
/// parameter (`= ANY(\(ids))`), an optional filter is `(\(filter)::text IS NULL OR …)`.
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation, CustomStringConvertible {
    /// A bound value: where its placeholder stands in the text, and where its bytes are.
    struct Parameter: Sendable, Hashable {
        var type: SQLType
        /// The UTF-8 offset of the placeholder's `$` in the text.
        var position: Int32
        /// The offset of the value in the buffer.
        var offset: Int32
        /// The length of the value in bytes; −1 for NULL.
        var length: Int32
    }

    /// The statement, with `$n` for each parameter.
    package private(set) var text: String
    private(set) var values = SQLBuffer()
    private(set) var parameters: [Parameter] = []

    /// A statement without parameters, from a literal.
    public init(stringLiteral text: String) {
        self.text = text
    }

    /// A statement from a literal with interpolated values.
    public init(stringInterpolation: Interpolation) {
        self = stringInterpolation.statement
    }

    private init(reserving characters: Int, values: Int) {
        self.text = ""
        self.text.reserveCapacity(characters + values * 3)
        self.parameters.reserveCapacity(values)
        self.values.bytes.reserveCapacity(values * 16)
    }

    /// The statement text; parameters are left out, since they are data.
    public var description: String { self.text }

    /// One statement followed by another piece, its placeholders renumbered.
    public static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.append(right)
        return sum
    }

    /// Appends a piece, its placeholders renumbered.
    public static func += (left: inout SQL, right: SQL) {
        left.append(right)
    }

    private mutating func bind(_ value: (some SQLValue)?, as type: SQLType) {
        let offset = Int32(self.values.bytes.count)
        value?.encode(into: &self.values)
        let length = value == nil ? -1 : Int32(self.values.bytes.count) - offset
        let position = Int32(self.text.utf8.count)
        self.parameters.append(Parameter(type: type, position: position, offset: offset, length: length))
        self.text += "$"
        self.text += String(self.parameters.count)
    }

    private mutating func append(_ piece: SQL) {
        let shift = Int32(self.values.bytes.count)
        self.values.append(contentsOf: piece.values.bytes)
        let text = piece.text.utf8
        var rest = text.startIndex
        for (index, parameter) in piece.parameters.enumerated() {
            let placeholder = text.index(text.startIndex, offsetBy: Int(parameter.position))
            self.text += piece.text[rest..<placeholder]
            rest = text.index(placeholder, offsetBy: 1 + String(index + 1).utf8.count)
            var moved = parameter
            moved.position = Int32(self.text.utf8.count)
            moved.offset += shift
            self.parameters.append(moved)
            self.text += "$"
            self.text += String(self.parameters.count)
        }
        self.text += piece.text[rest...]
    }

    /// Builds a statement from the parts of an interpolated literal.
    public struct Interpolation: StringInterpolationProtocol, Sendable {
        fileprivate var statement: SQL

        public init(literalCapacity: Int, interpolationCount: Int) {
            self.statement = SQL(reserving: literalCapacity, values: interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) {
            self.statement.text += literal
        }

        /// Binds a value.
        public mutating func appendInterpolation<Value: SQLValue>(_ value: Value) {
            self.statement.bind(value, as: Value.sqlType)
        }

        /// Binds a value, or NULL of its type.
        public mutating func appendInterpolation<Value: SQLValue>(_ value: Value?) {
            self.statement.bind(value, as: Value.sqlType)
        }

        /// Inserts another piece of SQL with its parameters.
        public mutating func appendInterpolation(_ piece: SQL) {
            self.statement.append(piece)
        }

        /// Inserts text as it is. Only for text that this program wrote itself: nothing is quoted.
        public mutating func appendInterpolation(unescaped text: String) {
            self.statement.text += text
        }
    }
}
