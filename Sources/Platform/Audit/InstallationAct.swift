public import Foundation
public import Postgres

/// An act on the installation as a whole, which no organisation's audit trail would be the place for: a ceremony of the internal CA. It goes
/// into a chain of its own, which `vanthu audit verify` walks like the others.
public struct InstallationAct: Sendable {
    /// Who acts from the shell of a server, as the operating system knows them.
    public struct Operator: Sendable, Hashable, Encodable {
        /// The user that the command runs as.
        public let user: String
        /// Who became that user by sudo; nil for a direct sign-in.
        public let sudo_user: String?
        public let host: String

        public init(user: String, sudoUser: String?, host: String) {
            self.user = user
            self.sudo_user = sudoUser
            self.host = host
        }

        /// Who runs this process.
        public static var current: Operator {
            let process = ProcessInfo.processInfo
            return Operator(
                user: NSUserName(), sudoUser: process.environment["SUDO_USER"], host: process.hostName)
        }
    }

    /// What stands in the place of the tenant in the chain's entries.
    static let noTenant = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    /// What was done, as `ca.root.export`.
    public let action: String
    public let subjectKind: String
    public let subject: UUID?
    /// Nil when the system acts by itself.
    public let actor: Operator?
    /// What tells more of it, never a secret.
    public let details: [String: String]

    public init(
        _ action: String, on subjectKind: String, _ subject: UUID?, by actor: Operator?,
        details: [String: String] = [:]
    ) {
        self.action = action
        self.subjectKind = subjectKind
        self.subject = subject
        self.actor = actor
        self.details = details
    }

    /// Queues the entry, at the end of the transaction that does what it tells of.
    public func queue(in transaction: borrowing Transaction) throws {
        let who = try self.actor.map { try Self.json($0) }
        let details = try Self.json(self.details)
        transaction.queue(
            """
            SELECT platform.record_operation(\(self.action), \(self.subjectKind), \(self.subject), \(who)::jsonb, \(details)::jsonb)
            """)
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self).precomposedStringWithCanonicalMapping
    }
}
