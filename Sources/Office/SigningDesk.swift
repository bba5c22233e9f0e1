import Documents
import Foundation
import Platform
import Postgres
import Signatures
import Workflow

/// What signing needs: the database, the files, the keys, and the rules of what may sign what.
public struct SigningDesk: Sendable {
    public let database: Database
    public let blobs: BlobStore
    public let keys: KeyRoom
    public let policy: SignaturePolicy
    public let remote: RemoteServices
    /// Whose passkeys are asked for; `nil` where the public address has no name.
    public let relyingParty: RelyingParty?
    /// How long a prepared session may wait for its signature values.
    public let sessionLifetime: Duration
    /// Whom to trust, who is revoked, what time it is.
    public let trust: TrustDesk

    /// Bytes of a PDF above which the server refuses to sign it itself: it holds the file in memory while it does.
    static let largestFile: Int64 = 256 << 20

    public init(
        database: Database, blobs: BlobStore, keys: KeyRoom, policy: SignaturePolicy, remote: RemoteServices = .none,
        relyingParty: RelyingParty? = nil, sessionLifetime: Duration = .seconds(300)
    ) {
        self.database = database
        self.blobs = blobs
        self.keys = keys
        self.policy = policy
        self.remote = remote
        self.relyingParty = relyingParty
        self.sessionLifetime = sessionLifetime
        self.trust = TrustDesk(database: database, keys: keys)
    }

    /// Checks a certificate before it signs, and keeps the check whatever it finds (Decree 23/2025, art. 15). Throws the refusal that
    /// `CertificateCheck` gives for what is not good.
    public func ensureGood(_ certificate: SigningCertificate, as caller: Caller) async throws {
        let check = try await self.trust.check(certificate.certificate, issuers: certificate.chain)
        try await self.database.transaction(as: caller) { transaction in check.keep(in: transaction) }
        if let refusal = check.refusal { throw refusal }
    }
}

/// What one document's signature starts from: the file, the names and, for a seal, number and date.
struct SigningGround: Sendable {
    let purpose: CertificatePurpose
    let document: UUID
    let version: Int64
    let direction: String
    let type: String
    let certificate: SigningCertificate
    let file: MainFile
    let name: String
    let title: String
    let organisation: String
    let isHeadquarters: Bool
    let codeNumber: String?
    let issuedOn: CalendarDate?

    /// Finds it for a document whose signature, or seal, is the caller's turn. Throws what `HeldDocument` throws,
    /// `DocumentsError.mainFileMissing`, `WorkflowError`, and what `certificate` throws. Whoever acts by delegation signs nothing
    /// (`not_by_delegation`).
    static func find(
        _ document: UUID, version: Int64, for purpose: CertificatePurpose, in transaction: borrowing Transaction,
        certificate: (borrowing Transaction) throws -> SigningCertificate
    ) throws -> SigningGround {
        transaction.queue("SELECT platform.ensure_in_person()")
        let held = try HeldDocument.hold(document, for: purpose.action, version: version, in: transaction)
        _ = try held.permittedMove()
        if purpose == .signer, held.signer == nil { throw WorkflowError.nobodyToTakeIt(field: "signer_post_id") }
        let file = try MainFile.newest(of: document, in: transaction)
        let certificate = try certificate(transaction)
        let ground: (found: SigningGround, isSigner: Bool) = try transaction.one(
            """
            SELECT p.full_name, t.title, o.name, d.code_number, d.issued_on, o.kind = 'headquarters', d.type_code,
                   d.signer_post_id IS NOT DISTINCT FROM platform.current_post()
              FROM documents.document AS d
              JOIN platform.tenant AS o ON o.id = d.tenant_id
              JOIN organisation.post AS t ON t.id = platform.current_post()
              JOIN organisation.person AS p ON p.id = t.person_id
             WHERE d.id = \(document)
            """
        ) { row in
            let ground = SigningGround(
                purpose: purpose, document: document, version: version, direction: held.direction,
                type: try row.column(6), certificate: certificate, file: file, name: try row.column(0),
                title: try row.column(1), organisation: try row.column(2), isHeadquarters: try row.column(5),
                codeNumber: try row.optional(3), issuedOn: try row.optional(4))
            return (ground, try row.column(7))
        }
        if purpose == .signer, !ground.isSigner { throw WorkflowError.notYourTurn }
        return ground.found
    }

    /// Whose signature it will be called.
    var signerName: String { self.purpose == .signer ? self.name : self.organisation }
}

extension CertificatePurpose {
    /// As the flow names it.
    var action: String { self == .signer ? "sign" : "seal" }

    var step: SignaturePolicy.Step { self == .signer ? .sign : .seal }
}
