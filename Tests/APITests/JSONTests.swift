import Testing

@testable import API

@Suite struct JSONTests {
    private func parse(_ text: String) throws(JSONParser.Failure) -> JSONValue {
        try JSONParser.parse(Array(text.utf8))
    }

    @Test func aTextIsReadAndWrittenBackTheSame() throws {
        let text = #"{"a":[1,-2,3.5,true,false,null,"đ\n\"\\"],"b":{"c":""},"d":9223372036854775807}"#
        #expect(String(decoding: try self.parse(text).bytes, as: UTF8.self) == text)
    }

    @Test func escapesBecomeTheirCharacters() throws {
        #expect(try self.parse(#""\u0110\u00e1\ud83d\ude00\t\/""#) == .string("Đá😀\t/"))
    }

    @Test func aNumberWithoutAFractionIsAnInteger() throws {
        #expect(try self.parse("1.0") == .integer(1))
        #expect(try self.parse("3e2") == .integer(300))
        #expect(try self.parse("0.5") == .number(0.5))
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", "-", "nul", "\"a", "\"\\x\"", "\"\\ud800\"", "\"\n\"",
        "1 2",
        "{\"a\":1,\"a\":2}", "1e999", "\"\\u12g4\"", String(repeating: "[", count: 100),
        "[" + String(repeating: "0,", count: 30_000) + "0]",
    ])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(throws: JSONParser.Failure.self) { try self.parse(text) }
    }

    @Test func bytesThatAreNoUTF8AreRefused() {
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse([0x22, 0xC3, 0x28, 0x22]) }
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse([0x22, 0x5C, 0x6E, 0xFF, 0x22]) }
    }
}

@Suite struct TextTests {
    @Test func aTextComesOutInNFCWithoutInvisibleCharacters() {
        #expect(
            Text.cleaned("Tie\u{302}\u{301}ng\u{200B} Vie\u{323}\u{302}t\u{FEFF} ")?.unicodeScalars.elementsEqual(
                "Tiếng Việt".unicodeScalars) == true)
    }

    @Test func namesThatReadBackwardsAreSetRight() {
        #expect(Text.cleaned("hợp\u{202E}fdp.exe") == "hợpfdp.exe")
    }

    @Test func lineBreaksAreAllowedOnlyWhereThereAreLines() {
        #expect(Text.cleaned("a\nb") == nil)
        #expect(Text.cleaned("a\r\nb", lines: true) == "a\nb")
        #expect(Text.cleaned("a\0b", lines: true) == nil)
        #expect(Text.cleaned("a\u{7F}b") == nil)
    }
}

@Suite struct SchemaTests {
    private let schema = Schema.object(
        "Thing", .required("name", .text(1...5)), .optional("day", .date),
        .optional("parts", .list(.object(.required("id", .id)), 1...2)))

    private func issues(_ value: JSONValue) -> [String] {
        var issues: [Problem.Issue] = []
        _ = self.schema.check(value, issues: &issues)
        return issues.map { "\($0.field) \($0.code)" }
    }

    @Test func everyFaultIsNamedWithItsPath() {
        #expect(
            self.issues(["name": "", "day": "2026-02-30", "parts": [["id": "x"], [:]], "more": 1]) == [
                "name required", "day invalid_date", "parts[0].id invalid_id", "parts[1].id required",
                "more unknown_field",
            ])
    }

    @Test func lengthsCountCodePoints() {
        #expect(self.issues(["name": "đườn̂g"]) == ["name too_long"])
        #expect(self.issues(["name": "đường"]) == [])
    }

    @Test func nullSaysTheSameAsLeavingOut() {
        #expect(self.issues(["name": "a", "day": .null]) == [])
        #expect(self.issues(["name": .null]) == ["name required"])
    }

    @Test func aListHasItsBounds() {
        #expect(self.issues(["name": "a", "parts": []]) == ["parts too_few"])
    }

    @Test(arguments: ["1800-01-01", "2101-01-01"])
    func aDateFarAwayIsRefused(day: String) {
        #expect(self.issues(["name": "a", "day": .string(day)]) == ["day date_out_of_range"])
    }

    @Test func everyExampleOfEveryBodyIsGood() {
        for route in API.routes {
            guard let schema = route.bodySchema else { continue }
            var issues: [Problem.Issue] = []
            _ = schema.check(schema.example(), issues: &issues)
            _ = schema.check(schema.example(all: true), issues: &issues)
            #expect(issues == [], "\(route.name)")
        }
    }
}
