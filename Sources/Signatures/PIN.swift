import Foundation

/// The PIN that protects a soft key. Never logged, never stored; its bytes are wiped when the last user lets go of it.
public struct PIN: Sendable, CustomStringConvertible {
    let secret: SecretBytes

    /// Throws `SignaturesError.pinTooWeak` for fewer than 6 or more than 64 characters, or for one character repeated.
    public init(_ text: String) throws(SignaturesError) {
        guard (6...64).contains(text.count), Set(text).count > 1 else { throw .pinTooWeak }
        self.secret = SecretBytes(text: text.precomposedStringWithCanonicalMapping)
    }

    public var description: String { "PIN" }
}
