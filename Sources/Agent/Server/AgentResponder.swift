import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Answers the pages: `GET /status`, `POST /pair`, `GET /certificates`, `POST /sign`.
struct AgentResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    /// Documents of one batch.
    private static let mostItems = 500
    private static let bodyLimit = 1 << 20

    let door: Door
    let pairings: Pairings
    let room: TokenRoom
    let person: Person
    let turn = Turn()

    /// One signing at a time: a person reads one question.
    final class Turn: Sendable {
        private let isTaken = Atomic(false)

        var isBusy: Bool { self.isTaken.load(ordering: .acquiring) }
        func take() -> Bool {
            self.isTaken.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        }
        func giveBack() { self.isTaken.store(false, ordering: .releasing) }
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        var fields = HTTPFields()
        do {
            let origin = try self.door.origin(of: request.head)
            fields = self.door.permissions(for: origin)
            if request.method == .options {
                return Response(
                    status: .noContent, headers: self.door.permissions(for: origin, preflight: request.head))
            }
            return try await self.answer(request, from: origin, fields)
        } catch let error as AgentError {
            return try Self.json(AgentMessages.Problem(error), status: .init(code: error.status), fields)
        }
    }

    private func answer(_ request: Request, from origin: Origin, _ fields: HTTPFields) async throws -> Response {
        let isPaired = await self.pairings.isPaired(origin, token: self.door.token(of: request.head))
        switch (request.uri.path, request.method) {
        case ("/status", .get):
            return try Self.json(AgentMessages.Status(paired: isPaired, busy: self.turn.isBusy), fields)
        case ("/pair", .post):
            let body: AgentMessages.Pair = try await Self.body(of: request)
            return try Self.json(AgentMessages.Paired(token: try await self.pair(origin, code: body.code)), fields)
        case ("/certificates", .get):
            guard isPaired else { throw AgentError.notPaired }
            let found = try await self.room.certificates().map { AgentMessages.Certificates.Entry($0) }
            return try Self.json(AgentMessages.Certificates(certificates: found), fields)
        case ("/sign", .post):
            guard isPaired else { throw AgentError.notPaired }
            let body: AgentMessages.Sign = try await Self.body(of: request)
            return try Self.json(AgentMessages.Signed(signatures: try await self.sign(body, from: origin)), fields)
        case ("/status", _), ("/pair", _), ("/certificates", _), ("/sign", _): throw AgentError.methodRefused
        default: throw AgentError.notFound
        }
    }

    private func pair(_ origin: Origin, code: String) async throws -> String {
        do {
            let token = try await self.pairings.pair(origin, code: code)
            self.person.tell(self.person.words.paired(origin.text))
            // For the next page, such as another browser of the same person.
            self.person.tell(self.person.words.pairing(await self.pairings.newCode()))
            return token
        } catch AgentError.pairingClosed {
            self.person.tell(self.person.words.pairingClosed)
            throw AgentError.pairingClosed
        }
    }

    /// Asks the person, asks for the PIN, signs. Nothing is asked for what cannot be signed.
    private func sign(_ wish: AgentMessages.Sign, from origin: Origin) async throws -> [Data] {
        guard let algorithm = TokenAlgorithm(rawValue: wish.algorithm) else { throw AgentError.algorithmUnsupported }
        guard (1...Self.mostItems).contains(wish.items.count) else { throw AgentError.badRequest(field: "items") }
        for (number, item) in wish.items.enumerated() {
            guard item.digest.count == algorithm.digestSize else {
                throw AgentError.badRequest(field: "items[\(number)].digest")
            }
            guard !item.name.isEmpty else { throw AgentError.badRequest(field: "items[\(number)].name") }
        }
        guard self.turn.take() else { throw AgentError.busy }
        defer { self.turn.giveBack() }
        do {
            let signatures = try await self.sign(wish, algorithm, from: origin)
            self.person.tell(self.person.words.signed(signatures.count))
            return signatures.map { Data($0) }
        } catch let error as AgentError {
            self.person.tell(self.person.words.refused(error.code))
            throw error
        }
    }

    private func sign(_ wish: AgentMessages.Sign, _ algorithm: TokenAlgorithm, from origin: Origin) async throws
        -> [[UInt8]]
    {
        let certificate = try await self.room.certificate(wish.certificate)
        guard certificate.algorithms.contains(algorithm) else { throw AgentError.algorithmUnsupported }
        guard certificate.token.triesLeft != .none else { throw AgentError.pinLocked }
        let question = SigningQuestion(
            origin: origin,
            items: wish.items.map {
                SigningQuestion.Item(
                    name: $0.name, digest: $0.digest.map { CertificateFacts.hexadecimal($0) }.joined())
            }, certificate: certificate.facts, token: certificate.token, algorithm: algorithm)
        guard await self.person.confirms(question) else { throw AgentError.declined }
        var pin: TypedPIN?
        if certificate.token.hasPINPad {
            self.person.tell(self.person.words.pinPad(certificate.token.label))
        } else if certificate.token.needsLogin {
            pin = await self.person.pin(certificate.token)
            guard pin != nil else { throw AgentError.pinMissing }
        }
        return try await self.room.sign(wish.items.map { Array($0.digest) }, algorithm, with: certificate, pin: pin)
    }

    /// A JSON body. Another media type is refused, because a page may send that without asking first.
    private static func body<Body: Decodable>(of request: Request) async throws -> Body {
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") == true else {
            throw AgentError.badRequest(field: "Content-Type")
        }
        guard let bytes = try? await request.body.collect(upTo: Self.bodyLimit) else { throw AgentError.tooLarge }
        do {
            return try JSONDecoder().decode(Body.self, from: Data(bytes.readableBytesView))
        } catch let DecodingError.keyNotFound(key, _) {
            throw AgentError.badRequest(field: key.stringValue)
        } catch let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(_, context) {
            throw AgentError.badRequest(field: context.codingPath.last?.stringValue ?? "")
        } catch let DecodingError.dataCorrupted(context) {
            throw AgentError.badRequest(field: context.codingPath.last?.stringValue ?? "")
        }
    }

    private static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok, _ fields: HTTPFields) throws
        -> Response
    {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var fields = fields
        fields[.contentType] = "application/json; charset=utf-8"
        let body = ByteBuffer(bytes: try encoder.encode(value))
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: body))
    }
}
