import COpenSSL
import Foundation

/// Who is paired, and the code by which a page becomes so.
///
/// The code is shown at the machine and typed into the page: whoever sits at both is the same person. The page gets a token that is worth
/// something from its own origin only.
actor Pairings {
    private static let triesOfACode = 5

    private let file: PairingFile
    private var entries: [PairingFile.Entry]
    private var code: String?
    private var triesLeft = Pairings.triesOfACode

    init(file: PairingFile) throws {
        self.file = file
        self.entries = try file.entries()
    }

    /// A new code of eight digits, such as `1234-5678`, in place of any earlier one.
    func newCode() -> String {
        let digits = (0..<8).map { _ in String(Int.random(in: 0...9)) }
        let code = digits[..<4].joined() + "-" + digits[4...].joined()
        self.code = code
        self.triesLeft = Self.triesOfACode
        return code
    }

    /// Pairs `origin`: its new token, in base64url. An earlier one of that origin ends. The code is used up.
    ///
    /// - Throws: `AgentError.wrongCode`, `.pairingClosed` after five wrong ones, or what keeps the file from being written.
    func pair(_ origin: Origin, code typed: String) throws -> String {
        guard let code else { throw AgentError.pairingClosed }
        // Counted before it is compared.
        self.triesLeft -= 1
        guard Self.isSame(Self.digits(typed), Self.digits(code)) else {
            if self.triesLeft == 0 { self.code = nil }
            throw self.triesLeft == 0 ? AgentError.pairingClosed : AgentError.wrongCode
        }
        let secret = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        let entry = PairingFile.Entry(origin: origin.text, token: Self.hash(secret))
        let entries = self.entries.filter { $0.origin != origin.text } + [entry]
        try self.file.write(entries)
        self.entries = entries
        self.code = nil
        return Data(secret).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    func isPaired(_ origin: Origin, token: String) -> Bool {
        let text = token.replacing("-", with: "+").replacing("_", with: "/") + "="
        guard token.utf8.count == 43, let secret = Data(base64Encoded: text) else { return false }
        let hash = Self.hash(Array(secret))
        return self.entries.contains { $0.origin == origin.text && Self.isSame(Array($0.token.utf8), Array(hash.utf8)) }
    }

    private static func digits(_ code: String) -> [UInt8] {
        code.utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func hash(_ secret: [UInt8]) -> String {
        CertificateFacts.sha256(secret).map { CertificateFacts.hexadecimal($0) }.joined()
    }

    private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
