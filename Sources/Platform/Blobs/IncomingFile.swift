import Foundation
import Synchronization

/// A file that is being received: written and hashed piece by piece, by one caller at a time.
final class IncomingFile: Sendable {
    let path: String
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var file: FileDescriptor?
        var hash: SHA256?
        var size: Int64 = 0
    }

    init(path: String) throws {
        self.path = path
        self.state = Mutex(State(file: try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL), hash: SHA256()))
    }

    var size: Int64 { self.state.withLock { $0.size } }

    func append(_ bytes: [UInt8]) throws {
        try self.state.withLock { state in
            try bytes.withUnsafeBytes { buffer in
                try state.file?.write(buffer)
                state.hash?.update(buffer)
            }
            state.size += Int64(bytes.count)
        }
    }

    /// Makes the content durable and returns its digest; the file takes nothing more.
    func finish() throws -> [UInt8] {
        try self.state.withLock { state in
            try state.file?.synchronise()
            state.file = nil
            guard let hash = state.hash.take() else { preconditionFailure("a file is finished once") }
            return hash.finish()
        }
    }

    /// Removes the file, if it was not moved to its place.
    func discard() {
        self.state.withLock { $0.file = nil }
        unlink(self.path)
    }
}
