import Foundation
import Office
import PAdES
import Platform
import Postgres
import TestSupport

@testable import Signatures

/// An authenticator in software, of a person at the site of the tests: makes one passkey (ES256) and answers whatever it is asked.
struct SoftPasskey: Sendable {
    static let party = RelyingParty(publicAddress: "https://vanthu.example.vn")
    private static let origin = "https://vanthu.example.vn"

    let id = UUIDv7.make()
    let credentialID = Array(withUnsafeBytes(of: UUID().uuid, Array.init))
    private let key: KeyPair

    init() throws { self.key = try KeyPair.generate(.p256) }

    private func client(_ type: String, _ challenge: [UInt8]) -> [UInt8] {
        Array(#"{"type":"\#(type)","challenge":"\#(challenge.base64URL)","origin":"\#(Self.origin)"}"#.utf8)
    }

    /// Authenticator data with somebody present and known, and a counter of so much.
    private func data(_ flags: UInt8, _ count: UInt8, _ credential: [UInt8] = []) -> [UInt8] {
        SHA256.digest("vanthu.example.vn".utf8) + [flags, 0, 0, 0, count] + credential
    }

    /// - Parameter count: of its signatures; 0 for one that does not count.
    func answer(_ challenge: [UInt8], count: UInt8 = 0) throws -> PasskeyAnswer {
        let (client, data) = (self.client("webauthn.get", challenge), self.data(0x05, count))
        return PasskeyAnswer(
            credentialID: self.credentialID,
            assertion: PasskeyAssertion(
                clientData: client, authenticatorData: data,
                signature: try self.key.sign(data + SHA256.digest(client), .ecdsaWithSHA256)))
    }

    /// The act that registers it.
    func registration(_ challenge: [UInt8], proof: PasskeyAnswer? = nil) throws -> RegisterPasskey {
        let point = Array(try self.key.publicKey().suffix(64))
        let cose = [0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32] + point[..<32] + [0x22, 0x58, 32] + point[32...]
        let data = self.data(0x45, 0, Array(repeating: 0, count: 16) + [0, 16] + self.credentialID + cose)
        let attestation =
            [0xA3, 0x63] + Array("fmt".utf8) + [0x64] + Array("none".utf8) + [0x67] + Array("attStmt".utf8) + [
                0xA0, 0x68,
            ]
            + Array("authData".utf8) + [0x58, UInt8(data.count)] + data
        return RegisterPasskey(
            id: self.id, name: "Điện thoại", attestation: attestation,
            clientData: self.client("webauthn.create", challenge), proof: proof)
    }
}

extension Signing {
    /// Puts a challenge before a person.
    func begin(isProven: Bool = false, as person: TestPerson) async throws -> [UInt8] {
        let begin = try BeginPasskeyCeremony(isProven: isProven)
        _ = try await self.travel.act(as: person) { try begin(for: SoftPasskey.party, in: $0) }
        return begin.challenge
    }

    /// Registers a person's first passkey, after the password.
    func register(_ passkey: SoftPasskey, as person: TestPerson) async throws {
        let register = try passkey.registration(try await self.begin(isProven: true, as: person))
        try await self.travel.act(as: person) { try register(for: SoftPasskey.party, in: $0) }
    }

    /// What a passkey is asked in a session now, as the API tells it.
    func challenge(_ session: SigningSession) async throws -> [UInt8]? {
        let page = SigningSession.page(session.id, rule: self.desk.policy.secondFactor, for: SoftPasskey.party)
        let told: String? = try await self.travel.act(as: self.leader) { transaction in
            try transaction.first("SELECT s.passkey ->> 'challenge' FROM (\(page)) AS s") { row in try row.optional(0) }
                ?? nil
        }
        return told.flatMap { [UInt8](base64URL: $0) }
    }

    /// The wrong PINs of the leader's key since the last right one.
    func failures() async throws -> Int32 {
        try await self.travel.act(as: self.leader) { transaction in
            try transaction.one(
                """
                SELECT max(k.failures)::integer
                  FROM signatures.soft_key AS k
                  JOIN signatures.certificate AS c ON c.id = k.certificate_id
                 WHERE c.post_id = platform.current_post()
                """
            ) { row in try row.column(0) }
        }
    }
}
