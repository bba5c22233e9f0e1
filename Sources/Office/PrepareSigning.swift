import Documents
import Foundation
import PAdES
import Platform
import Postgres
import Signatures

/// Opens a signing session: fixes the bytes of every document and says what is to be signed. No key is touched.
///
/// Each document is looked at for itself: one that cannot be signed now is an item with its reason and holds up no other. Only when none can
/// be signed is the session refused, with the first one's reason.
public struct PrepareSigning: Sendable {
    /// A document as the signer has seen it.
    public struct Wish: Sendable {
        public let document: UUID
        public let version: Int64
        /// Where the signer wants the signature; nil: where the words of the document say. The seal follows it.
        public let place: SignaturePlace?

        public init(document: UUID, version: Int64, place: SignaturePlace? = nil) {
            self.document = document
            self.version = version
            self.place = place
        }
    }

    /// The certificate that will sign.
    public enum Choice: Sendable {
        /// The soft key of the caller's post, or for the seal the organisation's.
        case soft
        /// A certificate in the list of signing keys.
        case kept(UUID)
        /// One that a device has just shown; it is registered when the caller has not done so before.
        case shown(DeviceCertificate)
    }

    public static let mostDocuments = 50

    public let id: UUID
    public let purpose: CertificatePurpose
    public let wishes: [Wish]
    public let choice: Choice
    public let channel: SignaturePolicy.Channel
    /// Nil: what suits the key, or what the remote service does best. PKCS#1 v1.5 only where the device can do nothing else.
    public let algorithm: SignatureAlgorithm?
    let desk: SigningDesk

    /// - Parameter wishes: 1 to `mostDocuments`; the same document once only.
    public init(
        id: UUID = UUIDv7.make(), purpose: CertificatePurpose, wishes: [Wish], choice: Choice = .soft,
        channel: SignaturePolicy.Channel = .inside, algorithm: SignatureAlgorithm? = nil, desk: SigningDesk
    ) throws(DocumentsError) {
        guard (1...Self.mostDocuments).contains(wishes.count), Set(wishes.map(\.document)).count == wishes.count else {
            throw .unknownValue(field: "documents")
        }
        self.id = id
        self.purpose = purpose
        self.wishes = wishes
        self.choice = choice
        self.channel = channel
        self.algorithm = algorithm
        self.desk = desk
    }

    /// Keeps the session under `id`. Throws what `SigningGround.find` throws, `SignaturesError`.
    public func callAsFunction(as caller: Caller) async throws {
        var kind: CertificateKind?
        if case .shown(let device) = self.choice {
            kind = try await self.desk.kind(of: device)
        }
        var items: [NewSigningItem] = []
        var certificate: SigningCertificate?
        var isChecked = false
        var firstRefusal: (any Error)?
        for wish in self.wishes {
            do {
                let ground = try await self.ground(of: wish, kind, as: caller)
                certificate = ground.certificate
                let item = try await self.prepared(ground, at: wish.place, as: caller)
                if !isChecked, ground.certificate.device != .soft {
                    // Its key signs elsewhere, so this is the last moment before; a soft key is looked at before it is opened.
                    try await self.desk.ensureGood(ground.certificate, as: caller)
                    isChecked = true
                }
                items.append(item)
            } catch DocumentsError.documentNotFound {
                throw DocumentsError.documentNotFound
            } catch {
                guard let reason = Refusal(of: error) else { throw error }
                firstRefusal = firstRefusal ?? error
                items.append(
                    NewSigningItem(
                        document: wish.document, version: wish.version, signerName: "", signerTitle: "",
                        outcome: .refused(status: reason.status, code: reason.code)))
            }
        }
        let isHopeless = items.allSatisfy { if case .refused = $0.outcome { true } else { false } }
        if let firstRefusal, isHopeless { throw firstRefusal }
        guard let certificate else { throw SignaturesError.certificateNotFound }
        let kept = items
        try await self.desk.database.transaction(as: caller) { transaction in
            transaction.queue("SELECT platform.ensure_in_person()")
            try SigningSession.keep(
                self.id, purpose: self.purpose, certificate: certificate, lifetime: self.desk.sessionLifetime,
                items: kept, in: transaction)
        }
    }

    func ground(of wish: Wish, _ kind: CertificateKind?, as caller: Caller) async throws -> SigningGround {
        try await self.desk.database.transaction(as: caller) { transaction in
            try SigningGround.find(
                wish.document, version: wish.version, for: self.purpose, in: transaction
            ) { transaction in
                switch self.choice {
                case .soft: try SigningCertificate.soft(self.purpose, in: transaction)
                case .kept(let id): try SigningCertificate.kept(id, self.purpose, in: transaction)
                case .shown(let device): try device.register(kind ?? .unknown, in: transaction)
                }
            }
        }
    }

    func prepared(
        _ ground: SigningGround, at place: SignaturePlace?, as caller: Caller
    ) async throws -> NewSigningItem {
        let decision = try await self.desk.decide(ground, channel: self.channel)
        let act = try await self.desk.act(of: ground, at: place)
        guard let path = self.desk.blobs.path(of: ground.file.sha256.hexadecimal) else { throw BlobError.notFound }
        let bytes = try await self.desk.keys.prepare(
            fileAt: path, limit: SigningDesk.largestFile,
            Sheet(act: act, name: ground.name, organisation: ground.organisation), for: ground.certificate,
            algorithm: self.algorithm(for: ground.certificate, as: caller), database: self.desk.database)
        return NewSigningItem(
            document: ground.document, version: ground.version, signerName: ground.signerName,
            signerTitle: ground.title,
            outcome: .prepared(
                bytes, base: ground.file.sha256, file: (ground.file.name, ground.file.pageCount), decision: decision))
    }
}

extension PrepareSigning {
    /// What was asked for; else, where a remote service has the key, what it does best; else nil, for what suits the key.
    private func algorithm(
        for certificate: SigningCertificate, as caller: Caller
    ) async throws -> SignatureAlgorithm? {
        guard self.algorithm == nil, certificate.device == .remote else { return self.algorithm }
        return try await self.desk.database.transaction(as: caller) { transaction in
            try RemoteCredential.find(certificate.id, in: transaction).algorithms.first
        }
    }
}

extension SigningDesk {
    /// Whom the root of a device's certificate belongs to.
    public func kind(of device: DeviceCertificate) async throws -> CertificateKind {
        try await self.keys.kind(
            of: device.certificate, issuers: device.chain, database: self.database)
    }

    /// What the policy says of a document and its certificate now. Throws `SignaturesError.certificateNotAllowed`, `.titleDiffers`.
    func decide(
        _ ground: SigningGround, channel: SignaturePolicy.Channel
    ) async throws -> SignaturePolicy.Decision {
        let facts = try CertificateFacts(ground.certificate.certificate)
        return try self.policy.decide(
            SignaturePolicy.Question(
                direction: ground.direction, type: ground.type, step: ground.purpose.step, channel: channel,
                kind: try await self.keys.kind(
                    of: ground.certificate.certificate, issuers: ground.certificate.chain, database: self.database),
                certifiedTitle: facts.title, title: ground.purpose == .signer ? ground.title : nil))
    }

    /// What has to be on the file before it is signed: of a signer's the words of the page say where, of a seal number and date are filled in,
    /// once its signer has signed. Throws `SignaturesError.signerSignatureMissing`, `DocumentsError.notEditable`.
    func act(of ground: SigningGround, at place: SignaturePlace?) async throws -> Sheet.Act {
        guard let path = self.blobs.path(of: ground.file.sha256.hexadecimal) else { throw BlobError.notFound }
        switch ground.purpose {
        case .signer: return .sign(words: try await PDFTools.words(of: path) ?? "", place: place)
        case .seal:
            guard let number = ground.codeNumber, let issuedOn = ground.issuedOn else {
                throw DocumentsError.notEditable
            }
            try await self.ensureSigned(path)
            return .seal(
                number: number, issuedOn: issuedOn, parent: ground.isHeadquarters ? nil : self.keys.corporation)
        }
    }

    /// The organisation seals only what its signer has signed (Decree 30/2020, art. 32): the file is checked as anybody would check it.
    /// Throws `SignaturesError.signerSignatureMissing`.
    func ensureSigned(_ path: String) async throws {
        let verdicts =
            try await self.keys.verdicts(ofFileAt: path, database: self.database, within: .seconds(30)) ?? []
        let good: Set<SignatureVerdict.Standing> = [.valid, .validFilled]
        guard verdicts.contains(where: { !$0.isSeal }), verdicts.allSatisfy({ good.contains($0.standing) }) else {
            throw SignaturesError.signerSignatureMissing
        }
    }
}

extension Refusal {
    /// What an error refuses, in the words of its users; nil for what is no refusal but a failure.
    init?(of error: any Error) {
        switch error {
        case let refusal as Refusal: self = refusal
        case let error as any RefusalConvertible: self = error.refusal
        case let error as DatabaseError:
            guard let status = error.refusalStatus, let condition = error.condition else { return nil }
            self = Refusal(status, condition, field: error.field)
        default: return nil
        }
        if self.status >= 500 { return nil }
    }
}
