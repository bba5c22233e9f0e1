import Documents
import Foundation
import Platform
import Postgres
import Signatures
import Workflow

/// What signing needs: the database, the files and the keys.
public struct SigningDesk: Sendable {
    public let database: Database
    public let blobs: BlobStore
    public let keys: KeyRoom

    /// Bytes of a PDF above which the server refuses to sign it itself: it holds the file in memory while it does.
    static let largestFile: Int64 = 256 << 20

    public init(database: Database, blobs: BlobStore, keys: KeyRoom) {
        self.database = database
        self.blobs = blobs
        self.keys = keys
    }

    /// Signs the file of `ground` and lays the result into the blob store. Throws `SignaturesError.wrongPIN`, `.keyLocked`,
    /// `.notSignable`, `.placeOutsidePage`.
    ///
    /// What fails for another reason than the PIN, such as a file that takes no signature, gives the try back, or a few such files would
    /// lock the key. A request that was given up does not: nobody may learn what became of its PIN.
    func sign(
        _ ground: SigningGround, at place: SignaturePlace?, pin: PIN, as caller: Caller
    ) async throws -> Blob {
        do {
            return try await self.signed(ground, at: place, pin: pin)
        } catch {
            switch error {
            case SignaturesError.wrongPIN, SignaturesError.keyLocked, is CancellationError: break
            default:
                try await self.database.transaction(as: caller) { transaction in
                    ground.key.giveTryBack(in: transaction)
                }
            }
            throw error
        }
    }

    private func signed(_ ground: SigningGround, at place: SignaturePlace?, pin: PIN) async throws -> Blob {
        let sha256 = ground.file.sha256.hexadecimal
        let pdf = try await self.blobs.bytes(of: sha256, limit: Self.largestFile)
        let act: Sheet.Act
        switch ground.purpose {
        case .signer:
            guard let path = self.blobs.path(of: sha256) else { throw BlobError.notFound }
            act = .sign(words: try await PDFTools.words(of: path) ?? "", place: place)
        case .seal:
            guard let number = ground.codeNumber, let issuedOn = ground.issuedOn else {
                throw DocumentsError.notEditable
            }
            act = .seal(
                number: number, issuedOn: issuedOn, parent: ground.isHeadquarters ? nil : self.keys.corporation)
        }
        let sheet = Sheet(act: act, name: ground.name, organisation: ground.organisation)
        let signed = try await self.keys.sign(
            pdf, sheet, with: ground.key, pin: pin, tenant: ground.tenant, database: self.database)
        return try await self.blobs.receive(signed)
    }

    /// Keeps a signed file as the document's next version and takes the step, if the document is still as it was when the signer
    /// saw it.
    func keep(
        _ signed: Blob, of ground: SigningGround, action: String, version: Int64, as caller: Caller
    ) async throws -> (signature: UUID, outcome: ActOutcome) {
        let file = UUIDv7.make()
        let signature = UUIDv7.make()
        return try await self.database.transaction(as: caller) { transaction in
            let held = try HeldDocument.hold(ground.document, for: action, version: version, in: transaction)
            let move = try held.permittedMove()
            AttachFile(
                id: file, document: ground.document, role: .main,
                origin: ground.purpose == .signer ? .signature : .seal,
                file: ReceivedFile(
                    name: ground.file.name, mediaType: "application/pdf", size: signed.size, sha256: signed.digest,
                    pageCount: ground.file.pageCount))(in: transaction)
            MadeSignature(
                id: signature, document: ground.document, file: file, purpose: ground.purpose,
                certificate: ground.key.certificateID,
                signerName: ground.purpose == .signer ? ground.name : ground.organisation,
                signerTitle: ground.title
            ).keep(in: transaction)
            ground.key.giveTriesBack(in: transaction)
            let after = held.take(
                move, after: "jsonb_build_object('sha256', encode(\(signed.digest), 'hex'))", in: transaction)
            return (signature, ActOutcome(state: move.to, version: after))
        }
    }
}
