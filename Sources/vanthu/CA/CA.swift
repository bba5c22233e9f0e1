import ArgumentParser
import Foundation
import Platform
import Postgres
import Signatures

struct CA: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ca",
        abstract: "The internal CA: its root, kept offline, and the authorities that issue below it.",
        discussion: "Example: vanthu ca export --out /media/safe/root.pem --offline",
        subcommands: [List.self, Create.self, Export.self, Restore.self, Rehearse.self, Rollover.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the authorities: kind, state, subject, serial number, validity, where the key is.",
            discussion: "Example: vanthu ca list")

        func run() async throws {
            try await self.explained {
                let installation = try Installation(isForPerson: true)
                try await self.explained(installation.configuration) {
                    try await installation.with(installation.database()) { database in
                        let authorities = try await RootCeremony.authorities(in: database)
                        if authorities.all.isEmpty {
                            print("There is no authority yet; `vanthu ca create` makes them, or the first use.")
                        }
                        for authority in authorities.all { print(CA.lines(authority)) }
                    }
                }
            }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes root and issuing authority now, before the first use would.",
            discussion:
                "Refused when there are some. Example: vanthu ca create && vanthu ca export --out root.pem --offline")

        func run() async throws {
            try await self.explained {
                let installation = try Installation(isForPerson: true)
                try await self.explained(installation.configuration) {
                    try await installation.with(installation.database()) { database in
                        guard try await RootCeremony.authorities(in: database).all.isEmpty else {
                            throw Failure("there are authorities already", "`vanthu ca list` prints them")
                        }
                        let made = try await installation.keys().authorities(in: database, by: .current)
                        for authority in made.all { print(CA.lines(authority)) }
                    }
                }
            }
        }
    }

    struct Rehearse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proves that an export opens, matches its certificate and can sign. Needs no database.",
            discussion: """
                Exit status 0 when it does, 1 when it does not. Compare the SHA-256 with the root's in `vanthu ca list`.
                With --record, on a server, the rehearsal goes into the installation's audit trail.
                Example: vanthu ca rehearse /media/safe/root.pem
                """)

        @Argument(help: "The export.")
        var file: String

        @Flag(help: "Record the rehearsal in the audit trail of this server's installation.")
        var record = false

        @OptionGroup var passphrase: Passphrase

        func run() async throws {
            try await self.explained {
                let export = try CA.opened(self.file, self.passphrase)
                do {
                    try export.rehearse()
                } catch let error as SoftKeyError {
                    throw Failure("the key of \(self.file) cannot sign as its root: \(error)", "Take another export")
                }
                let facts = try CertificateFacts(export.certificate)
                print("opens, matches its certificate and signs: \(facts.subject)")
                print("  SHA-256 \(SHA256.digest(export.certificate).hexadecimal)")
                guard self.record else { return }
                try await CA.ceremony { _, ceremony, authorities in
                    guard let root = authorities.all.first(where: { $0.certificate == export.certificate }) else {
                        throw CA.foreign(self.file)
                    }
                    try await ceremony.record("ca.root.rehearse", on: root)
                }
            }
        }
    }

    /// An authority as `list` prints it.
    static func lines(_ authority: Authority) -> String {
        func day(_ instant: Instant) -> String {
            String(Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6).ISO8601Format().prefix(10))
        }
        return """
            \(authority.kind.rawValue) \(authority.state.rawValue): \(authority.subject)
              serial \(authority.serial), valid \(day(authority.notBefore)) to \(day(authority.notAfter)), \
            key \(authority.wrappedKey == nil ? "offline" : "in the database")
              SHA-256 \(SHA256.digest(authority.certificate).hexadecimal)
            """
    }
}
