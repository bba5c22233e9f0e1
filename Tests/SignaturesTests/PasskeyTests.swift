import COpenSSL
import Foundation
import Platform
import Testing

@testable import Signatures

/// An authenticator in software: makes a passkey and answers challenges, right or wrong as it is told.
private struct Authenticator {
    let handle: KeyPair
    let algorithm: PasskeyKey.Algorithm
    let credentialID: [UInt8] = Array(repeating: 7, count: 16)
    var relyingParty = "vanthu.example.vn"
    var origin = "https://vanthu.example.vn"
    var flags: UInt8 = 0b0000_0101
    var count: UInt32 = 1

    init(_ algorithm: PasskeyKey.Algorithm) throws {
        self.algorithm = algorithm
        switch algorithm {
        case .es256: self.handle = try KeyPair.generate(.p256)
        case .rs256: self.handle = try KeyPair.generate(.rsa(bits: 2_048))
        case .edDSA:
            let context = try #require(EVP_PKEY_CTX_new_from_name(nil, "ED25519", nil))
            defer { EVP_PKEY_CTX_free(context) }
            var key: OpaquePointer?
            EVP_PKEY_keygen_init(context)
            EVP_PKEY_generate(context, &key)
            self.handle = KeyPair(owning: try #require(key))
        }
    }

    private func number(_ name: String) -> [UInt8] {
        var number: OpaquePointer?
        EVP_PKEY_get_bn_param(self.handle.handle, name, &number)
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: Int(BN_num_bits(number) + 7) / 8)
        BN_bn2bin(number, &bytes)
        return bytes
    }

    /// The public key as COSE writes it.
    func cose() throws -> [UInt8] {
        func bytes(_ value: [UInt8]) -> [UInt8] { [0x59, UInt8(value.count >> 8), UInt8(value.count & 255)] + value }
        switch self.algorithm {
        case .es256:
            let point = Array(try self.handle.publicKey().suffix(64))
            return [0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21] + bytes(Array(point[..<32])) + [0x22]
                + bytes(Array(point[32...]))
        case .edDSA: return [0xA4, 1, 1, 3, 0x27, 0x20, 6, 0x21] + bytes(Array(try self.handle.publicKey().suffix(32)))
        case .rs256:
            return [0xA4, 1, 3, 3, 0x39, 1, 0, 0x20] + bytes(self.number("n")) + [0x21] + bytes(self.number("e"))
        }
    }

    func data(_ credential: [UInt8] = []) -> [UInt8] {
        let count = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self.count >> UInt32($0)) }
        return SHA256.digest(self.relyingParty.utf8) + [self.flags] + count + credential
    }

    func client(_ type: String, _ challenge: [UInt8]) -> [UInt8] {
        let members = [("type", type), ("challenge", challenge.base64URL), ("origin", self.origin)]
        let text = "{" + members.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",") + ",\"crossOrigin\":false}"
        return Array(text.utf8)
    }

    /// The attestation object of a registration.
    mutating func attestation(_ cose: [UInt8]? = nil) throws -> [UInt8] {
        self.flags |= 1 << 6
        defer { self.flags &= ~(1 << 6) }
        let credential = Array(repeating: 0, count: 16) + [0, UInt8(self.credentialID.count)] + self.credentialID
        let data = self.data(credential + (try cose ?? self.cose()))
        var object: [UInt8] = [0xA3]
        func text(_ text: String) { object += [0x60 | UInt8(text.utf8.count)] + Array(text.utf8) }
        text("fmt")
        text("none")
        text("attStmt")
        object.append(0xA0)
        text("authData")
        object += [0x59, UInt8(data.count >> 8), UInt8(data.count & 255)]
        return object + data
    }

    func answer(_ challenge: [UInt8], type: String = "webauthn.get") throws -> PasskeyAssertion {
        let (client, data) = (self.client(type, challenge), self.data())
        let signed = data + SHA256.digest(client)
        let context = try #require(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        EVP_DigestSignInit(context, nil, self.algorithm == .edDSA ? nil : EVP_sha256(), nil, self.handle.handle)
        var size = 0
        EVP_DigestSign(context, nil, &size, signed, signed.count)
        var signature = [UInt8](repeating: 0, count: size)
        try #require(EVP_DigestSign(context, &signature, &size, signed, signed.count) == 1)
        return PasskeyAssertion(clientData: client, authenticatorData: data, signature: Array(signature.prefix(size)))
    }
}

@Suite struct PasskeyTests {
    private let party: RelyingParty
    private let challenge = SigningChallenge(
        nonce: Array(repeating: 1, count: 32), digests: [Array(repeating: 2, count: 32)], key: UUID()
    ).bytes

    init() throws { self.party = try #require(RelyingParty(publicAddress: "https://Vanthu.example.vn/")) }

    private func register(_ authenticator: inout Authenticator) throws -> Passkey {
        try Passkey(
            registering: authenticator.attestation(),
            clientData: authenticator.client("webauthn.create", self.challenge),
            challenge: self.challenge, for: self.party)
    }

    @Test(arguments: PasskeyKey.Algorithm.allCases)
    func aPasskeyAnswersForWhatItIsAsked(algorithm: PasskeyKey.Algorithm) throws {
        var authenticator = try Authenticator(algorithm)
        let passkey = try self.register(&authenticator)
        #expect(passkey.credentialID == authenticator.credentialID)
        authenticator.count = 9
        let now = try passkey.answering(self.challenge, by: authenticator.answer(self.challenge), for: self.party)
        #expect(now.signCount == 9)
        // Kept and read again it is the same.
        let kept = Passkey(
            credentialID: now.credentialID,
            key: PasskeyKey(algorithm: now.key.algorithm, publicKey: now.key.publicKey), signCount: now.signCount)
        authenticator.count = 10
        #expect(
            try kept.answering(self.challenge, by: authenticator.answer(self.challenge), for: self.party).signCount
                == 10)
    }

    @Test func whatWasNotAskedIsNoAnswer() throws {
        var authenticator = try Authenticator(.es256)
        let passkey = try self.register(&authenticator)
        authenticator.count = 2
        func refusal(_ change: (inout Authenticator) -> Void = { _ in }, type: String = "webauthn.get") -> PasskeyError?
        {
            var changed = authenticator
            change(&changed)
            return #expect(throws: PasskeyError.self) {
                try passkey.answering(self.challenge, by: changed.answer(self.challenge, type: type), for: self.party)
            }
        }
        #expect(refusal(type: "webauthn.create") == .wrongPurpose)
        #expect(refusal { $0.origin = "https://vanthu.example.vn.evil.example" } == .wrongOrigin)
        #expect(refusal { $0.origin = "http://vanthu.example.vn" } == .wrongOrigin)
        #expect(refusal { $0.relyingParty = "evil.example" } == .wrongRelyingParty)
        #expect(refusal { $0.flags = 0b0000_0100 } == .nobodyPresent)
        #expect(refusal { $0.flags = 0b0000_0001 } == .nobodyVerified)
        #expect(refusal { $0.count = 1 } == .copied)
        #expect(refusal { $0.count = 0 } == .copied)
        let other = try Authenticator(.es256)
        #expect(throws: PasskeyError.badSignature) {
            var other = other
            other.count = 5
            return try passkey.answering(self.challenge, by: other.answer(self.challenge), for: self.party)
        }
        #expect(throws: PasskeyError.wrongChallenge) {
            try passkey.answering(
                Array(repeating: 0, count: 32), by: authenticator.answer(self.challenge), for: self.party)
        }
    }

    @Test func everyChangedBitOfAnAnswerIsNoticed() throws {
        var authenticator = try Authenticator(.es256)
        let passkey = try self.register(&authenticator)
        authenticator.count = 2
        let answer = try authenticator.answer(self.challenge)
        for index in answer.authenticatorData.indices {
            for bit in 0..<8 {
                var data = answer.authenticatorData
                data[index] ^= 1 << bit
                let changed = PasskeyAssertion(
                    clientData: answer.clientData, authenticatorData: data, signature: answer.signature)
                #expect(throws: PasskeyError.self) {
                    try passkey.answering(self.challenge, by: changed, for: self.party)
                }
            }
        }
    }

    @Test func aKeyThatIsNoneIsNotRegistered() throws {
        var authenticator = try Authenticator(.es256)
        let cose = try authenticator.cose()
        // A point off the curve; another curve; another algorithm; no map; cut off.
        var offCurve = cose
        offCurve[offCurve.count - 1] ^= 1
        for wrong in [offCurve, cose.map { $0 == 0x26 ? 0x25 : $0 }, [0x80], Array(cose.dropLast()), []] {
            let attestation = try authenticator.attestation(wrong)
            #expect(throws: PasskeyError.self) {
                try Passkey(
                    registering: attestation, clientData: authenticator.client("webauthn.create", self.challenge),
                    challenge: self.challenge, for: self.party)
            }
        }
    }

    @Test(
        arguments: [
            [], [0x18], [0x1C], [0x5F, 0x41, 1, 0xFF], [0x9F, 0xFF], [0xFB, 0, 0, 0, 0, 0, 0, 0, 0],
            [0x62, 0xC3, 0x28],
            [0xA2, 1, 1, 1, 2], [0x1B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x9B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            Array(repeating: 0x81, count: 5_000), [0x5B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x01, 0x01],
        ] as [[UInt8]])
    func whatIsNoPlainCBORIsRefused(bytes: [UInt8]) {
        #expect(throws: CBORValue.Malformed.self) { try CBORValue(bytes) }
    }

    @Test(
        arguments: [
            ("https://vanthu.example.vn", "vanthu.example.vn"), ("http://localhost:8080", "localhost"),
            ("https://vanthu.example.vn:443/", "vanthu.example.vn"), ("http://127.0.0.1:8080", nil),
            ("http://[::1]:8080", nil),
            ("http://127.1", nil), ("ftp://vanthu.example.vn", nil), ("", nil),
        ] as [(String, String?)])
    func aSiteHasPasskeysByItsName(address: String, name: String?) {
        #expect(RelyingParty(publicAddress: address)?.id == name)
    }

    @Test func thePolicySaysWhenItIsWanted() throws {
        func rule(_ member: String) throws -> SignaturePolicy.SecondFactor {
            try JSONDecoder().decode(SignaturePolicy.self, from: Data("{\(member)\"rules\": []}".utf8)).secondFactor
        }
        #expect(try rule("") == .whenRegistered)
        for known in SignaturePolicy.SecondFactor.allCases {
            #expect(try rule("\"second_factor\": \"\(known.rawValue)\",") == known)
        }
        #expect(throws: DecodingError.self) { try rule("\"second_factor\": \"sometimes\",") }
        let needed = SignaturePolicy.SecondFactor.allCases.map {
            [$0.isNeeded(hasPasskey: false), $0.isNeeded(hasPasskey: true)]
        }
        #expect(needed == [[false, false], [false, true], [true, true]])
    }

    @Test func aChallengeStandsForDocumentsInTheirOrderUnderOneKey() {
        let (nonce, key) = ([UInt8](repeating: 1, count: 32), UUID())
        let (a, b) = ([UInt8](repeating: 2, count: 32), [UInt8](repeating: 3, count: 32))
        let all = [
            SigningChallenge(nonce: nonce, digests: [a, b], key: key),
            SigningChallenge(nonce: nonce, digests: [b, a], key: key),
            SigningChallenge(nonce: nonce, digests: [a], key: key),
            SigningChallenge(nonce: nonce, digests: [a + b], key: key),
            SigningChallenge(nonce: nonce, digests: [a, b], key: UUID()),
            SigningChallenge(nonce: a, digests: [a, b], key: key),
        ]
        #expect(Set(all).count == all.count)
    }
}
