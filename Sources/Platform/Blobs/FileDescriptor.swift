import Foundation

/// An open file that closes itself. All calls block, so they belong on threads of our own.
struct FileDescriptor: ~Copyable {
    let raw: CInt

    /// - Throws: ``BlobError/notFound`` when there is no such file, ``BlobError/noSpace`` when a new one finds no room.
    init(opening path: String, _ flags: CInt, mode: mode_t = 0o600) throws(BlobError) {
        self.raw = open(path, flags | O_CLOEXEC, mode)
        guard self.raw >= 0 else { throw Self.failure() }
    }

    deinit {
        close(self.raw)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(BlobError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Foundation.write(self.raw, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw Self.failure()
            }
            rest = rest.dropFirst(written)
        }
    }

    /// Up to `count` bytes from `offset`; fewer only at the end of the file.
    func read(at offset: Int64, count: Int) throws(BlobError) -> [UInt8] {
        var failure: BlobError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    self.raw, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset) + filled)
                if got < 0 {
                    if errno == EINTR { continue }
                    failure = Self.failure()
                    return
                }
                if got == 0 { return }
                filled += got
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Returns when the content is on the disk itself.
    func synchronise() throws(BlobError) {
        guard fsync(self.raw) == 0 else { throw Self.failure() }
    }

    /// Waits for the lock of this file, shared or exclusive. It is released when the file is closed.
    func lock(exclusively: Bool) throws(BlobError) {
        while flock(self.raw, exclusively ? LOCK_EX : LOCK_SH) != 0 {
            guard errno == EINTR else { throw Self.failure() }
        }
    }

    func size() throws(BlobError) -> Int64 {
        var status = stat()
        guard fstat(self.raw, &status) == 0 else { throw Self.failure() }
        return Int64(status.st_size)
    }

    /// Makes the names in a folder durable.
    static func synchronise(folder: String) throws(BlobError) {
        let folder = try FileDescriptor(opening: folder, O_RDONLY | O_DIRECTORY)
        try folder.synchronise()
    }

    /// The error that `errno` stands for.
    static func failure(_ code: CInt = errno) -> BlobError {
        switch code {
        case ENOSPC, EDQUOT: .noSpace
        case ENOENT: .notFound
        default: .system(code)
        }
    }
}
