import Glibc
import PAdES

/// Reads a file from beginning to end, once.
enum WholeFile {
    enum Failure: Error {
        case missing, tooLarge

        var code: String { self == .missing ? "file_missing" : "file_too_large" }
        var verdict: VerdictWord { self == .missing ? .unreadable : .bounded }
    }

    /// - Parameter spare: bytes that may be appended to what is given without moving it.
    static func read(_ path: String, limit: Int, spare: Int = 0) throws(Failure) -> [UInt8] {
        let (descriptor, size) = try self.open(path, limit: limit)
        defer { close(descriptor) }
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size + spare) { buffer, count in
            isWhole = self.fill(buffer, from: descriptor, size, &count)
        }
        guard isWhole else { throw .missing }
        return bytes
    }

    /// Hands the file on in pieces of this size.
    static func read(_ path: String, limit: Int, pieces: Int, _ take: ([UInt8]) -> Void) throws(Failure) {
        let (descriptor, size) = try self.open(path, limit: limit)
        defer { close(descriptor) }
        var left = size
        while left > 0 {
            var isWhole = false
            let length = min(left, pieces)
            let piece = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
                isWhole = self.fill(buffer, from: descriptor, length, &count)
            }
            guard isWhole else { throw .missing }
            take(piece)
            left -= length
        }
    }

    private static func open(_ path: String, limit: Int) throws(Failure) -> (descriptor: CInt, size: Int) {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .missing }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .missing
        }
        guard status.st_size <= limit else {
            close(descriptor)
            throw .tooLarge
        }
        return (descriptor, Int(status.st_size))
    }

    /// Whether `size` bytes could be read.
    private static func fill(
        _ buffer: UnsafeMutableBufferPointer<UInt8>, from descriptor: CInt, _ size: Int, _ count: inout Int
    ) -> Bool {
        while count < size {
            let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return false }
            count += got
        }
        return true
    }
}
