/// How the rows of a statement become one JSON document.
public enum JSONShape: Sendable, Hashable {
    /// The first row as `{…}`. Without a row, `JSONResult.bytes` is empty and `rowCount` is 0.
    case object
    /// Every row: `[{…},…]`.
    case array
    /// `{"items":[…],"next":"…"}` with at most `limit` rows. The statement asks for one row more than `limit`; when it gets
    /// it, `next` is the column `_cursor` of the last row written, and otherwise null.
    case page(limit: Int)
}

/// Rows as UTF-8 JSON.
///
/// A column's name is its field's name, and a column whose name starts with `_` is hidden: never written. `json` and `jsonb`
/// are written raw, integers, floats and booleans as such (a float that is no number as a string), `timestamptz` as RFC 3339
/// with the session's offset, `date` as `yyyy-MM-dd`, `bytea` in base64, NULL as null, and everything else as a string.
public struct JSONResult: Sendable {
    /// The document.
    public var bytes: [UInt8]
    /// How many rows the document holds.
    public var rowCount: Int
    /// The hidden column `_etag` of the first row.
    public var etag: String?
    /// Every hidden column of the first row that is not NULL, by its full name such as `_owner`.
    public var hidden: [String: String]
}
