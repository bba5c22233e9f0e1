import Postgres
import Testing

@Suite(.enabled(if: TestServer.isAvailable, "VANTHU_TEST_SOCKET and VANTHU_TEST_PORT name no server"))
struct ErrorTests {
    let database = TestServer.database()

    /// The failure of a statement, which must not show what the statement held.
    private func failure(of sql: SQL) async throws -> DatabaseError {
        let error = await #expect(throws: DatabaseError.self) { try await database.transaction { try $0.run(sql) } }
        #expect(database.statistics.idle == 1)
        return try #require(error)
    }

    private func raise(_ sqlState: String) -> SQL {
        "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '\(unescaped: sqlState)', MESSAGE = 'Bí mật'; END $$"
    }

    @Test func constraintsAreNamed() async throws {
        try await database.transaction { transaction in
            transaction.queue("DROP SCHEMA IF EXISTS error_tests CASCADE")
            transaction.queue("CREATE SCHEMA error_tests")
            transaction.queue("CREATE TABLE error_tests.organ (id int CONSTRAINT organ_pkey PRIMARY KEY)")
            transaction.queue(
                """
                CREATE TABLE error_tests.person (
                    id int CONSTRAINT person_pkey PRIMARY KEY,
                    organ int CONSTRAINT person_organ_fkey REFERENCES error_tests.organ,
                    age int CONSTRAINT person_age_known CHECK (age > 0),
                    name varchar(5) NOT NULL,
                    during int4range,
                    CONSTRAINT person_during_excl EXCLUDE USING gist (during WITH &&))
                """
            )
            transaction.queue("INSERT INTO error_tests.person VALUES (1, NULL, 1, 'An', '[1,5)')")
        }
        var error = try await failure(of: "INSERT INTO error_tests.person VALUES (1, NULL, 1, 'Bình', NULL)")
        #expect(error.code == .uniqueViolation && error.isUniqueViolation && error.constraint == "person_pkey")
        #expect(error.table == "person")
        #expect(error.description == "DatabaseError(23505, constraint: person_pkey, table: person)")
        error = try await failure(of: "INSERT INTO error_tests.person VALUES (2, NULL, 1, 'Bình', '[4,6)')")
        #expect(
            error.code == .exclusionViolation && error.isUniqueViolation && error.constraint == "person_during_excl")
        error = try await failure(of: "INSERT INTO error_tests.person VALUES (2, 9, 1, 'Bình', NULL)")
        #expect(error.isForeignKeyViolation && error.constraint == "person_organ_fkey")
        error = try await failure(of: "INSERT INTO error_tests.person VALUES (2, NULL, -1, 'Bình', NULL)")
        #expect(error.code == .checkViolation && error.isInvalidValue && error.constraint == "person_age_known")
        error = try await failure(of: "INSERT INTO error_tests.person VALUES (2, NULL, 1, NULL, NULL)")
        #expect(error.code == .notNullViolation && error.isInvalidValue && error.column == "name")
        error = try await failure(of: "INSERT INTO error_tests.person VALUES (2, NULL, 1, \("Nguyễn Văn Bình"), NULL)")
        #expect(error.code.sqlState == "22001" && error.isInvalidValue)
        #expect(!error.description.contains("Nguyễn"))
        try await database.transaction { try $0.run("DROP SCHEMA error_tests CASCADE") }
    }

    @Test(arguments: ["VT401", "VT403", "VT404", "VT409", "VT412", "VT422", "VT423", "VT429", "VT500"])
    func aRefusalOfOurOwnSQLCarriesItsConditionAndField(sqlState: String) async throws {
        let error = try await failure(
            of: """
                DO $$ BEGIN
                    RAISE EXCEPTION USING ERRCODE = '\(unescaped: sqlState)', MESSAGE = 'register_closed', DETAIL = 'issued_on';
                END $$
                """
        )
        #expect(error.isRefusal)
        #expect(error.refusalStatus == Int(sqlState.dropFirst(2)))
        #expect(error.condition == "register_closed")
        #expect(error.field == "issued_on")
        #expect(!error.isConnectionFailure && !error.isRetriable && !error.isTimeout && !error.isUniqueViolation)
    }

    @Test func aRefusalWithoutAFieldHasNone() async throws {
        let error = try await failure(of: raise("VT404"))
        #expect(error.field == nil)
    }

    @Test(arguments: [
        "08000", "08001", "08003", "08006", "57P01", "57P02", "57P03", "53300",
    ])
    func lossOfTheServerIsAConnectionFailure(sqlState: String) async throws {
        let error = try await failure(of: raise(sqlState))
        #expect(error.isConnectionFailure && !error.isRefusal)
        #expect(error.condition == nil && error.field == nil)
        #expect(!error.description.contains("Bí mật"))
        #expect(error.debugDescription.contains("Bí mật"))
    }

    @Test(arguments: ["57014", "55P03"])
    func runningOutOfTimeIsATimeout(sqlState: String) async throws {
        let error = try await failure(of: raise(sqlState))
        #expect(error.isTimeout && !error.isConnectionFailure)
    }

    @Test(arguments: ["40001", "40P01"])
    func collisionsAreRunAgainThreeTimesAndThenThrown(sqlState: String) async throws {
        let counter = Counter()
        let sql = raise(sqlState)
        let error = await #expect(throws: DatabaseError.self) {
            try await database.transaction { transaction in
                counter.increment()
                try transaction.run(sql)
            }
        }
        #expect(error?.isRetriable == true)
        #expect(counter.value == 4)
    }

    @Test(arguments: ["42501", "42P01", "42601", "22P02", "P0001", "XX000", "54000", "0A000"])
    func everythingElseKeepsItsSQLStateAndIsNoneOfThese(sqlState: String) async throws {
        let error = try await failure(of: raise(sqlState))
        #expect(error.code.sqlState == sqlState)
        #expect(
            !error.isConnectionFailure && !error.isRetriable && !error.isTimeout && !error.isRefusal
                && !error.isUniqueViolation && !error.isForeignKeyViolation
        )
        #expect(error.isInvalidValue == (sqlState == "22P02"))
    }

    @Test func waitingForALockEndsInTime() async throws {
        let pair = TestServer.database(poolSize: 2) { $0.lockTimeout = .milliseconds(20) }
        let counter = Counter()
        let holder = Task {
            try await pair.transaction { transaction in
                try transaction.run("SELECT pg_advisory_xact_lock(815)")
                counter.increment()
                try transaction.run("SELECT pg_sleep(20)")
            }
        }
        #expect(try await eventually { counter.value == 1 })
        let error = await #expect(throws: DatabaseError.self) {
            try await pair.transaction { try $0.run("SELECT pg_advisory_xact_lock(815)") }
        }
        #expect(error?.code == .lockNotAvailable)
        #expect(error?.isTimeout == true)
        holder.cancel()
        await #expect(throws: CancellationError.self) { try await holder.value }
        await pair.close()
    }

    @Test func tooManyParametersAreRefusedWithoutLosingTheConnection() async throws {
        var sql: SQL = "SELECT \(true)"
        for _ in 0..<65_535 { sql += ", \(true)" }
        let pid: Int = try await database.value("SELECT pg_backend_pid()")
        let error = try await failure(of: sql)
        #expect(error.code == .invalidCall)
        #expect(!error.isConnectionFailure)
        #expect(try await database.value("SELECT pg_backend_pid()") == pid)
    }

    @Test func copyByStatementIsRefusedAndTheConnectionReplaced() async throws {
        await #expect(throws: DatabaseError.self) {
            try await database.transaction { try $0.run("COPY pg_class TO STDOUT") }
        }
        #expect(try await database.value("SELECT 1") == 1)
    }
}
