import Foundation
import Platform
import Postgres
import TestSupport
import Testing

@Suite("Migrations", .needsCluster)
struct MigrationTests {
    /// A database with nothing in it and a folder of migrations that belong to the test.
    private func withEmptyDatabase(_ body: (TestDatabase, String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "vanthu-migrations-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try await TestDatabase.makeEmpty()
        do {
            try await body(database, folder)
        } catch {
            await database.drop()
            throw error
        }
        await database.drop()
    }

    private func write(_ files: [String: String], to folder: String) throws {
        for (name, source) in files {
            try Data(source.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
    }

    private static let two = [
        "0001_first.sql": "CREATE TABLE platform.first (n integer); INSERT INTO platform.first VALUES (1);",
        "0002_second.sql": "ALTER TABLE platform.first ADD COLUMN m text;",
    ]

    @Test("Migrations are applied once, in order; what is pending is told before and nothing after")
    func migrationsAreAppliedOnce() async throws {
        try await self.withEmptyDatabase { database, folder in
            try self.write(Self.two, to: folder)
            let migrator = try Migrator(database: database.owner, folder: folder)
            #expect(try await migrator.check().pending == ["0001_first", "0002_second"])
            #expect(try await migrator.migrate() == ["0001_first", "0002_second"])
            #expect(try await migrator.migrate() == [])
            let report = try await migrator.check()
            #expect(report.isUpToDate)
            #expect(report.applied == ["0001_first", "0002_second"])
        }
    }

    @Test("Migrators at the same time apply each migration once")
    func migratorsAtTheSameTime() async throws {
        try await self.withEmptyDatabase { database, folder in
            try self.write(Self.two, to: folder)
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let own = TestCluster.connect(to: database.name, as: "vanthu_owner", poolSize: 1)
                        let applied = try await Migrator(database: own, folder: folder).migrate()
                        await own.close()
                        return applied
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == ["0001_first", "0002_second"])
            let rows: Int64 = try await database.superuser.value("SELECT count(*) FROM platform.first")
            #expect(rows == 1)
        }
    }

    @Test("A changed, a missing and a slipped-in migration are told and refused")
    func whatWasAppliedNeverChanges() async throws {
        try await self.withEmptyDatabase { database, folder in
            try self.write(Self.two, to: folder)
            _ = try await Migrator(database: database.owner, folder: folder).migrate()

            try self.write(["0002_second.sql": "ALTER TABLE platform.first ADD COLUMN o text;"], to: folder)
            let changed = try Migrator(database: database.owner, folder: folder)
            #expect(try await changed.check().changed == ["0002_second"])
            await #expect(throws: MigrationError.self) { try await changed.migrate() }

            try FileManager.default.removeItem(atPath: folder + "/0002_second.sql")
            let missing = try Migrator(database: database.owner, folder: folder)
            #expect(try await missing.check().missing == ["0002_second"])
            await #expect(throws: MigrationError.self) { try await missing.migrate() }

            try self.write(Self.two, to: folder)
            try self.write(["0000_earlier.sql": "SELECT 1"], to: folder)
            let slippedIn = try Migrator(database: database.owner, folder: folder)
            #expect(try await slippedIn.check().changed == ["0000_earlier"])
            await #expect(throws: MigrationError.self) { try await slippedIn.migrate() }
        }
    }

    @Test("A failing migration leaves nothing of itself, keeps those before it, and names file and line")
    func aFailingMigrationLeavesNothing() async throws {
        try await self.withEmptyDatabase { database, folder in
            try self.write(Self.two, to: folder)
            try self.write(
                ["0003_wrong.sql": "CREATE TABLE platform.third ();\n\n-- why\nSELECT nonsense;\n"], to: folder)
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator(database: database.owner, folder: folder).migrate()
            }
            #expect(error?.description.hasPrefix("0003_wrong, line 4: ") == true)
            let (third, first): (Bool, Bool) = (
                try await database.superuser.value("SELECT to_regclass('platform.third') IS NOT NULL"),
                try await database.superuser.value("SELECT to_regclass('platform.first') IS NOT NULL")
            )
            #expect(!third)
            #expect(first)
        }
    }

    @Test("A file that is no migration, and two of one number, are refused before anything happens")
    func wrongFilesAreRefused() async throws {
        try await self.withEmptyDatabase { database, folder in
            try self.write(["1_short.sql": "SELECT 1"], to: folder)
            #expect(throws: MigrationError.self) { try Migrator(database: database.owner, folder: folder) }
            try FileManager.default.removeItem(atPath: folder + "/1_short.sql")
            try self.write(["0001_a.sql": "SELECT 1", "0001_b.sql": "SELECT 1"], to: folder)
            #expect(throws: MigrationError.self) { try Migrator(database: database.owner, folder: folder) }
            #expect(throws: MigrationError.self) { try Migrator(database: database.owner, folder: folder + "/none") }
        }
    }

    @Test("A script is cut where PostgreSQL's lexer would, and each statement knows its line")
    func aScriptIsCutWhereTheLexerWould() {
        let script = SQLScript(
            """
            -- a comment; with a semicolon
            SELECT 'a;b', "c;d", E'e\\';f' /* g; /* h; */ i; */;

            CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $body$ BEGIN PERFORM $1; x := '$$;'; END $body$;
            SELECT $$;$$, name$x, $1;;
            SELECT 'it''s;', 'đ;'
            """)
        #expect(script.statements.map(\.line) == [2, 4, 5, 6])
        #expect(script.statements.map { $0.text.prefix(6) } == ["SELECT", "CREATE", "SELECT", "SELECT"])
        #expect(script.statements[1].text.hasSuffix("END $body$"))
        #expect(SQLScript(" -- nothing\n").statements.isEmpty)
    }
}
