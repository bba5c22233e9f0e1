import FoundationEssentials
import Postgres
import Testing

@Suite(.enabled(if: TestServer.isAvailable, "VANTHU_TEST_SOCKET and VANTHU_TEST_PORT name no server"))
struct JSONTests {
    let database = TestServer.database()

    private func json(_ sql: SQL, as shape: JSONShape = .object) async throws -> String {
        String(decoding: try await database.json(nil, sql, as: shape).bytes, as: UTF8.self)
    }

    @Test(arguments: 0..<40)
    func stringsAreEscapedAsPostgreSQLDoes(seed: UInt64) async throws {
        var generator = SeededGenerator(state: seed)
        for _ in 0..<10 {
            let text = generator.nastyText() + generator.nastyText()
            let expected: String = try await database.value("SELECT to_json(\(text))::text")
            #expect(try await json("SELECT \(text) AS v") == #"{"v":"# + expected + "}")
            let data = Data(try await json("SELECT \(text) AS v").utf8)
            #expect(try JSONDecoder().decode([String: String].self, from: data) == ["v": text])
        }
    }

    @Test func everyControlCharacterIsEscapedAtEveryPlaceOfAWord() async throws {
        for scalar in (1...0x7F).compactMap(Unicode.Scalar.init) {
            for padding in [0, 3, 7, 8] {
                let text = String(repeating: "x", count: padding) + String(scalar) + "tail of it"
                let expected: String = try await database.value("SELECT to_json(\(text))::text")
                guard try await json("SELECT \(text) AS v") == #"{"v":"# + expected + "}" else {
                    Issue.record("U+\(scalar.value) after \(padding)")
                    return
                }
            }
        }
    }

    @Test func eachTypeHasItsForm() async throws {
        let text = try await json(
            """
            SELECT 1::int2 AS a, -2::int4 AS b, 9007199254740993::int8 AS c, 1.5::float8 AS d, 'NaN'::float8 AS e,
                   '-Infinity'::float4 AS f, true AS g, false AS h, NULL::text AS i, '{"x": [1]}'::jsonb AS j, '[ 1 ]'::json AS k,
                   1.50::numeric AS l, '2026-11-23'::date AS m, '00112233-4455-6677-8899-aabbccddeeff'::uuid AS n,
                   interval '1 day' AS o, 'ế'::varchar AS p, ARRAY['a', 'b'] AS q, 1e300::float8 AS r
            """
        )
        let expected =
            #"{"a":1,"b":-2,"c":9007199254740993,"d":1.5,"e":"NaN","f":"-Infinity","g":true,"h":false,"i":null,"#
            + #""j":{"x": [1]},"k":[ 1 ],"l":"1.50","m":"2026-11-23","n":"00112233-4455-6677-8899-aabbccddeeff","#
            + #""o":"1 day","p":"ế","q":"{a,b}","r":1e+300}"#
        #expect(text == expected)
    }

    @Test(arguments: [
        ("2026-11-23 10:24:00.5+07", "2026-11-23T10:24:00.5+07:00"),
        ("2026-11-23 03:24:00.000001+00", "2026-11-23T10:24:00.000001+07:00"),
        ("2026-11-23 10:24:00+05:30", "2026-11-23T11:54:00+07:00"),
        ("infinity", "infinity"),
        ("-infinity", "-infinity"),
    ])
    func timesAreWrittenAsRFC3339(given: String, written: String) async throws {
        #expect(try await json("SELECT \(given)::timestamptz AS t") == #"{"t":""# + written + #""}"#)
    }

    @Test func timesWithOtherOffsetsKeepThem() async throws {
        let written = try await database.transaction("SELECT set_config('TimeZone', 'Asia/Kolkata', true)") {
            try $0.json("SELECT '2026-11-23 10:24:00+07'::timestamptz AS t, '2026-11-23 10:24:00'::timestamp AS u")
        }
        let expected = #"{"t":"2026-11-23T08:54:00+05:30","u":"2026-11-23T10:24:00"}"#
        #expect(String(decoding: written.bytes, as: UTF8.self) == expected)
    }

    @Test(arguments: 0..<8)
    func byteaIsBase64(length: Int) async throws {
        let bytes = (0..<length).map { UInt8(250 + $0 % 6) }
        #expect(try await json("SELECT \(bytes) AS b") == #"{"b":""# + Data(bytes).base64EncodedString() + #""}"#)
    }

    @Test func anObjectIsTheFirstRow() async throws {
        let none = try await database.json(nil, "SELECT 1 AS n WHERE false")
        #expect(none.bytes.isEmpty)
        #expect(none.rowCount == 0)
        let first = try await database.json(nil, "SELECT n FROM generate_series(1, 3) AS n")
        #expect(String(decoding: first.bytes, as: UTF8.self) == #"{"n":1}"#)
        #expect(first.rowCount == 1)
    }

    @Test func anArrayIsEveryRow() async throws {
        #expect(
            try await json("SELECT n, 'x' AS v FROM generate_series(1, 2) AS n", as: .array)
                == #"[{"n":1,"v":"x"},{"n":2,"v":"x"}]"#)
        #expect(try await json("SELECT 1 AS n WHERE false", as: .array) == "[]")
    }

    @Test func aPageHasANextOnlyWhenThereIsMore() async throws {
        func page(_ rows: Int) async throws -> String {
            try await json(
                "SELECT n, 'after \"' || n AS _cursor FROM generate_series(1, \(rows)) AS n LIMIT \(3)",
                as: .page(limit: 2)
            )
        }
        #expect(try await page(0) == #"{"items":[],"next":null}"#)
        #expect(try await page(2) == #"{"items":[{"n":1},{"n":2}],"next":null}"#)
        #expect(try await page(3) == #"{"items":[{"n":1},{"n":2}],"next":"after \"2"}"#)
        #expect(try await page(9) == #"{"items":[{"n":1},{"n":2}],"next":"after \"2"}"#)
    }

    @Test func hiddenColumnsAreNeverWritten() async throws {
        let result = try await database.json(
            nil, "SELECT 'e' || n AS _etag, n, NULL::text AS _none, n * 10 AS _owner FROM generate_series(1, 2) AS n",
            as: .array
        )
        #expect(String(decoding: result.bytes, as: UTF8.self) == #"[{"n":1},{"n":2}]"#)
        #expect(result.etag == "e1")
        #expect(result.hidden == ["_etag": "e1", "_owner": "10"])
        #expect(try await json("SELECT 1 AS _a, 2 AS _b") == "{}")
        #expect(try await json("SELECT 1 AS _a FROM generate_series(1, 2)", as: .array) == "[{},{}]")
    }

    @Test func aColumnsNameIsEscapedToo() async throws {
        #expect(try await json(#"SELECT 1 AS "a""b\ ế""#) == #"{"a\"b\\ ế":1}"#)
    }

    @Test func aLargeResultIsWhole() async throws {
        let result = try await database.json(
            nil, "SELECT n, repeat('ế\"', 500) AS v FROM generate_series(1, 2000) AS n", as: .array
        )
        struct Item: Decodable {
            var n: Int
            var v: String
        }
        let items = try JSONDecoder().decode([Item].self, from: Data(result.bytes))
        #expect(items.map(\.n) == Array(1...2000))
        #expect(items.allSatisfy { $0.v == String(repeating: "ế\"", count: 500) })
    }

    @Test func insideATransactionItIsTheSame() async throws {
        let result = try await database.transaction { transaction in
            transaction.queue("CREATE TEMPORARY TABLE seen (n int) ON COMMIT DROP")
            transaction.queue("INSERT INTO seen VALUES (1), (2)")
            return try transaction.json("SELECT n FROM seen ORDER BY n", closing: true, as: .array)
        }
        #expect(String(decoding: result.bytes, as: UTF8.self) == #"[{"n":1},{"n":2}]"#)
    }
}
