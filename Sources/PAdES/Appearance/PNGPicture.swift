/// A PNG (ISO/IEC 15948) taken apart into colours and transparency, as PDF wants them.
struct PNGPicture {
    let width: Int
    let height: Int
    /// Three bytes a pixel.
    private var colours: [UInt8] = []
    /// One byte a pixel; `nil` for an opaque picture.
    private var alpha: [UInt8]?

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// - Throws: `unusableImage` for anything but a PNG that is not interlaced, of at most 4,000 × 4,000.
    init(_ bytes: [UInt8]) throws(PDFError) {
        guard bytes.starts(with: Self.signature) else { throw .unusableImage }
        var header: ArraySlice<UInt8> = []
        var palette: [UInt8] = []
        var transparency: [UInt8] = []
        var data: [UInt8] = []
        var position = Self.signature.count
        while position + 12 <= bytes.count {
            let length = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - position - 12 else { throw .unusableImage }
            let content = bytes[(position + 8)..<(position + 8 + length)]
            switch String(decoding: bytes[(position + 4)..<(position + 8)], as: UTF8.self) {
            case "IHDR": header = content
            case "PLTE": palette = Array(content)
            case "tRNS": transparency = Array(content)
            case "IDAT": data += content
            default: break
            }
            position += 12 + length
        }
        let fields = Array(header)
        // Not interlaced; deflate and adaptive filtering are the only methods there are.
        guard fields.count == 13, fields[10] == 0, fields[11] == 0, fields[12] == 0 else { throw .unusableImage }
        self.width = fields[0..<4].reduce(0) { $0 << 8 | Int($1) }
        self.height = fields[4..<8].reduce(0) { $0 << 8 | Int($1) }
        let (depth, kind) = (Int(fields[8]), fields[9])
        // Colour type to channels and the depths that it may have (PNG specification, table 11.1).
        let forms: [UInt8: (channels: Int, depths: [Int])] = [
            0: (1, [1, 2, 4, 8, 16]), 2: (3, [8, 16]), 3: (1, [1, 2, 4, 8]), 4: (2, [8, 16]), 6: (4, [8, 16]),
        ]
        guard let form = forms[kind], form.depths.contains(depth), (1...4_000).contains(self.width),
            (1...4_000).contains(self.height)
        else { throw .unusableImage }
        let row = (self.width * form.channels * depth + 7) / 8
        let size = (row + 1) * self.height
        var samples: [UInt8]
        do {
            let rows = try Deflate.inflate(data[...], limit: size)
            guard rows.count == size else { throw PDFError.unusableImage }
            samples = try Deflate.undoPNGFilter(
                rows, bytesPerPixel: max(1, form.channels * depth / 8), bytesPerRow: row)
        } catch {
            throw .unusableImage
        }
        // A colour that stands for "transparent" in a picture of 16 bits has no equal among its upper halves alone.
        let key = (kind == 0 || kind == 2) && depth <= 8 ? Self.transparentColour(transparency, form.channels) : nil
        if depth == 16 { samples = stride(from: 0, to: samples.count, by: 2).map { samples[$0] } }
        if depth < 8 { samples = self.unpacked(samples, depth: depth, row: row) }
        if kind == 3 {
            try self.lookUp(samples, palette: palette, alpha: transparency)
        } else {
            let scale: UInt8 = depth < 8 ? UInt8(255 / ((1 << depth) - 1)) : 1
            self.split(samples, channels: form.channels, scale: scale, key: key)
        }
    }

    /// tRNS of a picture without palette: one value of two bytes a channel.
    private static func transparentColour(_ bytes: [UInt8], _ channels: Int) -> [UInt8]? {
        bytes.count == 2 * channels ? stride(from: 1, to: bytes.count, by: 2).map { bytes[$0] } : nil
    }

    /// Samples of 1, 2 or 4 bits, one a byte.
    private func unpacked(_ packed: [UInt8], depth: Int, row: Int) -> [UInt8] {
        var samples: [UInt8] = []
        samples.reserveCapacity(self.width * self.height)
        for line in 0..<self.height {
            for column in 0..<self.width {
                let bit = column * depth
                let byte = packed[line * row + bit / 8]
                samples.append(byte >> UInt8(8 - depth - bit % 8) & UInt8((1 << depth) - 1))
            }
        }
        return samples
    }

    private mutating func lookUp(_ samples: [UInt8], palette: [UInt8], alpha: [UInt8]) throws(PDFError) {
        let count = palette.count / 3
        guard samples.allSatisfy({ Int($0) < count }) else { throw .unusableImage }
        self.colours.reserveCapacity(3 * samples.count)
        for sample in samples { self.colours += palette[(Int(sample) * 3)..<(Int(sample) * 3 + 3)] }
        if !alpha.isEmpty { self.alpha = samples.map { Int($0) < alpha.count ? alpha[Int($0)] : 255 } }
    }

    /// Colours and transparency apart; grey becomes three equal colours.
    private mutating func split(_ samples: [UInt8], channels: Int, scale: UInt8, key: [UInt8]?) {
        let pixels = samples.count / channels
        let hasAlpha = channels % 2 == 0
        var colours = [UInt8](repeating: 0, count: 3 * pixels)
        var alpha = [UInt8](repeating: 255, count: hasAlpha || key != nil ? pixels : 0)
        for pixel in 0..<pixels {
            let start = pixel * channels
            for colour in 0..<3 { colours[3 * pixel + colour] = samples[start + (channels > 2 ? colour : 0)] * scale }
            if hasAlpha {
                alpha[pixel] = samples[start + channels - 1]
            } else if let key, samples[start..<(start + channels)].elementsEqual(key) {
                alpha[pixel] = 0
            }
        }
        self.colours = colours
        self.alpha = alpha.isEmpty ? nil : alpha
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
