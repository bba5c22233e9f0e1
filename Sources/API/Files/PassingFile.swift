import Foundation
import NIOCore

/// The bytes of an upload in a file that lives only as long as this value: nothing of it is kept.
final class PassingFile: Sendable {
    let path: String
    let size: Int

    /// - Throws: what reading the body throws; ``POSIXError`` when the file can't be written.
    init(_ body: UploadBody) async throws {
        var template = Array((NSTemporaryDirectory() + "vanthu-upload-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var size = 0
        do {
            for try await chunk in body {
                try file.write(contentsOf: Data(chunk))
                size += chunk.count
            }
        } catch {
            unlink(path)
            throw error
        }
        self.path = path
        self.size = size
    }

    deinit { unlink(self.path) }
}
