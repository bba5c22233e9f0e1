import ArgumentParser
import Foundation
import PAdES
import Signatures

/// `vanthu verify`: what is to be said of the signatures in files, without a server, a database or an account.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verifies the digital signatures of files and says what is known of each.",
        discussion: """
            Needs no database, no account and no configuration. Roots are the certificates in Config/trust (if there is such a folder
            here) and those of --trust. A file is given at most 3 seconds and 300 MB; beyond that its verdict is ERROR_BOUNDED.

            Exit status: 0 every signature is valid and no certificate is refused; 1 some signature is not valid (changed, wrong, of
            the wrong form), or its certificate is not to be trusted (revoked, expired, not made for signing); 2 nothing can be said:
            no signature, not readable, a password needed, a limit. A certificate whose root is not known counts as valid unless --require-trust is given.

            With --json: one object for one file, an array for several. `verdict` speaks of integrity and structure, `trust` of the
            certificate; `signing` says whether a PDF may still be signed (SIGNABLE, SIGNABLE_WITH_PASSWORD, NEEDS_PASSWORD,
            REFUSE_TO_SIGN, REFUSE_OR_REPAIR, REFUSE); `signatures` lists the worst first. The members are described in /openapi.json as Verification.

            Example: vanthu verify --trust root.pem --lang en hop-dong.pdf
            Example: vanthu verify --json *.pdf | jq -r '.[] | [.file, .verdict, .trust] | @tsv'
            """)

    @Flag(help: "Print the report as JSON.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "A file with trusted root certificates, PEM or DER. May be given several times.", valueName: "FILE"))
    var trust: [String] = []

    @Option(
        help: ArgumentHelp(
            "Judge as of this time (2026-11-25T10:30:00+07:00, or a date) instead of now.", valueName: "TIME"))
    var at: String?

    @Option(help: ArgumentHelp("The language of the report: vi or en.", valueName: "vi|en"))
    var lang = "vi"

    @Option(
        help: ArgumentHelp(
            "The file that a detached signature (.p7s) is about; without it, the one of the same name without the ending.",
            valueName: "FILE"))
    var content: String?

    @Flag(help: "Call a signature invalid when its certificate leads to no trusted root.")
    var requireTrust = false

    @Argument(help: ArgumentHelp("Files to verify.", valueName: "FILE"))
    var files: [String]

    mutating func validate() throws {
        guard ReportLanguage(rawValue: self.lang) != nil else { throw ValidationError("--lang is vi or en.") }
        guard self.at == nil || self.time != nil else {
            throw ValidationError("--at is a time such as 2026-11-25T10:30:00+07:00, or a date such as 2026-11-25.")
        }
        guard self.content == nil || self.files.count == 1 else {
            throw ValidationError("--content goes with one signature file.")
        }
    }

    func run() async throws {
        let roots = try self.roots()
        let verifier = FileVerifier(.process(executable: "/proc/self/exe"))
        var status = Status.valid
        if self.json, self.files.count > 1 { print("[", terminator: "") }
        for (index, file) in self.files.enumerated() {
            let answer = try await verifier.verify(
                VerificationWork(path: file, content: self.content, roots: roots, time: self.time))
            status = max(status, self.status(of: answer))
            if self.json {
                print(index > 0 ? "," : "", answer.json(named: file), separator: "", terminator: "")
            } else {
                print(Self.named(file, answer.text[self.lang] ?? answer.json))
            }
        }
        if self.json { print(self.files.count > 1 ? "]" : "") }
        if status != .valid { throw ExitCode(status.code) }
    }

    /// From the best to the worst.
    private enum Status: Int, Comparable {
        case valid, absent, invalid

        var code: Int32 {
            switch self {
            case .valid: 0
            case .invalid: 1
            case .absent: 2
            }
        }

        static func < (a: Status, b: Status) -> Bool { a.rawValue < b.rawValue }
    }

    private func status(of answer: VerificationAnswer) -> Status {
        if answer.verdict.isAbsent { return .absent }
        guard answer.verdict.isGood, answer.trust != .untrusted else { return .invalid }
        return self.requireTrust && answer.trust != .trusted ? .invalid : .valid
    }

    private func roots() throws -> [Data] {
        do throws(TrustAnchors.Failure) {
            var roots = try TrustAnchors.folder("Config/trust")
            for file in self.trust { roots += try TrustAnchors.file(file) }
            return roots
        } catch {
            switch error {
            case .unreadable(let path): throw Failure("\(path) cannot be read", "Name a file with certificates")
            case .noCertificate(let path):
                throw Failure("\(path) holds no certificate", "Name a file in PEM or DER")
            }
        }
    }

    private var time: Int64? {
        guard let at = self.at else { return nil }
        let formatter = ISO8601DateFormatter()
        return (formatter.date(from: at) ?? formatter.date(from: at + "T00:00:00+07:00"))
            .map { Int64($0.timeIntervalSince1970) }
    }

    /// The report with the file's name in place of its kind.
    private static func named(_ file: String, _ text: String) -> String {
        guard let mark = text.first, let colon = text.firstIndex(of: ":") else { return text }
        return "\(mark) \(file)" + text[colon...]
    }
}

/// Does one piece of work for `vanthu verify` or the server, under limits of its own.
struct VerificationWorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: VerificationWorker.name, shouldDisplay: false)

    func run() throws { try VerificationWorker.run() }
}
