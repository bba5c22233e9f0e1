import ArgumentParser
import Foundation
import Glibc
import Logging
import Platform
import ServiceLifecycle
import Signatures

struct Signer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keeps the keys: the only process that opens soft keys and the internal CA.",
        discussion: """
            `vanthu serve` starts one of its own unless signer_socket is set. To run it as another user, so that the server cannot read the
            key file, start it by itself (as root with signer_user, or as that user) and name its socket to the server.
            Example: VANTHU_SIGNER_SOCKET=/run/vanthu/signer VANTHU_SIGNER_USER=vanthu-keys VANTHU_SIGNER_CLIENT=vanthu vanthu signer
            """)

    @Flag(help: "End when standard input ends: for the server that started this process.")
    var attached = false

    func run() async throws {
        try await self.explained {
            let installation = try Installation()
            let settings = installation.configuration
            try await self.explained(settings) {
                let folder = try self.prepareFolder(settings)
                let client = try settings.optional(.signerClient).map { try User($0) }
                if geteuid() == 0, let user = try settings.optional(.signerUser).map({ try User($0) }), user.id != 0 {
                    try self.give(folder, to: user)
                    try self.giveKeys(of: settings, to: user)
                    try SignerServer.become(user: user.id, group: user.group)
                }
                let isLocked = try SignerServer.harden()
                let server = try SignerServer(
                    path: settings.signerSocket, users: Set([geteuid(), 0] + (client.map { [$0.id] } ?? [])))
                let service = try SignerService(secretFile: settings.keyFile)
                let logger = installation.logger
                // In a container the whole of the memory can rarely be locked; the pages of secrets alone nearly always.
                logger.notice(
                    "signer ready",
                    metadata: [
                        "uid": "\(geteuid())", "memory_locked": "\(isLocked)",
                        "secrets_locked": "\(isLocked || SecretBytes.unlocked == 0)",
                    ])
                Thread { server.run(service, logger: logger) }.start()
                if self.attached {
                    // One line for the server that waits for it, and then its end.
                    FileHandle.standardOutput.write(Data("ready\n".utf8))
                    Thread {
                        while let read = try? FileHandle.standardInput.read(upToCount: 64), !read.isEmpty {}
                        unlink((try? settings.signerSocket) ?? "")
                        Glibc.exit(0)
                    }.start()
                }
                try await Serve.run([Waiting()], logger: logger)
                unlink(try settings.signerSocket)
            }
        }
    }

    /// The folder of the socket, which is made where it is missing.
    private func prepareFolder(_ settings: Configuration) throws -> String {
        let folder = URL(fileURLWithPath: try settings.signerSocket).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    private func give(_ path: String, to user: User) throws {
        guard chown(path, user.id, user.group) == 0 else {
            throw Failure("\(path) cannot be given to \(user.name)", "Check its file system")
        }
    }

    /// The folder of the key file and what is in it belong to the signer's user alone.
    private func giveKeys(of settings: Configuration, to user: User) throws {
        let file = try settings.keyFile
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for path in [folder, file] where FileManager.default.fileExists(atPath: path) { try self.give(path, to: user) }
    }

    /// A user of the system.
    private struct User {
        let name: String
        let id: UInt32
        let group: UInt32

        init(_ name: String) throws {
            guard let entry = getpwnam(name) else {
                throw Failure("there is no user \(name)", "Correct signer_user and signer_client, or make the user")
            }
            self.name = name
            self.id = entry.pointee.pw_uid
            self.group = entry.pointee.pw_gid
        }
    }

    /// Until a signal ends the process.
    private struct Waiting: Service {
        func run() async throws { try await gracefulShutdown() }
    }
}
