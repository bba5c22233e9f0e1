/// A blob, read piece by piece, and then something more.
struct ExtendedBlob: AsyncSequence {
    let reader: BlobReader
    let tail: [UInt8]

    func makeAsyncIterator() -> Iterator { Iterator(reader: self.reader.makeAsyncIterator(), tail: self.tail) }

    struct Iterator: AsyncIteratorProtocol {
        var reader: BlobReader.Iterator
        var tail: [UInt8]?

        mutating func next() async throws -> [UInt8]? {
            if let piece = try await self.reader.next() { return piece }
            defer { self.tail = nil }
            return self.tail
        }
    }
}
