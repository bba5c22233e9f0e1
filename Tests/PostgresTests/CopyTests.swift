import FoundationEssentials
import Postgres
import Testing

@Suite(.enabled(if: TestServer.isAvailable, "VANTHU_TEST_SOCKET and VANTHU_TEST_PORT name no server"))
struct CopyTests {
    let database = TestServer.database()

    @Test func aHundredThousandRowsArriveWhole() async throws {
        try await database.withTable(
            "id bigint, small int, name text, at timestamptz, raw bytea, tags text[], key uuid, body jsonb"
        ) {
            table in
            let columns = ["id", "small", "name", "at", "raw", "tags", "key", "body"]
            let key = UUID()
            let count = try await database.copyIn(into: table, columns: columns) { writer in
                for number in 0..<100_000 {
                    try writer.row(
                        number, Int32(number % 7), number % 10 == 0 ? nil : "tên \(number)\t\\N\n",
                        Instant(microseconds: Int64(number)), [UInt8(number % 256)], ["a\"", "b"], key,
                        JSONText("{\"n\":\(number)}")
                    )
                }
                #expect(writer.rowCount == 100_000)
            }
            #expect(count == 100_000)
            let good: Int = try await database.value(
                """
                SELECT count(*)
                  FROM \(unescaped: table)
                 WHERE small = id % 7
                   AND name IS NOT DISTINCT FROM CASE WHEN id % 10 <> 0 THEN 'tên ' || id || E'\\t\\\\N\\n' END
                   AND at = 'epoch'::timestamptz + id * interval '1 microsecond'
                   AND get_byte(raw, 0) = id % 256
                   AND tags = ARRAY['a"', 'b'] AND key = \(key) AND (body->>'n')::bigint = id
                """
            )
            #expect(good == 100_000)
        }
    }

    @Test func rowsCanBeCopiedInsideATransaction() async throws {
        try await database.withTable("n bigint, m bigint") { table in
            let count = try await database.transaction { transaction in
                transaction.queue("CREATE TEMPORARY TABLE staging (n bigint) ON COMMIT DROP")
                try transaction.copyIn(into: "staging", columns: ["n"]) { writer in
                    for number in 1...10 { try writer.row(number) }
                }
                return try transaction.run(
                    "INSERT INTO \(unescaped: table) SELECT n, n * 2 FROM staging", closing: true)
            }
            #expect(count == 10)
            #expect(try await database.value("SELECT sum(m) FROM \(unescaped: table)") == 110)
        }
    }

    @Test func aProducerThatThrowsCopiesNothing() async throws {
        struct Abort: Error {}
        try await database.withTable("n bigint") { table in
            await #expect(throws: Abort.self) {
                try await database.copyIn(into: table, columns: ["n"]) { writer in
                    for number in 0..<50_000 { try writer.row(number) }
                    throw Abort()
                }
            }
            let count = try await database.rowCount(of: table)
            #expect(count == 0)
            #expect(database.statistics.idle == 1)
        }
    }

    @Test func whatTheServerRefusesIsThrown() async throws {
        try await database.withTable("n int CHECK (n > 0)") { table in
            let violation = await #expect(throws: DatabaseError.self) {
                try await database.copyIn(into: table, columns: ["n"]) { try $0.row(Int32(-1)) }
            }
            #expect(violation?.code == .checkViolation)
            let width = await #expect(throws: DatabaseError.self) {
                try await database.copyIn(into: table, columns: ["n"]) { try $0.row(Int64(1)) }
            }
            #expect(width?.code.sqlState == "22P03")
            let number = await #expect(throws: DatabaseError.self) {
                try await database.copyIn(into: table, columns: ["n"]) { try $0.row(Int32(1), Int32(2)) }
            }
            #expect(number?.code == .typeMismatch)
            let column = await #expect(throws: DatabaseError.self) {
                try await database.copyIn(into: table, columns: ["n\"; DROP TABLE pg_class; --"]) {
                    try $0.row(Int32(1))
                }
            }
            #expect(column?.code.sqlState == "42703")
            let count = try await database.rowCount(of: table)
            #expect(count == 0)
        }
    }

    @Test func anEmptyCopyIsNoError() async throws {
        try await database.withTable("n int") { table in
            let count = try await database.copyIn(into: "public." + table, columns: ["n"]) { _ in }
            #expect(count == 0)
        }
    }
}
