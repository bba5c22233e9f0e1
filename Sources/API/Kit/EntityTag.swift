/// The version of a thing as HTTP names it (RFC 9110, section 8.8.3): quoted, opaque to callers, always strong here.
enum EntityTag {
    /// The tag of a row version, as the queries write it in `_etag`.
    static func of(_ version: Int64) -> String { "\"\(version)\"" }

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

    /// The row version that `If-Match` names.
    ///
    /// - Throws: `precondition_required` without a header or for `*`, which names no version that the caller has read;
    ///   `changed_since_read` for a tag that no row ever had.
    static func version(ifMatch header: String?) throws(Problem) -> Int64 {
        guard let header, header != "*" else { throw .preconditionRequired }
        guard header.first == "\"", header.last == "\"", header.count > 2,
            let version = Int64(header.dropFirst().dropLast())
        else { throw .changedSinceRead }
        return version
    }
}
