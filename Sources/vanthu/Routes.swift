import API
import ArgumentParser
import HTTPTypes

struct Routes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints every route that is served, from the one list the server itself uses.",
        discussion: "Example: vanthu routes --json")

    @Flag(help: "Print JSON: [{name, method, path, access, captures}].")
    var json = false

    private struct Line: Encodable {
        let name: String
        let method: String
        let path: String
        let access: String
        let captures: [String]
    }

    func run() async throws {
        let lines = API.routes.map { route in
            let access =
                if case .signedIn(let scope) = route.access { scope?.rawValue ?? "signed in" } else { "anyone" }
            return Line(
                name: route.name, method: route.method.rawValue, path: route.path, access: access,
                captures: route.captures)
        }
        if self.json {
            print(try Output.json(lines))
        } else {
            for line in lines {
                print("\(Output.padded(line.method, 7)) \(Output.padded(line.path, 52)) \(line.access)")
            }
        }
    }
}
