import ArgumentParser
import Foundation
import Platform
import Postgres
import Signatures

/// Where the passphrase of an export comes from: never from an argument.
struct Passphrase: ParsableArguments {
    @Option(
        help: "A file whose first line is the passphrase, or a descriptor: /dev/fd/3. Without it, it is asked for.")
    var passphraseFile: String?

    /// - Parameter isNew: it is to be typed twice and long enough.
    func secret(isNew: Bool) throws -> SecretBytes {
        let text =
            if let file = self.passphraseFile {
                try SecretInput.read(file: file)
            } else {
                try isNew
                    ? SecretInput.readNew("Passphrase of the export") : SecretInput.read("Passphrase of the export")
            }
        guard !isNew || text.count >= RootExport.minimumPassphrase else {
            throw Failure(
                "the passphrase has \(text.count) characters",
                "Take at least \(RootExport.minimumPassphrase); some words drawn by lot are good")
        }
        return SecretBytes(text: text)
    }
}

extension CA {
    /// An export, opened. Throws ``Failure`` that tells a wrong passphrase from a broken file.
    static func opened(_ path: String, _ passphrase: Passphrase) throws -> RootExport {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure("\(path) cannot be read", "Name the file that `vanthu ca export` wrote")
        }
        return try self.opened(Array(data), path, passphrase.secret(isNew: false))
    }

    static func opened(_ bytes: [UInt8], _ path: String, _ passphrase: SecretBytes) throws -> RootExport {
        do {
            return try RootExport(pem: bytes, passphrase: passphrase)
        } catch SoftKeyError.wrongPIN {
            throw Failure("the passphrase does not open \(path)", "Try again, or take another export")
        } catch is SoftKeyError {
            throw Failure(
                "\(path) is no export of a root, or key and certificate do not match",
                "Name the file that `vanthu ca export` wrote")
        }
    }

    static func taken(_ path: String) -> Failure {
        Failure("\(path) is there already", "Choose another name; nothing is overwritten")
    }

    /// Writes a file that only its owner reads, whole or not at all, and never over another one.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let draft = "\(path).\(UUID().uuidString)"
        func failure() -> Failure {
            errno == EEXIST
                ? self.taken(path)
                : Failure("\(path) cannot be written: \(String(cString: strerror(errno)))", "Choose another place")
        }
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        defer { unlink(draft) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: bytes)
        try file.synchronize()
        guard link(draft, path) == 0 else { throw failure() }
        let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    /// Opens the installation for work with the root: the key file must be there, and the one that the kept keys are under.
    static func ceremony(
        _ body: (_ installation: Installation, _ ceremony: RootCeremony, _ authorities: Authorities) async throws ->
            Void
    ) async throws {
        let installation = try Installation(isForPerson: true)
        do {
            try await installation.with(installation.database()) { database in
                let authorities = try await RootCeremony.authorities(in: database)
                guard !authorities.all.isEmpty else {
                    throw Failure("there is no authority yet", "`vanthu ca create` makes them")
                }
                let keyFile = try installation.configuration.keyFile
                guard FileManager.default.fileExists(atPath: keyFile) else {
                    throw Failure(
                        "the key file \(keyFile) is missing", "Restore it, or set VANTHU_DATA as the server has it")
                }
                let ceremony = RootCeremony(database: database, keys: try installation.keys())
                guard ceremony.opensKeptKeys(of: authorities) else {
                    throw Failure(
                        "the key file \(keyFile) is not the one that the authorities' keys are under",
                        "Restore the right one, or set VANTHU_DATA as the server has it")
                }
                try await body(installation, ceremony, authorities)
            }
        } catch {
            throw Failure.explaining(error, in: installation.configuration)
        }
    }
}
