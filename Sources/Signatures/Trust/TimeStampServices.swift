import Foundation
import Postgres
import Synchronization

/// Who is asked for time stamps, and what happens when nobody answers: `Config/time-stamps.json`.
public struct TimeStampServices: Sendable, Decodable, Hashable {
    /// What happens to a signature when no service gives a time stamp.
    public enum WithoutAnswer: String, Sendable, Decodable {
        /// It is made without (level B-B); a job sees to evidence and time stamp as soon as one can be had.
        case sign
        /// It is refused: `time_stamp_failed`.
        case refuse
    }

    public var withoutAnswer: WithoutAnswer
    /// In the order in which they are asked. None: nothing is stamped.
    public var services: [TimeStampService]

    private enum CodingKeys: String, CodingKey {
        case withoutAnswer = "without_answer"
        case services
    }

    public init(withoutAnswer: WithoutAnswer = .sign, services: [TimeStampService] = [.internal]) {
        self.withoutAnswer = withoutAnswer
        self.services = services
    }

    /// An entry that cannot be taken, named with its field.
    public struct Fault: Error, CustomStringConvertible {
        public let description: String
    }

    /// Reads the file. No file: the internal CA alone. Throws `Fault`.
    public init(file path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            self.init()
            return
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch DecodingError.keyNotFound(let key, let context) {
            throw Fault(description: (context.codingPath + [key]).map(\.stringValue).joined(separator: "."))
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context)
        {
            throw Fault(description: context.codingPath.map(\.stringValue).joined(separator: "."))
        }
        for service in self.services { try service.check() }
        guard Set(self.services.map(\.id)).count == self.services.count else {
            throw Fault(description: "services: the same id twice")
        }
    }
}

/// A time-stamp service (RFC 3161 over HTTP). Its secret lies in a file or in the environment, never in the entry.
public struct TimeStampService: Sendable, Decodable, Hashable {
    /// What it is called in logs and records; `internal` is the internal CA's own, which needs nothing else.
    public let id: String
    /// `https://…`; plain http where neither account nor secret is sent.
    public var address = ""
    /// The policy (OID in dots) that a token must be under; nil: as the service likes.
    public var policy: String?
    /// HTTP basic authentication with the secret; without it the secret is a bearer token.
    public var account: String?
    public var secretFile: String?
    /// Name of an environment variable.
    public var secretEnvironment: String?
    /// Seconds that an answer may take, 1 to 60.
    public var time = 10

    public static let `internal` = TimeStampService(id: "internal")

    private enum CodingKeys: String, CodingKey {
        case id, address, policy, account
        case secretFile = "secret_file"
        case secretEnvironment = "secret_environment"
        case time = "seconds"
    }

    init(id: String) {
        self.id = id
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.id = try values.decode(String.self, forKey: .id)
        if self.id != "internal" { self.address = try values.decode(String.self, forKey: .address) }
        self.policy = try values.decodeIfPresent(String.self, forKey: .policy)
        self.account = try values.decodeIfPresent(String.self, forKey: .account)
        self.secretFile = try values.decodeIfPresent(String.self, forKey: .secretFile)
        self.secretEnvironment = try values.decodeIfPresent(String.self, forKey: .secretEnvironment)
        self.time = try values.decodeIfPresent(Int.self, forKey: .time) ?? 10
    }

    public var isInternal: Bool { self.id == "internal" }

    private var hasSecret: Bool { self.secretFile != nil || self.secretEnvironment != nil }

    func check() throws(TimeStampServices.Fault) {
        func fault(_ field: String) -> TimeStampServices.Fault { .init(description: "\(self.id): \(field)") }
        guard (1...50).contains(self.id.utf8.count) else { throw .init(description: "services: id") }
        guard (1...60).contains(self.time) else { throw fault("seconds") }
        if let policy {
            let arcs = policy.split(separator: ".", omittingEmptySubsequences: false)
            guard arcs.count > 2, arcs.allSatisfy({ UInt($0) != nil }) else { throw fault("policy") }
        }
        guard self.account == nil || self.hasSecret else { throw fault("secret_file") }
        guard !self.isInternal else { return }
        guard let url = URLComponents(string: self.address), let host = url.host, url.user == nil else {
            throw fault("address")
        }
        let isHere = ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host)
        guard url.scheme == "https" || (url.scheme == "http" && (isHere || !self.hasSecret)) else {
            throw fault("address must be https")
        }
    }

    /// The value of `Authorization`, its secret read anew each time so that it may be changed while the server runs; nil without a secret.
    func authorization() throws(TimeStampServices.Fault) -> String? {
        guard self.hasSecret else { return nil }
        let text =
            if let path = self.secretFile {
                try? String(contentsOfFile: path, encoding: .utf8)
            } else {
                self.secretEnvironment.flatMap { ProcessInfo.processInfo.environment[$0] }
            }
        guard let secret = text?.trimmingCharacters(in: .whitespacesAndNewlines), !secret.isEmpty else {
            throw .init(description: "\(self.id): secret cannot be read")
        }
        guard let account else { return "Bearer \(secret)" }
        return "Basic " + Data("\(account):\(secret)".utf8).base64EncodedString()
    }
}

/// What the services stamped with last: evidence about it has to be in a file before the time stamp that covers it.
final class KnownStampers: Sendable {
    private let known = Mutex<[TimeStampService: (path: [[UInt8]], at: ContinuousClock.Instant)]>([:])
    private static let memory = Duration.seconds(600)

    func note(_ path: [[UInt8]], of service: TimeStampService) {
        self.known.withLock { $0[service] = (path, .now) }
    }

    func path(of service: TimeStampService) -> [[UInt8]]? {
        guard let known = self.known.withLock({ $0[service] }), .now - known.at < Self.memory else { return nil }
        return known.path
    }
}
