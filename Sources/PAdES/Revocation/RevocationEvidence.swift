/// A signed statement about revocation as it was found: an OCSP response or a CRL, DER.
public struct RevocationEvidence: Hashable, Sendable {
    /// An OCSP response (RFC 6960) or a revocation list (RFC 5280).
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case ocsp, crl
    }

    /// Where it came from. It is signed by itself, so the place says nothing of its truth, but much of how long it will be at hand.
    public enum Source: String, Sendable, Codable, CaseIterable {
        /// The `/DSS` of a PDF.
        case documentStore = "document_store"
        /// The CMS of the signature or of its time stamp.
        case signature
        /// Beside the file: fetched, cached or kept by the caller.
        case given
    }

    public var kind: Kind
    public var der: [UInt8]
    public var source: Source

    public init(_ kind: Kind, _ der: [UInt8], from source: Source) {
        self.kind = kind
        self.der = der
        self.source = source
    }

    /// Bytes above which a piece is passed over: parsed, a CRL takes some six times its size.
    static let largest = 8 << 20
    /// Pieces of one file above which the rest is passed over.
    static let most = 200
}

/// What a piece of evidence says of one certificate, its signature and its signer's right to speak already checked.
struct RevocationStatement {
    enum Answer: Hashable {
        case good
        case revoked(at: SigningTime, reason: RevocationReason)
    }

    var answer: Answer
    var thisUpdate: SigningTime
    var nextUpdate: SigningTime?
    /// The delegated OCSP responder, to be looked at in turn; `nil` when the issuer itself signed.
    var responder: Certificate?
    var producedAt: SigningTime
    var evidence: RevocationEvidence
}

/// CRLReason of RFC 5280, 5.3.1.
public enum RevocationReason: String, Sendable, Codable, CaseIterable {
    case unspecified
    case keyCompromise = "key_compromise"
    case authorityCompromise = "ca_compromise"
    case affiliationChanged = "affiliation_changed"
    case superseded
    case cessationOfOperation = "cessation_of_operation"
    case certificateHold = "certificate_hold"
    case privilegeWithdrawn = "privilege_withdrawn"

    init(code: Int) {
        self =
            switch code {
            case 1: .keyCompromise
            case 2, 10: .authorityCompromise
            case 3: .affiliationChanged
            case 4: .superseded
            case 5: .cessationOfOperation
            case 6: .certificateHold
            case 9: .privilegeWithdrawn
            default: .unspecified
            }
    }
}
