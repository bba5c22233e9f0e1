import Foundation
import Postgres

/// Days and times as people read them. What the database writes is already in Vietnam's time (`2026-11-23T14:05:00+07:00`).
enum Moment {
    /// `23/11/2026`.
    static func date(_ text: String) -> String {
        let parts = text.prefix(10).split(separator: "-")
        guard parts.count == 3 else { return text }
        return "\(parts[2])/\(parts[1])/\(parts[0])"
    }

    /// `14:05`.
    static func clock(_ text: String) -> String {
        guard text.count >= 16 else { return "" }
        return String(text.dropFirst(11).prefix(5))
    }

    /// `14:05 23/11/2026`; of a day only the day.
    static func time(_ text: String) -> String {
        let clock = Self.clock(text)
        return clock.isEmpty ? Self.date(text) : "\(clock) \(Self.date(text))"
    }

    /// Whole days from today until the day of `text`; negative when it has passed, and for an instant of today that has.
    static func days(until text: String) -> Int? {
        guard let day = Self.number(of: text.prefix(10)) else { return nil }
        let today = Int((Date().timeIntervalSince1970 + Self.offset) / 86_400)
        if day == today, text.count > 16, let instant = Instant(text), instant < Instant.now { return -1 }
        return day - today
    }

    /// `còn 2 ngày`, `hôm nay`, `quá hạn 1 ngày`.
    static func due(_ text: String, _ tongue: Tongue) -> String {
        guard let days = Self.days(until: text) else { return "" }
        let key =
            switch days {
            case ..<0: "due.late"
            case 0: "due.today"
            case 1: "due.tomorrow"
            default: "due.left"
            }
        return tongue.word(key).replacing("{n}", with: String(abs(days)))
    }

    /// Vietnam has had no other offset since 1975.
    private static let offset = 7.0 * 3600

    /// Days since 1970-01-01 of `yyyy-MM-dd`.
    private static func number(of text: Substring) -> Int? {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        // Days from civil, counted from March so that the leap day comes last.
        let year = parts[1] <= 2 ? parts[0] - 1 : parts[0]
        let era = year / 400
        let ofEra = year - era * 400
        let ofYear = (153 * (parts[1] + (parts[1] > 2 ? -3 : 9)) + 2) / 5 + parts[2] - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }
}
