import Foundation
import PAdES
import Signatures
import Testing

struct SoftKeyTests {
    private let pin = SecretBytes(text: "Bưu điện 2026")

    private func wrapped(_ key: KeyPair) throws -> WrappedKey {
        try SoftKey.wrap(
            key, pin: self.pin, secret: CryptoFixtures.secret, binding: CryptoFixtures.binding,
            cost: CryptoFixtures.cost)
    }

    private func unwrap(
        _ wrapped: WrappedKey, pin: SecretBytes? = nil, secret: SecretBytes = CryptoFixtures.secret,
        binding: KeyBinding = CryptoFixtures.binding
    ) throws -> KeyPair {
        try SoftKey.unwrap(wrapped, pin: pin ?? self.pin, secret: secret, binding: binding)
    }

    @Test(arguments: [KeyPair.Kind.p256, .p384, .rsa(bits: 2_048)])
    func aKeyComesBackWithItsPIN(kind: KeyPair.Kind) throws {
        let key = try KeyPair.generate(kind)
        let stored = try self.wrapped(key).encoded
        let opened = try self.unwrap(try WrappedKey(encoded: stored))
        #expect(try opened.publicKey() == key.publicKey())
    }

    @Test func composedAndDecomposedPINsAreTheSame() throws {
        let key = try KeyPair.generate()
        let opened = try self.unwrap(
            try self.wrapped(key), pin: SecretBytes(text: "Bu\u{31B}u \u{111}ie\u{323}\u{302}n 2026"))
        #expect(try opened.publicKey() == key.publicKey())
    }

    @Test func anotherPINSecretOrOwnerIsToldApart() throws {
        let wrapped = try self.wrapped(try KeyPair.generate())
        #expect(throws: SoftKeyError.wrongPIN) { try self.unwrap(wrapped, pin: SecretBytes(text: "Bưu điện 2027")) }
        let other = SecretBytes(Array("another secret of thirty-two bytes or more".utf8))
        #expect(throws: SoftKeyError.wrongPIN) { try self.unwrap(wrapped, secret: other) }
        for part in [\KeyBinding.tenant, \.key, \.certificateFingerprint] {
            var binding = CryptoFixtures.binding
            binding[keyPath: part][0] ^= 1
            #expect(throws: SoftKeyError.wrongPIN) { try self.unwrap(wrapped, binding: binding) }
        }
    }

    @Test func everyChangedBitIsNoticed() throws {
        let stored = try self.wrapped(try KeyPair.generate()).encoded
        for index in stored.indices {
            var changed = stored
            changed[index] ^= 1
            #expect(throws: SoftKeyError.self, "byte \(index)") { try self.unwrap(try WrappedKey(encoded: changed)) }
        }
    }

    @Test func aShortPINIsRefused() throws {
        let key = try KeyPair.generate()
        #expect(throws: SoftKeyError.unacceptable("PIN of fewer than 6 characters")) {
            try SoftKey.wrap(
                key, pin: SecretBytes(text: "12345"), secret: CryptoFixtures.secret, binding: CryptoFixtures.binding,
                cost: CryptoFixtures.cost)
        }
    }

    @Test func theStandardCostIsSixtyFourMebibytes() throws {
        let key = try KeyPair.generate()
        let wrapped = try SoftKey.wrap(
            key, pin: self.pin, secret: CryptoFixtures.secret, binding: CryptoFixtures.binding)
        #expect(wrapped.cost == SoftKey.Cost(memoryKiB: 65_536, passes: 3))
        #expect(try self.unwrap(wrapped).publicKey() == key.publicKey())
    }

    @Test(arguments: [KeyPair.Kind.p256, .p384, .rsa(bits: 2_048)])
    func opensslVerifiesSignaturesOverDataAndOverTheirDigest(kind: KeyPair.Kind) throws {
        let key = try KeyPair.generate(kind)
        let data = Array("Cộng hòa xã hội chủ nghĩa Việt Nam".utf8)
        let isRSA = if case .rsa = kind { true } else { false }
        let hash = kind == .p384 ? "sha384" : "sha256"
        let digest = try CryptoFixtures.openssl(["dgst", "-" + hash, "-r", "data"], files: ["data": data]).text
        let digestBytes = stride(from: 0, to: kind == .p384 ? 96 : 64, by: 2).compactMap { place in
            UInt8(digest.dropFirst(place).prefix(2), radix: 16)
        }
        let signatures = [
            try key.sign(data, key.defaultAlgorithm), try key.sign(digest: digestBytes, key.defaultAlgorithm),
        ]
        for signature in signatures {
            let verdict = try CryptoFixtures.openssl(
                ["dgst", "-" + hash, "-verify", "key", "-keyform", "DER", "-signature", "signature"]
                    + (isRSA ? ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"] : []) + [
                        "data"
                    ],
                files: ["data": data, "key": try key.publicKey(), "signature": signature])
            #expect(verdict.status == 0, "\(verdict.text)")
        }
    }

    /// By the kernel's own words: locked, left out of core files, wiped in a child.
    @Test func aSecretStandsOnPagesOfItsOwn() throws {
        let secrets = [1, 32, 4_096, 5_000].map { SecretBytes([UInt8](repeating: 0x5A, count: $0)) }
        let file = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
        let map = String(decoding: try #require(try file.readToEnd()), as: UTF8.self)
        for secret in secrets {
            let address = secret.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
            #expect(secret.withUnsafeBytes { $0.allSatisfy { $0 == 0x5A } })
            var isWithin = false
            var flags: Set<Substring> = []
            for line in map.split(separator: "\n") {
                let words = line.split(separator: " ")
                let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
                if ends.count == 2 { isWithin = ends[0] <= address && address < ends[1] }
                if isWithin, words[0] == "VmFlags:" { flags = Set(words.dropFirst()) }
            }
            #expect(flags.isSuperset(of: ["dd", "wf"]))
            #expect(flags.contains("lo") || SecretBytes.unlocked > 0)
        }
    }
}
