import Foundation

/// The pages that this machine's person has paired with. Of a token only its SHA-256 is kept, in a file for its owner alone (mode 600).
struct PairingFile: Sendable {
    struct Entry: Codable, Sendable, Hashable {
        let origin: String
        /// Hexadecimal.
        let token: String
    }

    /// The file belongs to somebody else, or others may read it.
    struct Exposed: Error, CustomStringConvertible {
        let path: String
        var description: String { "\(self.path) must belong to you alone (mode 600)" }
    }

    let path: String

    /// - Throws: `Exposed`, or what keeps the file from being read.
    func entries() throws -> [Entry] {
        let manager = FileManager.default
        guard manager.fileExists(atPath: self.path) else { return [] }
        let facts = try manager.attributesOfItem(atPath: self.path)
        let mode = (facts[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
        guard mode & 0o077 == 0, (facts[.ownerAccountID] as? NSNumber)?.uint32Value == geteuid(),
            facts[.type] as? FileAttributeType == .typeRegular
        else { throw Exposed(path: self.path) }
        return try JSONDecoder().decode([Entry].self, from: Data(contentsOf: URL(fileURLWithPath: self.path)))
    }

    /// Written beside and renamed into place, so that the file is always whole.
    func write(_ entries: [Entry]) throws {
        let folder = URL(fileURLWithPath: self.path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let draft = "\(self.path).\(getpid())"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: JSONEncoder().encode(entries))
        try file.synchronize()
        guard rename(draft, self.path) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }
}
