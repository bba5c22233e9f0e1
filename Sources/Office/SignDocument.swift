import Documents
import Foundation
import Platform
import Postgres
import Signatures
import Workflow

/// Signs a document with the caller's soft key (ký chính): the PDF gets its form fields and the signer's certification.
///
/// Three parts, so that no transaction waits for cryptography: take a try and the file; sign; keep the result if nothing has changed
/// meanwhile. A crash between them leaves the document unsigned and one try spent, nothing else.
public struct SignDocument: Sendable {
    public let document: UUID
    public let version: Int64
    let desk: SigningDesk

    public init(document: UUID, version: Int64, desk: SigningDesk) {
        self.document = document
        self.version = version
        self.desk = desk
    }

    /// Throws what `HeldDocument` throws, `SignaturesError`, `DocumentsError.mainFileMissing`.
    public func callAsFunction(pin: PIN, as caller: Caller) async throws -> (signature: UUID, outcome: ActOutcome) {
        let document = self.document
        let version = self.version
        let ground = try await self.desk.database.transaction(as: caller) { transaction in
            let held = try HeldDocument.hold(document, for: "sign", version: version, in: transaction)
            _ = try held.permittedMove()
            guard let post = held.signer else { throw WorkflowError.nobodyToTakeIt(field: "signer_post_id") }
            return try SigningGround.take(.signer, post: post, document: document, in: transaction)
        }
        let signed = try await self.desk.sign(ground, pin: pin, as: caller)
        return try await self.desk.keep(signed, of: ground, action: "sign", version: version, as: caller)
    }
}

/// Puts the organisation's seal on a numbered document (ký số của cơ quan): number and date are written into their fields, then the
/// seal signs, last of all (Decree 30/2020, art. 14, 17, 32).
public struct SealDocument: Sendable {
    public let document: UUID
    public let version: Int64
    let desk: SigningDesk

    public init(document: UUID, version: Int64, desk: SigningDesk) {
        self.document = document
        self.version = version
        self.desk = desk
    }

    /// Throws as `SignDocument`. Only the organisation's clerks hold the task, and only after the signer's signature.
    public func callAsFunction(pin: PIN, as caller: Caller) async throws -> (signature: UUID, outcome: ActOutcome) {
        let document = self.document
        let version = self.version
        let ground = try await self.desk.database.transaction(as: caller) { transaction in
            let held = try HeldDocument.hold(document, for: "seal", version: version, in: transaction)
            _ = try held.permittedMove()
            return try SigningGround.take(.seal, post: nil, document: document, in: transaction)
        }
        let signed = try await self.desk.sign(ground, pin: pin, as: caller)
        return try await self.desk.keep(signed, of: ground, action: "seal", version: version, as: caller)
    }
}

/// What a signature starts from: the key, the file, the names and, for a seal, number and date.
struct SigningGround: Sendable {
    let purpose: CertificatePurpose
    let document: UUID
    let key: SigningKey
    let file: MainFile
    let tenant: UUID
    let name: String
    let title: String
    let organisation: String
    let isHeadquarters: Bool
    let codeNumber: String?
    let issuedOn: CalendarDate?

    static func take(
        _ purpose: CertificatePurpose, post: UUID?, document: UUID, in transaction: borrowing Transaction
    ) throws -> SigningGround {
        let file = try MainFile.newest(of: document, in: transaction)
        let key = try SigningKey.takeTry(of: purpose, post: post, in: transaction)
        return try transaction.one(
            """
            SELECT d.tenant_id, p.full_name, t.title, o.name, d.code_number, d.issued_on,
                   o.kind = 'headquarters'
              FROM documents.document AS d
              JOIN platform.tenant AS o ON o.id = d.tenant_id
              JOIN organisation.post AS t ON t.id = platform.current_post()
              JOIN organisation.person AS p ON p.id = t.person_id
             WHERE d.id = \(document)
            """
        ) { row in
            SigningGround(
                purpose: purpose, document: document, key: key, file: file, tenant: try row.column(0),
                name: try row.column(1),
                title: try row.column(2), organisation: try row.column(3), isHeadquarters: try row.column(6),
                codeNumber: try row.optional(4),
                issuedOn: try row.optional(5))
        }
    }
}
