import Foundation
import Platform
import Postgres
import TestSupport
import Testing

/// One way to break a rule of the schema, and the finding it must lead to.
struct Mistake: Sendable, CustomStringConvertible {
    let lint: String
    let statements: [SQL]
    let object: String

    init(_ lint: String, _ object: String, _ statements: SQL...) {
        self.lint = lint
        self.statements = statements
        self.object = object
    }

    var description: String { "\(self.lint): \(self.object)" }

    private static let table: SQL =
        "CREATE TABLE platform.wrong (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id))"
    private static let protect: SQL = "SELECT platform.protect('platform.wrong')"

    static let all: [Mistake] = [
        Mistake("row_security", "platform.wrong", table),
        Mistake("row_security", "platform.account", "ALTER TABLE platform.account NO FORCE ROW LEVEL SECURITY"),
        Mistake("row_security", "platform.account", "ALTER TABLE platform.account DISABLE ROW LEVEL SECURITY"),
        Mistake("tenant_policy", "platform.wrong", table),
        Mistake("tenant_policy", "platform.account", "CREATE POLICY open ON platform.account USING (true)"),
        Mistake(
            "tenant_policy", "platform.account",
            "ALTER POLICY tenant ON platform.account USING (tenant_id = platform.current_tenant())"),
        Mistake("tenant_policy", "platform.account", "ALTER POLICY tenant ON platform.account WITH CHECK (true)"),
        Mistake("tenant_policy", "platform.account", "ALTER POLICY tenant ON platform.account TO vanthu_app"),
        Mistake("tenant_first", "platform.wrong_idx", table, protect, "CREATE INDEX wrong_idx ON platform.wrong (id)"),
        Mistake(
            "tenant_first", "platform.wrong_id_key", table, protect,
            "ALTER TABLE platform.wrong ADD CONSTRAINT wrong_id_key UNIQUE (id)"),
        Mistake(
            "foreign_key_tenant", "platform.wrong.wrong_fkey", table, protect,
            "CREATE UNIQUE INDEX ON platform.account (id)",
            "ALTER TABLE platform.wrong ADD CONSTRAINT wrong_fkey FOREIGN KEY (id) REFERENCES platform.account (id) NOT VALID"
        ),
        Mistake("view_security", "platform.wrong", "CREATE VIEW platform.wrong AS SELECT id FROM platform.account"),
        Mistake(
            "view_security", "platform.wrong", "CREATE MATERIALIZED VIEW platform.wrong AS SELECT 1 AS one",
            "GRANT SELECT ON platform.wrong TO vanthu_app"),
        Mistake(
            "definer_function", "platform.wrong()",
            "CREATE FUNCTION platform.wrong() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "SELECT platform.elevate('platform.wrong()')"),
        Mistake(
            "definer_function", "platform.wrong()",
            "CREATE FUNCTION platform.wrong() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1'"
        ),
        Mistake(
            "definer_function", "platform.wrong()",
            "CREATE FUNCTION platform.wrong() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1'",
            "SELECT platform.elevate('platform.wrong()')", "GRANT EXECUTE ON FUNCTION platform.wrong() TO PUBLIC"),
        Mistake(
            "enum_column", "platform.wrong.state", table, protect, "CREATE TYPE platform.state AS ENUM ('a', 'b')",
            "ALTER TABLE platform.wrong ADD COLUMN state platform.state"),
        Mistake("grants", "platform.tenant", "GRANT SELECT ON platform.tenant TO PUBLIC"),
        Mistake("grants", "platform.account", "GRANT TRUNCATE ON platform.account TO vanthu_app"),
        Mistake("grants", "platform.audit_entry", "GRANT UPDATE ON platform.audit_entry TO vanthu_app"),
        Mistake("grants", "platform.blob", "GRANT SELECT ON platform.blob TO vanthu_app"),
        Mistake("grants", "platform.tenant", "GRANT INSERT ON platform.tenant TO vanthu_report"),
        Mistake("grants", "platform", "GRANT CREATE ON SCHEMA platform TO vanthu_app"),
        Mistake("grants", "platform.account", "ALTER TABLE platform.account OWNER TO postgres"),
        Mistake(
            "leakproof_index", "platform.wrong_words_idx", table, protect,
            "ALTER TABLE platform.wrong ADD COLUMN words tsvector",
            "CREATE INDEX wrong_words_idx ON platform.wrong USING gin (tenant_id, words)"),
        Mistake(
            "leakproof_index", "platform.wrong_lower_idx", table, protect,
            "ALTER TABLE platform.wrong ADD COLUMN name text",
            "CREATE INDEX wrong_lower_idx ON platform.wrong (tenant_id, lower(name))"),
        Mistake(
            "leakproof_index", "platform.wrong_money_idx", table, protect,
            "ALTER TABLE platform.wrong ADD COLUMN money numeric",
            "CREATE INDEX wrong_money_idx ON platform.wrong (tenant_id, money)"),
    ]
}

@Suite("Schema lint", .needsCluster, .database)
struct SchemaLintTests {
    private static let folder = TestCluster.packageRoot + "/sql/lint"
    private static let lints =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".sql") }.sorted()

    private var database: TestDatabase { .current }

    private static func query(_ lint: String) throws -> SQL {
        let source = try String(contentsOfFile: "\(self.folder)/\(lint)", encoding: .utf8)
        return "\(unescaped: try #require(SQLScript(source).statements.first).text)"
    }

    /// Objects that break the rule, each with what to do about it.
    private static func findings(_ lint: SQL, in transaction: borrowing Transaction) throws -> [String: String] {
        let rows = try transaction.rows(lint) { row in
            (try row.column(1, as: String.self), try row.column(2, as: String.self))
        }
        return Dictionary(rows) { first, _ in first }
    }

    @Test("The schema breaks no rule", arguments: Self.lints)
    func theSchemaBreaksNoRule(lint: String) async throws {
        let query = try Self.query(lint)
        let findings = try await database.superuser.transaction { try Self.findings(query, in: $0) }
        #expect(findings.isEmpty)
    }

    @Test("A mistake is found, and nothing else is", arguments: Mistake.all)
    func aMistakeIsFound(mistake: Mistake) async throws {
        struct RolledBack: Error { let findings: [String: String] }
        let query = try Self.query(mistake.lint + ".sql")
        let before = try await database.superuser.transaction { try Self.findings(query, in: $0) }
        let error = await #expect(throws: RolledBack.self) {
            try await database.superuser.transaction { transaction in
                try transaction.run("SELECT set_config('role', 'vanthu_owner', true)")
                for statement in mistake.statements {
                    // What only a superuser can get wrong is done as one.
                    if statement.description.contains("OWNER TO postgres") {
                        try transaction.run("SELECT set_config('role', 'postgres', true)")
                    }
                    try transaction.run(statement)
                }
                throw RolledBack(findings: try Self.findings(query, in: transaction))
            }
        }
        let found = Set(error?.findings.keys ?? [:].keys).subtracting(before.keys)
        #expect(found == [mistake.object])
        let after = try await database.superuser.transaction { try Self.findings(query, in: $0) }
        #expect(after == before)
    }

    @Test("Every rule has a mistake that proves it")
    func everyRuleIsProved() {
        #expect(!Self.lints.isEmpty)
        #expect(Set(Mistake.all.map { $0.lint + ".sql" }) == Set(Self.lints))
    }
}
