extension SigningTime {
    /// Year, month, day, hour, minute, second at +07:00 (Vietnam has no summer time).
    private var parts: (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        let seconds = Int(self.secondsSince1970) + 7 * 3_600
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        // Days to a date of the Gregorian calendar, counting from 1 March of the year 0.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, day, rest / 3_600, rest / 60 % 60, rest % 60)
    }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    /// `23/11/2026 10:30:05 +07:00`.
    public var vietnameseText: String {
        let p = self.parts
        return "\(Self.two(p.day))/\(Self.two(p.month))/\(p.year) "
            + [p.hour, p.minute, p.second].map(Self.two).joined(separator: ":") + " +07:00"
    }

    /// `2026-11-23T10:30:05+07:00` (`xsd:dateTime`).
    package var xmlText: String {
        let p = self.parts
        return "\(p.year)-\(Self.two(p.month))-\(Self.two(p.day))T"
            + [p.hour, p.minute, p.second].map(Self.two).joined(separator: ":") + "+07:00"
    }

    /// `YYMMDDHHMMSSZ` or, outside 1950 to 2049, `YYYYMMDDHHMMSSZ`: UTCTime and GeneralizedTime as signing-time wants them (RFC 5652).
    var attributeText: (isShort: Bool, text: String) {
        let p = SigningTime(secondsSince1970: self.secondsSince1970 - 7 * 3_600).parts
        let isShort = (1950..<2050).contains(p.year)
        let rest = [p.month, p.day, p.hour, p.minute, p.second].map(Self.two).joined() + "Z"
        return (isShort, (isShort ? Self.two(p.year % 100) : "\(p.year)") + rest)
    }

    /// `D:20261123103005+07'00'`.
    var pdfText: String {
        let p = self.parts
        return "D:\(p.year)" + [p.month, p.day, p.hour, p.minute, p.second].map(Self.two).joined() + "+07'00'"
    }
}

extension SigningTime {
    /// Reads `D:20261123103005+07'00'`; `nil` for what is no such date to the second.
    init?(pdf text: String) {
        let text = text.hasPrefix("D:") ? text.dropFirst(2) : text[...]
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard digits.count == 14, let base = SigningTime(generalized: Array(digits.utf8) + [0x5A]) else { return nil }
        let zone = text.dropFirst(14)
        guard let sign = zone.first, sign == "+" || sign == "-" else {
            self = base
            return
        }
        let parts = zone.dropFirst().split(separator: "'").prefix(2).map { Int64($0) ?? 0 }
        let offset = (parts.first ?? 0) * 3_600 + (parts.count > 1 ? parts[1] : 0) * 60
        self.init(secondsSince1970: base.secondsSince1970 - (sign == "+" ? offset : -offset))
    }

    /// `2026-11-23T10:30:05+07:00`.
    public var isoText: String {
        let p = self.parts
        let year = String(p.year)
        return String(repeating: "0", count: max(0, 4 - year.count)) + year + "-" + Self.two(p.month) + "-"
            + Self.two(p.day) + "T" + [p.hour, p.minute, p.second].map(Self.two).joined(separator: ":") + "+07:00"
    }
}
