import Documents
import Foundation
import Platform
import Postgres
import Signatures
import Workflow

/// Signs a document with a soft key: as its signer (ký chính) or as the organisation (ký số của cơ quan).
///
/// The signer's signature puts the form fields into the PDF and certifies it. The seal comes last of all: number and date are written into
/// their fields first; only the organisation's clerks hold that task, and only after the signer (Decree 30/2020, art. 14, 17, 32).
///
/// Three parts, so that no transaction waits for cryptography: take a try and the file; sign; keep the result if nothing has changed
/// meanwhile. A crash between them leaves the document unsigned and one try spent, nothing else.
public struct SignDocument: Sendable {
    public let document: UUID
    public let purpose: CertificatePurpose
    public let version: Int64
    /// Where the signer wants the signature; nil: where the words of the document say. The seal follows it.
    public let place: SignaturePlace?
    let desk: SigningDesk

    public init(
        document: UUID, purpose: CertificatePurpose, version: Int64, place: SignaturePlace? = nil, desk: SigningDesk
    ) {
        self.document = document
        self.purpose = purpose
        self.version = version
        self.place = place
        self.desk = desk
    }

    /// Throws what `HeldDocument` throws, `SignaturesError`, `DocumentsError.mainFileMissing`. Whoever acts by delegation signs nothing
    /// (`not_by_delegation`).
    public func callAsFunction(pin: PIN, as caller: Caller) async throws -> (signature: UUID, outcome: ActOutcome) {
        try await self.desk.keys.turn(of: caller) { try await self.sign(pin: pin, as: caller) }
    }

    private func sign(pin: PIN, as caller: Caller) async throws -> (signature: UUID, outcome: ActOutcome) {
        let action = self.purpose == .signer ? "sign" : "seal"
        let ground = try await self.desk.database.transaction(as: caller) { transaction in
            transaction.queue("SELECT platform.ensure_in_person()")
            let held = try HeldDocument.hold(self.document, for: action, version: self.version, in: transaction)
            _ = try held.permittedMove()
            if self.purpose == .signer, held.signer == nil {
                throw WorkflowError.nobodyToTakeIt(field: "signer_post_id")
            }
            return try SigningGround.take(
                self.purpose, post: self.purpose == .signer ? held.signer : nil, document: self.document,
                in: transaction)
        }
        let signed = try await self.desk.sign(ground, at: self.place, pin: pin, as: caller)
        return try await self.desk.keep(signed, of: ground, action: action, version: self.version, as: caller)
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
