import Documents
import Foundation
import Platform
import Postgres
import Signatures
import Workflow

/// Completes items of a signing session: each value is verified with the certificate, put into its file, and the document takes its step.
///
/// Item by item, each in a transaction of its own, so that one which fails holds up no other and a crash loses nothing that was answered.
/// Completing an item again gives the first answer and changes nothing.
public struct CompleteSigning: Sendable {
    /// What shows that the signer wants it: a PIN for a soft key, signature values of any other device.
    public enum Proof: Sendable {
        /// Opens the soft key for everything that is still to be signed, with the answer of a passkey where the policy wants one.
        case pin(PIN, PasskeyAnswer? = nil)
        /// Signature values of a device, by item.
        case values([(item: UUID, value: [UInt8])])
    }

    /// What became of one item: the signature that was made and where the document stands now, or the refusal.
    public struct Outcome: Sendable {
        public let item: UUID
        public let result: Result<(signature: UUID, outcome: ActOutcome), any Error>
    }

    public let session: UUID
    let desk: SigningDesk

    public init(session: UUID, desk: SigningDesk) {
        self.session = session
        self.desk = desk
    }

    /// What became of each item that was asked for. Throws `SignaturesError` for what concerns all of them: a session that is not there or
    /// over, a wrong PIN, an item of another session.
    public func callAsFunction(_ proof: Proof, as caller: Caller) async throws -> [Outcome] {
        switch proof {
        case .values(let values): try await self.complete(values, as: caller)
        case .pin(let pin, let answer):
            try await self.desk.keys.turn(of: caller) { try await self.sign(pin, answer, as: caller) }
        }
    }

    private func read(as caller: Caller) async throws -> SigningSession {
        try await self.desk.database.transaction(as: caller) { transaction in
            transaction.queue("SELECT platform.ensure_in_person()")
            return try SigningSession.read(self.session, in: transaction)
        }
    }

    private func complete(_ values: [(item: UUID, value: [UInt8])], as caller: Caller) async throws -> [Outcome] {
        let session = try await self.read(as: caller)
        guard session.certificate.device != .soft else { throw SignaturesError.wrongProof }
        let items = try values.map { value in
            guard let item = session.items.first(where: { $0.id == value.item }) else {
                throw SignaturesError.unknownItem
            }
            return (item, value.value)
        }
        return try await self.complete(items, of: session, as: caller)
    }

    /// Three parts, so that no transaction waits for the PIN's derivation: take the passkey's answer and a try; open the key and sign; keep.
    private func sign(_ pin: PIN, _ answer: PasskeyAnswer?, as caller: Caller) async throws -> [Outcome] {
        let session = try await self.read(as: caller)
        guard session.certificate.device == .soft else { throw SignaturesError.wrongProof }
        var waiting: [(item: SigningItem, bytes: FixedBytes)] = []
        for item in session.items {
            if case .prepared(let bytes) = item.state { waiting.append((item, bytes)) }
        }
        guard !waiting.isEmpty else {
            return try await self.complete(session.items.map { ($0, []) }, of: session, as: caller)
        }
        try session.ensureOpen()
        try await self.desk.ensureGood(session.certificate, as: caller)
        let key = try await self.desk.database.transaction(as: caller) { transaction in
            // An answer that is missing or bad takes the try back with the whole transaction.
            let approval = try session.approve(
                by: answer, rule: self.desk.policy.secondFactor, for: self.desk.relyingParty, in: transaction)
            let key = try SigningKey.takeTry(of: session.certificate.id, in: transaction)
            approval?.record(in: transaction)
            return key
        }
        let values: [[UInt8]]
        do {
            values = try await self.desk.keys.sign(waiting.map(\.bytes.signature), with: key, pin: pin)
        } catch {
            switch error {
            case SignaturesError.wrongPIN, SignaturesError.keyLocked, SignaturesError.signerLost, is CancellationError:
                break
            default:
                // The PIN was not what failed. A request that was given up gives nothing back: nobody may learn what became of its PIN.
                try await self.desk.database.transaction(as: caller) { key.giveTryBack(in: $0) }
            }
            throw error
        }
        try await self.desk.database.transaction(as: caller) { key.giveTriesBack(in: $0) }
        return try await self.complete(zip(waiting, values).map { ($0.item, $1) }, of: session, as: caller)
    }

    private func complete(
        _ items: [(item: SigningItem, value: [UInt8])], of session: SigningSession, as caller: Caller
    ) async throws -> [Outcome] {
        var outcomes: [Outcome] = []
        for (item, value) in items {
            do {
                let made = try await self.complete(item, with: value, of: session, as: caller)
                outcomes.append(Outcome(item: item.id, result: .success(made)))
            } catch {
                guard let refusal = Refusal(of: error) else { throw error }
                if case .prepared = item.state, refusal.code != "signing_session_expired" {
                    // A wrong value may be followed by a right one; a document that has changed needs a new session.
                    let isFinal = error as? SignaturesError != .wrongSignature
                    try await self.desk.database.transaction(as: caller) { transaction in
                        item.note(status: refusal.status, code: refusal.code, isFinal: isFinal, in: transaction)
                    }
                }
                outcomes.append(Outcome(item: item.id, result: .failure(error)))
            }
        }
        return outcomes
    }

    private func complete(
        _ item: SigningItem, with value: [UInt8], of session: SigningSession, as caller: Caller
    ) async throws -> (signature: UUID, outcome: ActOutcome) {
        let bytes: FixedBytes
        switch item.state {
        case .completed(let signature, let state, let version):
            return (signature, ActOutcome(state: state, version: version))
        case .refused(let status, let code): throw Refusal(status, code)
        case .forgotten:
            try session.ensureOpen()
            throw SignaturesError.sessionExpired
        case .prepared(let prepared): bytes = prepared
        }
        try session.ensureOpen()
        let base = item.base.hexadecimal
        guard let path = self.desk.blobs.path(of: base) else { throw BlobError.notFound }
        let limit = SigningDesk.largestFile
        let stamp = try await self.desk.trust.stamp(bytes, value)
        var tail = try await self.desk.keys.complete(fileAt: path, limit: limit, bytes, with: value, timeStamp: stamp)
        // The seal is the last signature: with it the document gets what it will be judged by when nobody answers any more.
        if session.purpose == .seal {
            tail += try await self.desk.trust.archivingNow(StoredPDF(path: path, limit: limit, tail: tail))
        }
        let blob = try await self.desk.blobs.extend(base, by: tail)
        let kind = try await self.desk.keys.kind(
            of: session.certificate.certificate, issuers: session.certificate.chain, database: self.desk.database)
        return try await self.keep(blob, item, session, kind, as: caller)
    }

    /// Keeps a signed file as the document's next version and takes the step, if the document is still as it was when it was prepared and the
    /// policy still says yes.
    private func keep(
        _ signed: Blob, _ item: SigningItem, _ session: SigningSession, _ kind: CertificateKind, as caller: Caller
    ) async throws -> (signature: UUID, outcome: ActOutcome) {
        let (file, signature) = (UUIDv7.make(), UUIDv7.make())
        let (purpose, policy) = (session.purpose, self.desk.policy)
        return try await self.desk.database.transaction(as: caller) { transaction in
            transaction.queue("SELECT platform.ensure_in_person()")
            if case .completed(let signature, let state, let version)? = try item.take(in: transaction) {
                return (signature, ActOutcome(state: state, version: version))
            }
            let ground = try SigningGround.find(
                item.document, version: item.version, for: purpose, in: transaction
            ) { try SigningCertificate.kept(session.certificate.id, purpose, in: $0) }
            guard ground.file.sha256 == item.base else { throw DocumentsError.changedSinceRead }
            _ = try policy.decide(
                SignaturePolicy.Question(
                    direction: ground.direction, type: ground.type, step: purpose.step,
                    channel: item.decision?.channel ?? .inside, kind: kind,
                    certifiedTitle: item.decision?.certifiedTitle, title: item.decision?.title))
            let held = try HeldDocument.hold(
                item.document, for: purpose.action, version: item.version, in: transaction)
            let move = try held.permittedMove()
            AttachFile(
                id: file, document: item.document, role: .main, origin: purpose == .signer ? .signature : .seal,
                file: ReceivedFile(
                    name: item.fileName, mediaType: "application/pdf", size: signed.size, sha256: signed.digest,
                    pageCount: item.pageCount))(in: transaction)
            MadeSignature(
                id: signature, document: item.document, file: file, purpose: purpose,
                certificate: session.certificate.id, signerName: item.signerName, signerTitle: item.signerTitle
            ).keep(in: transaction)
            let after = held.take(
                move, after: "jsonb_build_object('sha256', encode(\(signed.digest), 'hex'))", in: transaction)
            item.complete(signature: signature, state: move.to, version: after, in: transaction)
            return (signature, ActOutcome(state: move.to, version: after))
        }
    }
}
