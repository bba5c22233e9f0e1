import ArgumentParser
import Foundation
import Platform

struct ShowConfiguration: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Prints every setting with its value and where the value came from.",
        discussion: """
            A VANTHU_* environment variable goes before Config/vanthu.json (or the file that VANTHU_CONFIG names), which goes before
            the default. Secrets are never printed.
            Example: VANTHU_PORT=8081 vanthu config
            """)

    @Flag(help: "Print JSON: [{name, value, origin, meaning}].")
    var json = false

    private struct Line: Encodable {
        let name: String
        let value: String?
        let origin: String
        let meaning: String
    }

    func run() async throws {
        try await self.explained {
            let lines = try Configuration().entries.map { entry in
                Line(
                    name: entry.key.name, value: entry.shown, origin: "\(entry.origin)", meaning: entry.key.meaning)
            }
            if self.json {
                print(try Output.json(lines))
            } else {
                for line in lines {
                    print("\(Output.padded(line.name, 24)) \(Output.padded(line.value ?? "-", 32)) \(line.origin)")
                }
            }
        }
    }
}
