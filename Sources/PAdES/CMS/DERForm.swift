/// Brings BER (indefinite lengths, octet strings in pieces, lengths with leading zeros) into definite form. Old signing
/// programs stream a CMS that way; what was signed inside it is DER and stays as it is.
enum DERForm {
    static let maximumDepth = 48
    /// Values within one: a long revocation list in a signature has some hundred thousand. Each costs two hundred bytes of
    /// memory when it is taken apart.
    static let maximumValues = 400_000

    /// The one value that `bytes` begins with, and how long it was; `nil` when there is no whole value.
    static func normalised(_ bytes: ArraySlice<UInt8>) -> (der: [UInt8], length: Int)? {
        var position = bytes.startIndex
        var room = self.maximumValues
        guard let der = self.value(bytes, &position, &room, depth: 0) else { return nil }
        return (der, position - bytes.startIndex)
    }

    private static func value(
        _ bytes: ArraySlice<UInt8>, _ position: inout Int, _ room: inout Int, depth: Int
    ) -> [UInt8]? {
        room -= 1
        guard room >= 0, depth < self.maximumDepth, let header = self.header(bytes, &position) else { return nil }
        guard header.isConstructed else {
            guard let length = header.length else { return nil }
            defer { position += length }
            return self.encoded(header.tag, bytes[position..<(position + length)])
        }
        let isPieces = header.tag.count == 1 && header.tag.first == 0x24
        var content: [UInt8] = []
        let end = header.length.map { position + $0 }
        while true {
            if let end {
                if position == end { break }
                guard position < end else { return nil }
            } else if bytes[position...].starts(with: [0, 0]) {
                position += 2
                break
            }
            var part = position
            if isPieces {
                guard let piece = self.value(bytes, &position, &room, depth: depth + 1)?[...], piece.first == 0x04
                else {
                    return nil
                }
                var start = piece.startIndex
                guard self.header(piece, &start) != nil else { return nil }
                content += piece[start...]
            } else {
                guard let child = self.value(bytes, &part, &room, depth: depth + 1) else { return nil }
                content += child
                position = part
            }
        }
        return self.encoded(isPieces ? [0x04] : header.tag, content[...])
    }

    private static func header(
        _ bytes: ArraySlice<UInt8>, _ position: inout Int
    ) -> (tag: ArraySlice<UInt8>, isConstructed: Bool, length: Int?)? {
        let start = position
        func next() -> UInt8? {
            guard position < bytes.endIndex else { return nil }
            defer { position += 1 }
            return bytes[position]
        }
        guard let first = next() else { return nil }
        if first & 0x1F == 0x1F {
            repeat {
                guard position - start < 6, let more = next() else { return nil }; if more < 0x80 { break }
            } while true
        }
        let tag = bytes[start..<position]
        let isConstructed = first & 0x20 != 0
        guard let form = next() else { return nil }
        if form == 0x80 { return isConstructed ? (tag, true, nil) : nil }
        var length = Int(form)
        if form > 0x80 {
            length = 0
            guard form <= 0x88 else { return nil }
            for _ in 0..<(form & 0x7F) {
                guard let byte = next(), length < 1 << 40 else { return nil }
                length = length << 8 | Int(byte)
            }
        }
        guard length <= bytes.endIndex - position else { return nil }
        return (tag, isConstructed, length)
    }

    private static func encoded(_ tag: ArraySlice<UInt8>, _ content: ArraySlice<UInt8>) -> [UInt8] {
        var output = Array(tag)
        if content.count < 0x80 {
            output.append(UInt8(content.count))
        } else {
            let octets = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: content.count >> $0) }
                .drop { $0 == 0 }
            output.append(0x80 | UInt8(octets.count))
            output += octets
        }
        return output + content
    }
}
