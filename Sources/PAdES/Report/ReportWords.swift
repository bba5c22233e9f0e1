/// The languages a report is told in; Vietnamese is what Circular 15/2025 asks for.
public enum ReportLanguage: String, Sendable, Codable, CaseIterable {
    case vietnamese = "vi"
    case english = "en"
}

/// What every code of a report means, in both languages: the one catalogue. An entry is three lines: the key, the Vietnamese,
/// the English.
public enum ReportWords {
    private static let entries: [String: [ReportLanguage: String]] = {
        var entries: [String: [ReportLanguage: String]] = [:]
        var key = ""
        for line
            in (Self.verdicts + "\n" + Self.certificates + "\n" + Self.reasons + "\n" + Self.messages + "\n"
            + Self.labels + "\n" + Self.signing).split(
                separator: "\n")
        {
            if line.hasPrefix("  "), let language = ReportLanguage(rawValue: String(line.dropFirst(2).prefix(2))) {
                entries[key, default: [:]][language] = String(line.dropFirst(5).drop { $0 == " " })
            } else {
                key = String(line)
            }
        }
        return entries
    }()

    /// The words for `key`; `nil` for a key that is not in the catalogue.
    public static func known(_ key: String, in language: ReportLanguage) -> String? { self.entries[key]?[language] }

    /// The words for `key`; the key itself when there are none, so that a hole shows and breaks nothing.
    public static func word(_ key: String, in language: ReportLanguage) -> String {
        self.known(key, in: language) ?? key
    }

    /// Every key, for the tests.
    public static var keys: [String] { self.entries.keys.sorted() }
}
