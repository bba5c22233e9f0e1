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

    /// The secret a client sent; `nil` for a text that we never gave out.
    public init?(text: some StringProtocol) {
        guard text.utf8.count == 43 else { return nil }
        let standard = String(text).replacing("-", with: "+").replacing("_", with: "/")
        guard let bytes = Data(base64Encoded: standard + "="), bytes.count == 32 else { return nil }
        let secret = TokenSecret(bytes: Array(bytes))
        // The last character carries two spare bits; only the one spelling that was given out is taken.
        guard secret.text == String(text) else { return nil }
        self = secret
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
