import Foundation

/// Content-addressed files on a disk: `aa/bb/<sha256>` in one folder. Nothing is ever changed, and nothing is held in memory whole.
///
/// A blob that ``receive(_:limit:)`` returns survives a power cut; the row that names it is written afterwards. If that never
/// happens, the file is swept when its grace has passed.
public struct BlobStore: Sendable {
    /// Bytes that travel to the disk, or from it, in one go.
    static let pieceSize = 256 << 10

    let folder: String
    let threads: BlockingThreads

    /// - Parameter folder: made when it is missing.
    /// - Throws: ``BlobError`` when the folder cannot be made or written.
    public init(folder: String) throws {
        self.folder = folder
        self.threads = BlockingThreads(name: "blobs", count: 4)
        try Self.makeFolder(folder + "/incoming")
    }

    /// Takes content to the disk while hashing it, and returns when it is durable.
    ///
    /// Whatever goes wrong, including an error of `chunks` itself and cancellation, nothing is left behind.
    ///
    /// - Throws: ``BlobError/tooLarge(limit:)`` as soon as more than `limit` bytes have come; ``BlobError/noSpace``.
    public func receive<Chunks: AsyncSequence>(_ chunks: Chunks, limit: Int64) async throws -> Blob
    where Chunks.Element: Collection<UInt8> {
        let path = "\(self.folder)/incoming/\(UUIDv7.make().uuidString)"
        let incoming = try await self.threads.run { try IncomingFile(path: path) }
        do {
            var piece: [UInt8] = []
            var size: Int64 = 0
            for try await chunk in chunks {
                size += Int64(chunk.count)
                guard size <= limit else { throw BlobError.tooLarge(limit: limit) }
                piece.append(contentsOf: chunk)
                if piece.count >= Self.pieceSize {
                    let full = piece
                    piece.removeAll(keepingCapacity: true)
                    try await self.threads.run { try incoming.append(full) }
                }
            }
            // Some sequences end early, and silently, when their task is cancelled: that is no content.
            try Task.checkCancellation()
            let last = piece
            return try await self.threads.run {
                try incoming.append(last)
                let digest = try incoming.finish()
                try self.place(incoming.path, digest)
                return Blob(digest: digest, size: incoming.size)
            }
        } catch {
            try? await self.threads.run { incoming.discard() }
            throw error
        }
    }

    /// Takes content that is in memory already, such as a page the server made itself.
    public func receive(_ bytes: [UInt8]) async throws -> Blob {
        let (pieces, piece) = AsyncStream.makeStream(of: [UInt8].self)
        piece.yield(bytes)
        piece.finish()
        return try await self.receive(pieces, limit: .max)
    }

    /// Takes content that begins with all of another's and goes on with `tail`. Nothing else is held in memory.
    ///
    /// - Throws: ``BlobError/notFound``.
    public func extend(_ sha256: String, by tail: [UInt8]) async throws -> Blob {
        guard let path = self.place(of: sha256) else { throw BlobError.notFound }
        let size = try await self.threads.run { try FileDescriptor(opening: path, O_RDONLY).size() }
        return try await self.receive(
            ExtendedBlob(reader: self.read(sha256, range: 0..<size), tail: tail), limit: .max)
    }

    /// Where the content lies, for converters that want a file; `nil` for a hash that is none or is not here.
    public func path(of sha256: String) -> String? {
        guard let path = self.place(of: sha256), access(path, R_OK) == 0 else { return nil }
        return path
    }

    /// The whole content.
    ///
    /// - Throws: ``BlobError/notFound``, ``BlobError/tooLarge(limit:)`` for more than `limit` bytes.
    public func bytes(of sha256: String, limit: Int64) async throws -> [UInt8] {
        guard let path = self.place(of: sha256) else { throw BlobError.notFound }
        return try await self.threads.run {
            let file = try FileDescriptor(opening: path, O_RDONLY)
            let size = try file.size()
            guard size <= limit else { throw BlobError.tooLarge(limit: limit) }
            return try file.read(at: 0, count: Int(size))
        }
    }

    /// The content from `range.lowerBound` up to `range.upperBound`, in pieces as the reader asks for them.
    public func read(_ sha256: String, range: Range<Int64>) -> BlobReader {
        BlobReader(path: self.place(of: sha256), range: range, threads: self.threads)
    }

    /// Where content with this hash has its place; `nil` for a text that is no hash, so that no name leads out of the folder.
    private func place(of sha256: String) -> String? {
        let digits = sha256.utf8
        guard digits.count == 64, digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            return nil
        }
        return "\(self.folder)/\(sha256.prefix(2))/\(sha256.dropFirst(2).prefix(2))/\(sha256)"
    }

    /// Moves a durable file to its place and makes the name durable.
    ///
    /// It replaces a file of the same content, so that the time of the place is the time of the last receipt: the sweep asks it.
    private func place(_ path: String, _ digest: [UInt8]) throws {
        let sha256 = digest.hexadecimal
        let folder = "\(self.folder)/\(sha256.prefix(2))/\(sha256.dropFirst(2).prefix(2))"
        try Self.makeFolder(folder)
        let gate = try self.gate()
        try gate.lock(exclusively: false)
        guard rename(path, "\(folder)/\(sha256)") == 0 else { throw FileDescriptor.failure() }
        try FileDescriptor.synchronise(folder: folder)
    }

    /// The file whose lock keeps the sweep from taking away what is just being placed.
    func gate() throws -> FileDescriptor {
        try FileDescriptor(opening: "\(self.folder)/incoming/.gate", O_RDWR | O_CREAT)
    }

    /// Makes a folder and those above it, each durable in the one that holds it.
    private static func makeFolder(_ path: String) throws {
        if mkdir(path, 0o700) == 0 {
            try FileDescriptor.synchronise(folder: (path as NSString).deletingLastPathComponent.nonEmpty ?? ".")
        } else if errno == ENOENT {
            try Self.makeFolder((path as NSString).deletingLastPathComponent.nonEmpty ?? "/")
            try Self.makeFolder(path)
        } else if errno != EEXIST {
            throw FileDescriptor.failure()
        }
    }
}

extension String {
    fileprivate var nonEmpty: String? { self.isEmpty ? nil : self }
}
