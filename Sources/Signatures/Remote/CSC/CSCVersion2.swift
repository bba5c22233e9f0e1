import Foundation
import PAdES

/// A service of the Cloud Signature Consortium API 2, signing at once or, where it says so, later (`signPolling`).
public struct CSCVersion2: RemoteService {
    let calls: CSCCalls
    private let provider: String

    public init(_ provider: RemoteProvider, _ transport: RemoteTransport) {
        self.calls = CSCCalls(provider, transport, version: "v2")
        self.provider = provider.id
    }

    /// What the service says of itself.
    public func info() async throws -> CSCInfo { try await self.calls.info() }

    private struct List: Encodable {
        let userID: String?
        var maxResults = 100
        var onlyValid = true
    }
    private struct Listed: Decodable { let credentialIDs: [String] }
    private struct Info: Encodable {
        let credentialID: String
        var certificates = "chain"
        var authInfo = true
    }

    public func certificates(of user: String) async throws -> [RemoteCertificate] {
        let listed: Listed = try await self.calls.post(
            "credentials/list", List(userID: user.isEmpty ? nil : user), isSafe: true)
        var found: [RemoteCertificate] = []
        for id in listed.credentialIDs.prefix(100) {
            let info = try await self.credential(id)
            if let certificate = try info.remote(id, Self.authorisation(info)) { found.append(certificate) }
        }
        return found
    }

    private func credential(_ id: String) async throws -> CSCCredential {
        try await self.calls.post("credentials/info", Info(credentialID: id), isSafe: true)
    }

    private static func authorisation(_ info: CSCCredential) -> RemoteCertificate.Authorisation {
        let objects = info.auth?.objects ?? []
        return RemoteCertificate.Authorisation(
            pin: objects.contains { Self.isPIN($0) }, otp: objects.contains { !Self.isPIN($0) },
            sendsOTP: objects.contains { $0.type == "ChallengeResponse" }, elsewhere: info.auth?.mode == "oauth2code")
    }

    /// A fixed secret, as against one for each time.
    private static func isPIN(_ object: CSCCredential.Auth.Object) -> Bool {
        object.type == "Password" && !object.id.uppercased().contains("OTP")
    }

    public func sendOTP(for credential: String) async throws {
        struct Body: Encodable { let credentialID: String }
        _ = try await self.calls.answer("credentials/getChallenge", Body(credentialID: credential), isSafe: false)
    }

    private struct Authorise: Encodable {
        struct Secret: Encodable {
            let id: String
            let value: String
        }
        let credentialID: String
        let numSignatures: Int
        let hashes: [String]
        let hashAlgorithmOID: String
        let authData: [Secret]?
        let clientData: String
    }
    private struct Authorised: Decodable {
        let SAD: String?
        let handle: String?
    }

    private struct SignHash: Encodable {
        let credentialID: String
        let SAD: ActivationData
        let hashes: [String]
        let hashAlgorithmOID: String?
        let signAlgo: String
        let signAlgoParams: String?
        let operationMode: String
        let clientData: String
    }
    private struct Signed: Decodable {
        let signatures: [String]?
        let responseID: String?
    }

    /// The authorisation is always bound to the hashes. Asks for a later answer where the service offers that.
    public func sign(_ wish: RemoteWish, with secrets: RemoteSecrets) async throws -> RemoteAnswer {
        let objects = try await self.credential(wish.credential).auth?.objects ?? []
        let given = objects.compactMap { object in
            (Self.isPIN(object) ? secrets.pin : secrets.otp).map { Authorise.Secret(id: object.id, value: $0) }
        }
        let authorised: Authorised = try await self.calls.post(
            "credentials/authorize",
            Authorise(
                credentialID: wish.credential, numSignatures: wish.items.count, hashes: CSCBytes.text(wish.items),
                hashAlgorithmOID: wish.algorithm.hashIdentifier, authData: given.isEmpty ? nil : given,
                clientData: wish.transaction.uuidString), isSafe: false)
        guard let sad = authorised.SAD else { throw RemoteSigningError.badAnswer("SAD") }
        return try await self.sign(wish, activated: sad)
    }

    /// Signs with activation data from the service's own page (`oauth2/authorize`, credential scope).
    public func sign(_ wish: RemoteWish, activated sad: String) async throws -> RemoteAnswer {
        let isLater = try await self.info().asynchronousOperationMode == true
        let isPlain = wish.algorithm.family == .pkcs1
        let signed: Signed = try await self.calls.post(
            "signatures/signHash",
            SignHash(
                credentialID: wish.credential, SAD: ActivationData(text: sad), hashes: CSCBytes.text(wish.items),
                hashAlgorithmOID: wish.algorithm.family == .ecdsa ? nil : wish.algorithm.hashIdentifier,
                signAlgo: isPlain ? SignatureAlgorithm.rsaIdentifier : wish.algorithm.identifier,
                signAlgoParams: wish.algorithm.parameters.map { Data($0).base64EncodedString() },
                operationMode: isLater ? "A" : "S", clientData: wish.transaction.uuidString), isSafe: false)
        if let signatures = signed.signatures {
            return .signatures(try CSCBytes.signatures(signatures, count: wish.items.count))
        }
        guard let handle = signed.responseID else { throw RemoteSigningError.badAnswer("responseID") }
        return .waiting(
            RemoteTicket(
                provider: self.provider, handle: handle, credential: wish.credential, names: wish.items.map(\.name)))
    }

    public func poll(_ ticket: RemoteTicket) async throws -> RemoteAnswer {
        struct Body: Encodable {
            let credentialID: String
            let responseID: String
        }
        do {
            let answer = try await self.calls.answer(
                "signatures/signPolling", Body(credentialID: ticket.credential, responseID: ticket.handle), isSafe: true
            )
            guard answer.status != 202, !answer.body.isEmpty else { return .waiting(ticket) }
            let signed: Signed = try answer.decoded()
            guard let signatures = signed.signatures else { return .waiting(ticket) }
            return .signatures(try CSCBytes.signatures(signatures, count: ticket.names.count))
        } catch RemoteSigningError.refused(let code) where code.contains("pending") {
            return .waiting(ticket)
        }
    }
}
