import Foundation
import Platform
import Postgres
import Testing

@Suite("Working calendar")
struct WorkingCalendarTests {
    /// Tết of 2026 with its Saturday worked in exchange.
    private let calendar = WorkingCalendar(
        holidays: Set(
            [
                "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20",
            ].compactMap(CalendarDate.init)),
        workedWeekends: Set(["2026-02-28"].compactMap(CalendarDate.init)))

    private func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }

    @Test(
        "Weekends and holidays are off, exchanged Saturdays are worked",
        arguments: [
            ("2026-02-13", true), ("2026-02-14", false), ("2026-02-15", false), ("2026-02-16", false),
            ("2026-02-20", false),
            ("2026-02-23", true), ("2026-02-28", true), ("2026-03-01", false), ("1969-12-31", true),
            ("1969-12-28", false),
        ])
    func weekendsAndHolidaysAreOff(date: String, isWorked: Bool) throws {
        #expect(self.calendar.isWorkingDay(try self.day(date)) == isWorked)
    }

    @Test(
        "A deadline counts working days after the day itself",
        arguments: [
            ("2026-02-12", 1, "2026-02-13"), ("2026-02-13", 1, "2026-02-23"), ("2026-02-13", 6, "2026-02-28"),
            ("2026-02-13", 0, "2026-02-13"), ("2026-02-14", 0, "2026-02-23"), ("2026-02-14", 1, "2026-02-23"),
        ])
    func aDeadlineCountsWorkingDays(from: String, count: Int, expected: String) throws {
        #expect(self.calendar.date(count, workingDaysAfter: try self.day(from)) == (try self.day(expected)))
    }

    @Test("The days up to a deadline are as many as it was given")
    func theDaysUpToADeadlineAreAsManyAsItWasGiven() throws {
        let start = try self.day("2026-02-11")
        for count in 1...30 {
            let end = try #require(self.calendar.date(count, workingDaysAfter: start))
            #expect(self.calendar.workingDays(from: start, to: end) == count)
        }
        #expect(self.calendar.workingDays(from: start, to: start) == 0)
    }

    @Test("A deadline ends with the office hours, in the time of Vietnam")
    func aDeadlineEndsWithTheOfficeHours() throws {
        // 23:30 UTC on the 12th is already the 13th in Vietnam.
        let start = try #require(Instant("2026-02-12T23:30:00Z"))
        #expect(self.calendar.deadline(1, workingDaysAfter: start)?.description == "2026-02-23T17:00:00+07:00")
    }

    @Test("Holidays are read from a file")
    func holidaysAreReadFromAFile() throws {
        let path = NSTemporaryDirectory() + "holidays-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(#"{"holidays": ["2026-09-02"], "worked_weekends": ["2026-02-28"]}"#.utf8).write(
            to: URL(fileURLWithPath: path))
        let calendar = try WorkingCalendar(file: path)
        #expect(!calendar.isWorkingDay(try self.day("2026-09-02")))
        #expect(calendar.isWorkingDay(try self.day("2026-02-28")))
        try Data(#"{"holidays": ["2026-02-30"], "worked_weekends": []}"#.utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: DecodingError.self) { try WorkingCalendar(file: path) }
    }
}
