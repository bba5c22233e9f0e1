import Foundation
import COpenSSL

/// The secret in a session's cookie or of an API token: 32 random bytes. Only their SHA-256 is ever stored.
public struct TokenSecret: Sendable, Hashable {
    /// base64url without padding, 43 characters: what the client keeps.
    public let text: String
    /// What the database keeps and looks for.
    public let hash: [UInt8]

    /// A new secret from OpenSSL's generator.
    public static func make() -> TokenSecret {
        var bytes = [UInt8](repeating: 0, count: 32)
        precondition(RAND_bytes(&bytes, 32) == 1, "OpenSSL has no randomness")
        return TokenSecret(bytes: bytes)
    }

    /// The secret a client sent; `nil` for a text that we never gave out. Every request comes through here.
    public init?(text: some StringProtocol) {
        guard text.utf8.count == 43 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var (bits, count): (UInt32, Int) = (0, 0)
        for digit in text.utf8 {
            guard let value = Self.value(of: digit) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        // The last character carries two spare bits; only the one spelling that was given out is taken.
        guard bits & 3 == 0 else { return nil }
        self.text = String(text)
        self.hash = SHA256.digest(bytes)
    }

    /// The six bits of a character of base64url.
    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }

    private init(bytes: [UInt8]) {
        self.text = bytes.base64URL
        self.hash = SHA256.digest(bytes)
    }
}

extension [UInt8] {
    /// base64url without padding (RFC 4648, section 5).
    public var base64URL: String {
        Data(self).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
