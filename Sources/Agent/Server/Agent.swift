import Hummingbird
import Logging
import ServiceLifecycle

/// The agent on a person's own machine: pages of the installation may ask it for signatures of a token, and it asks the person.
///
/// It listens on loopback only, knows no database, and keeps nothing but the hash of a token for each page it was paired with.
public struct Agent: Sendable {
    /// The port that pages look for.
    public static let ordinaryPort = 18754

    /// What the agent needs to know at its start.
    public struct Settings: Sendable {
        /// Path of a PKCS #11 module.
        public var module: String
        /// The pages that are served.
        public var origins: Set<Origin>
        /// An address of loopback.
        public var host = "127.0.0.1"
        public var port = Agent.ordinaryPort
        public var pairingFile: String

        public init(module: String, origins: Set<Origin>, pairingFile: String) {
            self.module = module
            self.origins = origins
            self.pairingFile = pairingFile
        }
    }

    /// Somebody wanted the agent to listen to other machines.
    public struct NotLoopback: Error, CustomStringConvertible {
        public let host: String
        public var description: String { "'\(self.host)' is not this machine alone" }
    }

    private let settings: Settings
    private let person: Person
    private let room: TokenRoom
    private let pairings: Pairings

    /// Loads the module and reads the pairings.
    ///
    /// - Throws: `NotLoopback`, `AgentError.module`, or what is wrong with the file of pairings.
    public init(_ settings: Settings, person: Person) async throws {
        guard ["127.0.0.1", "::1"].contains(settings.host) else { throw NotLoopback(host: settings.host) }
        self.settings = settings
        self.person = person
        self.pairings = try Pairings(file: PairingFile(path: settings.pairingFile))
        self.room = TokenRoom(module: settings.module)
        try await self.room.load()
    }

    /// The server, to be run in the process's service group.
    public func service(logger: Logger) -> any Service {
        let responder = AgentResponder(
            door: Door(origins: self.settings.origins, port: self.settings.port), pairings: self.pairings,
            room: self.room, person: self.person)
        let (person, pairings, settings) = (self.person, self.pairings, self.settings)
        let application = Application(
            responder: responder,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: nil),
            onServerRunning: { _ in
                person.tell(
                    "http://\(settings.host.contains(":") ? "[\(settings.host)]" : settings.host):\(settings.port)")
                person.tell(person.words.pairing(await pairings.newCode()))
            }, logger: logger)
        return Ending(application: application, person: person)
    }

    /// Lets go of the token's library, on the thread that used it. For after the service's end.
    public func close() async { await self.room.close() }

    /// The server, which takes back an open question as soon as it is to end: a request waits for its answer, and the server for its requests.
    private struct Ending: Service {
        let application: any Service
        let person: Person

        func run() async throws {
            try await withTaskCancellationOrGracefulShutdownHandler {
                try await self.application.run()
            } onCancelOrGracefulShutdown: {
                self.person.leave()
            }
        }
    }
}
