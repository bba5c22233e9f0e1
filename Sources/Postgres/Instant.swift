import FoundationEssentials

/// A moment in time to the microsecond: SQL's `timestamptz`.
///
/// It is written in Vietnam's legal time, UTC+7 without daylight saving, as RFC 3339: `2026-11-23T10:24:00.5+07:00`.
public struct Instant: SQLScalar, Hashable, Comparable, LosslessStringConvertible, Codable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var microseconds: Int64

    /// The moment that many microseconds after 1970-01-01T00:00:00Z.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The moment of a Foundation date, to the nearest microsecond.
    public init(_ date: Date) {
        self.microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
    }

    /// The start of a day in Vietnam, or the time of day that many seconds after it.
    public init(_ date: CalendarDate, secondsOfDay: Int = 0) {
        let seconds = date.daysSince1970 * Self.secondsPerDay + secondsOfDay - Self.offset
        self.microseconds = Int64(seconds) * 1_000_000
    }

    /// The moment of the call, by the clock of this machine.
    public static var now: Instant { Instant(Date()) }

    /// The calendar day of this moment in Vietnam, or `nil` outside the years 1 to 9999.
    public var date: CalendarDate? {
        CalendarDate(daysSince1970: Self.floored(self.localSeconds, by: Self.secondsPerDay).quotient)
    }

    /// The moment that much later.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        let (seconds, attoseconds) = duration.components
        return Instant(microseconds: instant.microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    public static func < (left: Instant, right: Instant) -> Bool {
        left.microseconds < right.microseconds
    }

    /// RFC 3339 in Vietnam's time, with as many digits of a second as are needed.
    public var description: String {
        guard let date = self.date else { return "\(self.microseconds)µs" }
        let second = Self.floored(self.localSeconds, by: Self.secondsPerDay).remainder
        let time = [second / 3600, second / 60 % 60, second % 60].map { $0.padded(to: 2) }.joined(separator: ":")
        var fraction = Self.floored(Int(self.microseconds), by: 1_000_000).remainder.padded(to: 6)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(date)T\(time)\(fraction.isEmpty ? "" : "." + fraction)+07:00"
    }

    /// Reads RFC 3339, and the text that PostgreSQL writes: `T` or a space, 0 to 6 digits of a second, and an offset that is
    /// `Z`, `+07`, `+0700` or `+07:00`. Returns `nil` for anything else; a time without an offset says no moment.
    public init?(_ description: String) {
        let bytes = Array(description.utf8)
        guard bytes.count >= 20, let date = CalendarDate(String(decoding: bytes[0..<10], as: UTF8.self)),
            [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(bytes[10]),
            let hour = bytes[11..<13].decimal, let minute = bytes[14..<16].decimal, let second = bytes[17..<19].decimal,
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"), hour < 24, minute < 60, second < 60
        else { return nil }
        var index = 19
        var fraction = 0
        if bytes[index] == UInt8(ascii: ".") {
            let digits = bytes[(index + 1)...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard digits.count <= 6, let value = digits.decimal else { return nil }
            fraction = (digits.count..<6).reduce(value) { value, _ in value * 10 }
            index = digits.endIndex
        }
        guard let offset = Self.offset(bytes[index...]) else { return nil }
        let seconds = date.daysSince1970 * Self.secondsPerDay + hour * 3600 + minute * 60 + second - offset
        self.microseconds = Int64(seconds) * 1_000_000 + Int64(fraction)
    }

    /// Reads a JSON string in RFC 3339.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let instant = Instant(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a time is written as in RFC 3339")
        }
        self = instant
    }

    /// Writes a JSON string in RFC 3339.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }

    public static var sqlType: SQLType { .timestamptz }
    public static var arrayType: SQLType { .timestamptzArray }

    public func encode(into buffer: inout SQLBuffer) {
        buffer.append(self.microseconds - Self.microsecondsTo2000)
    }

    public static func decode(_ cell: SQLCell) -> Instant? {
        guard cell.type == .timestamptz else { return nil }
        guard cell.isBinary else { return Instant(cell.string) }
        // The extremes are 'infinity' and '-infinity', which are no moments.
        guard let value = cell.integer(as: Int64.self), value != .max, value != .min else { return nil }
        return Instant(microseconds: value + Self.microsecondsTo2000)
    }

    /// Vietnam's offset from UTC, in seconds.
    private static let offset = 7 * 3600
    private static let secondsPerDay = 86_400
    private static let microsecondsTo2000 = Int64(CalendarDate.daysTo2000) * 86_400_000_000

    private var localSeconds: Int {
        Self.floored(Int(self.microseconds), by: 1_000_000).quotient + Self.offset
    }

    private static func floored(_ value: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// Seconds that an offset such as `Z`, `+07`, `-0330` or `+07:00` is ahead of UTC.
    private static func offset(_ text: ArraySlice<UInt8>) -> Int? {
        if text.elementsEqual("Z".utf8) || text.elementsEqual("z".utf8) { return 0 }
        guard let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        let digits = text.dropFirst().filter { $0 != UInt8(ascii: ":") }
        guard [2, 4].contains(digits.count), let hours = digits[0..<2].decimal, hours < 24 else { return nil }
        guard let minutes = digits.count == 4 ? digits[2..<4].decimal : 0, minutes < 60 else { return nil }
        return (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
    }
}
