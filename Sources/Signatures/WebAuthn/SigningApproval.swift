import Foundation
import Platform
import Postgres

/// A challenge of a signing session, with what it was made from.
struct SessionChallenge {
    let nonce: [UInt8]
    let challenge: SigningChallenge

    /// A new one over `digests` in their order.
    init(digests: [[UInt8]], key: UUID) throws {
        self.init(nonce: try SoftKey.random(32), digests: digests, key: key)
    }

    init(nonce: [UInt8], digests: [[UInt8]], key: UUID) {
        self.nonce = nonce
        self.challenge = SigningChallenge(nonce: nonce, digests: digests, key: key)
    }
}

/// That a person has approved, by a passkey, what a session signs.
public struct SigningApproval: Sendable {
    /// Of the kept answer.
    let id = UUIDv7.make()
    let session: UUID
    let passkey: UUID
    let challenge: [UInt8]

    /// Queues the entry of the audit trail, whose chain makes the kept answer proof against later changes.
    public func record(in transaction: borrowing Transaction) {
        transaction.queue(
            """
            SELECT platform.record('passkey.approve', 'signing_session', \(self.session), NULL,
                       jsonb_build_object('assertion', \(self.id)::text, 'passkey', \(self.passkey)::text,
                           'challenge', encode(\(self.challenge), 'hex')))
            """)
    }
}

extension SigningSession {
    /// Checks that the person approves what the session signs with a soft key, where the rule wants more than a PIN, and queues the answer of
    /// the passkey as evidence. The session is held for the rest of the transaction, and its next challenge is another one, so no answer is
    /// good twice. Gives what is still to be recorded, `nil` where the PIN is enough.
    ///
    /// - Throws: `SignaturesError.passkeyMissing`, `.passkeyRequired`, `.passkeyUnknown`, `.passkeyRefused`, `.passkeysUnavailable`,
    ///   `.notFound`.
    public func approve(
        by answer: PasskeyAnswer?, rule: SignaturePolicy.SecondFactor, for party: RelyingParty?,
        in transaction: borrowing Transaction
    ) throws -> SigningApproval? {
        let passkeys = try KeptPasskey.inForce(in: transaction)
        guard rule.isNeeded(hasPasskey: !passkeys.isEmpty) else { return nil }
        guard !passkeys.isEmpty else { throw SignaturesError.passkeyMissing }
        guard let answer else { throw SignaturesError.passkeyRequired }
        let nonce: [UInt8]?? = try transaction.first(
            """
            SELECT s.nonce FROM signatures.signing_session AS s WHERE s.id = \(self.id) AND \(Self.isCallers)
               FOR NO KEY UPDATE
            """
        ) { row in try row.optional(0) }
        guard let nonce else { throw SignaturesError.notFound }
        // A session from before there were passkeys has none.
        guard let nonce else { throw SignaturesError.sessionExpired }
        let digests = self.items.compactMap(\.digest)
        let asked = SessionChallenge(nonce: nonce, digests: digests, key: self.certificate.id)
        let kept = try KeptPasskey.answering(
            asked.challenge.bytes, by: answer, among: passkeys, for: party, in: transaction)
        let approval = SigningApproval(session: self.id, passkey: kept.id, challenge: asked.challenge.bytes)
        let next = try SessionChallenge(digests: digests, key: self.certificate.id)
        transaction.queue(
            """
            INSERT INTO signatures.passkey_assertion (id, session_id, passkey_id, certificate_id, nonce, statement, client_data,
                authenticator_data, signature)
            VALUES (\(approval.id), \(self.id), \(kept.id), \(self.certificate.id), \(nonce), \(asked.challenge.statement),
                    \(answer.assertion.clientData), \(answer.assertion.authenticatorData), \(answer.assertion.signature))
            """)
        transaction.queue(
            """
            UPDATE signatures.signing_session SET nonce = \(next.nonce), challenge = \(next.challenge.bytes) WHERE id = \(self.id)
            """)
        return approval
    }

    /// Refuses a signature with a soft key in one step where the rule wants a passkey's answer, which takes two.
    ///
    /// - Throws: `SignaturesError.passkeyMissing`, `.passkeyRequired`.
    public static func ensurePINIsEnough(
        _ rule: SignaturePolicy.SecondFactor, in transaction: borrowing Transaction
    ) throws {
        let (isNeeded, isThere): (Bool, Bool) = try transaction.one(PasskeyQueries.need(rule)) { row in
            (try row.column(0), try row.column(1))
        }
        if isNeeded { throw isThere ? SignaturesError.passkeyRequired : SignaturesError.passkeyMissing }
    }
}
