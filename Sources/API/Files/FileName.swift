/// A file's name as a person gave it: one path component, safe to show, to store and to send back.
public struct FileName: Sendable, Hashable {
    public let text: String

    /// Returns `nil` for a name that is empty, longer than 255 bytes (what file systems take), a path or part of one, or that
    /// holds NUL or another control character. The name comes out in NFC, without invisible characters.
    public init?(_ name: String) {
        guard let cleaned = Text.cleaned(name), !cleaned.isEmpty, cleaned.utf8.count <= 255,
            !cleaned.contains(where: { $0 == "/" || $0 == "\\" }), cleaned != ".", cleaned != ".."
        else { return nil }
        self.text = cleaned
    }

    /// The value of `Content-Disposition` (RFC 6266) that offers the file under this name: the exact name by RFC 8187, and
    /// an ASCII stand-in for the clients that do not know it.
    ///
    /// - Parameter inline: whether a browser may show the file instead of saving it.
    public func contentDisposition(inline: Bool = false) -> String {
        var plain = ""
        var encoded = ""
        for scalar in self.text.unicodeScalars {
            let isPlain = scalar.isASCII && scalar != "\"" && scalar != "%"
            plain.unicodeScalars.append(isPlain ? scalar : "_")
        }
        for byte in self.text.utf8 {
            if Self.isAttributeCharacter(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += byte < 16 ? "%0\(digits)" : "%\(digits)"
            }
        }
        let kind = inline ? "inline" : "attachment"
        if plain == self.text { return "\(kind); filename=\"\(plain)\"" }
        return "\(kind); filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
    }

    /// `attr-char` of RFC 8187, section 3.2.1.
    private static func isAttributeCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$&+-.^_`|~".utf8.contains(byte)
        }
    }
}
