/// Why the answer of an authenticator is not taken (W3C Web Authentication Level 2, 7.1 and 7.2).
public enum PasskeyError: Error, Hashable, Sendable {
    /// What was sent is not what an authenticator sends.
    case malformed
    /// Made for another purpose: registration instead of assertion, or the other way round.
    case wrongPurpose
    /// Made for another challenge: other documents, another key, or an answer that was used before.
    case wrongChallenge
    /// Made on another site's page, or in a frame of one.
    case wrongOrigin
    /// Made for another relying party.
    case wrongRelyingParty
    /// Nobody touched the authenticator.
    case nobodyPresent
    /// The authenticator did not ask who touches it (PIN or biometrics).
    case nobodyVerified
    /// The key is none that we verify with: ES256, RS256 (2048 bits or more) or EdDSA with Ed25519.
    case unsupportedKey
    /// The signature is not of the registered key.
    case badSignature
    /// The authenticator's counter went back: there is a copy of it.
    case copied
}
