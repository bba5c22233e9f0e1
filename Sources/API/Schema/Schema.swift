/// The shape of a value that the API takes or gives. One declaration serves three ends: it checks what comes in, it is
/// printed in the OpenAPI document, and the tests make valid examples from it.
public struct Schema: Sendable {
    /// What kind of value; lengths count Unicode code points, as PostgreSQL's `char_length` does.
    indirect enum Kind: Sendable {
        /// A text in one line, or in several when `lines`; cleaned at the door (``Text``).
        case text(length: ClosedRange<Int>, lines: Bool)
        /// A password or a PIN: taken as it is typed, never cleaned, never logged, never shown in an example.
        case secret(length: ClosedRange<Int>)
        /// A UUID.
        case id
        /// A calendar date `yyyy-MM-dd` between the years 1945 and 2100.
        case date
        /// An RFC 3339 time with offset.
        case instant
        case choice([String])
        case integer(ClosedRange<Int64>?)
        case number
        case boolean
        case list(Schema, count: ClosedRange<Int>?)
        case object([Property])
        /// Any JSON.
        case any
    }

    /// A member of an object. Optional ones may be left out.
    public struct Property: Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool
    }

    let kind: Kind
    var isNullable = false
    /// What the value means, in one sentence.
    var note: String?
    /// The name under which an object is listed in the OpenAPI document's components.
    var name: String?
    /// Whether an object may have members that are not listed. Never so for what the API takes.
    var isOpen = false

    init(_ kind: Kind, note: String? = nil, name: String? = nil) {
        self.kind = kind
        self.note = note
        self.name = name
    }
}

extension Schema {
    /// A text of so many characters, in one line unless `lines`.
    public static func text(_ length: ClosedRange<Int>, lines: Bool = false, _ note: String? = nil) -> Schema {
        Schema(.text(length: length, lines: lines), note: note)
    }
    /// A text as the server gives it, of whatever length.
    public static func text(_ note: String? = nil) -> Schema {
        Schema(.text(length: 0...Int.max, lines: true), note: note)
    }
    /// A text that no log and no problem ever repeats.
    public static func secret(_ length: ClosedRange<Int>, _ note: String? = nil) -> Schema {
        Schema(.secret(length: length), note: note)
    }
    /// One of these words.
    public static func choice(_ values: [String], _ note: String? = nil) -> Schema {
        Schema(.choice(values), note: note)
    }
    /// A whole number, in the range where there is one.
    public static func integer(_ range: ClosedRange<Int64>? = nil, _ note: String? = nil) -> Schema {
        Schema(.integer(range), note: note)
    }
    /// A number, whole or not.
    public static func number(_ note: String? = nil) -> Schema {
        Schema(.number, note: note)
    }
    /// A list, of so many items where it says so.
    public static func list(_ of: Schema, _ count: ClosedRange<Int>? = nil, _ note: String? = nil) -> Schema {
        Schema(.list(of, count: count), note: note)
    }
    /// An object without a name of its own: it is described where it is used.
    public static func object(_ properties: Property...) -> Schema { Schema(.object(properties)) }
    /// An object with a name in the OpenAPI document.
    public static func object(_ name: String, _ properties: Property...) -> Schema {
        Schema(.object(properties), name: name)
    }
    /// As ``object(_:_:)``, of properties that are put together elsewhere.
    public static func object(_ name: String, all properties: [Property]) -> Schema {
        Schema(.object(properties), name: name)
    }

    public static let id = Schema(.id)
    public static let date = Schema(.date)
    public static let instant = Schema(.instant)
    public static let boolean = Schema(.boolean)
    public static let any = Schema(.any)

    /// The same, or `null`.
    public var orNull: Schema {
        var schema = self
        schema.isNullable = true
        return schema
    }

    /// The same with a sentence for the reader of the OpenAPI document.
    public func noted(_ note: String) -> Schema {
        var schema = self
        schema.note = note
        return schema
    }

    /// The list of `self` as the API gives it out: `items` and the cursor of what comes `next`.
    public func page(named name: String) -> Schema {
        .object(
            name,
            .required("items", .list(self)),
            .required("next", Schema.text("Cursor for `after`; null on the last page.").orNull)
        )
    }
}

extension Schema.Property {
    /// Must be there.
    public static func required(_ name: String, _ schema: Schema) -> Schema.Property {
        Schema.Property(name: name, schema: schema, isRequired: true)
    }
    /// May be left out of a request; `null` says the same as leaving it out.
    public static func optional(_ name: String, _ schema: Schema) -> Schema.Property {
        Schema.Property(name: name, schema: schema.orNull, isRequired: false)
    }
}
