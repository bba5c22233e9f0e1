import Foundation
import Platform
public import Postgres
import Synchronization

/// A database of one suite's own: a clone of a template that was bootstrapped and migrated once.
public final class TestDatabase: Sendable {
    public let name: String
    /// As the application connects; row security holds.
    public let app: Database
    /// As the owner of the schemas connects; row security holds here too.
    public let owner: Database
    /// As superuser: sees and may do everything. For arranging and for looking past the wall.
    public let superuser: Database

    private init(name: String) {
        self.name = name
        self.app = TestCluster.connect(to: name, as: "vanthu_app")
        self.owner = TestCluster.connect(to: name, as: "vanthu_owner", poolSize: 2)
        self.superuser = TestCluster.connect(to: name, as: "postgres", poolSize: 4)
    }

    /// The suite's database inside of a suite with the trait `.database`.
    @TaskLocal public static var shared: TestDatabase?

    /// The suite's database; only inside of a suite with the trait `.database`.
    public static var current: TestDatabase {
        guard let shared else { fatalError("the suite lacks the trait .database") }
        return shared
    }

    /// Clones the migrated template. To be dropped with ``drop()``.
    public static func make() async throws -> TestDatabase {
        let template = try await Template.shared.name
        let name = Self.freshName()
        try await TestCluster.execute(["CREATE DATABASE \(name) TEMPLATE \(template) OWNER vanthu_owner"])
        return TestDatabase(name: name)
    }

    /// A database with nothing in it but what bootstrap.sql makes.
    public static func makeEmpty() async throws -> TestDatabase {
        let name = Self.freshName()
        try await Template.create(name)
        return TestDatabase(name: name)
    }

    /// Another pool of the application, for instance a larger one.
    public func connect(poolSize: Int) -> Database {
        TestCluster.connect(to: self.name, as: "vanthu_app", poolSize: poolSize)
    }

    public func drop() async {
        await self.app.close()
        await self.owner.close()
        await self.superuser.close()
        try? await TestCluster.execute(["DROP DATABASE IF EXISTS \(self.name) WITH (FORCE)"])
    }

    private static let counter = Atomic<Int>(0)

    private static func freshName() -> String {
        let number = self.counter.wrappingAdd(1, ordering: .relaxed).newValue
        return "vanthu_test_\(ProcessInfo.processInfo.processIdentifier)_\(number)"
    }
}

/// The template all clones come from, made once by whichever test process comes first and named by the SQL it was made of.
private actor Template {
    static let shared = Template()

    private var making: Task<String, any Error>?

    var name: String {
        get async throws {
            if let making { return try await making.value }
            let making = Task { try await Self.make() }
            self.making = making
            return try await making.value
        }
    }

    private static var folder: String { TestCluster.packageRoot + "/sql/migrations" }

    private static func make() async throws -> String {
        let files = try FileManager.default.contentsOfDirectory(atPath: self.folder).filter { $0.hasSuffix(".sql") }
            .sorted()
        let sources = try (["../bootstrap.sql"] + files).map {
            try Data(contentsOf: URL(fileURLWithPath: "\(self.folder)/\($0)"))
        }
        let name = "vanthu_template_" + SHA256.digest(sources.joined()).hexadecimal.prefix(16)
        let admin = TestCluster.connect(to: "postgres", as: "postgres", poolSize: 1)
        try await admin.transaction(deadline: .seconds(120)) { transaction in
            try transaction.run("SET LOCAL lock_timeout = 0")
            try transaction.run("SET LOCAL statement_timeout = 0")
            // Of the session, not of the transaction: the only connection of this pool holds it until it is closed.
            try transaction.run("SELECT pg_advisory_lock(20260701)")
        }
        do {
            let exists = try await admin.transaction { transaction in
                try transaction.one("SELECT EXISTS (SELECT FROM pg_database WHERE datname = \(name) AND datistemplate)")
                { row in
                    try row.column(0, as: Bool.self)
                }
            }
            if !exists {
                try await TestCluster.execute(["DROP DATABASE IF EXISTS \(name) WITH (FORCE)"])
                try await self.create(name)
                let owner = TestCluster.connect(to: name, as: "vanthu_owner", poolSize: 1)
                _ = try await Migrator(database: owner, folder: self.folder).migrate()
                await owner.close()
                try await TestCluster.execute(["ALTER DATABASE \(name) WITH IS_TEMPLATE true ALLOW_CONNECTIONS false"])
            }
        } catch {
            await admin.close()
            throw error
        }
        await admin.close()
        return name
    }

    /// Makes a database and runs bootstrap.sql in it.
    static func create(_ name: String) async throws {
        let file = TestCluster.packageRoot + "/sql/bootstrap.sql"
        let source = try String(contentsOfFile: file, encoding: .utf8)
        try await TestCluster.execute(["CREATE DATABASE \(name) ENCODING UTF8 LOCALE 'C.UTF-8' TEMPLATE template0"])
        try await TestCluster.execute(SQLScript(source).statements.map(\.text), in: name)
    }
}
