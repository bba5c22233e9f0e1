import ArgumentParser
import Foundation
import Platform
import Postgres
import Signatures

extension CA {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes the root's key and certificate into a file, encrypted under a passphrase.",
            discussion: """
                PEM: PKCS#8 (scrypt, AES-256), then the certificate; `openssl pkey` reads it. The file is mode 600 and never overwritten.
                Example: vanthu ca export --out /media/safe/root.pem --offline
                """)

        @Option(help: "The file to write; it must not be there.")
        var out: String

        @Flag(
            help:
                "Then remove the root's key from the database, after the export was read back and the long CRL signed.")
        var offline = false

        @OptionGroup var passphrase: Passphrase

        func run() async throws {
            try await self.explained {
                try await CA.ceremony { installation, ceremony, authorities in
                    guard let root = authorities.root, root.wrappedKey != nil else {
                        throw Failure("the root's key is offline", "Copy the export there is, or restore it first")
                    }
                    let key = try ceremony.keys.key(of: root)
                    let passphrase = try self.passphrase.secret(isNew: true)
                    guard !FileManager.default.fileExists(atPath: self.out) else { throw CA.taken(self.out) }
                    try await ceremony.record("ca.root.export", on: root)
                    let export = try RootExport(certificate: root.certificate, key: key)
                    try CA.write(try export.pem(passphrase: passphrase), to: self.out)
                    guard let written = FileManager.default.contents(atPath: self.out) else {
                        throw Failure("\(self.out) cannot be read back", "Choose another place")
                    }
                    let readBack = try CA.opened(Array(written), self.out, passphrase)
                    guard readBack.certificate == root.certificate else {
                        throw Failure("\(self.out) is not what was written", "Choose another place")
                    }
                    try readBack.rehearse()
                    print(
                        "exported and read back: \(root.subject)\n  SHA-256 \(SHA256.digest(root.certificate).hexadecimal)"
                    )
                    guard self.offline else { return }
                    let until = try await ceremony.provide(for: root, key: readBack.key)
                    try await installation.with(installation.databaseAsOwner()) { owner in
                        try await owner.transaction { transaction in
                            try ceremony.forgetKey(of: root, in: transaction)
                        }
                    }
                    print(
                        """
                        The root's key is offline: no longer in the database. Restart the servers, so that their memory forgets it too; \
                        backups from before still hold it under the key file.
                        Its list of revoked certificates lasts until \(CA.moment(until)): restore the key and export it again before then.
                        """)
                }
            }
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts an exported root's key back into the database.",
            discussion: "Example: vanthu ca restore /media/safe/root.pem")

        @Argument(help: "The export.")
        var file: String

        @OptionGroup var passphrase: Passphrase

        func run() async throws {
            try await self.explained {
                try await CA.ceremony { installation, ceremony, authorities in
                    let export = try CA.opened(self.file, self.passphrase)
                    guard
                        let root = authorities.all.first(where: {
                            $0.kind == .root && $0.certificate == export.certificate
                        })
                    else { throw CA.foreign(self.file) }
                    guard root.wrappedKey == nil else {
                        print("was there: \(root.subject)")
                        return
                    }
                    try await installation.with(installation.databaseAsOwner()) { owner in
                        try await owner.transaction { transaction in
                            try ceremony.putBack(export, of: root, in: transaction)
                        }
                    }
                    print("restored: \(root.subject)")
                }
            }
        }
    }

    struct Rollover: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a new issuing authority below the root; the old one only answers for what it issued.",
            discussion: """
                With an export, the root's long list of revoked certificates is signed anew, too. Servers follow within 15 seconds.
                Example: vanthu ca rollover --root-key /media/safe/root.pem
                """)

        @Option(help: "The export of the root's key; needed when the key is offline.")
        var rootKey: String?

        @OptionGroup var passphrase: Passphrase

        func run() async throws {
            try await self.explained {
                try await CA.ceremony { _, ceremony, authorities in
                    guard let root = authorities.root else {
                        throw Failure("there is no active root", "`vanthu ca list` prints the authorities")
                    }
                    let export = try self.rootKey.map { try CA.opened($0, self.passphrase) }
                    if let export, export.certificate != root.certificate { throw CA.foreign(self.rootKey ?? "") }
                    guard export != nil || root.wrappedKey != nil else {
                        throw Failure("the root's key is offline", "Give its export: --root-key FILE")
                    }
                    guard let made = try await ceremony.rollOver(below: root, key: export?.key) else {
                        throw Failure(
                            "somebody else made one at the same moment", "`vanthu ca list` prints the authorities")
                    }
                    print(CA.lines(made))
                    if let export, root.wrappedKey == nil {
                        let until = try await ceremony.provide(for: root, key: export.key)
                        print("The root's list of revoked certificates lasts until \(CA.moment(until)).")
                    }
                }
            }
        }
    }

    static func foreign(_ file: String) -> Failure {
        Failure("\(file) holds the key of another root", "Compare `vanthu ca rehearse` with `vanthu ca list`")
    }

    static func moment(_ instant: Instant) -> String {
        Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6).ISO8601Format()
    }
}
