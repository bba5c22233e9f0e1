import Foundation
import PAdES
import Platform
import Postgres

/// The bytes of a document that is about to be signed: fixed, so that the signature value may come later and from anywhere.
public struct FixedBytes: Sendable, Hashable {
    /// What is put after the stored file before signing.
    public let addition: [UInt8]
    public let signature: PreparedSignature
}

/// An item of a new session.
public struct NewSigningItem: Sendable {
    /// What preparing came to: bytes that wait for a value, or a refusal with its code.
    public enum Outcome: Sendable {
        /// - Parameters:
        ///   - base: SHA-256 of the stored file.
        ///   - decision: what the policy decided.
        case prepared(
            FixedBytes, base: [UInt8], file: (name: String, pages: Int64?), decision: SignaturePolicy.Decision)
        /// It cannot be signed now: status and code of the problem.
        case refused(status: Int, code: String)
    }

    public let document: UUID
    public let version: Int64
    /// Whose signature it will be called: the person's, or the organisation's.
    public let signerName: String
    public let signerTitle: String
    public let outcome: Outcome

    public init(document: UUID, version: Int64, signerName: String, signerTitle: String, outcome: Outcome) {
        self.document = document
        self.version = version
        self.signerName = signerName
        self.signerTitle = signerTitle
        self.outcome = outcome
    }

    /// Of what its signature will sign; `nil` when it is refused.
    var digest: [UInt8]? {
        guard case .prepared(let bytes, _, _, _) = self.outcome else { return nil }
        return bytes.signature.digest
    }

    func keep(in session: UUID, at position: Int64, _ transaction: borrowing Transaction) throws {
        switch self.outcome {
        case .prepared(let bytes, let base, let file, let decision):
            let signature = bytes.signature
            transaction.queue(
                """
                INSERT INTO signatures.signing_item (session_id, position, document_id, document_version, state, file_name, page_count,
                    base, addition, prepared, signed_attributes, digest, algorithm, signer_name, signer_title, decision)
                VALUES (\(session), \(position)::bigint::integer, \(self.document), \(self.version), 'prepared', \(file.name),
                        \(file.pages), \(base), \(bytes.addition), \(try signature.state), \(signature.signedAttributes),
                        \(signature.digest), \(signature.algorithm.rawValue), \(self.signerName), \(self.signerTitle),
                        \(try JSONText(String(decoding: JSONEncoder().encode(decision), as: UTF8.self))))
                """)
        case .refused(let status, let code):
            transaction.queue(
                """
                INSERT INTO signatures.signing_item (session_id, position, document_id, document_version, state, problem_status, problem)
                VALUES (\(session), \(position)::bigint::integer, \(self.document), \(self.version), 'refused', \(Int64(status))::bigint::integer, \(code))
                """)
        }
    }
}

/// One document of a session.
public struct SigningItem: Sendable {
    /// Where the item stands.
    public enum State: Sendable {
        case prepared(FixedBytes)
        /// Its bytes have been forgotten, because the session was given up or is long over.
        case forgotten
        /// - Parameters:
        ///   - signature: its id in the record of signatures.
        ///   - state: of the document then, and its version.
        case completed(signature: UUID, state: String, version: Int64)
        case refused(status: Int, code: String)
    }

    public let id: UUID
    public let document: UUID
    public let version: Int64
    public let state: State
    public let fileName: String
    public let pageCount: Int64?
    /// SHA-256 of the file that was prepared.
    public let base: [UInt8]
    public let signerName: String
    public let signerTitle: String
    public let decision: SignaturePolicy.Decision?
    /// Of what its signature signs; `nil` when it was never prepared.
    public let digest: [UInt8]?

    static func all(of session: UUID, in transaction: borrowing Transaction) throws -> [SigningItem] {
        try transaction.rows(
            """
            SELECT i.id, i.document_id, i.document_version, i.state, coalesce(i.file_name, ''), i.page_count, coalesce(i.base, ''),
                   coalesce(i.signer_name, ''), coalesce(i.signer_title, ''), i.decision::text, i.addition, i.prepared, i.signature_id,
                   i.result_state, i.result_version, i.problem_status::bigint, i.problem, i.digest
              FROM signatures.signing_item AS i
             WHERE i.session_id = \(session)
             ORDER BY i.position
            """
        ) { row in
            let state: State
            var digest: [UInt8]? = try row.optional(17)
            switch try row.column(3, as: String.self) {
            case "completed":
                state = .completed(
                    signature: try row.column(12), state: try row.column(13), version: try row.column(14))
            case "refused":
                state = .refused(status: Int(try row.column(15, as: Int64.self)), code: try row.column(16))
            default:
                if let addition: [UInt8] = try row.optional(10), let prepared: [UInt8] = try row.optional(11) {
                    let signature = try PreparedSignature(state: prepared)
                    digest = signature.digest
                    state = .prepared(FixedBytes(addition: addition, signature: signature))
                } else {
                    state = .forgotten
                }
            }
            let decision: String? = try row.optional(9)
            return SigningItem(
                id: try row.column(0), document: try row.column(1), version: try row.column(2), state: state,
                fileName: try row.column(4), pageCount: try row.optional(5), base: try row.column(6),
                signerName: try row.column(7), signerTitle: try row.column(8),
                decision: try decision.map {
                    try JSONDecoder().decode(SignaturePolicy.Decision.self, from: Data($0.utf8))
                }, digest: digest)
        }
    }

    /// Takes the item for the rest of the transaction. Nil when it waits for its signature; what became of it when somebody was quicker.
    /// Throws `SignaturesError.sessionExpired`, `.sessionAbandoned`, `.notFound`.
    public func take(in transaction: borrowing Transaction) throws -> State? {
        struct Found {
            let state: String
            let isExpired: Bool
            let isAbandoned: Bool
            let completed: State?
        }
        let found: Found? = try transaction.first(
            """
            SELECT i.state, s.expires_at <= now(), s.abandoned_at IS NOT NULL, i.signature_id, i.result_state, i.result_version
              FROM signatures.signing_item AS i
              JOIN signatures.signing_session AS s ON s.id = i.session_id
             WHERE i.id = \(self.id) AND \(SigningSession.isCallers)
               FOR NO KEY UPDATE OF i
            """
        ) { row in
            let signature: UUID? = try row.optional(3)
            return Found(
                state: try row.column(0), isExpired: try row.column(1), isAbandoned: try row.column(2),
                completed: try signature.map {
                    .completed(signature: $0, state: try row.column(4), version: try row.column(5))
                })
        }
        guard let found else { throw SignaturesError.notFound }
        if let completed = found.completed { return completed }
        if found.isAbandoned { throw SignaturesError.sessionAbandoned }
        if found.isExpired { throw SignaturesError.sessionExpired }
        return nil
    }

    /// Queues that the item is signed. Its bytes are forgotten, for they are in the signed file.
    public func complete(
        signature: UUID, state: String, version: Int64, in transaction: borrowing Transaction
    ) {
        transaction.queue(
            """
            UPDATE signatures.signing_item
               SET state = 'completed', signature_id = \(signature), result_state = \(state), result_version = \(version),
                   completed_at = now(), addition = NULL, prepared = NULL, problem = NULL, problem_status = NULL
             WHERE id = \(self.id)
            """)
    }

    /// Queues what went wrong. With `isFinal` the item takes no signature any more.
    public func note(status: Int, code: String, isFinal: Bool, in transaction: borrowing Transaction) {
        transaction.queue(
            """
            UPDATE signatures.signing_item
               SET problem_status = \(Int64(status))::bigint::integer, problem = \(code),
                   state = CASE WHEN \(isFinal) THEN 'refused' ELSE state END
             WHERE id = \(self.id) AND state = 'prepared'
            """)
    }
}
