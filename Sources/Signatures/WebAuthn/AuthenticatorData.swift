import Platform

/// What an authenticator says of itself and of who touched it (Web Authentication, 6.1).
struct AuthenticatorData {
    let signCount: UInt32
    /// Behind the fixed part: a new credential and extensions.
    private let rest: ArraySlice<UInt8>
    private let flags: UInt8

    private static let userPresent: UInt8 = 1 << 0
    private static let userVerified: UInt8 = 1 << 2
    private static let hasCredential: UInt8 = 1 << 6
    private static let hasExtensions: UInt8 = 1 << 7

    /// Checks the relying party, and that somebody was there whom the authenticator knows.
    ///
    /// - Parameter relyingParty: the host of the pages.
    init(_ bytes: [UInt8], relyingParty: String) throws(PasskeyError) {
        guard (37...8_192).contains(bytes.count) else { throw .malformed }
        guard equalInConstantTime(Array(bytes[..<32]), SHA256.digest(relyingParty.utf8)) else {
            throw .wrongRelyingParty
        }
        self.flags = bytes[32]
        guard self.flags & Self.userPresent != 0 else { throw .nobodyPresent }
        guard self.flags & Self.userVerified != 0 else { throw .nobodyVerified }
        self.signCount = bytes[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
        self.rest = bytes[37...]
    }

    /// The credential that was made: what the authenticator calls it, and its public key.
    func credential() throws(PasskeyError) -> (id: [UInt8], key: PasskeyKey) {
        guard self.flags & Self.hasCredential != 0, self.rest.count > 18 else { throw .malformed }
        // 16 bytes say which make of authenticator it is; any will do.
        var rest = self.rest.dropFirst(16)
        let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
        guard (1...1_023).contains(length), rest.count > length else { throw .malformed }
        let id = Array(rest.prefix(length))
        rest = rest.dropFirst(length)
        do {
            let key = try PasskeyKey(CBORValue(prefix: &rest))
            if self.flags & Self.hasExtensions != 0 { _ = try CBORValue(prefix: &rest) }
            guard rest.isEmpty else { throw PasskeyError.malformed }
            return (id, key)
        } catch let error as PasskeyError {
            throw error
        } catch {
            throw .malformed
        }
    }
}
