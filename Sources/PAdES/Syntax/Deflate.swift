import CQPDF

/// Flate (zlib) with a bound on what comes out, and the predictors that cross-reference streams use.
enum Deflate {
    /// - Throws: `tooComplex` when more than `limit` bytes come out, `damaged` when the data is not a whole zlib stream.
    static func inflate(_ data: ArraySlice<UInt8>, limit: Int) throws(PDFError) -> [UInt8] {
        var stream = z_stream()
        guard vanthu_inflate_init(&stream) == Z_OK else { throw .cryptography("inflateInit") }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        var status = Z_OK
        var isOver = false
        data.withUnsafeBufferPointer { input in
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(clamping: input.count)
            repeat {
                let produced = chunk.withUnsafeMutableBufferPointer { buffer in
                    stream.next_out = buffer.baseAddress
                    stream.avail_out = UInt32(buffer.count)
                    status = CQPDF.inflate(&stream, Z_NO_FLUSH)
                    return buffer.count - Int(stream.avail_out)
                }
                output.append(contentsOf: chunk[..<produced])
                isOver = output.count > limit
            } while status == Z_OK && !isOver
        }
        guard !isOver else { throw .tooComplex("compressed data grows too large") }
        guard status == Z_STREAM_END else { throw .damaged("compressed data") }
        return output
    }

    static func deflate(_ data: [UInt8]) throws(PDFError) -> [UInt8] {
        var size = compressBound(UInt(data.count))
        var output = [UInt8](repeating: 0, count: Int(size))
        guard compress(&output, &size, data, UInt(data.count)) == Z_OK else { throw .cryptography("compress") }
        output.removeSubrange(Int(size)...)
        return output
    }

    /// Undoes a PNG predictor (`/Predictor` 10–15), whose rows say themselves how they were filtered.
    static func undoPNGFilter(_ data: [UInt8], bytesPerPixel: Int, bytesPerRow: Int) throws(PDFError) -> [UInt8] {
        guard bytesPerPixel > 0, bytesPerRow > 0, data.count % (bytesPerRow + 1) == 0 else {
            throw .damaged("predictor rows")
        }
        var output = [UInt8](repeating: 0, count: data.count / (bytesPerRow + 1) * bytesPerRow)
        for row in 0..<(data.count / (bytesPerRow + 1)) {
            let filter = data[row * (bytesPerRow + 1)]
            guard filter <= 4 else { throw .damaged("predictor") }
            let source = row * (bytesPerRow + 1) + 1
            let target = row * bytesPerRow
            for column in 0..<bytesPerRow {
                let left = column >= bytesPerPixel ? Int(output[target + column - bytesPerPixel]) : 0
                let up = row > 0 ? Int(output[target + column - bytesPerRow]) : 0
                let upLeft =
                    row > 0 && column >= bytesPerPixel ? Int(output[target + column - bytesPerRow - bytesPerPixel]) : 0
                let guess =
                    switch filter {
                    case 1: left
                    case 2: up
                    case 3: (left + up) / 2
                    case 4: Self.paeth(left, up, upLeft)
                    default: 0
                    }
                output[target + column] = data[source + column] &+ UInt8(guess)
            }
        }
        return output
    }

    private static func paeth(_ left: Int, _ up: Int, _ upLeft: Int) -> Int {
        let guess = left + up - upLeft
        let (a, b, c) = (abs(guess - left), abs(guess - up), abs(guess - upLeft))
        return a <= b && a <= c ? left : b <= c ? up : upLeft
    }
}
