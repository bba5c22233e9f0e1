import Foundation
import PAdES
import Platform
import Synchronization

/// How the installation gets into a CSC service: a token from the configuration, or OAuth 2.0 (RFC 6749).
final class OAuthAccess: Sendable {
    private let provider: RemoteProvider
    private let transport: RemoteTransport
    private let known = Mutex<(token: String, until: ContinuousClock.Instant)?>(nil)

    init(_ provider: RemoteProvider, _ transport: RemoteTransport) {
        self.provider = provider
        self.transport = transport
    }

    /// The headers of a call with service scope.
    func headers() async throws -> [String: String] {
        switch self.provider.access ?? .none {
        case .none: [:]
        case .token: ["Authorization": "Bearer \(try self.provider.secret())"]
        case .client: ["Authorization": "Bearer \(try await self.serviceToken())"]
        }
    }

    /// Forgets the token, after the service has refused it.
    func forget() {
        self.known.withLock { $0 = nil }
    }

    private func serviceToken() async throws -> String {
        if let known = self.known.withLock({ $0 }), known.until > .now { return known.token }
        let granted = try await self.token([
            "grant_type": "client_credentials", "scope": "service", "client_id": self.provider.account ?? "",
            "client_secret": try self.provider.secret(),
        ])
        // A little before it runs out, so that no call is under way with it then.
        let until = ContinuousClock.now + .seconds(max(0, (granted.expires_in ?? 3600) - 30))
        self.known.withLock { $0 = (granted.access_token, until) }
        return granted.access_token
    }

    struct Granted: Decodable {
        let access_token: String
        let expires_in: Int?
    }

    /// The address of the service's page on which a person allows signatures (`oauth2/authorize`, credential scope). What is allowed is
    /// bound to the hashes; `challenge` is PKCE's (RFC 7636, S256).
    func authorisationPage(
        for wish: RemoteWish, redirect: String, state: String, challenge: String
    ) throws -> String {
        guard var page = URLComponents(string: self.base + "/oauth2/authorize") else {
            throw RemoteSigningError.configuration("\(self.provider.id): oauth2_address")
        }
        let hashes = wish.items.map { $0.digest.base64URL }.joined(separator: ",")
        var items = [
            "response_type": "code", "client_id": self.provider.account ?? "", "redirect_uri": redirect,
            "scope": "credential", "state": state, "credentialID": wish.credential,
            "numSignatures": String(wish.items.count), "code_challenge": challenge, "code_challenge_method": "S256",
        ]
        if self.provider.shape == .csc1 {
            items["hash"] = hashes
        } else {
            items["hashes"] = hashes
            items["hashAlgorithmOID"] = wish.algorithm.hashIdentifier
        }
        page.queryItems = items.sorted { $0.key < $1.key }.map { URLQueryItem(name: $0.key, value: $0.value) }
        guard let address = page.url?.absoluteString else { throw RemoteSigningError.badAnswer("oauth2/authorize") }
        return address
    }

    /// Takes the token for the code with which the service sent the person back. With credential scope it is the SAD.
    func exchange(code: String, redirect: String, verifier: String) async throws -> String {
        var form = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier,
            "client_id": self.provider.account ?? "",
        ]
        if self.provider.secret_file != nil || self.provider.secret_environment != nil {
            form["client_secret"] = try self.provider.secret()
        }
        return try await self.token(form).access_token
    }

    private var base: String { self.provider.oauth2_address ?? self.provider.address }

    private func token(_ form: [String: String]) async throws -> Granted {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: allowed) ?? "" }
        let body = form.sorted { $0.key < $1.key }.map { "\($0.key)=\(escaped($0.value))" }.joined(separator: "&")
        let answer = try await self.transport.post(
            self.base + "/oauth2/token", body: Data(body.utf8), type: "application/x-www-form-urlencoded",
            isSafe: form["grant_type"] == "client_credentials")
        guard answer.status == 200 else { throw RemoteSigningError.accessRefused }
        return try answer.decoded()
    }
}
