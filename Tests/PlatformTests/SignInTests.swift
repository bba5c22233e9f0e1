import Foundation
import Platform
import Postgres
import TestSupport
import Testing

@Suite("Signing in", .needsCluster, .database)
struct SignInTests {
    private static let passwords = Password(concurrency: 2)

    private var database: TestDatabase { .current }
    private var signIn: SignIn { SignIn(database: self.database.app, passwords: Self.passwords) }
    /// An address of the test's own, since failures are counted by address too.
    private let address = "test \(UUID().uuidString)"

    private func open(_ person: TestPerson, password: String = TestTenant.password) async throws -> Caller {
        let signIn = self.signIn
        let identity = try await signIn.authenticate(login: person.login, password: password, address: self.address)
        let secret = try await database.app.transaction { transaction in
            try signIn.openSession(of: identity, post: person.post, in: transaction)
        }
        return Caller(
            credential: .session(hash: secret.hash), requestID: UUIDv7.make(), address: self.address, requiredScope: nil
        )
    }

    @Test("The right password opens a session of the chosen post, in any case of the login")
    func theRightPasswordOpensASession() async throws {
        let tenant = try await database.makeTenant(withPasswords: true)
        let caller = try await self.open(tenant.head)
        let post: UUID = try await database.app.value("SELECT platform.current_post()", opening: caller.opening)
        #expect(post == tenant.head.post)
        let identity = try await self.signIn.authenticate(
            login: tenant.clerk.login.uppercased(), password: TestTenant.password, address: self.address)
        #expect(identity.tenant == tenant.id)
        #expect(identity.account == tenant.clerk.account)
        #expect(identity.person == tenant.clerk.id)
    }

    @Test("What follows in the opening transaction acts as the account, so the audit trail names it")
    func theOpeningTransactionActsAsTheAccount() async throws {
        let tenant = try await database.makeTenant(withPasswords: true)
        let signIn = self.signIn
        let identity = try await signIn.authenticate(
            login: tenant.clerk.login, password: TestTenant.password, address: self.address)
        try await database.app.transaction { transaction in
            _ = try signIn.openSession(of: identity, post: tenant.clerk.post, in: transaction)
            transaction.queue(
                "SELECT platform.record('session.opened', 'account', platform.current_account(), NULL, NULL)")
        }
        let account: UUID = try await database.superuser.value(
            "SELECT account_id FROM platform.audit_entry WHERE tenant_id = \(tenant.id)")
        #expect(account == tenant.clerk.account)
    }

    @Test("Wrong password, unknown login, unknown tenant and closed account are told alike")
    func failuresAreToldAlike() async throws {
        let tenant = try await database.makeTenant(withPasswords: true)
        try await database.superuser.run(
            "UPDATE platform.account SET state = 'closed' WHERE id = \(tenant.head.account)")
        let attempts = [
            (tenant.clerk.login, "wrong password"), ("nobody@\(tenant.code)", TestTenant.password),
            ("clerk@NOWHERE", TestTenant.password), ("clerk", TestTenant.password), ("", ""), ("@", ""),
            (tenant.head.login, TestTenant.password), ("a\0b@\(tenant.code)", "x"),
        ]
        for (login, password) in attempts {
            await #expect(throws: SignInError.wrongLoginOrPassword) {
                try await self.signIn.authenticate(login: login, password: password, address: self.address)
            }
        }
    }

    @Test("After five failures a login waits, even with the right password, and ever longer; then it is free again")
    func afterFiveFailuresALoginWaits() async throws {
        let tenant = try await database.makeTenant(withPasswords: true)
        for _ in 0..<5 {
            await #expect(throws: SignInError.wrongLoginOrPassword) {
                try await self.open(tenant.clerk, password: "wrong")
            }
        }
        let first = await #expect(throws: SignInError.self) { try await self.open(tenant.clerk) }
        #expect((20...30).contains(self.wait(first)))
        // The wait passes without a success: the next one is twice as long.
        try await self.letTimePass(31, for: tenant.clerk)
        await #expect(throws: SignInError.wrongLoginOrPassword) { try await self.open(tenant.clerk, password: "wrong") }
        let second = await #expect(throws: SignInError.self) { try await self.open(tenant.clerk) }
        #expect((50...60).contains(self.wait(second)))
        // It passes, and the right password clears the count.
        try await self.letTimePass(61, for: tenant.clerk)
        _ = try await self.open(tenant.clerk)
        await #expect(throws: SignInError.wrongLoginOrPassword) { try await self.open(tenant.clerk, password: "wrong") }
        _ = try await self.open(tenant.clerk)
        // Others were never concerned.
        _ = try await self.open(tenant.head)
    }

    /// The seconds a refusal tells to wait.
    private func wait(_ error: SignInError?) -> Int { error?.refusal.details["retry_after"] ?? 0 }

    private func letTimePass(_ seconds: Int64, for person: TestPerson) async throws {
        let key = SHA256.digest("login:\(person.login.lowercased())".utf8)
        let touched = try await database.superuser.run(
            "UPDATE platform.login_attempt SET blocked_until = blocked_until - make_interval(secs => \(seconds)) WHERE key = \(key)"
        )
        #expect(touched == 1)
    }

    @Test("A hundred attempts at once are not more than five guesses")
    func aHundredAttemptsAtOnceAreFiveGuesses() async throws {
        let tenant = try await database.makeTenant(withPasswords: true)
        let outcomes = await withTaskGroup(of: SignInError?.self) { group in
            for index in 0..<60 {
                group.addTask {
                    do {
                        _ = try await self.signIn.authenticate(
                            login: tenant.clerk.login, password: "guess \(index)", address: self.address + " \(index)")
                        return nil
                    } catch { return error as? SignInError }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == .wrongLoginOrPassword }.count == 5)
        #expect(outcomes.count { if case .throttled = $0 { true } else { false } } == 55)
    }

    @Test("Who signs in a moment after another of the same address is not held up, even when they overtake each other")
    func overtakingIsNoFailure() async throws {
        let attempt: @Sendable (borrowing Transaction) throws -> Int32 = { [address = self.address] transaction in
            try transaction.one("SELECT retry_after FROM platform.begin_sign_in('nobody@nowhere', \(address))") { row in
                try row.column(0)
            }
        }
        _ = try await database.app.transaction(nil, attempt)
        let (hasBegun, begun) = AsyncStream<Void>.makeStream()
        let overtaken = DispatchSemaphore(value: 0)
        // Blocks only its connection's own thread.
        async let slow = database.app.transaction { transaction in
            try transaction.run("SELECT now()")
            begun.finish()
            overtaken.wait()
            return try attempt(transaction)
        }
        for await _ in hasBegun {}
        let fast = try await database.app.transaction(nil, attempt)
        overtaken.signal()
        #expect(fast == 0)
        #expect(try await slow == 0)
    }

    @Test("An address with a hundred failures waits; successes are not counted against it")
    func anAddressWithAHundredFailuresWaits() async throws {
        let tenant = try await database.makeTenant(withPasswords: true)
        for _ in 0..<3 { _ = try await self.open(tenant.clerk) }
        let counted: Int64 = try await database.superuser.value(
            "SELECT failures::bigint FROM platform.login_attempt WHERE key = \(SHA256.digest("address:\(self.address)".utf8))"
        )
        #expect(counted == 0)
        try await database.app.run(
            "SELECT platform.begin_sign_in('nobody' || n || '@nowhere', \(self.address)) FROM generate_series(1, 100) AS n"
        )
        let error = await #expect(throws: SignInError.self) { try await self.open(tenant.head) }
        #expect((20...30).contains(self.wait(error)))
    }

    @Test("A closed session opens nothing more")
    func aClosedSessionOpensNothing() async throws {
        let tenant = try await database.makeTenant()
        #expect(try await self.signIn.closeSession(hash: tenant.clerk.secret.hash))
        #expect(try await !self.signIn.closeSession(hash: tenant.clerk.secret.hash))
        await #expect(throws: DatabaseError.self) {
            try await database.app.run("SELECT 1", opening: tenant.clerk.caller.opening)
        }
    }

    @Test("A new password ends the other sessions and keeps this one")
    func aNewPasswordEndsTheOtherSessions() async throws {
        let tenant = try await database.makeTenant(withPasswords: true)
        let here = try await self.open(tenant.clerk)
        await #expect(throws: SignInError.wrongLoginOrPassword) {
            try await self.signIn.changePassword(as: here, from: "wrong", to: "một mật khẩu mới")
        }
        try await self.signIn.changePassword(as: here, from: TestTenant.password, to: "một mật khẩu mới")
        try await database.app.run("SELECT 1", opening: here.opening)
        await #expect(throws: DatabaseError.self) {
            try await database.app.run("SELECT 1", opening: tenant.clerk.caller.opening)
        }
        _ = try await self.open(tenant.clerk, password: "một mật khẩu mới")
        await #expect(throws: SignInError.wrongLoginOrPassword) { try await self.open(tenant.clerk) }
    }

    @Test("The present password can't be guessed from an open session: five tries, then it waits, the right one too")
    func thePresentPasswordCannotBeGuessed() async throws {
        let tenant = try await database.makeTenant(withPasswords: true)
        let here = try await self.open(tenant.clerk)
        for _ in 0..<5 {
            await #expect(throws: SignInError.wrongLoginOrPassword) {
                try await self.signIn.changePassword(as: here, from: "wrong", to: "một mật khẩu mới")
            }
        }
        let error = await #expect(throws: SignInError.self) {
            try await self.signIn.changePassword(as: here, from: TestTenant.password, to: "một mật khẩu mới")
        }
        #expect((20...30).contains(self.wait(error)))
        // Somebody else, and signing in, are not concerned; and a success forgets what was wrong before.
        let other = try await self.open(tenant.head)
        for _ in 0..<3 {
            for _ in 0..<3 {
                await #expect(throws: SignInError.wrongLoginOrPassword) {
                    try await self.signIn.changePassword(as: other, from: "wrong", to: "một mật khẩu mới")
                }
            }
            try await self.signIn.changePassword(as: other, from: TestTenant.password, to: TestTenant.password)
        }
        _ = try await self.open(tenant.clerk)
    }

    @Test("A token does what its scopes allow, until it is revoked or has expired")
    func aTokenDoesWhatItsScopesAllow() async throws {
        let tenant = try await database.makeTenant()
        let issue = IssueToken(name: "kế toán", scopes: ["documents:read"], expires: .now + .seconds(3600))
        let secret = try await database.app.transaction(as: tenant.specialist.caller) { try issue(in: $0) }
        func caller(_ scope: String?) -> Caller {
            Caller(credential: .token(hash: secret.hash), requestID: UUIDv7.make(), address: "x", requiredScope: scope)
        }
        let post: UUID = try await database.app.value(
            "SELECT platform.current_post()", opening: caller("documents:read").opening)
        #expect(post == tenant.specialist.post)
        let refused = await #expect(throws: DatabaseError.self) {
            try await database.app.run("SELECT 1", opening: caller("documents:write").opening)
        }
        #expect(refused?.condition == "insufficient_scope")
        // Nobody else can take it back.
        await #expect(throws: Refusal(404, "not_found")) {
            try await database.app.transaction(as: tenant.clerk.caller) { try RevokeToken(id: issue.id)(in: $0) }
        }
        try await database.app.transaction(as: tenant.specialist.caller) { try RevokeToken(id: issue.id)(in: $0) }
        await #expect(throws: DatabaseError.self) {
            try await database.app.run("SELECT 1", opening: caller(nil).opening)
        }
    }

    @Test("A token for longer than a year is refused")
    func aTokenForLongerThanAYearIsRefused() async throws {
        let tenant = try await database.makeTenant()
        let issue = IssueToken(name: "x", scopes: ["documents:read"], expires: .now + .seconds(400 * 86_400))
        let error = await #expect(throws: DatabaseError.self) {
            try await database.app.transaction(as: tenant.clerk.caller) { try issue(in: $0) }
        }
        #expect(error?.condition == "invalid_expiry")
        #expect(error?.field == "expires_at")
    }
}
