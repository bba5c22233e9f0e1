import API
import Foundation
import Testing

@testable import Web

@Suite struct RenderingTests {
    static let templates = Result { try Templates(folder: "Sources/Web") }

    private func rendered(_ text: String, _ value: JSONValue, in language: Language = .vietnamese) throws -> String {
        let words = try Self.templates.get().words
        var rendering = Rendering([:], ["x": value], in: Tongue(language: language, words: words))
        rendering.render(try Template(text).tokens)
        return String(decoding: rendering.bytes, as: UTF8.self)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/share/javascript/pdf/build/pdf.js")))
    func everyTemplateParsesInBothLanguagesAndNamesOnlyWordsAndFilesThatAreThere() throws {
        _ = try Self.templates.get()
    }

    @Test func whatAnotherPersonTypedIsNeverMarkup() throws {
        #expect(try self.rendered("{{x.name}}", ["name": "<script>\"&'"]) == "&lt;script&gt;&quot;&amp;&#39;")
    }

    @Test func whatIsNullEmptyOrZeroCountsAsNo() throws {
        for value: JSONValue in [.null, "", 0, false] {
            #expect(try self.rendered("{{#x.a}}yes{{/x.a}}{{^x.a}}no{{/x.a}}", ["a": value]) == "no")
        }
        #expect(try self.rendered("{{x.a}}", ["a": 0]) == "0")
    }

    @Test func aMemberThatIsNullDoesNotShowTheOneOfTheSameNameOutside() throws {
        let text = "{{#x.items}}[{{note}}]{{/x.items}}"
        #expect(try self.rendered(text, ["note": "outside", "items": [["note": .null]]]) == "[]")
    }

    @Test func timesAreWrittenAsPeopleReadThem() throws {
        let value: JSONValue = [
            "t": "2026-11-23T09:05:59.5+07:00", "d": "2026-11-03", "size": 1_549_999, "n": 1_234_567,
        ]
        #expect(
            try self.rendered("{{date(x.t)}} {{time(x.t)}} {{clock(x.t)}} {{date(x.d)}}", value)
                == "23/11/2026 09:05 23/11/2026 09:05 03/11/2026")
        #expect(try self.rendered("{{size(x.size)}} {{number(x.n)}}", value) == "1,5 MB 1.234.567")
    }

    @Test func codesAreSaidInTheLanguageOfTheReader() throws {
        let value: JSONValue = ["state": "draft"]
        #expect(try self.rendered("{{word_state(x.state)}}", value) == "Dự thảo")
        #expect(try self.rendered("{{word_state(x.state)}}", value, in: .english) == "Draft")
        #expect(
            try self.rendered(
                "{{#is_draft(x.state)}}yes{{/is_draft(x.state)}}{{#is_issued(x.state)}}no{{/is_issued(x.state)}}", value
            ) == "yes")
    }

    @Test(arguments: [(-3, "quá hạn 3 ngày"), (1, "còn 1 ngày"), (12, "còn 12 ngày")])
    func aDeadlineSaysHowLongItIsUntilThen(_ days: Int, _ said: String) throws {
        let day = Date().addingTimeInterval(Double(days * 86_400 + 7 * 3600))
        let text = ISO8601DateFormatter().string(from: day).prefix(10)
        #expect(try self.rendered("{{due(x.d)}}", ["d": .string(String(text))]) == said)
    }

    @Test func aPartTakesBlocksFromWhoInheritsItAndTheOutermostHasTheSay() throws {
        let templates = [
            "layout": try Template("<{{$main}}none{{/main}}>"),
            "page": try Template("{{<layout}}ignored{{$main}}{{x.a}} {{>row}}{{/main}}{{/layout}}"),
            "row": try Template("[{{$cell}}-{{/cell}}]"),
        ]
        let words = try Self.templates.get().words
        var rendering = Rendering(templates, ["x": ["a": "b"]], in: Tongue(language: .english, words: words))
        rendering.render(templates["page"]?.tokens ?? [])
        rendering.render(try Template("{{<page}}{{$cell}}c{{/cell}}{{/page}}{{>layout}}").tokens)
        #expect(String(decoding: rendering.bytes, as: UTF8.self) == "<b [-]><b [c]><none>")
    }

    @Test func aListKnowsItsPlacesAndWhetherItIsEmpty() throws {
        let value: JSONValue = ["list": ["a", "b"], "none": []]
        #expect(try self.rendered("{{#x.list}}{{index()}}{{.}}{{^last()}}, {{/last()}}{{/x.list}}", value) == "1a, 2b")
        #expect(
            try self.rendered("{{#empty(x.none)}}e{{/empty(x.none)}}{{^empty(x.list)}}f{{/empty(x.list)}}", value)
                == "ef")
        #expect(try self.rendered("{{#empty(x.absent)}}e{{/empty(x.absent)}}{{count(x.list)}}", value) == "e2")
    }

    @Test(arguments: [
        "{{{x}}}", "{{&x}}", "{{#x}}", "{{/x}}", "{{#x}}{{/y}}", "{{x", "{{shout(x)}}", "{{a b}}", "{{=<% %>=}}",
    ])
    func whatPagesMustNotSayIsRefusedWhenItIsRead(_ text: String) {
        #expect(throws: Template.Mistake.self) { try Template(text) }
    }
}
