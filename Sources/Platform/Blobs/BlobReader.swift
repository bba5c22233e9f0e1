import Foundation

/// A range of a blob, read piece by piece when the next one is asked for; what the API streams to a client.
public struct BlobReader: AsyncSequence, Sendable {
    public typealias Element = [UInt8]

    let path: String?
    let range: Range<Int64>
    let threads: BlockingThreads

    public func makeAsyncIterator() -> Iterator {
        Iterator(path: self.path, offset: self.range.lowerBound, end: self.range.upperBound, threads: self.threads)
    }

    /// Reads piece by piece, off the caller's thread.
    public struct Iterator: AsyncIteratorProtocol {
        let path: String?
        var offset: Int64
        let end: Int64
        let threads: BlockingThreads

        /// - Throws: ``BlobError/notFound``; a file that ends before the range does is ``BlobError/system(_:)``.
        public mutating func next() async throws -> [UInt8]? {
            guard self.offset < self.end else { return nil }
            guard let path = self.path else { throw BlobError.notFound }
            let (start, count) = (self.offset, Int(Swift.min(self.end - self.offset, Int64(BlobStore.pieceSize))))
            // Opened anew for every piece: a reader that is given up holds nothing.
            let piece = try await self.threads.run {
                try FileDescriptor(opening: path, O_RDONLY).read(at: start, count: count)
            }
            guard piece.count == count else { throw BlobError.system(EIO) }
            self.offset += Int64(count)
            return piece
        }
    }
}
