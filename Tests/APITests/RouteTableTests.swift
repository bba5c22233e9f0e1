import HTTPTypes
import Testing

@testable import API

@Suite struct RouteTableTests {
    private let table = RouteTable(API.routes)

    private func found(_ method: HTTPRequest.Method, _ path: String) -> String? {
        guard case .found(let route, let captures) = self.table.match(method, path) else { return nil }
        return ([route.name] + captures.map(String.init)).joined(separator: " ")
    }

    @Test func everyRouteIsFoundAtItsPath() {
        for route in API.routes {
            let path = route.path.replacing(/\{[a-z]+\}/, with: "x")
            #expect(
                self.found(route.method, path)
                    == ([route.name] + route.captures.map { _ in "x" }).joined(separator: " "))
        }
    }

    @Test func whatIsWrittenOutWinsOverWhatIsCaptured() {
        #expect(self.found(.post, "/api/v1/documents/incoming") == "registerPaper")
        #expect(self.found(.get, "/api/v1/documents/incoming") == nil)
        #expect(self.found(.get, "/api/v1/documents/7") == "getDocument 7")
    }

    @Test(arguments: [
        "/", "", "/api/v1/documents/", "/api/v1//documents", "/api/v1/documents/1/files/2", "/API/v1/me", "*",
    ])
    func otherPathsLeadNowhere(path: String) {
        guard case .nothing = self.table.match(.get, path) else {
            Issue.record("\(path) leads somewhere")
            return
        }
    }

    @Test func aMethodThatIsNotServedIsToldWhichAre() {
        guard case .otherMethods(let allow) = self.table.match(.delete, "/api/v1/documents") else {
            Issue.record("DELETE is served")
            return
        }
        #expect(allow == "GET, HEAD, POST, OPTIONS")
    }

    @Test func namesOfRoutesAreUnique() {
        #expect(Set(API.routes.map(\.name)).count == API.routes.count)
    }

    @Test func everyReferenceOfTheDocumentLeadsSomewhere() throws {
        let bytes = OpenAPI.document(of: API.routes, version: "1")
        guard case .object(let document) = try JSONParser.parse(bytes),
            let components = document.object("components"), let schemas = components.object("schemas")
        else {
            Issue.record("no components")
            return
        }
        let names = Set(schemas.members.map(\.name))
        let text = String(decoding: bytes, as: UTF8.self)
        for reference in text.matches(of: /"#\/components\/schemas\/([A-Za-z]+)"/) {
            #expect(names.contains(String(reference.output.1)))
        }
        #expect(document.object("paths")?.members.count == Set(API.routes.map(\.path)).count)
    }

    @Test func twoSchemasNeverShareAName() {
        var seen: [String: JSONValue] = [:]
        func visit(_ schema: Schema) {
            if let name = schema.name {
                var components: JSONObject = [:]
                _ = schema.jsonSchema(into: &components)
                if let known = seen[name] { #expect(known == components[name], "two schemas are called \(name)") }
                seen[name] = components[name]
            }
            switch schema.kind {
            case .object(let properties): for property in properties { visit(property.schema) }
            case .list(let element, _): visit(element)
            default: break
            }
        }
        for route in API.routes {
            if let schema = route.bodySchema { visit(schema) }
            for answer in route.answers { if let schema = answer.schema { visit(schema) } }
        }
    }
}
