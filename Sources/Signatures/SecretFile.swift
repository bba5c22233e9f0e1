import Foundation
import Glibc

/// The file with the server's secret: 32 random bytes, readable by the server's user alone.
enum SecretFile {
    /// Reads the secret, or makes the file when there is none. Two servers that start at once get the same secret.
    static func read(orMake path: String) throws -> SecretBytes {
        for _ in 0..<2 {
            if let secret = try self.read(path) { return secret }
            try self.make(path)
        }
        throw POSIXError(.EIO)
    }

    private static func read(_ path: String) throws -> SecretBytes? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        defer { close(descriptor) }
        var count = 0
        let secret = SecretBytes(count: 32) { memory in count = Glibc.read(descriptor, memory.baseAddress, 32) }
        // A short file is one that somebody else is just writing, or a broken one: never a secret.
        guard count == 32 else { throw POSIXError(.EBADMSG) }
        return secret
    }

    /// Written beside and linked into place, so that a file of that name is always whole.
    private static func make(_ path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let draft = "\(path).\(UUID().uuidString)"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer {
            close(descriptor)
            unlink(draft)
        }
        let secret = try SoftKey.random(32)
        let isWritten = secret.withUnsafeBytes { write(descriptor, $0.baseAddress, 32) == 32 } && fsync(descriptor) == 0
        guard isWritten else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        guard link(draft, path) == 0 || errno == EEXIST else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }
}
