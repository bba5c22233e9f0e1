import API
import ArgumentParser
import HTTPTypes
import Web

struct Routes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints every route that is served, from the lists the server itself uses.",
        discussion: "Example: vanthu routes --pages --json")

    @Flag(help: "Print JSON: [{name, method, path, access, captures}].")
    var json = false

    @Flag(help: "The pages for people instead of the API's operations; access then names the roles.")
    var pages = false

    private struct Line: Encodable {
        let name: String
        let method: String
        let path: String
        let access: String
        let captures: [String]
    }

    func run() async throws {
        let lines = self.pages ? Self.pageLines : Self.routeLines
        if self.json {
            print(try Output.json(lines))
        } else {
            for line in lines {
                print("\(Output.padded(line.method, 7)) \(Output.padded(line.path, 52)) \(line.access)")
            }
        }
    }

    private static var routeLines: [Line] {
        API.routes.map { route in
            let access =
                if case .signedIn(let scope) = route.access { scope?.rawValue ?? "signed in" } else { "anyone" }
            return Line(
                name: route.name, method: route.method.rawValue, path: route.path, access: access,
                captures: route.captures)
        }
    }

    private static var pageLines: [Line] {
        Web.pages.map { page in
            let access =
                if case .signedIn(let roles) = page.access {
                    roles.isEmpty ? "signed in" : roles.sorted().joined(separator: ",")
                } else { "anyone" }
            let captures = page.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                String($0.dropFirst().dropLast())
            }
            return Line(
                name: page.name, method: page.method.rawValue, path: page.path, access: access, captures: captures)
        }
    }
}
