import ArgumentParser

/// The command line: one process to serve, and what those who run it need besides.
@main
struct Vanthu: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vanthu",
        abstract: "Vănthư: electronic documents and e-office for a nationwide post.",
        discussion: """
            Settings come from Config/vanthu.json and from VANTHU_* environment variables; `vanthu config` shows each with its origin.
            Example: VANTHU_PORT=8081 vanthu serve
            """,
        subcommands: [
            Serve.self, Worker.self, Signer.self, Migrate.self, DemoCommand.self, ShowConfiguration.self, Audit.self,
            Routes.self, Tenant.self, Account.self, CA.self, Trust.self, Verify.self, Archive.self,
            VerificationWorkerCommand.self,
            SigningAgent.self, Remote.self,
        ])
}
