import Platform

/// A PDF in the store that is to be signed. Blocking.
public struct StoredPDF: Sendable {
    let path: String
    /// Bytes that are still signed here.
    let limit: Int64
    /// What is put behind it: an update that is not stored yet.
    let tail: [UInt8]

    public init(path: String, limit: Int64, tail: [UInt8] = []) {
        self.path = path
        self.limit = limit
        self.tail = tail
    }

    /// Bytes that may be appended without moving the whole: more than fields, signature and evidence ever take.
    private static let spare = 2 << 20
    private static let piece = 1 << 20

    /// Throws `BlobError.notFound`, `.tooLarge(limit:)`.
    func bytes() throws(BlobError) -> [UInt8] {
        do throws(WholeFile.Failure) {
            var bytes = try WholeFile.read(self.path, limit: Int(self.limit), spare: Self.spare + self.tail.count)
            bytes.append(contentsOf: self.tail)
            return bytes
        } catch {
            switch error {
            case .missing: throw .notFound
            case .tooLarge: throw .tooLarge(limit: self.limit)
            }
        }
    }

    /// Hands it on in pieces, without the tail. Throws as `bytes`.
    func read(_ take: ([UInt8]) -> Void) throws(BlobError) {
        do throws(WholeFile.Failure) {
            try WholeFile.read(self.path, limit: Int(self.limit), pieces: Self.piece, take)
        } catch {
            switch error {
            case .missing: throw .notFound
            case .tooLarge: throw .tooLarge(limit: self.limit)
            }
        }
    }
}
