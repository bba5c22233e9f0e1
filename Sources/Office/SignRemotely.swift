import Foundation
import PAdES
import Platform
import Postgres
import Signatures

/// Has the remote service of a session's certificate sign everything that is still to be signed, under one authorisation of the person.
///
/// The hashes are final when the service is asked, and what it gives is verified like any other value. A service that answers later is asked
/// again by a job, which finishes as the person who began it, also after a restart.
public struct SignRemotely: Sendable {
    public let session: UUID
    let desk: SigningDesk

    public init(session: UUID, desk: SigningDesk) {
        self.session = session
        self.desk = desk
    }

    private struct Ground: Sendable {
        let session: SigningSession
        let credential: RemoteCredential
        /// What waits for its signature.
        let items: [(item: SigningItem, bytes: FixedBytes)]
    }

    private func ground(as caller: Caller) async throws -> Ground {
        try await self.desk.database.transaction(as: caller) { transaction in
            transaction.queue("SELECT platform.ensure_in_person()")
            let session = try SigningSession.read(self.session, in: transaction)
            guard session.certificate.device == .remote else { throw SignaturesError.wrongProof }
            let credential = try RemoteCredential.find(session.certificate.id, in: transaction)
            var items: [(SigningItem, FixedBytes)] = []
            for item in session.items {
                if case .prepared(let bytes) = item.state { items.append((item, bytes)) }
            }
            return Ground(session: session, credential: credential, items: items)
        }
    }

    /// Has the service send an OTP to the person. Throws `RemoteSigningError`, `SignaturesError`.
    public func sendOTP(as caller: Caller) async throws {
        let ground = try await self.ground(as: caller)
        try ground.session.ensureOpen()
        try await self.desk.remote.service(ground.credential.provider).sendOTP(for: ground.credential.credential)
    }

    /// Signs, or leaves it to the job to finish. Asked again when all is signed, nothing happens. Throws `RemoteSigningError`,
    /// `SignaturesError`; what concerns one document stays with its item.
    public func callAsFunction(_ secrets: RemoteSecrets, as caller: Caller) async throws {
        let ground = try await self.ground(as: caller)
        guard let first = ground.items.first else { return }
        try ground.session.ensureOpen()
        let algorithm = first.bytes.signature.algorithm
        guard ground.credential.algorithms.contains(algorithm) else { throw RemoteSigningError.algorithmUnsupported }
        guard ground.items.count <= ground.credential.batch else {
            throw RemoteSigningError.batchTooLarge(limit: ground.credential.batch)
        }
        let service = try self.desk.remote.service(ground.credential.provider)
        let request = UUIDv7.make()
        let wish = RemoteWish(
            transaction: request, user: ground.credential.user, credential: ground.credential.credential,
            algorithm: algorithm,
            items: ground.items.enumerated().map { number, item in
                RemoteWish.Item(
                    name: "\(number + 1). \(item.item.fileName.prefix(80))", digest: item.bytes.signature.digest)
            })
        let items = ground.items.map(\.item.id)
        let ticket = service.ticket(for: wish)
        try await self.desk.database.transaction(as: caller) { transaction in
            try RemoteRequest.open(request, session: self.session, items: items, ticket: ticket, in: transaction)
        }
        do {
            switch try await service.sign(wish, with: secrets) {
            case .signatures(let values):
                try await self.finish(request, items, values, as: caller)
            case .waiting(let ticket):
                try await self.desk.database.transaction(as: caller) { transaction in
                    try RemoteRequest.wait(request, for: ticket, in: transaction)
                }
            }
        } catch {
            // An answer that was lost on the way may still be asked for; anything else ends the request.
            if ticket != nil, error as? RemoteSigningError == .unreachable || error is CancellationError { return }
            let refusal = (error as? RemoteSigningError)?.refusal ?? Refusal(502, "remote_refused")
            try await self.desk.database.transaction(as: caller) { transaction in
                RemoteRequest.end(request, problem: refusal, in: transaction)
            }
            throw error
        }
    }

    private func finish(_ request: UUID, _ items: [UUID], _ values: [[UInt8]], as caller: Caller) async throws {
        let complete = CompleteSigning(session: self.session, desk: self.desk)
        _ = try await complete(.values(zip(items, values).map { (item: $0, value: $1) }), as: caller)
        try await self.desk.database.transaction(as: caller) { RemoteRequest.end(request, in: $0) }
    }

    /// Asks the service of a waiting request what became of it: the work of the job `poll_remote_signing`.
    ///
    /// - Throws: `JobFailure.later` while the service has no answer.
    public static func poll(_ request: UUID, of tenant: UUID, desk: SigningDesk) async throws {
        let found = try await desk.database.transaction(asSystemOf: tenant) { transaction in
            try RemoteRequest.waiting(request, of: tenant, in: transaction)
        }
        guard let waiting = found else { return }
        let answer: RemoteAnswer
        do {
            answer = try await desk.remote.service(waiting.ticket.provider).poll(waiting.ticket)
        } catch RemoteSigningError.unreachable where !waiting.isOverdue {
            throw JobFailure.later(.seconds(10))
        } catch let error as RemoteSigningError {
            try await self.fail(waiting, error, desk)
            return
        }
        switch answer {
        case .waiting where waiting.isOverdue: try await self.fail(waiting, .expired, desk)
        case .waiting: throw JobFailure.later(.seconds(3))
        case .signatures(let values):
            let sign = SignRemotely(session: waiting.session, desk: desk)
            try await sign.finish(waiting.id, waiting.items, values, as: waiting.caller)
        }
    }

    private static func fail(_ request: RemoteRequest, _ error: RemoteSigningError, _ desk: SigningDesk) async throws {
        try await desk.database.transaction(as: request.caller) { transaction in
            RemoteRequest.end(request.id, problem: error.refusal, in: transaction)
        }
    }
}
