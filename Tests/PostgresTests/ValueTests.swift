import FoundationEssentials
import Postgres
import Testing

@Suite(.enabled(if: TestServer.isAvailable, "VANTHU_TEST_SOCKET and VANTHU_TEST_PORT name no server"))
struct ValueTests {
    let database = TestServer.database()

    /// Sends a value and reads it back, first from the text format and then from the binary one.
    private func expectRoundTrip<Value: SQLValue & Equatable>(_ value: Value, as type: String) async throws {
        let sql: SQL = "SELECT \(value), pg_typeof(\(value))::text"
        for _ in 0..<2 {
            let (read, name) = try await database.transaction { transaction in
                try transaction.one(sql) { (try $0.column(0, as: Value.self), try $0.column(1, as: String.self)) }
            }
            #expect(read == value)
            #expect(name == type)
        }
    }

    @Test func everyTypeComesBackAsItWent() async throws {
        for value in [true, false] { try await expectRoundTrip(value, as: "boolean") }
        for value in [Int16.min, -1, 0, .max] { try await expectRoundTrip(value, as: "smallint") }
        for value in [Int32.min, -1, 0, .max] { try await expectRoundTrip(value, as: "integer") }
        for value in [Int64.min, -1, 0, .max] { try await expectRoundTrip(value, as: "bigint") }
        for value in [Int.min, 7, .max] { try await expectRoundTrip(value, as: "bigint") }
        for value in [0, -0.5, .pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity, -.infinity] {
            try await expectRoundTrip(value, as: "double precision")
        }
        for value in ["", "Tổng công ty", "NULL", "\"\\'", "\u{1}\n", "😀"] {
            try await expectRoundTrip(value, as: "text")
        }
        for value in [UUID(), UUID()] { try await expectRoundTrip(value, as: "uuid") }
        try await expectRoundTrip(JSONText(#"{"a": [1, "ế"]}"#), as: "jsonb")
        try await expectRoundTrip([UInt8](0...255), as: "bytea")
        try await expectRoundTrip([UInt8](), as: "bytea")
        for text in ["0001-01-01", "1945-09-02", "1999-12-31", "2000-01-01", "2024-02-29", "9999-12-31"] {
            try await expectRoundTrip(try #require(CalendarDate(text)), as: "date")
        }
        for value in [0, 1, -1, 1_795_404_240_500_000, -2_000_000_000_000_000] as [Int64] {
            try await expectRoundTrip(Instant(microseconds: value), as: "timestamp with time zone")
        }
        try await expectRoundTrip([true, false], as: "boolean[]")
        try await expectRoundTrip([Int16.max], as: "smallint[]")
        try await expectRoundTrip([1, 2] as [Int32], as: "integer[]")
        try await expectRoundTrip([Int](), as: "bigint[]")
        try await expectRoundTrip([1.5, -2], as: "double precision[]")
        try await expectRoundTrip([UUID(), UUID()], as: "uuid[]")
        try await expectRoundTrip([Instant(microseconds: 5), nil], as: "timestamp with time zone[]")
        try await expectRoundTrip([nil, CalendarDate("2026-11-23")], as: "date[]")
        try await expectRoundTrip([JSONText(#"{"a": "\"}{,"}"#)], as: "jsonb[]")
    }

    @Test func dateAndTimeMeanTheSameToTheServer() async throws {
        let date = try #require(CalendarDate("2026-11-23"))
        let same: Bool = try await database.value(
            """
            SELECT \(date) = '2026-11-23'::date
               AND \(Instant(date)) = '2026-11-23 00:00:00+07'::timestamptz
               AND \(Instant(microseconds: 0)) = 'epoch'::timestamptz
            """
        )
        #expect(same)
    }

    @Test(arguments: 0..<40)
    func textArraysSurviveWhateverIsInThem(seed: UInt64) async throws {
        var generator = SeededGenerator(state: seed)
        let texts = (0..<Int.random(in: 0...20, using: &generator)).map { _ in generator.nastyText() }
        let gaps = texts.map { Bool.random(using: &generator) ? $0 : nil }
        try await expectRoundTrip(texts, as: "text[]")
        try await expectRoundTrip(gaps, as: "text[]")
        for text in texts.prefix(5) { try await expectRoundTrip(text, as: "text") }
        let bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
        try await expectRoundTrip(bytes, as: "bytea")
        // The server takes the array apart into the same elements.
        let elements = try await database.transaction { transaction in
            try transaction.rows("SELECT unnest(\(gaps))") { try $0.optional(0, as: String.self) }
        }
        #expect(elements == gaps)
    }

    @Test func nullIsOptionalAndNothingElse() async throws {
        let none: String? = nil
        for _ in 0..<2 {
            try await database.transaction { transaction in
                try transaction.one("SELECT \(none), \(none) IS NULL, ''::text") { row in
                    let null = try row.optional(0, as: String.self)
                    #expect(null == nil)
                    let isNull = try row.column(1, as: Bool.self)
                    #expect(isNull)
                    let empty = try row.optional(2, as: String.self)
                    #expect(empty == "")
                    #expect(row.count == 3)
                    do {
                        _ = try row.column(0, as: String.self)
                        Issue.record("NULL was read as a value")
                    } catch let error as DatabaseError {
                        #expect(error.code == .unexpectedNull)
                    }
                }
            }
        }
    }

    @Test func aValueIsNeverForcedIntoATypeThatCannotHoldIt() async throws {
        for _ in 0..<2 {
            try await database.transaction { transaction in
                try transaction.one(
                    "SELECT 1::int8, 'x'::text, 70000::int4, now(), ARRAY[1, NULL]::int8[], 'infinity'::timestamptz"
                ) { row in
                    var isStrict = true
                    isStrict = mismatches(row, 0, as: String.self) && isStrict
                    isStrict = mismatches(row, 0, as: Bool.self) && isStrict
                    isStrict = mismatches(row, 0, as: [Int].self) && isStrict
                    isStrict = mismatches(row, 1, as: Int.self) && isStrict
                    isStrict = mismatches(row, 1, as: UUID.self) && isStrict
                    isStrict = mismatches(row, 2, as: Int16.self) && isStrict
                    isStrict = mismatches(row, 3, as: String.self) && isStrict
                    isStrict = mismatches(row, 4, as: [Int].self) && isStrict
                    isStrict = mismatches(row, 5, as: Instant.self) && isStrict
                    isStrict = mismatches(row, 6, as: Int.self) && isStrict
                    isStrict = mismatches(row, -1, as: Int.self) && isStrict
                    #expect(isStrict)
                    let (narrow, gaps) = (try row.column(0, as: Int32.self), try row.column(4, as: [Int?].self))
                    #expect(narrow == 1)
                    #expect(gaps == [1, nil])
                }
            }
        }
    }

    @Test func typesWithoutASwiftTypeAreReadAsText() async throws {
        for _ in 0..<2 {
            let texts = try await database.transaction { transaction in
                try transaction.one(
                    "SELECT 1.50::numeric, interval '1 day', 'a'::\"char\", 12::numeric, sum(n) FROM generate_series(1, 4::bigint) AS n"
                ) {
                    row in
                    let (whole, sum) = (try row.column(3, as: Int.self), try row.column(4, as: Int.self))
                    #expect(whole == 12)
                    #expect(sum == 10)
                    #expect(try row.column(0, as: Double.self) == 1.5)
                    return [try row.column(0), try row.column(1), try row.column(2)] as [String]
                }
            }
            #expect(texts == ["1.50", "1 day", "a"])
        }
    }

    @Test func anEnumWithARawValueIsAValue() async throws {
        enum State: String, SQLValue { case draft, issued }
        #expect(try await database.value("SELECT \(State.draft)::text") == State.draft)
        await #expect(throws: DatabaseError.self) { try await database.value("SELECT 'gone'", as: State.self) }
    }

    @Test(arguments: [
        "'; DROP TABLE pg_class; --", "' OR 1=1 --", "$1", "\\'; SELECT 1; --", "%s%n", "$$; ROLLBACK; $$",
        "\u{2019} OR \u{2018}1", "E'\\x27'", "*/ SELECT 1 /*", "?::int", "NULL", "{}", "\u{1}",
    ])
    func textThatLooksLikeSQLIsOnlyText(text: String) async throws {
        let (read, length, found) = try await database.transaction { transaction in
            try transaction.one("SELECT \(text), char_length(\(text)), \(text) = ANY(\([text, "x"]))") { row in
                (try row.column(0, as: String.self), try row.column(1, as: Int.self), try row.column(2, as: Bool.self))
            }
        }
        #expect(read == text)
        #expect(length == text.unicodeScalars.count)
        #expect(found)
    }

    @Test func aNulInTextIsRefusedAndNotCutOff() async throws {
        let error = await #expect(throws: DatabaseError.self) {
            try await database.value("SELECT \("before\0after")", as: String.self)
        }
        #expect(error?.code.sqlState == "22021")
        #expect(error?.isInvalidValue == true)
        #expect(try await database.value("SELECT 1") == 1)
    }
}

/// Whether a column refuses to be read as a type.
private func mismatches<Value: SQLValue>(_ row: borrowing Row, _ column: Int, as: Value.Type) -> Bool {
    do throws(DatabaseError) {
        _ = try row.column(column, as: Value.self)
        return false
    } catch {
        return error.code == .typeMismatch
    }
}
