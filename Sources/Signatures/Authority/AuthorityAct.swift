import Foundation
import PAdES

/// Something that needs an authority's private key: plain values in, DER out, so that it can be done in another process than the one
/// that asks. `KeyRoom.perform` does it.
public enum AuthorityAct: Sendable, Hashable, Codable {
    /// A certificate revocation list, by the authority whose list it is.
    case list(RevocationList)
    /// An OCSP response, by a responder.
    case answer(OCSPAnswer)
    /// A time-stamp response, by a time-stamp authority.
    case stamp(TimeStamp)

    func perform(by authority: Authority, key: KeyPair) throws(SoftKeyError) -> [UInt8] {
        switch self {
        case .list(let list): try list.signed(by: authority, key: key)
        case .answer(let answer): try answer.signed(by: authority, key: key)
        case .stamp(let stamp): try stamp.signed(by: authority, key: key)
        }
    }
}

/// Why a certificate is no longer to be relied on (RFC 5280, 5.3.1).
public enum RevocationReason: String, Sendable, Hashable, Codable, CaseIterable {
    case unspecified
    case keyCompromise = "key_compromise"
    /// Nobody knows where the key is: told to others as compromised.
    case keyLost = "key_lost"
    case affiliationChanged = "affiliation_changed"
    case superseded
    case cessationOfOperation = "cessation_of_operation"
    case privilegeWithdrawn = "privilege_withdrawn"

    /// CRLReason.
    var code: Int32 {
        switch self {
        case .unspecified: 0
        case .keyCompromise, .keyLost: 1
        case .affiliationChanged: 3
        case .superseded: 4
        case .cessationOfOperation: 5
        case .privilegeWithdrawn: 9
        }
    }
}

/// A revoked certificate as lists and answers name it.
public struct RevokedCertificate: Sendable, Hashable, Codable {
    /// Hexadecimal.
    public let serial: String
    /// Seconds since 1970.
    public let at: Int64
    public let reason: RevocationReason

    public init(serial: String, at: Int64, reason: RevocationReason) {
        self.serial = serial
        self.at = at
        self.reason = reason
    }
}
