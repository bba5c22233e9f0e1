import Foundation
import PAdES

/// A service of the Cloud Signature Consortium API 1.0.4.
public struct CSCVersion1: RemoteService {
    let calls: CSCCalls

    public init(_ provider: RemoteProvider, _ transport: RemoteTransport) {
        self.calls = CSCCalls(provider, transport, version: "v1")
    }

    /// What the service says of itself.
    public func info() async throws -> CSCInfo { try await self.calls.info() }

    private struct List: Encodable {
        let userID: String?
        var maxResults = 100
    }
    private struct Listed: Decodable { let credentialIDs: [String] }
    private struct Info: Encodable {
        let credentialID: String
        var certificates = "chain"
    }

    public func certificates(of user: String) async throws -> [RemoteCertificate] {
        let listed: Listed = try await self.calls.post(
            "credentials/list", List(userID: user.isEmpty ? nil : user), isSafe: true)
        var found: [RemoteCertificate] = []
        for id in listed.credentialIDs.prefix(100) {
            if let certificate = try await self.certificate(id) { found.append(certificate) }
        }
        return found
    }

    /// One credential; `nil` for a key that is not enabled.
    public func certificate(_ credential: String) async throws -> RemoteCertificate? {
        let info: CSCCredential = try await self.calls.post(
            "credentials/info", Info(credentialID: credential), isSafe: true)
        return try info.remote(
            credential,
            RemoteCertificate.Authorisation(
                pin: info.PIN?.isTrue ?? false, otp: info.OTP?.isTrue ?? false, sendsOTP: info.OTP?.type == "online",
                elsewhere: info.authMode == "oauth2code"))
    }

    public func sendOTP(for credential: String) async throws {
        struct Body: Encodable { let credentialID: String }
        _ = try await self.calls.answer("credentials/sendOTP", Body(credentialID: credential), isSafe: false)
    }

    private struct Authorise: Encodable {
        let credentialID: String
        let numSignatures: Int
        let hash: [String]
        let PIN: String?
        let OTP: String?
        let clientData: String
    }
    private struct Authorised: Decodable { let SAD: String }

    private struct SignHash: Encodable {
        let credentialID: String
        let SAD: ActivationData
        let hash: [String]
        let hashAlgo: String?
        let signAlgo: String
        let signAlgoParams: String?
        let clientData: String
    }
    private struct Signed: Decodable { let signatures: [String] }

    /// The authorisation is always bound to the hashes, whether the service insists (SCAL 2) or not.
    public func sign(_ wish: RemoteWish, with secrets: RemoteSecrets) async throws -> RemoteAnswer {
        let authorised: Authorised = try await self.calls.post(
            "credentials/authorize",
            Authorise(
                credentialID: wish.credential, numSignatures: wish.items.count, hash: CSCBytes.text(wish.items),
                PIN: secrets.pin, OTP: secrets.otp, clientData: wish.transaction.uuidString), isSafe: false)
        return try await self.sign(wish, activated: authorised.SAD)
    }

    /// Signs with activation data from the service's own page (`oauth2/authorize`, credential scope).
    public func sign(_ wish: RemoteWish, activated sad: String) async throws -> RemoteAnswer {
        // A name that says nothing of the hash needs it beside.
        let isPlain = wish.algorithm.family == .pkcs1
        let signed: Signed = try await self.calls.post(
            "signatures/signHash",
            SignHash(
                credentialID: wish.credential, SAD: ActivationData(text: sad), hash: CSCBytes.text(wish.items),
                hashAlgo: wish.algorithm.family == .ecdsa ? nil : wish.algorithm.hashIdentifier,
                signAlgo: isPlain ? SignatureAlgorithm.rsaIdentifier : wish.algorithm.identifier,
                signAlgoParams: wish.algorithm.parameters.map { Data($0).base64EncodedString() },
                clientData: wish.transaction.uuidString), isSafe: false)
        return .signatures(try CSCBytes.signatures(signed.signatures, count: wish.items.count))
    }

    /// Version 1 answers at once, so nothing waits.
    public func poll(_ ticket: RemoteTicket) async throws -> RemoteAnswer { throw RemoteSigningError.expired }
}
