import ArgumentParser
import Foundation
import Platform
import Postgres

struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The audit trail.",
        discussion: "Example: vanthu audit verify --tenant BDHN",
        subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proves that no entry of the audit trail was changed, removed or reordered.",
            discussion: """
                Prints each organisation with the number of its entries and the hash of the last one, to be kept elsewhere: a trail
                rewritten as a whole shows only there. Without --tenant also the trail of the installation: what operators did to it as
                a whole, such as ceremonies of the internal CA. Exits with status 1 when something is not as it was written.
                Example: vanthu audit verify --tenant BDHN
                """)

        @Option(help: "Code of one organisation; all of them without it.")
        var tenant: String?

        func run() async throws {
            try await self.explained {
                let installation = try Installation(isForPerson: true)
                try await self.explained(installation.configuration) {
                    try await installation.with(installation.database()) { database in
                        try await self.verify(in: database)
                    }
                }
            }
        }

        private func verify(in database: Database) async throws {
            let verification = AuditVerification(database: database)
            var findings = 0
            for tenant in try await TenantEntry.all(code: self.tenant, in: database) {
                findings += self.show(try await verification.verify(tenant: tenant.id), of: tenant.code)
            }
            if self.tenant == nil {
                findings += self.show(try await verification.verifyInstallation(), of: "installation")
            }
            if findings > 0 { throw ExitCode(1) }
        }

        /// Prints what a chain turned out to be; how many findings it has.
        private func show(_ result: AuditVerification.Result, of name: String) -> Int {
            let head = result.head.prefix(8).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
            let state = result.findings.isEmpty ? "intact" : "\(result.findings.count) findings"
            print("\(Output.padded(name, 12)) \(result.entries) entries, \(state), last \(head)…")
            for finding in result.findings { print("  entry \(finding.sequence): \(finding.kind.rawValue)") }
            return result.findings.count
        }
    }
}

/// One organisation of the directory.
struct TenantEntry: Sendable {
    let id: UUID
    let code: String

    /// All organisations by code, or the one with `code` in any case.
    static func all(code: String? = nil, in database: Database) async throws -> [TenantEntry] {
        let found = try await database.transaction { transaction in
            try transaction.rows(
                """
                SELECT id, code FROM platform.tenant
                 WHERE \(code)::text IS NULL OR lower(code) = lower(\(code)::text)
                 ORDER BY code
                """
            ) { row in TenantEntry(id: try row.column(0), code: try row.column(1)) }
        }
        if let code, found.isEmpty {
            throw Failure("there is no organisation with the code '\(code)'", "`vanthu tenant list` shows all codes")
        }
        return found
    }
}
