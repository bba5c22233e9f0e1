import FoundationEssentials
import Testing

import Postgres

struct TimeTests {
    @Test(arguments: [
        ("2026-11-23T10:24:00.5+07:00", "2026-11-23T10:24:00.5+07:00"),
        ("2026-11-23 10:24:00.123456+07", "2026-11-23T10:24:00.123456+07:00"),
        ("2026-11-23T03:24:00Z", "2026-11-23T10:24:00+07:00"),
        ("2026-11-22T23:00:00-0330", "2026-11-23T09:30:00+07:00"),
        ("1969-12-31T23:59:59.999999+00:00", "1970-01-01T06:59:59.999999+07:00"),
        ("0001-01-01T07:00:00+07:00", "0001-01-01T07:00:00+07:00"),
    ])
    func anInstantIsWrittenInVietnamsTime(given: String, written: String) throws {
        let instant = try #require(Instant(given))
        #expect(instant.description == written)
        #expect(Instant(written) == instant)
    }

    @Test(arguments: [
        "2026-11-23T10:24:00", "2026-11-23", "2026-02-29T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T10:24:00.Z",
        "2026-11-23T10:24:00.1234567Z", "2026-11-23T10:24:00+7", "2026-11-23T10:24:00Z ", "", "infinity",
        "2026-11-23T10:60:00Z", "+026-11-23T10:24:00Z",
    ])
    func whatSaysNoMomentIsNoInstant(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test(arguments: [
        "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "0000-01-01", "2026-1-01", "2026-01-1 ",
        "10000-01-01", "2026/01/01", "",
    ])
    func whatTheCalendarLacksIsNoDate(text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test func everyDayFollowsTheOneBefore() throws {
        let first = try #require(CalendarDate("0001-01-01"))
        let last = try #require(CalendarDate("9999-12-31"))
        #expect(first.daysSince1970 == -719_162)
        #expect(last.daysSince1970 == 2_932_896)
        #expect(CalendarDate(daysSince1970: first.daysSince1970 - 1) == nil)
        #expect(CalendarDate(daysSince1970: last.daysSince1970 + 1) == nil)
        // One cycle of the calendar is 400 years.
        var before = try #require(CalendarDate("1799-12-31"))
        for days in (before.daysSince1970 + 1)...(before.daysSince1970 + 146_097) {
            let date = try #require(CalendarDate(daysSince1970: days))
            guard date.daysSince1970 == days, before < date else {
                Issue.record("\(date) follows \(before)")
                return
            }
            before = date
        }
        #expect(before == CalendarDate("2199-12-31"))
    }

    @Test func aDayBeginsAtMidnightInVietnam() throws {
        let date = try #require(CalendarDate("2026-11-23"))
        #expect(Instant(date).description == "2026-11-23T00:00:00+07:00")
        #expect(Instant("2026-11-22T17:00:00Z")?.date == date)
        #expect(Instant("2026-11-22T16:59:59Z")?.date == CalendarDate("2026-11-22"))
        #expect((Instant(date) + .milliseconds(1500)).description == "2026-11-23T00:00:01.5+07:00")
    }

    @Test func timesTravelInJSONAsStrings() throws {
        struct Body: Codable, Equatable {
            var on: CalendarDate
            var at: Instant
        }
        let body = Body(on: try #require(CalendarDate("2026-11-23")), at: Instant(microseconds: 0))
        let json = try JSONEncoder().encode(body)
        #expect(try JSONDecoder().decode(Body.self, from: json) == body)
        #expect(String(decoding: json, as: UTF8.self).contains("1970-01-01T07:00:00+07:00"))
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([CalendarDate].self, from: Data(#"["2026-02-30"]"#.utf8))
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Instant].self, from: Data(#"["yesterday"]"#.utf8))
        }
    }
}
