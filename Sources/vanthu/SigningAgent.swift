import Agent
import ArgumentParser
import Foundation
import Glibc
import Logging
import ServiceLifecycle

struct SigningAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Signs with the token on this machine for pages of the installation, asking before each signature.",
        discussion: """
            Runs on a person's own machine, needs neither database nor settings of the server, and listens on loopback only. A page is paired
            once, by the code that is shown here. The token's PIN is asked here and never kept.
            Example: vanthu agent --module /usr/lib/softhsm/libsofthsm2.so --origin https://vanthu.example
            With dialogs: --confirm-with 'zenity --text-info --title=Vanthu' --pin-with 'zenity --password --title=PIN'
            """)

    @Option(help: "The PKCS #11 module of the token: a library's path.")
    var module: String

    @Option(help: "The address of the installation; may be given several times.")
    var origin: [String]

    @Option(help: "The address to listen on: 127.0.0.1 or ::1.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; pages look for \(Agent.ordinaryPort).")
    var port = Agent.ordinaryPort

    @Option(
        help: "A command that shows its standard input and says yes with exit status 0; without it the terminal asks.")
    var confirmWith: String?

    @Option(help: "A command that asks for a PIN and prints it; without it the terminal asks.")
    var pinWith: String?

    @Option(help: "Seconds to wait for an answer; none is a no.")
    var wait = 120

    @Option(help: "The file that remembers the paired pages; without it vanthu/agent.json in the user's configuration.")
    var pairings: String?

    @Option(help: "vi or en.")
    var language = "vi"

    func run() async throws {
        try await self.explained {
            let origins = try self.origin.map { text in
                guard let origin = Origin(text) else {
                    throw Failure("'\(text)' is no address of an installation", "Write it as https://vanthu.example")
                }
                return origin
            }
            guard !origins.isEmpty else {
                throw Failure("no page is served", "Name the installation: --origin https://vanthu.example")
            }
            guard let words = AgentWords(rawValue: self.language) else {
                throw Failure("'\(self.language)' is no language of the agent", "Use vi or en")
            }
            guard (1...65_535).contains(self.port), self.wait > 0 else {
                throw Failure("--port or --wait is out of range", "Leave them out, or use numbers above 0")
            }
            var settings = Agent.Settings(
                module: self.module, origins: Set(origins), pairingFile: self.pairings ?? Self.ordinaryPairings)
            settings.host = self.host
            settings.port = self.port
            let person = Person.asked(
                words: words, confirmation: self.confirmWith, pin: self.pinWith, wait: self.wait
            ) { FileHandle.standardError.write(Data(($0 + "\n").utf8)) }
            guard let person else {
                throw Failure(
                    "nobody can be asked: there is no terminal",
                    "Give --confirm-with and --pin-with, or start it in a terminal")
            }
            try await self.serve(settings, person)
        }
    }

    private func serve(_ settings: Agent.Settings, _ person: Person) async throws {
        // The agent tells its person in plain words; a log would only repeat them.
        var logger = Logger(label: "vanthu.agent", factory: { _ in SwiftLogNoOpLogHandler() })
        logger.logLevel = .critical
        let agent: Agent
        do {
            agent = try await Agent(settings, person: person)
        } catch let error as Agent.NotLoopback {
            throw Failure("\(error)", "Use --host 127.0.0.1 or ::1: the agent serves this machine only")
        } catch AgentError.module(let reason) {
            throw Failure(
                "the PKCS #11 module cannot be used: \(reason)", "Check --module; the token's maker names the path")
        } catch {
            throw Failure(
                "the file of pairings cannot be used: \(error)", "Remove \(settings.pairingFile) and pair again")
        }
        do {
            try await Serve.run([agent.service(logger: logger)], logger: logger, patience: 5)
        } catch {
            await agent.close()
            throw error
        }
        await agent.close()
        // Without the exit handlers of the token's library: SoftHSM's, for one, waits for ever on a lock that it has just destroyed.
        _exit(0)
    }

    private static var ordinaryPairings: String {
        let environment = ProcessInfo.processInfo.environment
        let folder = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        return (folder ?? (environment["HOME"] ?? ".") + "/.config") + "/vanthu/agent.json"
    }
}
