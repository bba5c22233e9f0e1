/// A PostgreSQL type, named by its object id (`pg_type.oid`). Only built-in types have an id that is the same everywhere.
public struct SQLType: Sendable, Hashable {
    /// The object id of the type.
    public let oid: UInt32

    /// Names a type by its object id.
    public init(oid: UInt32) {
        self.oid = oid
    }

    /// `boolean`.
    public static let bool = SQLType(oid: 16)
    /// `bytea`.
    public static let bytea = SQLType(oid: 17)
    /// `name`, the type of catalogue identifiers.
    public static let name = SQLType(oid: 19)
    /// `bigint`.
    public static let int8 = SQLType(oid: 20)
    /// `smallint`.
    public static let int2 = SQLType(oid: 21)
    /// `integer`.
    public static let int4 = SQLType(oid: 23)
    /// `text`.
    public static let text = SQLType(oid: 25)
    /// `json`.
    public static let json = SQLType(oid: 114)
    /// `real`.
    public static let float4 = SQLType(oid: 700)
    /// `double precision`.
    public static let float8 = SQLType(oid: 701)
    /// `char(n)`.
    public static let bpchar = SQLType(oid: 1042)
    /// `varchar`.
    public static let varchar = SQLType(oid: 1043)
    /// `date`.
    public static let date = SQLType(oid: 1082)
    /// `timestamp without time zone`.
    public static let timestamp = SQLType(oid: 1114)
    /// `timestamptz`.
    public static let timestamptz = SQLType(oid: 1184)
    /// `uuid`.
    public static let uuid = SQLType(oid: 2950)
    /// `jsonb`.
    public static let jsonb = SQLType(oid: 3802)

    static let boolArray = SQLType(oid: 1000)
    static let byteaArray = SQLType(oid: 1001)
    static let nameArray = SQLType(oid: 1003)
    static let int2Array = SQLType(oid: 1005)
    static let int4Array = SQLType(oid: 1007)
    static let textArray = SQLType(oid: 1009)
    static let varcharArray = SQLType(oid: 1015)
    static let int8Array = SQLType(oid: 1016)
    static let float4Array = SQLType(oid: 1021)
    static let float8Array = SQLType(oid: 1022)
    static let dateArray = SQLType(oid: 1182)
    static let timestamptzArray = SQLType(oid: 1185)
    static let uuidArray = SQLType(oid: 2951)
    static let jsonbArray = SQLType(oid: 3807)

    /// The type of an array's elements, or `nil` when this is no array type known here.
    var element: SQLType? {
        switch self {
        case .boolArray: .bool
        case .byteaArray: .bytea
        case .nameArray: .name
        case .int2Array: .int2
        case .int4Array: .int4
        case .textArray: .text
        case .varcharArray: .varchar
        case .int8Array: .int8
        case .float4Array: .float4
        case .float8Array: .float8
        case .dateArray: .date
        case .timestamptzArray: .timestamptz
        case .uuidArray: .uuid
        case .jsonbArray: .jsonb
        default: nil
        }
    }

    /// Whether a value of this type is characters, so that a `String` may be read from it in either wire format.
    var isTextual: Bool {
        switch self {
        case .text, .varchar, .bpchar, .name, .json, .jsonb: true
        default: false
        }
    }

    /// Whether this module reads the binary wire format of the type. A result is asked for in binary only when this holds
    /// for every column, because libpq knows one format per result.
    var isReadableInBinary: Bool {
        switch self {
        case .bool, .bytea, .int8, .int2, .int4, .float4, .float8, .date, .timestamptz, .uuid: true
        default: self.isTextual || self.element != nil
        }
    }
}
