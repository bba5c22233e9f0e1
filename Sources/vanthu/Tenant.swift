import ArgumentParser
import Foundation
import Platform
import Postgres

struct Tenant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Organisations with registers and a seal of their own.",
        discussion: "Example: vanthu tenant list",
        subcommands: [Create.self, List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the codes and names of all organisations.",
            discussion: "Example: vanthu tenant list")

        func run() async throws {
            try await self.explained {
                let installation = try Installation(isForPerson: true)
                try await self.explained(installation.configuration) {
                    try await installation.with(installation.database()) { database in
                        let lines = try await database.transaction { transaction in
                            try transaction.rows("SELECT code, abbreviation, name FROM platform.tenant ORDER BY code") {
                                row in
                                "\(Output.padded(try row.column(0), 12)) \(Output.padded(try row.column(1), 12)) "
                                    + (try row.column(2, as: String.self))
                            }
                        }
                        for line in lines { print(line) }
                    }
                }
            }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes an organisation with its root unit, the registers of this year and a first administrator.",
            discussion: """
                The administrator's password is read from standard input. Everything else the administrator does over the API.
                Example: printf %s 'a long password' | vanthu tenant create BDHP --name 'Bưu điện Thành phố Hải Phòng' \
                --abbreviation BĐHP --administrator 'Nguyễn Văn An'
                """)

        @Argument(help: "The code people type after the @ when they sign in: letters and digits, for example BDHP.")
        var code: String

        @Option(help: "The full name.")
        var name: String

        @Option(help: "The abbreviation in document symbols, for example BĐHP in 01/BĐHP-VP.")
        var abbreviation: String

        @Option(help: "headquarters, province, company or other.")
        var kind = "province"

        @Option(help: "Full name of the first administrator (quản trị đơn vị), who signs in as quantri@CODE.")
        var administrator: String

        func run() async throws {
            try await self.explained {
                let installation = try Installation(isForPerson: true)
                let password = try SecretInput.read("Password of quantri@\(self.code.lowercased())")
                try Password.check(password)
                let hash = try await Password(concurrency: 1).hash(password)
                try await self.explained(installation.configuration) {
                    try await installation.with(installation.databaseAsOwner()) { database in
                        try await self.create(hash, in: database)
                    }
                }
                print("\(self.code) is made. Its administrator signs in as quantri@\(self.code.lowercased()).")
            }
        }

        private func create(_ hash: SecretHash, in database: Database) async throws {
            let tenant = UUIDv7.make()
            let unit = UUIDv7.make()
            let person = UUIDv7.make()
            let name = self.name.precomposedStringWithCanonicalMapping
            let abbreviation = self.abbreviation.precomposedStringWithCanonicalMapping
            let administrator = self.administrator.precomposedStringWithCanonicalMapping
            do {
                try await database.transaction(asSystemOf: tenant) { transaction in
                    transaction.queue(
                        """
                        INSERT INTO platform.tenant (id, code, name, abbreviation, kind)
                        VALUES (\(tenant), \(self.code), \(name), \(abbreviation), \(self.kind))
                        """)
                    transaction.queue(
                        """
                        INSERT INTO organisation.unit (id, code, name, kind, symbol)
                        VALUES (\(unit), upper(\(self.code)::text), \(name), 'organisation', \(abbreviation))
                        """)
                    transaction.queue(
                        "INSERT INTO organisation.person (id, full_name) VALUES (\(person), \(administrator))")
                    transaction.queue(
                        """
                        INSERT INTO organisation.post (person_id, unit_id, role, title)
                        VALUES (\(person), \(unit), 'administrator', 'Quản trị hệ thống')
                        """)
                    transaction.queue(
                        """
                        INSERT INTO platform.account (login, password_hash, person_id)
                        VALUES ('quantri', \(hash.text), \(person))
                        """)
                    transaction.queue(Self.registers)
                    transaction.queue(
                        """
                        SELECT platform.record('tenant.created', 'tenant', \(tenant), NULL,
                                   jsonb_build_object('code', \(self.code)::text, 'name', \(name)::text))
                        """)
                }
            } catch let error as DatabaseError where error.constraint == "tenant_code_key" {
                throw Failure("the code \(self.code) is taken", "`vanthu tenant list` shows all codes")
            } catch let error as DatabaseError where error.constraint != nil {
                throw Failure(
                    "the database refuses a value (\(error.constraint ?? ""))",
                    "`vanthu tenant create --help` tells what each value is")
            }
        }

        /// One register a direction for the current year. The internal one has a symbol of its own, so that no two documents of
        /// a year share number and symbol (Decree 30/2020, art. 15).
        private static let registers: SQL = """
            INSERT INTO documents.register (direction, name, year, symbol_template, letter_template)
            SELECT r.direction, r.name, extract(year FROM now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::integer,
                   '{type}-{organisation}' || r.suffix, '{organisation}-{unit}' || r.suffix
              FROM (VALUES ('incoming', 'Sổ văn bản đến', ''), ('outgoing', 'Sổ văn bản đi', ''),
                           ('internal', 'Sổ văn bản nội bộ', '-NB')) AS r (direction, name, suffix)
            """
    }
}
