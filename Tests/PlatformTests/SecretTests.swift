import Foundation
import Platform
import Testing

@Suite("Secrets")
struct SecretTests {
    @Test("SHA-256 gives what FIPS 180-4's examples say, however the bytes come")
    func sha256IsRight() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(SHA256.digest("abc".utf8).hexadecimal == expected)
        #expect(SHA256.digest([]).hexadecimal.hasPrefix("e3b0c44298fc1c149afbf4c8996fb924"))
        var hash = SHA256()
        for byte in "abc".utf8 { withUnsafeBytes(of: byte) { hash.update($0) } }
        #expect(hash.finish().hexadecimal == expected)
    }

    @Test("Hexadecimal digits come back as the bytes they were made of; anything else is nothing")
    func hexadecimalComesBack() {
        let bytes = (0...255).map { UInt8($0) }
        #expect([UInt8](hexadecimal: bytes.hexadecimal) == bytes)
        for wrong in ["a", "zz", "0g", "é0"] { #expect([UInt8](hexadecimal: wrong) == nil) }
    }

    @Test("A token secret comes back from its text, and no other spelling is taken")
    func aTokenSecretComesBack() throws {
        for _ in 0..<100 {
            let secret = TokenSecret.make()
            #expect(secret.text.utf8.count == 43)
            #expect(TokenSecret(text: secret.text) == secret)
            #expect(secret.hash.count == 32)
        }
        let secret = TokenSecret.make()
        let last = try #require(secret.text.last)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let index = try #require(alphabet.firstIndex(of: last))
        #expect(
            TokenSecret(text: secret.text.dropLast() + String(alphabet[index ^ 1])) == nil,
            "the two spare bits must be 0")
        for wrong in [
            "", "a", secret.text + "=", String(secret.text.dropLast()) + "+", String(repeating: "é", count: 43),
        ] {
            #expect(TokenSecret(text: wrong) == nil)
        }
    }

    @Test("A password is known again, also when typed in another normal form; another one is not")
    func aPasswordIsKnownAgain() async throws {
        let passwords = Password(concurrency: 2)
        let hash = try await passwords.hash("mật khẩu Đường")
        #expect(hash.text.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(try await passwords.verify("mật khẩu Đường".decomposedStringWithCanonicalMapping, against: hash))
        #expect(try await !passwords.verify("mat khau Duong", against: hash))
        #expect(try await !passwords.verify("", against: hash))
        #expect(try await passwords.hash("mật khẩu Đường") != hash, "the salt is random")
    }

    @Test("No hash at all takes about as long as a wrong password")
    func noHashTakesAsLong() async throws {
        let passwords = Password(concurrency: 1)
        let hash = try await passwords.hash("something else")
        var (known, unknown) = (Duration.seconds(60), Duration.seconds(60))
        for _ in 0..<12 {
            let clock = ContinuousClock()
            known = min(known, try await clock.measure { _ = try await passwords.verify("a guess", against: hash) })
            unknown = min(unknown, try await clock.measure { _ = try await passwords.verify("a guess", against: nil) })
        }
        #expect(unknown > known / 3 && unknown < known * 3)
        #expect(unknown > .milliseconds(5))
    }

    @Test("Only an Argon2id string is a hash, and a weak password is refused")
    func onlyArgon2idIsAHash() {
        #expect(SecretHash("$argon2id$v=19$…") != nil)
        #expect(SecretHash("$argon2i$v=19$…") == nil)
        #expect(SecretHash("plain") == nil)
        #expect(throws: Password.Weakness.tooShort) { try Password.check("mật khẩ") }
        #expect(throws: Password.Weakness.tooLong) { try Password.check(String(repeating: "a", count: 129)) }
        #expect(throws: Never.self) { try Password.check("mật khẩu") }
    }

    @Test("No more calls run at once than there are threads, and beyond the limit they are refused")
    func theGateHolds() async throws {
        let threads = BlockingThreads(name: "test", count: 2, waitingLimit: 3)
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    try await threads.run {
                        enter.yield()
                        gate.wait()
                    }
                }
            }
            var calls = entered.makeAsyncIterator()
            for _ in 0..<2 { await calls.next() }
            // Both threads are taken: three more may wait, the rest is refused.
            let (refused, refuse) = AsyncStream.makeStream(of: Void.self)
            for _ in 0..<5 {
                group.addTask {
                    do { try await threads.run {} } catch is BlockingThreads.Overloaded { refuse.yield() }
                }
            }
            var refusals = refused.makeAsyncIterator()
            for _ in 0..<2 { await refusals.next() }
            for _ in 0..<2 { gate.signal() }
            try await group.waitForAll()
        }
    }
}
