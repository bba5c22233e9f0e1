/// The languages in which the API explains itself.
public enum Language: String, Sendable, CaseIterable {
    case vietnamese = "vi"
    case english = "en"

    /// The language that an `Accept-Language` header (RFC 9110, section 12.5.4) wants most; Vietnamese when it wants neither.
    init(accepting header: String?) {
        self = .vietnamese
        guard let header else { return }
        var best = 0.0
        for range in header.split(separator: ",").prefix(16) {
            let parts = range.split(separator: ";")
            guard let tag = parts.first?.drop(while: { $0 == " " }).prefix(while: { $0.isLetter }),
                let language = Language(rawValue: tag.lowercased())
            else { continue }
            var quality = 1.0
            if parts.count > 1, let value = parts[1].split(separator: "=").last {
                quality = Double(String(value.filter { $0 != " " })) ?? 0
            }
            if quality > best {
                best = quality
                self = language
            }
        }
    }
}
