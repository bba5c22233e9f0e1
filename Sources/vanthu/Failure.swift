import ArgumentParser
import Foundation
import NIOCore
import Platform
import Postgres
import Web

/// A failure of a command as it is told to the person at the terminal: what is wrong, and what to do next.
struct Failure: Error, CustomStringConvertible {
    let problem: String
    let advice: String

    init(_ problem: String, _ advice: String) {
        self.problem = problem
        self.advice = advice
    }

    var description: String { "\(self.problem).\n\(self.advice)." }

    /// What a known error means to the person; unknown ones stay as they are.
    static func explaining(_ error: any Error, in configuration: Configuration? = nil) -> any Error {
        switch error {
        case let mistake as Configuration.Mistake:
            return Failure("\(mistake)", "Correct the setting; `vanthu config --help` tells where settings come from")
        case let error as PagesError:
            return Failure(
                "the pages cannot be read: \(error)",
                "Start vanthu in the project's folder, or set VANTHU_PAGES_FOLDER; scripts/run installs missing packages"
            )
        case let error as MigrationError:
            return Failure("\(error)", Self.advice(for: error))
        case let error as DatabaseError where error.isConnectionFailure:
            let place = (try? configuration?.databaseHost) ?? "database_host"
            return Failure(
                "PostgreSQL cannot be reached at \(place) (\(error.code))",
                "Start it (scripts/run does), or set VANTHU_DATABASE_HOST to its socket folder or host")
        case let error as DatabaseError where ["42P01", "3F000", "42883"].contains(error.code.sqlState):
            // undefined_table, invalid_schema_name, undefined_function
            return Failure("the database has no schema yet", "Run `vanthu migrate` first")
        case let error as DatabaseError where error.condition != nil:
            let said = [error.condition, error.field].compactMap(\.self).joined(separator: " ")
            return Failure("refused: \(said)", "Correct what the code names and try again")
        case let error as any RefusalConvertible:
            return Failure("refused: \(error.refusal.code)", "Correct what the code names and try again")
        case let error as IOError where error.errnoCode == EADDRINUSE:
            return Failure(
                "the port \((try? configuration?.integer(.port)) ?? 0) is taken",
                "End what listens there, or choose another: VANTHU_PORT=8081 vanthu serve")
        default:
            return error
        }
    }

    private static func advice(for error: MigrationError) -> String {
        switch error {
        case .noFolder: "Run vanthu in the project's folder, or set VANTHU_SQL_FOLDER"
        case .unreadable, .sameVersion: "Rename or remove the file"
        case .changed: "Restore the file as it was, and put the change into a new migration"
        case .missing: "Run the newer release, or restore a backup from before it"
        case .failed: "Nothing of this migration remains; correct its cause and run `vanthu migrate` again"
        }
    }
}

extension AsyncParsableCommand {
    /// Runs `body` and tells its failure as a person needs it.
    func explained(
        _ configuration: Configuration? = nil, _ body: () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch let code as ExitCode {
            throw code
        } catch {
            throw Failure.explaining(error, in: configuration)
        }
    }
}
