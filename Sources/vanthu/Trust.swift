import ArgumentParser
import Foundation
import Platform
import Postgres
import Signatures

struct Trust: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Roots and CAs of others that signatures are trusted by: the national root (NEAC) and the licensed CAs.",
        discussion: """
            The internal CA is always trusted and is not listed here.
            Example: vanthu trust import neac-root.cer --kind root --name 'NEAC' --source 'https://neac.gov.vn, 2026-11-20'
            """,
        subcommands: [Import.self, List.self, Remove.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Trusts the certificates in files, DER or PEM, one in each.",
            discussion: """
                Compare the SHA-256 that is printed with the one that the CA publishes. A certificate that is there already is left as it is.
                Example: vanthu trust import ca1.cer ca2.pem --kind ca --name 'VNPT-CA' --source 'Giấy phép 1/GP-BKHCN'
                """)

        @Argument(help: "Certificates, DER or PEM.")
        var files: [String]

        @Option(help: "root: a path may end here; ca: below a root.")
        var kind: String

        @Option(help: "What people call it.")
        var name: String

        @Option(help: "national (NEAC and the licensed CAs) or public_duty (the Government Cipher Committee).")
        var scope = "national"

        @Option(help: "Where it was taken from, and when.")
        var source: String

        @Option(help: "The first day of trust, 2026-01-31; without it the certificate's own.")
        var validFrom: String?

        @Option(help: "The last day of trust; without it the certificate's own.")
        var validUntil: String?

        func run() async throws {
            try await self.explained {
                let installation = try Installation(isForPerson: true)
                guard let kind = TrustAnchor.Kind(rawValue: self.kind) else {
                    throw Failure("--kind is '\(self.kind)'", "Write root or ca")
                }
                guard ["national", "public_duty"].contains(self.scope) else {
                    throw Failure("--scope is '\(self.scope)'", "Write national or public_duty")
                }
                let anchors = try self.files.map { path in
                    do {
                        return try TrustAnchor(
                            kind: kind, scope: self.scope, name: self.name, source: self.source,
                            file: Array(try Data(contentsOf: URL(fileURLWithPath: path))),
                            from: try self.validFrom.map { try Self.day($0, "--valid-from") },
                            until: try self.validUntil.map { try Self.day($0, "--valid-until") + .seconds(86_399) })
                    } catch is SoftKeyError {
                        throw Failure(
                            "\(path) is no certificate that can be trusted as \(kind.rawValue)",
                            "Take the CA's certificate, DER or PEM")
                    }
                }
                try await self.explained(installation.configuration) {
                    try await installation.with(installation.databaseAsOwner()) { database in
                        let isNew = try await database.transaction { transaction in
                            try anchors.map { try $0.keep(in: transaction) }
                        }
                        for (anchor, isNew) in zip(anchors, isNew) {
                            print(
                                "\(isNew ? "trusted" : "was there"): \(anchor.subject)\n  SHA-256 \(anchor.sha256.hexadecimal)"
                            )
                        }
                    }
                }
            }
        }

        private static func day(_ text: String, _ option: String) throws -> Instant {
            guard let date = CalendarDate(text) else {
                throw Failure("\(option) is '\(text)'", "Write a day as 2026-01-31")
            }
            return Instant(date)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints whom the installation trusts, with source and time.",
            discussion: "Example: vanthu trust list")

        func run() async throws {
            try await self.explained {
                let installation = try Installation(isForPerson: true)
                try await self.explained(installation.configuration) {
                    try await installation.with(installation.database()) { database in
                        let lines = try await database.transaction { transaction in
                            try TrustAnchor.lines(in: transaction)
                        }
                        for line in lines { print(line) }
                    }
                }
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Trusts a certificate no longer, named by its SHA-256 or the beginning of it.",
            discussion: "Example: vanthu trust remove 3f2a90c1")

        @Argument(help: "At least eight hexadecimal digits of its SHA-256, as `vanthu trust list` prints it.")
        var sha256: String

        func run() async throws {
            try await self.explained {
                let digits = self.sha256.lowercased()
                guard (8...64).contains(digits.utf8.count), digits.allSatisfy(\.isHexDigit) else {
                    throw Failure("'\(self.sha256)' is no SHA-256", "`vanthu trust list` prints them")
                }
                let installation = try Installation(isForPerson: true)
                try await self.explained(installation.configuration) {
                    try await installation.with(installation.databaseAsOwner()) { database in
                        let count = try await database.transaction { transaction in
                            try TrustAnchor.remove(beginning: digits, in: transaction)
                        }
                        guard count == 1 else {
                            throw Failure(
                                "\(count) certificates begin so; nothing is removed", "`vanthu trust list` prints them")
                        }
                        print("removed")
                    }
                }
            }
        }
    }
}
