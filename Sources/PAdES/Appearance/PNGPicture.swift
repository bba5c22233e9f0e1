/// A PNG (ISO/IEC 15948) taken apart into colours and transparency, as PDF wants them.
struct PNGPicture {
    let width: Int
    let height: Int
    /// Three bytes a pixel.
    private var colours: [UInt8] = []
    /// One byte a pixel; `nil` for an opaque picture.
    private var alpha: [UInt8]?

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// - Throws: `unusableImage` for anything but a PNG with 8 bits a channel, not interlaced, of at most 4,000 × 4,000.
    init(_ bytes: [UInt8]) throws(PDFError) {
        guard bytes.starts(with: Self.signature) else { throw .unusableImage }
        var header: ArraySlice<UInt8> = []
        var palette: [UInt8] = []
        var paletteAlpha: [UInt8] = []
        var data: [UInt8] = []
        var position = Self.signature.count
        while position + 12 <= bytes.count {
            let length = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - position - 12 else { throw .unusableImage }
            let content = bytes[(position + 8)..<(position + 8 + length)]
            switch String(decoding: bytes[(position + 4)..<(position + 8)], as: UTF8.self) {
            case "IHDR": header = content
            case "PLTE": palette = Array(content)
            case "tRNS": paletteAlpha = Array(content)
            case "IDAT": data += content
            default: break
            }
            position += 12 + length
        }
        let fields = Array(header)
        guard fields.count == 13, fields[8] == 8, fields[12] == 0 else { throw .unusableImage }
        self.width = fields[0..<4].reduce(0) { $0 << 8 | Int($1) }
        self.height = fields[4..<8].reduce(0) { $0 << 8 | Int($1) }
        guard let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][fields[9]], (1...4_000).contains(self.width),
            (1...4_000).contains(self.height)
        else { throw .unusableImage }
        let size = (self.width * channels + 1) * self.height
        let pixels: [UInt8]
        do {
            let rows = try Deflate.inflate(data[...], limit: size)
            guard rows.count == size else { throw PDFError.unusableImage }
            pixels = try Deflate.undoPNGFilter(rows, bytesPerPixel: channels, bytesPerRow: self.width * channels)
        } catch {
            throw .unusableImage
        }
        switch fields[9] {
        case 0: self.colours = pixels.flatMap { [$0, $0, $0] }
        case 2: self.colours = pixels
        case 3: try self.lookUp(pixels, palette: palette, alpha: paletteAlpha)
        case 4: self.split(pixels, channels: 2)
        default: self.split(pixels, channels: 4)
        }
    }

    private mutating func lookUp(_ pixels: [UInt8], palette: [UInt8], alpha: [UInt8]) throws(PDFError) {
        let count = palette.count / 3
        guard pixels.allSatisfy({ Int($0) < count }) else { throw .unusableImage }
        self.colours = pixels.flatMap { palette[(Int($0) * 3)..<(Int($0) * 3 + 3)] }
        if !alpha.isEmpty { self.alpha = pixels.map { Int($0) < alpha.count ? alpha[Int($0)] : 255 } }
    }

    private mutating func split(_ pixels: [UInt8], channels: Int) {
        var (colours, alpha): ([UInt8], [UInt8]) = ([], [])
        for start in stride(from: 0, to: pixels.count, by: channels) {
            if channels == 4 {
                colours += pixels[start..<(start + 3)]
            } else {
                colours += [pixels[start], pixels[start], pixels[start]]
            }
            alpha.append(pixels[start + channels - 1])
        }
        self.colours = colours
        self.alpha = alpha
    }

    /// Writes the picture and its mask; returns the image XObject.
    func embed(in update: inout IncrementalUpdate) throws(PDFError) -> PDFReference {
        func image(_ space: String) -> PDFDictionary {
            [
                "Type": .name("XObject"), "Subtype": .name("Image"), "Width": .integer(self.width),
                "Height": .integer(self.height), "ColorSpace": .name(space), "BitsPerComponent": .integer(8),
            ]
        }
        var dictionary = image("DeviceRGB")
        if let alpha { dictionary["SMask"] = .reference(try update.addStream(image("DeviceGray"), alpha)) }
        return try update.addStream(dictionary, self.colours)
    }
}
