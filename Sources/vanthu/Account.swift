import ArgumentParser
import Foundation
import Platform
import Postgres
import Signatures

struct Account: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Accounts, from the shell of the server.",
        discussion: "Example: vanthu account set-password quantri@bdhn",
        subcommands: [SetPassword.self, RemovePasskeys.self, HashPassword.self])

    struct SetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets the password of an account and ends its sessions.",
            discussion: """
                The password is read from standard input.
                Example: printf %s 'a long new password' | vanthu account set-password quantri@bdhn
                """)

        @Argument(help: "The account as it signs in: name@CODE of the organisation.")
        var login: String

        func run() async throws {
            try await self.explained {
                let login = try Login(self.login)
                let installation = try Installation(isForPerson: true)
                let password = try SecretInput.read("New password of \(self.login)")
                try Password.check(password)
                let hash = try await Password(concurrency: 1).hash(password)
                try await self.explained(installation.configuration) {
                    try await installation.with(installation.database()) { database in
                        let tenant = try await TenantEntry.all(code: login.code, in: database)[0]
                        try await self.set(hash, login, of: tenant, in: database)
                    }
                }
                print("The password of \(self.login) is set; its sessions have ended.")
            }
        }

        private func set(
            _ hash: SecretHash, _ login: Login, of tenant: TenantEntry, in database: Database
        ) async throws {
            try await database.transaction(asSystemOf: tenant.id) { transaction in
                let account = try login.account(of: tenant, in: transaction)
                transaction.queue("SELECT platform.set_password(\(account), \(hash.text))")
                transaction.queue("SELECT platform.record('account.password_set', 'account', \(account), NULL, NULL)")
            }
        }
    }

    struct RemovePasskeys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes all passkeys of an account out of use, for somebody who has lost them.",
            discussion: """
                Make sure who asks: without a passkey the PIN alone signs, unless the signature policy wants one.
                Example: vanthu account remove-passkeys an.nv@bdhn
                """)

        @Argument(help: "The account as it signs in: name@CODE of the organisation.")
        var login: String

        func run() async throws {
            try await self.explained {
                let login = try Login(self.login)
                let installation = try Installation(isForPerson: true)
                try await self.explained(installation.configuration) {
                    try await installation.with(installation.database()) { database in
                        let tenant = try await TenantEntry.all(code: login.code, in: database)[0]
                        let removed = try await database.transaction(asSystemOf: tenant.id) { transaction in
                            try RemovePasskey.all(of: login.account(of: tenant, in: transaction), in: transaction)
                        }
                        print("Passkeys of \(self.login) taken out of use: \(removed)")
                    }
                }
            }
        }
    }

    /// An account as it is typed: name@CODE.
    private struct Login {
        let name: String
        let code: String

        init(_ text: String) throws {
            let parts = text.lowercased().split(separator: "@", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw Failure("'\(text)' is no account", "Write name@CODE, for example quantri@bdhn")
            }
            (self.name, self.code) = (parts[0], parts[1])
        }

        func account(of tenant: TenantEntry, in transaction: borrowing Transaction) throws -> UUID {
            let found: UUID? = try transaction.first("SELECT id FROM platform.account WHERE login = \(self.name)") {
                row in try row.column(0)
            }
            guard let found else {
                throw Failure(
                    "\(tenant.code) has no account '\(self.name)'", "Check the name; it is written in lower case")
            }
            return found
        }
    }

    struct HashPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hash-password",
            abstract: "Prints the Argon2id hash of a password, for scripts that make accounts.",
            discussion: """
                The password is read from standard input.
                Example: printf %s 'a long password' | vanthu account hash-password
                """)

        func run() async throws {
            try await self.explained {
                let password = try SecretInput.read("Password")
                try Password.check(password)
                print(try await Password(concurrency: 1).hash(password).text)
            }
        }
    }
}
