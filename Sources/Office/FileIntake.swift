import Documents
import Platform
import Signatures

/// Takes in a file that has been received: a main file must be a sound PDF, an attachment may be anything.
public struct FileIntake: Sendable {
    private let blobs: BlobStore
    private let threads: BlockingThreads

    public init(blobs: BlobStore) {
        self.blobs = blobs
        self.threads = BlockingThreads(name: "intake", count: 1)
    }

    /// Throws `DocumentsError.notAPDF`, `.damagedPDF`, `.encryptedPDF` for a main file; the content of a refused one is swept later.
    public func accept(_ blob: Blob, name: String, mediaType: String, as role: FileRole) async throws -> ReceivedFile {
        var pages: Int64?
        if role == .main {
            let bytes = try await self.blobs.bytes(of: blob.sha256, limit: blob.size)
            switch try await self.threads.run({ PDFCheck.look(at: bytes) }) {
            case .sound(let count): pages = Int64(count)
            case .notAPDF: throw DocumentsError.notAPDF
            case .damaged: throw DocumentsError.damagedPDF
            case .encrypted: throw DocumentsError.encryptedPDF
            }
        }
        return ReceivedFile(
            name: name, mediaType: role == .main ? "application/pdf" : mediaType, size: blob.size, sha256: blob.digest,
            pageCount: pages)
    }
}
