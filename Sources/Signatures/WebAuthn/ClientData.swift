import Foundation
import Platform

/// What the browser says it asked the authenticator for (Web Authentication, 5.8.1). The authenticator signs its hash.
struct ClientData {
    enum Purpose: String {
        case registration = "webauthn.create"
        case assertion = "webauthn.get"
    }

    private struct Text: Decodable {
        let type: String
        let challenge: String
        let origin: String
        let crossOrigin: Bool?
    }

    let hash: [UInt8]

    /// Checks purpose, challenge and origin.
    ///
    /// - Parameter origin: scheme, host and port of the pages, without a slash behind them.
    init(_ bytes: [UInt8], purpose: Purpose, challenge: [UInt8], origin: String) throws(PasskeyError) {
        guard bytes.count <= 16_384, let text = try? JSONDecoder().decode(Text.self, from: Data(bytes)) else {
            throw .malformed
        }
        guard text.type == purpose.rawValue else { throw .wrongPurpose }
        guard let stated = [UInt8](base64URL: text.challenge), equalInConstantTime(stated, challenge) else {
            throw .wrongChallenge
        }
        guard text.origin == origin, text.crossOrigin != true else { throw .wrongOrigin }
        self.hash = SHA256.digest(bytes)
    }
}

extension [UInt8] {
    /// Bytes of base64url without padding (RFC 4648, 5), as Web Authentication writes them; `nil` for anything else.
    public init?(base64URL text: some StringProtocol) {
        var plain = ""
        for character in text {
            switch character {
            case "-": plain.append("+")
            case "_": plain.append("/")
            case "+", "/", "=": return nil
            default: plain.append(character)
            }
        }
        plain += String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: plain) else { return nil }
        self = Array(data)
    }
}
