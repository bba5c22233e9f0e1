/// Why a key could not be made, wrapped, opened or used.
public enum SoftKeyError: Error, Hashable, Sendable {
    /// The PIN (or the server's secret, or the owner the key is bound to) is not the one it was wrapped with.
    case wrongPIN
    /// The wrapped key has another form or version than this code writes.
    case malformed
    /// A parameter outside what is allowed, such as RSA below 2048 bits or a PIN of fewer than 6 characters.
    case unacceptable(_ reason: String)
    /// OpenSSL or Argon2 refused an operation that must succeed.
    case cryptography(_ operation: String)
}
