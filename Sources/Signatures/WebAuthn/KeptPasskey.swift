import Foundation
import Platform
import Postgres

/// A passkey of the caller that is in force, as the database keeps it.
public struct KeptPasskey: Sendable {
    public let id: UUID
    public let passkey: Passkey

    /// Most of one account that are in force at once.
    static let most: Int64 = 20

    /// Those of the caller, the oldest first.
    public static func inForce(in transaction: borrowing Transaction) throws -> [KeptPasskey] {
        try transaction.rows(
            """
            SELECT p.id, p.credential_id, p.algorithm::bigint, p.public_key, p.sign_count
              FROM signatures.own_passkeys() AS p
             WHERE p.removed_at IS NULL
             ORDER BY p.id
            """
        ) { row in
            guard let algorithm = PasskeyKey.Algorithm(rawValue: try row.column(2)) else {
                throw PasskeyError.unsupportedKey
            }
            return KeptPasskey(
                id: try row.column(0),
                passkey: Passkey(
                    credentialID: try row.column(1),
                    key: PasskeyKey(algorithm: algorithm, publicKey: try row.column(3)),
                    signCount: UInt32(clamping: try row.column(4, as: Int64.self))))
        }
    }

    /// Checks that one of `passkeys` answered `challenge`, and queues how often it has signed now. Gives that one.
    ///
    /// - Throws: `SignaturesError.passkeyUnknown`, `.passkeyRefused`, `.passkeysUnavailable`; at the end of the transaction
    ///   `passkey_refused` when two answers of one passkey crossed.
    static func answering(
        _ challenge: [UInt8], by answer: PasskeyAnswer, among passkeys: [KeptPasskey], for party: RelyingParty?,
        in transaction: borrowing Transaction
    ) throws -> KeptPasskey {
        guard let party else { throw SignaturesError.passkeysUnavailable }
        guard let kept = passkeys.first(where: { $0.passkey.credentialID == answer.credentialID }) else {
            throw SignaturesError.passkeyUnknown
        }
        let now: Passkey
        do {
            now = try kept.passkey.answering(challenge, by: answer.assertion, for: party)
        } catch {
            throw SignaturesError.passkeyRefused(error)
        }
        transaction.queue("SELECT signatures.use_passkey(\(kept.id), \(Int64(now.signCount)))")
        return kept
    }
}

/// Lists of passkeys.
public enum PasskeyQueries {
    /// The caller's own, those in force first.
    public static var mine: SQL {
        """
        SELECT p.id, p.name, p.registered_at, p.last_used_at, p.removed_at
          FROM signatures.own_passkeys() AS p
         ORDER BY p.removed_at DESC NULLS FIRST, p.id DESC
         LIMIT 100
        """
    }

    /// SQL for the credential ids of those in force, as a JSON array of base64url.
    static var credentials: SQL {
        """
        (SELECT coalesce(json_agg(\(Self.base64URL("p.credential_id")) ORDER BY p.id), '[]')
           FROM signatures.own_passkeys() AS p WHERE p.removed_at IS NULL)
        """
    }

    /// SQL for bytes as base64url without padding.
    static func base64URL(_ bytes: SQL) -> SQL {
        "translate(encode(\(bytes), 'base64'), E'+/=\\n', '-_')"
    }

    /// One row: whether a signature with a soft key needs a passkey of the caller's (`is_needed`), and whether there is one (`is_there`).
    public static func need(_ rule: SignaturePolicy.SecondFactor) -> SQL {
        """
        SELECT \(Self.isNeeded(rule)) AS is_needed, \(Self.isThere) AS is_there
        """
    }

    private static let isThere: SQL = "EXISTS (SELECT FROM signatures.own_passkeys() AS p WHERE p.removed_at IS NULL)"

    /// SQL for whether a signature with a soft key needs a passkey of the caller's.
    static func isNeeded(_ rule: SignaturePolicy.SecondFactor) -> SQL {
        switch rule {
        case .never: "false"
        case .whenRegistered: self.isThere
        case .always: "true"
        }
    }
}
