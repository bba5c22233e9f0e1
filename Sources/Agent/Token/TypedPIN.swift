import COpenSSL

/// A PIN as it was typed: never text, never stored, wiped when the last user lets go of it.
///
/// Marked `@unchecked Sendable` because the memory is written only before `init` returns.
public final class TypedPIN: @unchecked Sendable {
    private let memory: UnsafeMutableBufferPointer<UInt8>

    /// Takes the bytes over and wipes them where they lay.
    public init(taking bytes: inout [UInt8]) {
        self.memory = .allocate(capacity: max(1, bytes.count))
        self.memory.initialize(repeating: 0)
        self.count = bytes.count
        for index in bytes.indices { self.memory[index] = bytes[index] }
        bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
        bytes = []
    }

    deinit {
        OPENSSL_cleanse(self.memory.baseAddress, self.memory.count)
        self.memory.deallocate()
    }

    let count: Int

    func withUnsafeBytes<Value>(_ body: (UnsafePointer<UInt8>?, UInt) -> Value) -> Value {
        body(UnsafePointer(self.memory.baseAddress), UInt(self.count))
    }
}
