import Foundation
public import Postgres

/// Brings a database forward: each file of a folder once, in order, each in a transaction of its own.
///
/// A file is named `NNNN_subject.sql` and never changes once it has landed; its SHA-256 is kept and compared. Several migrators may
/// run at the same time: a lock of the database lets one file through at a time, and everybody looks anew.
public struct Migrator: Sendable {
    /// One file.
    public struct Migration: Sendable, Hashable {
        public let version: Int
        public let name: String
        /// SHA-256 of the file.
        public let checksum: [UInt8]
        let source: String
    }

    /// How folder and database compare.
    public struct Report: Sendable, Hashable {
        public var applied: [String] = []
        public var pending: [String] = []
        /// Applied once and changed since.
        public var changed: [String] = []
        /// Applied once and no longer in the folder: the database is ahead of this release.
        public var missing: [String] = []

        public var isUpToDate: Bool { self.pending.isEmpty && self.changed.isEmpty && self.missing.isEmpty }
    }

    private let database: Database
    private let migrations: [Migration]

    /// Any constant will do, as long as it is always the same.
    private static let lock: Int64 = 0x7661_6e74_6875

    /// - Parameters:
    ///   - database: connected as the owner of the schemas.
    ///   - folder: for instance `sql/migrations`.
    /// - Throws: ``MigrationError``.
    public init(database: Database, folder: String) throws {
        self.database = database
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw MigrationError.noFolder(folder)
        }
        self.migrations = try names.filter { $0.hasSuffix(".sql") }.sorted().map { file in
            guard let version = Int(file.prefix(4)), file.dropFirst(4).first == "_",
                let data = FileManager.default.contents(atPath: "\(folder)/\(file)"),
                let source = String(data: data, encoding: .utf8)
            else { throw MigrationError.unreadable(file) }
            return Migration(
                version: version, name: String(file.dropLast(4)), checksum: SHA256.digest(data), source: source)
        }
        for (one, next) in zip(self.migrations, self.migrations.dropFirst()) where one.version == next.version {
            throw MigrationError.sameVersion(one.name, next.name)
        }
    }

    /// Applies what is pending and returns the names of what it applied itself.
    ///
    /// - Throws: ``MigrationError``; nothing of the failed file remains, and what was applied before stays.
    public func migrate() async throws -> [String] {
        var applied: [String] = []
        while true {
            let name = try await self.database.transaction(deadline: .seconds(3600)) { transaction -> String? in
                // Waits for another migrator, which may take its time.
                try transaction.run("SET LOCAL lock_timeout = 0")
                try transaction.run("SET LOCAL statement_timeout = 0")
                try transaction.run("SELECT pg_advisory_xact_lock(\(Self.lock))")
                try transaction.run("CREATE SCHEMA IF NOT EXISTS platform")
                try transaction.run(
                    """
                    CREATE TABLE IF NOT EXISTS platform.migration (
                        version    integer     NOT NULL,
                        name       text        NOT NULL,
                        checksum   bytea       NOT NULL,
                        applied_at timestamptz NOT NULL DEFAULT now(),
                        CONSTRAINT migration_pkey PRIMARY KEY (version)
                    )
                    """)
                try transaction.run("GRANT SELECT ON platform.migration TO vanthu_app")
                let report = self.compare(try Self.applied(in: transaction))
                if let changed = report.changed.first { throw MigrationError.changed(changed) }
                if let missing = report.missing.first { throw MigrationError.missing(missing) }
                guard let next = self.migrations.first(where: { $0.name == report.pending.first }) else { return nil }
                try Self.apply(next, in: transaction)
                return next.name
            }
            guard let name else { return applied }
            applied.append(name)
        }
    }

    /// Compares without changing anything.
    public func check() async throws -> Report {
        try await self.database.transaction { transaction in
            let exists = try transaction.one("SELECT to_regclass('platform.migration') IS NOT NULL") { row in
                try row.column(0, as: Bool.self)
            }
            return self.compare(exists ? try Self.applied(in: transaction) : [])
        }
    }

    private struct Applied: Sendable {
        let version: Int
        let name: String
        let checksum: [UInt8]
    }

    private static func applied(in transaction: borrowing Transaction) throws -> [Applied] {
        try transaction.rows("SELECT version, name, checksum FROM platform.migration ORDER BY version") { row in
            Applied(
                version: Int(try row.column(0, as: Int32.self)), name: try row.column(1), checksum: try row.column(2))
        }
    }

    private func compare(_ applied: [Applied]) -> Report {
        var report = Report()
        let latest = applied.last?.version ?? -1
        for entry in applied {
            report.applied.append(entry.name)
            guard let file = self.migrations.first(where: { $0.version == entry.version }) else {
                report.missing.append(entry.name)
                continue
            }
            if file.checksum != entry.checksum || file.name != entry.name { report.changed.append(entry.name) }
        }
        for file in self.migrations where !applied.contains(where: { $0.version == file.version }) {
            // A file that slips in behind what is applied already would run in another order elsewhere.
            if file.version < latest { report.changed.append(file.name) } else { report.pending.append(file.name) }
        }
        return report
    }

    private static func apply(_ migration: Migration, in transaction: borrowing Transaction) throws {
        for statement in SQLScript(migration.source).statements {
            do {
                try transaction.run("\(unescaped: statement.text)")
            } catch let error as DatabaseError where !error.isRetriable {
                throw MigrationError.failed(migration.name, line: statement.line, error)
            }
        }
        try transaction.run(
            """
            INSERT INTO platform.migration (version, name, checksum)
            VALUES (\(Int32(migration.version)), \(migration.name), \(migration.checksum))
            """)
    }
}
