import COpenSSL

/// Whether the certificate behind a signature leads to a known root and was in force.
public enum TrustWord: String, Sendable, Codable, CaseIterable {
    case trusted
    /// Something speaks against it: it was revoked; or a known root vouches for it and it is out of date, not made for signing.
    case untrusted
    /// No known root vouches for it.
    case unknown
}

/// Why a certificate is not trusted, or what is to be known beside it. The words are stable.
public enum TrustReason: String, Sendable, Codable, CaseIterable {
    case certificateMissing = "certificate_missing"
    /// The issuer's certificate is not at hand.
    case issuerUnknown = "issuer_unknown"
    /// The path ends at a certificate that is none of the given roots.
    case rootUnknown = "root_unknown"
    case certificateExpired = "certificate_expired"
    case certificateNotYetValid = "certificate_not_yet_valid"
    case issuerExpired = "issuer_expired"
    case issuerNotYetValid = "issuer_not_yet_valid"
    case certificateRevoked = "certificate_revoked"
    /// Revoked, and no trusted time shows that the signature was made before.
    case revokedWithoutProofOfTime = "revoked_without_proof_of_time"
    case issuerRevoked = "issuer_revoked"
    case notForSigning = "certificate_not_for_signing"
    case notForTimeStamps = "certificate_not_for_time_stamps"
    case keyTooWeak = "key_too_weak"
    case pathSignatureWrong = "path_signature_wrong"
    /// An issuer that is no authority, a path that is too long, a name outside the constraints, an unknown critical extension.
    case pathNotAllowed = "path_not_allowed"
    case pathInvalid = "path_invalid"
    /// Whether it was revoked could not be learned for some certificate of the path. Does not make it untrusted.
    case revocationUnknown = "revocation_unknown"

    /// Whether it says that something is missing rather than wrong.
    var isOpen: Bool { [.certificateMissing, .issuerUnknown, .rootUnknown].contains(self) }

    var isRevocation: Bool { [.certificateRevoked, .revokedWithoutProofOfTime, .issuerRevoked].contains(self) }

    init(_ error: Int32, depth: Int) {
        self =
            switch error {
            case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
                .issuerUnknown
            case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: .rootUnknown
            case X509_V_ERR_CERT_HAS_EXPIRED: depth == 0 ? .certificateExpired : .issuerExpired
            case X509_V_ERR_CERT_NOT_YET_VALID: depth == 0 ? .certificateNotYetValid : .issuerNotYetValid
            case X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE: .pathSignatureWrong
            case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK: .keyTooWeak
            case X509_V_ERR_INVALID_CA, X509_V_ERR_PATH_LENGTH_EXCEEDED, X509_V_ERR_CERT_CHAIN_TOO_LONG,
                X509_V_ERR_INVALID_PURPOSE, X509_V_ERR_KEYUSAGE_NO_CERTSIGN, X509_V_ERR_PERMITTED_VIOLATION,
                X509_V_ERR_EXCLUDED_VIOLATION, X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, X509_V_ERR_INVALID_EXTENSION:
                .pathNotAllowed
            default: .pathInvalid
            }
    }
}
