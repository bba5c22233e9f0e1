import Foundation
import PAdES

/// Calls of a Cloud Signature Consortium service, with what is the same in both versions: addresses, access, errors.
struct CSCCalls: Sendable {
    let provider: RemoteProvider
    let transport: RemoteTransport
    let access: OAuthAccess
    /// `v1` or `v2`.
    let version: String

    init(_ provider: RemoteProvider, _ transport: RemoteTransport, version: String) {
        self.provider = provider
        self.transport = transport
        self.access = OAuthAccess(provider, transport)
        self.version = version
    }

    /// An error as both versions write it. Older services write `errorDescription`.
    private struct Problem: Decodable {
        let error: String?
        let error_description: String?
    }

    func post<Value: Decodable>(_ path: String, _ body: some Encodable, isSafe: Bool) async throws -> Value {
        try await self.answer(path, body, isSafe: isSafe).decoded()
    }

    /// - Throws: `accessRefused`, `wrongPIN`, `wrongOTP`, `refused` with the service's code.
    func answer(_ path: String, _ body: some Encodable, isSafe: Bool) async throws -> RemoteTransport.Answer {
        let address = "\(self.provider.address)/csc/\(self.version)/\(path)"
        var answer = try await self.transport.post(
            address, headers: try await self.access.headers(), json: body, isSafe: isSafe)
        if answer.status == 401, self.provider.access == .client {
            // The token ran out early. The call was not done, so it may be done now.
            self.access.forget()
            answer = try await self.transport.post(
                address, headers: try await self.access.headers(), json: body, isSafe: isSafe)
        }
        guard !(200...299).contains(answer.status) else { return answer }
        throw Self.error(answer)
    }

    static func error(_ answer: RemoteTransport.Answer) -> RemoteSigningError {
        let problem = try? answer.decoded(Problem.self)
        let code = problem?.error ?? "http_\(answer.status)"
        let words = (code + " " + (problem?.error_description ?? "")).lowercased()
        if answer.status == 401 || code == "invalid_token" || code == "invalid_client" { return .accessRefused }
        if words.contains("otp") || words.contains("challenge") { return .wrongOTP }
        if words.contains("pin") { return .wrongPIN }
        if words.contains("expired") { return .expired }
        if words.contains("declined") || words.contains("denied") || words.contains("cancel") { return .declined }
        if words.contains("credentialid") || answer.status == 404 { return .credentialUnknown }
        return .refused(code: String(code.prefix(60)))
    }

    /// The service's own description of itself: proof that it can be reached.
    func info() async throws -> CSCInfo {
        struct Nothing: Encodable {}
        return try await self.post("info", Nothing(), isSafe: true)
    }
}

/// What a CSC service says of itself.
public struct CSCInfo: Sendable, Decodable, Hashable {
    public let specs: String
    public let name: String
    public let authType: [String]
    public let methods: [String]?
    public let asynchronousOperationMode: Bool?
}

/// `key` and `cert` of `credentials/info`, alike in both versions.
struct CSCCredential: Decodable {
    struct Key: Decodable {
        let status: String
        let algo: [String]
    }

    struct Certificates: Decodable {
        let status: String?
        let certificates: [String]?
    }

    struct Presence: Decodable {
        let presence: String?
        let isTrue: Bool

        // `presence` says whether a PIN or an OTP is wanted: "true", "optional" or "false"; an absent object says no.
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            self.presence =
                (try? container.decode(String.self, forKey: .presence))
                ?? ((try? container.decode(Bool.self, forKey: .presence)) == true ? "true" : nil)
            self.type = try? container.decode(String.self, forKey: .type)
            self.isTrue = self.presence == "true" || self.presence == "optional"
        }

        let type: String?
        private enum Keys: String, CodingKey { case presence, type }
    }

    struct Auth: Decodable {
        struct Object: Decodable {
            let type: String
            let id: String
        }
        let mode: String?
        let expression: String?
        let objects: [Object]?
    }

    let key: Key
    let cert: Certificates?
    /// Version 1; `auth.mode` in version 2.
    let authMode: String?
    let PIN: Presence?
    let OTP: Presence?
    let auth: Auth?
    let SCAL: String?
    let multisign: Int?

    /// The certificates as DER, the signer's first. A key that is not enabled gives none.
    func certificates() throws(RemoteSigningError) -> [[UInt8]] {
        guard self.key.status == "enabled", self.cert?.status ?? "valid" == "valid" else { return [] }
        var result: [[UInt8]] = []
        for text in self.cert?.certificates ?? [] {
            guard let der = Data(base64Encoded: text, options: .ignoreUnknownCharacters) else {
                throw .badAnswer("cert.certificates")
            }
            result.append(Array(der))
        }
        return result
    }

    func remote(_ id: String, _ authorisation: RemoteCertificate.Authorisation) throws(RemoteSigningError)
        -> RemoteCertificate?
    {
        guard let all = Optional(try self.certificates()), let first = all.first else { return nil }
        return RemoteCertificate(
            credential: id, certificate: first, chain: Array(all.dropFirst()),
            algorithms: SignatureAlgorithm.offered(by: self.key.algo), batch: max(1, self.multisign ?? 1),
            authorisation: authorisation, bindsHashes: self.SCAL == "2")
    }
}

/// Signature activation data: lives from `authorize` to `signHash`, is shown and kept nowhere.
struct ActivationData: Sendable, Encodable, CustomStringConvertible, CustomReflectable {
    let text: String
    var description: String { "SAD" }
    var customMirror: Mirror { Mirror(self, children: []) }
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.text)
    }
}

/// Lists of bytes as both versions write them: base64, in the order of the hashes.
enum CSCBytes {
    static func text(_ hashes: [RemoteWish.Item]) -> [String] { hashes.map { Data($0.digest).base64EncodedString() } }

    static func signatures(_ texts: [String], count: Int) throws(RemoteSigningError) -> [[UInt8]] {
        guard texts.count == count else { throw .badAnswer("signatures") }
        var result: [[UInt8]] = []
        for text in texts {
            guard let value = Data(base64Encoded: text, options: .ignoreUnknownCharacters),
                (16...2048).contains(value.count)
            else { throw .badAnswer("signatures") }
            result.append(Array(value))
        }
        return result
    }
}
