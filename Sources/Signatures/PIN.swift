import Foundation

/// The PIN that protects a soft key. Never logged, never stored: only what is derived from it is used.
public struct PIN: Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    /// Throws `SignaturesError.pinTooWeak` for fewer than 6 or more than 64 characters, or for one character repeated.
    public init(_ text: String) throws(SignaturesError) {
        guard (6...64).contains(text.count), Set(text).count > 1 else { throw .pinTooWeak }
        self.bytes = Array(text.precomposedStringWithCanonicalMapping.utf8)
    }

    public var description: String { "PIN" }
}
