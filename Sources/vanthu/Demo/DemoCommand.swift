import ArgumentParser
import Foundation

/// Plays the travel of one document through the public API, as the people of three organisations would do it.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Play the travel of one document through the API of a running server.",
        discussion: """
            A specialist of Bưu điện Hà Nội drafts a letter, the head agrees, the clerk checks the form, the director signs, the
            clerk numbers, seals and issues it; two other organisations register it, a director there directs it, and it is found
            by search. The server must have the demonstration's accounts (scripts/run makes them) and this machine LibreOffice.

            Example: vanthu demo --server http://127.0.0.1:8080 --out demo
            """)

    @Option(help: "Address of the server.")
    var server = "http://127.0.0.1:8080"

    @Option(help: "Folder that issued.pdf is written into; made when it is missing.")
    var out = "."

    @Option(help: "Password of the demonstration's accounts.")
    var password = "buu-dien-2026"

    @Option(help: "Letter in LibreOffice's flat format that is drafted.")
    var letter = "Config/templates/cong-van.fodt"

    @Option(help: "PIN of the keys that the demonstration makes and uses.")
    var pin = "246813"

    func run() async throws {
        let client = APIClient(server: self.server)
        do {
            var travel = DemoTravel(client: client, password: self.password, pin: self.pin)
            let outcome = try await travel.play(letter: self.letter, into: self.out)
            await client.close()
            print(try outcome.line())
        } catch {
            await client.close()
            FileHandle.standardError.write(Data("The travel stopped: \(error)\n".utf8))
            throw ExitCode.failure
        }
    }
}

/// What the demonstration's last line says.
struct DemoOutcome: Encodable {
    let number: String
    let receivedBy: Int
    let incomingNumbers: [Int]
    let foundBySearch: Bool
    let seconds: Double

    func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
