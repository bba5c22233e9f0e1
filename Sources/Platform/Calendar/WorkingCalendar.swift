import Foundation
public import Postgres

/// Which days are worked on, and when a deadline counted in working days ends.
///
/// Holidays are data: those that Labour Code 2019, article 112 grants are announced anew each year, with days off moved by
/// decision of the Prime Minister and Saturdays worked in exchange.
public struct WorkingCalendar: Sendable, Codable, Hashable {
    /// Days off besides Saturdays and Sundays.
    public let holidays: Set<CalendarDate>
    /// Saturdays and Sundays that are worked in exchange for a day off.
    public let workedWeekends: Set<CalendarDate>

    private enum CodingKeys: String, CodingKey {
        case holidays
        case workedWeekends = "worked_weekends"
    }

    /// Saturdays and Sundays off and nothing else.
    public init(holidays: Set<CalendarDate> = [], workedWeekends: Set<CalendarDate> = []) {
        self.holidays = holidays
        self.workedWeekends = workedWeekends
    }

    /// Reads `{"holidays": ["2026-01-01", …], "worked_weekends": [...]}`.
    public init(file: String) throws {
        self = try JSONDecoder().decode(WorkingCalendar.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    }

    /// Whether people work on this day.
    public func isWorkingDay(_ date: CalendarDate) -> Bool {
        // 1 January 1970 was a Thursday; 0 is Monday.
        let weekday = (date.daysSince1970 + 3) % 7
        let isWeekend = (weekday < 0 ? weekday + 7 : weekday) >= 5
        return isWeekend ? self.workedWeekends.contains(date) : !self.holidays.contains(date)
    }

    /// The working day that lies `count` working days after `date`; the day itself does not count (Civil Code 2015, article 147).
    ///
    /// With 0 it is `date`, or the next working day when nobody works then (article 148). `nil` beyond the year 9999.
    public func date(_ count: Int, workingDaysAfter date: CalendarDate) -> CalendarDate? {
        var day = date
        var left = count
        while left > 0 || !self.isWorkingDay(day) {
            guard let next = CalendarDate(daysSince1970: day.daysSince1970 + 1) else { return nil }
            day = next
            if self.isWorkingDay(day) { left = max(0, left - 1) }
        }
        return day
    }

    /// How many working days there are from the day after `start` up to and including `end`; 0 when `end` is not later.
    public func workingDays(from start: CalendarDate, to end: CalendarDate) -> Int {
        guard start < end else { return 0 }
        return (start.daysSince1970 + 1...end.daysSince1970).reduce(0) { count, day in
            CalendarDate(daysSince1970: day).map(self.isWorkingDay) == true ? count + 1 : count
        }
    }

    /// The end of the working day on which a deadline of so many working days falls, 17:00 by default.
    public func deadline(_ count: Int, workingDaysAfter start: Instant, closing hour: Int = 17) -> Instant? {
        guard let date = start.date, let last = self.date(count, workingDaysAfter: date) else { return nil }
        return Instant(last, secondsOfDay: hour * 3600)
    }
}
