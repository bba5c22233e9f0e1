import CArgon2
import COpenSSL
import Foundation

/// The PHC string of a secret, made by Argon2id. It says with which parameters, so they may grow without breaking old ones.
public struct SecretHash: Sendable, Hashable {
    public let text: String

    /// `nil` for anything but an Argon2id PHC string.
    public init?(_ text: String) {
        guard text.hasPrefix("$argon2id$"), text.utf8.count < 512 else { return nil }
        self.text = text
    }
}

/// Makes and checks hashes of passwords and PINs with Argon2id, at most a few at once and on threads of their own.
///
/// The parameters are OWASP's for Argon2id: 19 MiB, two passes, one lane (about 30 ms).
public final class Password: Sendable {
    /// What makes a password unacceptable.
    public enum Weakness: String, RefusalConvertible {
        case tooShort = "password_too_short"
        case tooLong = "password_too_long"

        public var refusal: Refusal { Refusal(422, self.rawValue, field: "password") }
    }

    private static let passes: UInt32 = 2
    private static let memory: UInt32 = 19_456  // KiB

    private let threads: BlockingThreads
    /// Stands in for the hash of a login that nobody has, so that looking for one costs the same time.
    private let decoy: SecretHash

    /// - Parameter concurrency: how many hashes are computed at once; each takes 19 MiB and a core.
    public init(concurrency: Int = 2) {
        self.threads = BlockingThreads(name: "argon2", count: concurrency, waitingLimit: 64 * concurrency)
        self.decoy = Self.hashNow([UInt8](TokenSecret.make().text.utf8))
    }

    /// Refuses a new password of fewer than 8 or more than 128 characters.
    public static func check(_ password: String) throws(Weakness) {
        let length = password.precomposedStringWithCanonicalMapping.unicodeScalars.count
        if length < 8 { throw .tooShort }
        if length > 128 { throw .tooLong }
    }

    /// The hash of a secret, with a random salt. The text is brought into NFC first.
    ///
    /// - Throws: ``BlockingThreads/Overloaded``.
    public func hash(_ secret: String) async throws -> SecretHash {
        let bytes = [UInt8](secret.precomposedStringWithCanonicalMapping.utf8)
        return try await self.threads.run { Self.hashNow(bytes) }
    }

    /// Whether `secret` has this hash; for no hash at all it takes as long and says no.
    ///
    /// - Throws: ``BlockingThreads/Overloaded``.
    public func verify(_ secret: String, against hash: SecretHash?) async throws -> Bool {
        let bytes = [UInt8](secret.precomposedStringWithCanonicalMapping.utf8)
        // A megabyte of password would only keep the threads from others.
        guard bytes.count <= 1024 else { return false }
        let expected = hash ?? self.decoy
        return try await self.threads.run {
            let result = argon2id_verify(expected.text, bytes, bytes.count)
            malloc_trim(0)
            return result == ARGON2_OK.rawValue && hash != nil
        }
    }

    private static func hashNow(_ secret: [UInt8]) -> SecretHash {
        var salt = [UInt8](repeating: 0, count: 16)
        precondition(RAND_bytes(&salt, 16) == 1, "OpenSSL has no randomness")
        var text = [CChar](repeating: 0, count: 128)
        let result = argon2id_hash_encoded(
            Self.passes, Self.memory, 1, secret, secret.count, salt, salt.count, 32, &text, text.count)
        // glibc keeps 19 MiB a thread otherwise, for the few sign-ins of the morning.
        malloc_trim(0)
        guard result == ARGON2_OK.rawValue,
            let hash = SecretHash(
                String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        else {
            // A sign-in that went on without a hash would let anybody in.
            fatalError("Argon2id has no memory")
        }
        return hash
    }
}
