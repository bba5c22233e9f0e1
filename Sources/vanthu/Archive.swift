import ArgumentParser
import Foundation
import Platform
import Postgres
import Signatures

struct Archive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How long the signatures of kept files stay provable, and what is to be renewed.",
        discussion: """
            The server renews by itself what is due (archive_lead_days, algorithm_ends). Exits with status 1 when something is held up: after
            the cause is gone (a CA was trusted, the time-stamp certificate replaced), --retry has it looked at again at once.
            Example: vanthu archive --tenant BDHN --days 90
            """)

    @Option(help: "Code of one organisation; all of them without it.")
    var tenant: String?

    @Option(help: "How many days ahead is looked for what is due.")
    var days = 30

    @Flag(help: "One JSON object, by organisation.")
    var json = false

    @Flag(help: "Has what is held up looked at again at once.")
    var retry = false

    func validate() throws {
        guard (0...36_500).contains(self.days) else { throw ValidationError("--days is from 0 to 36500") }
    }

    func run() async throws {
        try await self.explained {
            let installation = try Installation(isForPerson: true)
            try await self.explained(installation.configuration) {
                try await installation.with(installation.database()) { database in
                    try await self.show(in: database)
                }
            }
        }
    }

    private func show(in database: Database) async throws {
        var found: [String: ArchiveSummary] = [:]
        for tenant in try await TenantEntry.all(code: self.tenant, in: database) {
            let (summary, again) = try await database.transaction(asSystemOf: tenant.id) { transaction in
                let again = self.retry ? try ArchiveSummary.retry(in: transaction) : 0
                return (
                    try ArchiveSummary.read(within: .seconds(self.days * 86_400), in: transaction), again
                )
            }
            found[tenant.code] = summary
            guard !self.json, summary.watched > 0 else { continue }
            let end = summary.firstEnd?.date.map { "\($0)" } ?? "–"
            print(
                "\(Output.padded(tenant.code, 10)) \(summary.watched) signed files, \(summary.withCopy) with a copy, first end \(end), "
                    + "\(summary.due) due within \(self.days) days" + (again > 0 ? ", \(again) looked at again" : ""))
            for (reason, count) in summary.heldUp.sorted(by: { $0.key < $1.key }) {
                print("  held up: \(count) \(reason)")
            }
        }
        if self.json { print(try Output.json(found)) }
        if !self.retry, found.values.contains(where: { !$0.heldUp.isEmpty }) { throw ExitCode(1) }
    }
}
