/// The file that a signature was prepared for, read in pieces: nothing of it is kept but its hash and its size. Not `Sendable`: it lives
/// within one call.
public final class BaseReading {
    let digest: Digest
    private(set) var count = 0

    init(_ algorithm: Digest.Algorithm) throws(PDFError) { self.digest = try Digest(algorithm) }

    /// The next piece.
    public func take(_ piece: ArraySlice<UInt8>) {
        self.digest.update(piece)
        self.count += piece.count
    }
}
