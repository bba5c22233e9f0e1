import Foundation
import Platform

/// Whose passkeys these are: the site whose pages ask for them (Web Authentication, *relying party*).
public struct RelyingParty: Hashable, Sendable {
    /// Scheme, host and port, such as `https://vanthu.example.vn`.
    public let origin: String
    /// The host.
    public let id: String

    /// - Parameter publicAddress: how people reach the server. `nil` for what is no address of one, and for one without a name.
    public init?(publicAddress: String) {
        guard let address = URLComponents(string: publicAddress), let scheme = address.scheme?.lowercased(),
            scheme == "https" || scheme == "http", let host = address.host?.lowercased(), !host.isEmpty,
            // Browsers have passkeys for names only; a last label of digits makes the host an address of IPv4 (WHATWG URL, host parsing).
            !host.contains(":"), host.split(separator: ".").last?.allSatisfy(\.isNumber) != true
        else { return nil }
        let isUsual = address.port == nil || address.port == (scheme == "https" ? 443 : 80)
        self.origin = "\(scheme)://\(host)" + (isUsual ? "" : ":\(address.port ?? 0)")
        self.id = host
    }
}

/// What a passkey is asked to sign when documents are: it stands for these documents, in this order, under this key, once.
///
/// SHA-256 over the nonce (32 bytes) and the documents' digests, each with its length in one byte before it, and the key's id (16 bytes): so
/// an assertion is evidence of what was approved.
public struct SigningChallenge: Hashable, Sendable {
    /// What is hashed, as it is kept for evidence.
    public let statement: [UInt8]
    public let bytes: [UInt8]

    public init(nonce: [UInt8], digests: [[UInt8]], key: UUID) {
        let parts = ([nonce] + digests).flatMap { [UInt8(truncatingIfNeeded: $0.count)] + $0 }
        self.statement = parts + withUnsafeBytes(of: key.uuid, Array.init)
        self.bytes = SHA256.digest(self.statement)
    }
}

/// A passkey as it is kept: the second factor beside the PIN of a soft key.
public struct Passkey: Hashable, Sendable {
    /// What the authenticator calls it, at most 1,023 bytes.
    public let credentialID: [UInt8]
    public let key: PasskeyKey
    /// How often it had signed when it was last seen; 0 for authenticators that don't count.
    public let signCount: UInt32

    public init(credentialID: [UInt8], key: PasskeyKey, signCount: UInt32) {
        self.credentialID = credentialID
        self.key = key
        self.signCount = signCount
    }

    /// Takes a new passkey in (Web Authentication, 7.1). Which make the authenticator is, is not asked: attestation is not looked at.
    ///
    /// - Throws: ``PasskeyError``.
    public init(
        registering attestation: [UInt8], clientData: [UInt8], challenge: [UInt8], for party: RelyingParty
    ) throws(PasskeyError) {
        _ = try ClientData(clientData, purpose: .registration, challenge: challenge, origin: party.origin)
        guard attestation.count <= 65_536, let object = try? CBORValue(attestation),
            case .bytes(let data)? = object["authData"]
        else { throw .malformed }
        let authenticator = try AuthenticatorData(data, relyingParty: party.id)
        let made = try authenticator.credential()
        self.init(credentialID: made.id, key: made.key, signCount: authenticator.signCount)
    }

    /// Checks that this passkey answered `challenge` (Web Authentication, 7.2), and returns it with its counter as it stands now.
    ///
    /// - Parameter assertion: what the authenticator gave, as it is kept for evidence.
    /// - Throws: ``PasskeyError``.
    public func answering(_ challenge: [UInt8], by assertion: PasskeyAssertion, for party: RelyingParty)
        throws(PasskeyError) -> Passkey
    {
        let client = try ClientData(
            assertion.clientData, purpose: .assertion, challenge: challenge, origin: party.origin)
        let authenticator = try AuthenticatorData(assertion.authenticatorData, relyingParty: party.id)
        guard self.key.verifies(assertion.signature, over: assertion.authenticatorData + client.hash) else {
            throw .badSignature
        }
        // Two zeros: it doesn't count. Otherwise it must have gone on.
        guard authenticator.signCount > self.signCount || (authenticator.signCount == 0 && self.signCount == 0) else {
            throw .copied
        }
        return Passkey(credentialID: self.credentialID, key: self.key, signCount: authenticator.signCount)
    }
}

/// The answer of an authenticator, as the browser hands it over. Kept beside the signatures that it approved.
public struct PasskeyAssertion: Hashable, Sendable {
    public let clientData: [UInt8]
    public let authenticatorData: [UInt8]
    public let signature: [UInt8]

    public init(clientData: [UInt8], authenticatorData: [UInt8], signature: [UInt8]) {
        self.clientData = clientData
        self.authenticatorData = authenticatorData
        self.signature = signature
    }
}

/// An assertion and the passkey that it says it is of.
public struct PasskeyAnswer: Hashable, Sendable {
    public let credentialID: [UInt8]
    public let assertion: PasskeyAssertion

    public init(credentialID: [UInt8], assertion: PasskeyAssertion) {
        self.credentialID = credentialID
        self.assertion = assertion
    }
}
