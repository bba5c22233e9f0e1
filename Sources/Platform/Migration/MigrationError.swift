public import Postgres

/// Why a database cannot be brought forward. Names files and lines, never data.
public enum MigrationError: Error, CustomStringConvertible {
    case noFolder(String)
    /// A file whose name is not `NNNN_subject.sql`, or that is not UTF-8.
    case unreadable(String)
    case sameVersion(String, String)
    case changed(String)
    case missing(String)
    case failed(String, line: Int, DatabaseError)

    public var description: String {
        switch self {
        case .noFolder(let folder): "\(folder) is no folder of migrations"
        case .unreadable(let file): "\(file) is not a migration: NNNN_subject.sql in UTF-8"
        case .sameVersion(let one, let other): "\(one) and \(other) have the same number"
        case .changed(let name): "\(name) is not what was applied; a migration never changes and never slips in between"
        case .missing(let name): "\(name) was applied and is not in the folder; this release is older than its database"
        case .failed(let name, let line, let error): "\(name), line \(line): \(String(reflecting: error))"
        }
    }
}
