import COpenSSL
import Foundation

/// Bytes that must not outlive their use: kept out of swap where the system allows it, wiped when the last owner lets go.
///
/// Marked `@unchecked Sendable` because the memory is written only before `init` returns.
public final class SecretBytes: @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer

    /// - Parameter fill: writes the secret into zeroed memory of `count` bytes.
    public init(count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count), alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        self.memory = UnsafeMutableRawBufferPointer(rebasing: memory[0..<count])
        // Best effort: RLIMIT_MEMLOCK may be small.
        _ = mlock(memory.baseAddress, memory.count)
        try fill(self.memory)
    }

    public convenience init(_ bytes: some Collection<UInt8>) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// A PIN or a passphrase as people type it: NFC, so that every keyboard gives the same bytes.
    public convenience init(text: String) {
        self.init(Array(text.precomposedStringWithCanonicalMapping.utf8))
    }

    deinit {
        OPENSSL_cleanse(self.memory.baseAddress, self.memory.count)
        munlock(self.memory.baseAddress, max(1, self.memory.count))
        self.memory.baseAddress?.deallocate()
    }

    public var count: Int { self.memory.count }

    public func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        try body(UnsafeRawBufferPointer(self.memory))
    }
}
