import COpenSSL
import Foundation
import Glibc
import Synchronization

/// Bytes that must not outlive their use: on pages of their own, which stay out of swap, of core files and of child processes, and wiped when
/// the last owner lets go.
///
/// Marked `@unchecked Sendable` because the memory is written only before `init` returns.
public final class SecretBytes: @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer
    /// Whole pages, which hold nothing else: so they can be locked, left out and wiped alone.
    private let pages: UnsafeMutableRawPointer
    private let size: Int
    private let isLocked: Bool

    /// Secrets of this process that the kernel did not let it lock, for want of RLIMIT_MEMLOCK (each takes a page). Where all memory is
    /// locked as a whole, it does not matter.
    public static var unlocked: Int { self.refusals.withLock { $0 } }
    private static let refusals = Mutex(0)

    /// - Parameter fill: writes the secret into zeroed memory of `count` bytes.
    public init(count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
        let page = sysconf(Int32(_SC_PAGESIZE))
        self.size = (max(1, count) + page - 1) / page * page
        let pages = mmap(nil, self.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        // As for any other memory: without it, nothing goes on.
        guard let pages, pages != MAP_FAILED else { fatalError("no memory for a secret") }
        self.pages = pages
        self.isLocked = mlock(pages, self.size) == 0
        if !self.isLocked { Self.refusals.withLock { $0 += 1 } }
        _ = madvise(pages, self.size, MADV_DONTDUMP)
        _ = madvise(pages, self.size, MADV_WIPEONFORK)
        self.memory = UnsafeMutableRawBufferPointer(start: pages, count: count)
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
        OPENSSL_cleanse(self.pages, self.size)
        // Unlocks as well.
        munmap(self.pages, self.size)
        if !self.isLocked { Self.refusals.withLock { $0 -= 1 } }
    }

    public var count: Int { self.memory.count }

    /// Lends the secret for the time of `body`; whoever copies it sees to wiping the copy.
    public func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        try body(UnsafeRawBufferPointer(self.memory))
    }
}
