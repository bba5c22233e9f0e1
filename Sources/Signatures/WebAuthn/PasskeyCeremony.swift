import Foundation
import Platform
import Postgres

/// Begins what registers or removes a passkey of the caller's: puts a challenge before them that is good for five minutes, once.
///
/// An open session that was left alone must not be enough. Who has no passkey gives the password anew; who has one has to touch it, whatever
/// passwords somebody may know, or the second factor would be worth no more than the password.
public struct BeginPasskeyCeremony: Sendable {
    public let challenge: [UInt8]
    /// Whether the caller has just given the password.
    public let isProven: Bool
    static let seconds: Int64 = 300

    /// - Throws: `SoftKeyError.cryptography` when there is no randomness.
    public init(isProven: Bool) throws {
        self.challenge = try SoftKey.random(32)
        self.isProven = isProven
    }

    /// Gives the row that the caller's browser needs: `challenge`, `expires_at`, `proof` (`password` or `passkey`), `relying_party_id`,
    /// `user` and `credential_ids`.
    ///
    /// - Throws: `SignaturesError.passkeysUnavailable`; refuses (`password_required`) who has neither given the password nor a passkey.
    public func callAsFunction(for party: RelyingParty?, in transaction: borrowing Transaction) throws -> JSONResult {
        guard let party else { throw SignaturesError.passkeysUnavailable }
        guard try self.isProven || !KeptPasskey.inForce(in: transaction).isEmpty else {
            throw Refusal(422, "password_required", field: "password")
        }
        return try transaction.json(
            """
            SELECT \(self.challenge.base64URL)::text AS challenge,
                   signatures.begin_passkey_challenge(\(self.challenge), \(self.isProven), \(Self.seconds)::double precision * interval '1 second')
                       AS expires_at,
                   CASE WHEN json_array_length(k.ids) = 0 THEN 'password' ELSE 'passkey' END AS proof,
                   \(party.id)::text AS relying_party_id,
                   json_build_object('id', \(PasskeyQueries.base64URL("uuid_send(a.id)")), 'name', a.login || '@' || t.code,
                       'display_name', coalesce(o.full_name, a.login)) AS "user",
                   k.ids AS credential_ids
              FROM platform.account AS a
              JOIN platform.tenant AS t ON t.id = a.tenant_id
              LEFT JOIN organisation.person AS o ON o.id = a.person_id
             CROSS JOIN LATERAL (SELECT \(PasskeyQueries.credentials) AS ids) AS k
             WHERE a.id = platform.current_account()
            """, as: .object)
    }
}

/// A challenge that was put before the caller, taken for good.
private struct PasskeyCeremony {
    let challenge: [UInt8]
    let isProven: Bool

    /// - Throws: `SignaturesError.passkeyChallengeOver`.
    init(taking transaction: borrowing Transaction) throws {
        let taken: (challenge: [UInt8], isProven: Bool)? = try transaction.first(
            "SELECT challenge, is_proven FROM signatures.take_passkey_challenge()"
        ) { row in (try row.column(0), try row.column(1)) }
        guard let taken else { throw SignaturesError.passkeyChallengeOver }
        (self.challenge, self.isProven) = taken
    }

    /// Checks that it is the holder who asks: by a passkey where there is one, else by the password.
    func prove(
        _ proof: PasskeyAnswer?, among passkeys: [KeptPasskey], for party: RelyingParty?,
        in transaction: borrowing Transaction
    ) throws {
        if passkeys.isEmpty {
            guard self.isProven else { throw Refusal(422, "password_required", field: "password") }
        } else {
            guard let proof else { throw SignaturesError.passkeyRequired }
            _ = try KeptPasskey.answering(
                self.challenge, by: proof, among: passkeys, for: party, in: transaction)
        }
    }
}

/// Registers a passkey of the caller's.
public struct RegisterPasskey: Sendable {
    public let id: UUID
    /// What the holder calls it, 1 to 100 characters, NFC.
    public let name: String
    let attestation: [UInt8]
    let clientData: [UInt8]
    let proof: PasskeyAnswer?

    /// - Parameters:
    ///   - attestation: the attestation object, as the browser gives it.
    ///   - proof: what a passkey that is there already answered to the same challenge.
    public init(
        id: UUID = UUIDv7.make(), name: String, attestation: [UInt8], clientData: [UInt8], proof: PasskeyAnswer?
    ) {
        self.id = id
        self.name = name
        self.attestation = attestation
        self.clientData = clientData
        self.proof = proof
    }

    /// - Throws: `SignaturesError` of passkeys; refuses by SQL `too_many_passkeys`, `already_exists`.
    public func callAsFunction(for party: RelyingParty?, in transaction: borrowing Transaction) throws {
        guard let party else { throw SignaturesError.passkeysUnavailable }
        let ceremony = try PasskeyCeremony(taking: transaction)
        let passkeys = try KeptPasskey.inForce(in: transaction)
        let made: Passkey
        do {
            made = try Passkey(
                registering: self.attestation, clientData: self.clientData, challenge: ceremony.challenge, for: party)
        } catch {
            throw SignaturesError.passkeyRefused(error)
        }
        try ceremony.prove(self.proof, among: passkeys, for: party, in: transaction)
        transaction.queue(
            """
            SELECT signatures.keep_passkey(\(self.id), \(self.name), \(made.credentialID), \(made.key.algorithm.rawValue)::bigint::integer,
                       \(made.key.publicKey), \(Int64(made.signCount)))
            """)
        transaction.queue(
            """
            SELECT platform.record('passkey.register', 'passkey', \(self.id), NULL,
                       jsonb_build_object('name', \(self.name)::text, 'credential', encode(\(made.credentialID), 'hex')))
            """)
    }
}

/// Takes a passkey of the caller's out of use; what it approved stays.
public struct RemovePasskey: Sendable {
    public let id: UUID
    let proof: PasskeyAnswer?

    /// - Parameter proof: what a passkey of the caller's, this one or another, answered to the challenge.
    public init(id: UUID, proof: PasskeyAnswer?) {
        self.id = id
        self.proof = proof
    }

    /// - Throws: `SignaturesError.notFound` and those of passkeys.
    public func callAsFunction(for party: RelyingParty?, in transaction: borrowing Transaction) throws {
        let passkeys = try KeptPasskey.inForce(in: transaction)
        guard passkeys.contains(where: { $0.id == self.id }) else { throw SignaturesError.notFound }
        let ceremony = try PasskeyCeremony(taking: transaction)
        try ceremony.prove(self.proof, among: passkeys, for: party, in: transaction)
        transaction.queue("SELECT signatures.remove_passkey(\(self.id))")
        transaction.queue("SELECT platform.record('passkey.remove', 'passkey', \(self.id), NULL, NULL)")
    }

    /// Takes all passkeys of an account out of use, in a transaction of the system: for a holder who has lost them. Gives how many.
    public static func all(of account: UUID, in transaction: borrowing Transaction) throws -> Int {
        let removed: [UUID] = try transaction.rows("SELECT id FROM signatures.remove_passkeys_of(\(account)) AS id") {
            row in try row.column(0)
        }
        for id in removed {
            transaction.queue(
                """
                SELECT platform.record('passkey.remove', 'passkey', \(id), NULL, jsonb_build_object('account', \(account)::text))
                """)
        }
        return removed.count
    }
}
