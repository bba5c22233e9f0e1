import Foundation

/// What a deployer decides about the internal CA.
public struct AuthoritySettings: Sendable, Hashable, Codable {
    /// Where lists, answers and certificates of authorities are found: the beginning of their addresses, without a slash at the end.
    /// Written into every certificate, so it has to stay true for as long as certificates live.
    public var address = "http://127.0.0.1:8080"
    /// The certificate policy in certificates of posts and organisations, an OID in dots; none without it.
    public var policy: String?
    /// The policy of time stamps, an OID in dots. The one here lies under the number that RFC 5612 keeps for examples.
    public var timeStampPolicy = "1.3.6.1.4.1.32473.1.1"
    /// Seconds from a revocation list to the latest moment of the next one.
    public var listLifetime: Int64 = 24 * 3600
    /// The same for the list of a root whose key is offline.
    public var offlineListLifetime: Int64 = 365 * 86_400
    /// Seconds for which an OCSP response holds.
    public var answerLifetime: Int64 = 3600
    /// Hosts in private networks that revocation lists, OCSP answers and time stamps of others may be fetched from.
    public var privateHosts: Set<String> = []
    /// Seconds that a list or an OCSP answer of another CA may take.
    public var fetchTime: Int64 = 10
    /// Seconds for which an address of others that did not answer is not asked again.
    public var fetchPause: Int64 = 30

    public init() {}

    func addresses(of issuer: Authority) -> AuthorityAddresses {
        let id = issuer.id.uuidString.lowercased()
        return AuthorityAddresses(
            revocationList: "\(self.address)/pki/\(id).crl", issuer: "\(self.address)/pki/\(id).cer",
            responder: "\(self.address)/pki/ocsp")
    }
}
