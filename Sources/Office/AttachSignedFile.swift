import Documents
import Foundation
import Platform
import Postgres
import Signatures
import Workflow

/// Takes a PDF that was signed elsewhere, by any program, as the signature or the seal of a document.
///
/// The file is given out with the fields that number, date, signature and seal need (`FormToSign`). What comes back must be those very bytes
/// with one valid signature by the right person in the field kept for it; policy and step are the same as for a signature made here.
public struct AttachSignedFile: Sendable {
    public let document: UUID
    public let purpose: CertificatePurpose
    public let version: Int64
    public let channel: SignaturePolicy.Channel
    let desk: SigningDesk

    public init(
        document: UUID, purpose: CertificatePurpose, version: Int64, channel: SignaturePolicy.Channel,
        desk: SigningDesk
    ) {
        self.document = document
        self.purpose = purpose
        self.version = version
        self.channel = channel
        self.desk = desk
    }

    /// Throws `OutsideSignature.Fault`, what `DeviceCertificate.register` and the policy throw, and what `HeldDocument` throws.
    public func callAsFunction(_ signed: Blob, as caller: Caller) async throws -> (
        signature: UUID, outcome: ActOutcome
    ) {
        let form = try await FormToSign(
            document: self.document, purpose: self.purpose, version: self.version, desk: self.desk
        ).read(as: caller)
        let bytes = try await self.desk.blobs.bytes(of: signed.sha256, limit: SigningDesk.largestFile)
        let found = try await self.desk.keys.outsideSignature(
            in: bytes, over: form.bytes, for: self.purpose)
        let device = try DeviceCertificate(
            purpose: self.purpose, device: .token, certificate: found.certificate, chain: found.chain)
        let kind = try await self.desk.kind(of: device)
        let ground = try await self.ground(as: caller) { try device.register(kind, in: $0) }
        try await self.desk.ensureGood(ground.certificate, as: caller)
        let decision = try await self.desk.decide(ground, channel: self.channel)
        return try await self.keep(
            try await self.archived(signed), form.base, device, kind, decision, as: caller)
    }

    /// The seal is the last signature, wherever it is made: after what was brought stands what it will be judged by when nobody answers any
    /// more. A file that can't be extended stays as it is.
    private func archived(_ signed: Blob) async throws -> Blob {
        guard self.purpose == .seal else { return signed }
        guard let path = self.desk.blobs.path(of: signed.sha256) else { throw BlobError.notFound }
        do {
            let addition = try await self.desk.trust.archivingNow(
                StoredPDF(path: path, limit: SigningDesk.largestFile))
            return addition.isEmpty ? signed : try await self.desk.blobs.extend(signed.sha256, by: addition)
        } catch SignaturesError.notSignable {
            return signed
        }
    }

    private func ground(
        as caller: Caller, certificate: @Sendable (borrowing Transaction) throws -> SigningCertificate
    ) async throws -> SigningGround {
        try await self.desk.database.transaction(as: caller) { transaction in
            try SigningGround.find(
                self.document, version: self.version, for: self.purpose, in: transaction, certificate: certificate)
        }
    }

    /// Keeps the file as the document's next version and takes the step, if the document is still as it was.
    private func keep(
        _ signed: Blob, _ base: [UInt8], _ device: DeviceCertificate, _ kind: CertificateKind,
        _ decision: SignaturePolicy.Decision, as caller: Caller
    ) async throws -> (signature: UUID, outcome: ActOutcome) {
        let (file, signature) = (UUIDv7.make(), UUIDv7.make())
        let purpose = self.purpose
        return try await self.desk.database.transaction(as: caller) { transaction in
            let ground = try SigningGround.find(
                self.document, version: self.version, for: purpose, in: transaction
            ) { try device.register(kind, in: $0) }
            guard ground.file.sha256 == base else { throw DocumentsError.changedSinceRead }
            let held = try HeldDocument.hold(
                self.document, for: purpose.action, version: self.version, in: transaction)
            let move = try held.permittedMove()
            AttachFile(
                id: file, document: self.document, role: .main, origin: purpose == .signer ? .signature : .seal,
                file: ReceivedFile(
                    name: ground.file.name, mediaType: "application/pdf", size: signed.size, sha256: signed.digest,
                    pageCount: ground.file.pageCount))(in: transaction)
            MadeSignature(
                id: signature, document: self.document, file: file, purpose: purpose,
                certificate: ground.certificate.id, signerName: ground.signerName, signerTitle: ground.title
            ).keep(in: transaction)
            let warnings = decision.warnings.joined(separator: ",")
            let after = held.take(
                move,
                after:
                    "jsonb_build_object('sha256', encode(\(signed.digest), 'hex'), 'made', 'outside', 'warnings', \(warnings)::text)",
                in: transaction)
            return (signature, ActOutcome(state: move.to, version: after))
        }
    }
}

/// The file of a document as it is given out to be signed by another program: the same bytes every time.
public struct FormToSign: Sendable {
    public let document: UUID
    public let purpose: CertificatePurpose
    public let version: Int64
    let desk: SigningDesk

    public init(document: UUID, purpose: CertificatePurpose, version: Int64, desk: SigningDesk) {
        self.document = document
        self.purpose = purpose
        self.version = version
        self.desk = desk
    }

    /// The bytes, and the SHA-256 of the document's main file that they begin with. For whoever's turn it is. Throws what `HeldDocument` throws,
    /// `SignaturesError`.
    public func read(as caller: Caller) async throws -> (bytes: [UInt8], base: [UInt8]) {
        let ground = try await self.ground(as: caller)
        let act = try await self.desk.act(of: ground, at: nil)
        let pdf = try await self.desk.blobs.bytes(
            of: ground.file.sha256.hexadecimal, limit: SigningDesk.largestFile)
        let bytes = try await self.desk.keys.form(
            of: pdf, Sheet(act: act, name: ground.name, organisation: ground.organisation))
        return (bytes, ground.file.sha256)
    }

    /// Throws as `read`, without making the file.
    public func ensurePossible(as caller: Caller) async throws {
        _ = try await self.ground(as: caller)
    }

    private func ground(as caller: Caller) async throws -> SigningGround {
        try await self.desk.database.transaction(as: caller) { transaction in
            // No certificate is known yet.
            try SigningGround.find(self.document, version: self.version, for: self.purpose, in: transaction) { _ in
                SigningCertificate(id: self.document, device: .token, certificate: [], chain: [])
            }
        }
    }
}
