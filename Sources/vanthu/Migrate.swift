import ArgumentParser
import Documents
import Foundation
import Platform
import Postgres
import Workflow

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings the database to this release: migrations, then document types and flows from Config.",
        discussion: """
            Forward only, each migration once and in a transaction of its own; several processes may migrate at the same time.
            Example: vanthu migrate --check && vanthu serve
            """)

    @Flag(help: "Change nothing; tell what is pending, and exit with status 1 when something is.")
    var check = false

    func run() async throws {
        try await self.explained {
            let installation = try Installation(isForPerson: true)
            try await self.explained(installation.configuration) {
                try await installation.with(installation.databaseAsOwner()) { database in
                    let migrator = try installation.migrator(database)
                    if self.check {
                        try await Self.tell(try await migrator.check())
                    } else {
                        let applied = try await migrator.migrate()
                        for name in applied { print("applied \(name)") }
                        try await Self.load(from: installation.configuration.text(.configFolder), into: database)
                        if applied.isEmpty { print("The schema is up to date.") }
                    }
                }
            }
        }
    }

    private static func tell(_ report: Migrator.Report) async throws {
        for name in report.pending { print("pending \(name)") }
        for name in report.changed { print("changed \(name)") }
        for name in report.missing { print("missing \(name)") }
        guard report.isUpToDate else { throw ExitCode(1) }
        print("The schema is up to date: \(report.applied.count) migrations.")
    }

    /// Document types and flows are data that a deployer edits; every migration brings them in as they are now.
    private static func load(from folder: String, into database: Database) async throws {
        let types = LoadDocumentTypes(types: try Self.json("\(folder)/document-types.json"))
        var flows: [LoadFlow] = []
        for flow in ["incoming", "outgoing", "internal"] {
            flows.append(LoadFlow(flow: flow, moves: try Self.json("\(folder)/workflows/\(flow).json")))
        }
        let loads = flows
        try await database.transaction { transaction in
            _ = try types(in: transaction)
            for load in loads { _ = try load(in: transaction) }
        }
    }

    private static func json(_ path: String) throws -> JSONText {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure("\(path) cannot be read", "Run vanthu in the project's folder, or set VANTHU_CONFIG_FOLDER")
        }
        guard (try? JSONSerialization.jsonObject(with: data)) != nil else {
            throw Failure("\(path) is not JSON", "Correct it; `python3 -m json.tool \(path)` shows where it is wrong")
        }
        return JSONText(String(decoding: data, as: UTF8.self))
    }
}
