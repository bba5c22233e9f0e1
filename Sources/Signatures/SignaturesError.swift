import Platform

/// What can go wrong with keys and signatures, in the words of the person who signs.
public enum SignaturesError: RefusalConvertible, Hashable {
    case keyExists
    case keyMissing
    case certificateExpired
    /// The PIN is wrong; so many tries are left before the key locks.
    case wrongPIN(triesLeft: Int)
    /// Too many wrong PINs: the key is locked for so many seconds, or until a new one is made.
    case keyLocked(seconds: Int?)
    case pinTooWeak
    /// The file cannot take a signature; the reason is for the log.
    case notSignable(reason: String)
    /// The place asked for is not on a page of the file, or the signature would leave the page there.
    case placeOutsidePage
    /// A session or a certificate that is not there, or not the caller's.
    case notFound
    case sessionExpired
    case sessionAbandoned
    /// Not one of the documents of the session.
    case unknownItem
    /// The signature value was not made by the certificate's key over what was prepared.
    case wrongSignature
    /// The key of the session's certificate is not with the server, so a PIN says nothing; or it is, and a value was sent.
    case wrongProof
    case certificateNotFound
    /// The bytes are no certificate, or one that cannot sign documents.
    case certificateUnsuitable
    /// The name in the certificate is not that of the person or organisation that wants to sign with it.
    case certificateOfAnother
    /// The policy does not let a certificate of this kind sign this document here.
    case certificateNotAllowed
    /// The title in the certificate is not the one in the signature block.
    case titleDiffers
    /// The organisation seals only what its signer has signed, and validly.
    case signerSignatureMissing
    /// The process that holds the keys is away.
    case signerUnavailable
    /// It went away after it had been asked: what became of a PIN is not known.
    case signerLost
    case certificateNotYetValid
    /// No path leads from the certificate to a trusted root.
    case certificateUntrusted
    /// Nobody could say whether the certificate is revoked, so it signs nothing; why, where its CA was asked in vain.
    case certificateStatusUnknown(OutsideSilence?)
    case certificateRevoked
    /// The key of the authority that this needs is not on this server.
    case authorityOffline
    /// No time stamp was to be had; the reason is for the log.
    case timeStampFailed(reason: String)
    /// A passkey has to answer, too: the signature is made in a signing session, which says what the passkey is asked.
    case passkeyRequired
    /// A passkey has to answer, and the person has none.
    case passkeyMissing
    /// The passkey is not one of the person's that are in force.
    case passkeyUnknown
    /// What the passkey answered is not taken.
    case passkeyRefused(PasskeyError)
    /// Something answered a challenge that is not there any more, or never was.
    case passkeyChallengeOver
    /// The server's public address has no name, which browsers want for passkeys.
    case passkeysUnavailable

    public var refusal: Refusal {
        switch self {
        case .keyExists: Refusal(409, "key_exists")
        case .keyMissing: Refusal(409, "key_missing")
        case .certificateExpired: Refusal(409, "certificate_expired")
        case .wrongPIN(let triesLeft): Refusal(422, "wrong_pin", field: "pin", details: ["tries_left": triesLeft])
        case .keyLocked(let seconds):
            Refusal(423, "key_locked", field: "pin", details: seconds.map { ["retry_after": max($0, 1)] } ?? [:])
        case .pinTooWeak: Refusal(422, "pin_too_weak", field: "pin")
        case .notSignable: Refusal(409, "not_signable")
        case .placeOutsidePage: Refusal(422, "place_outside_page", field: "place")
        case .notFound: Refusal(404, "not_found")
        case .sessionExpired: Refusal(410, "signing_session_expired")
        case .sessionAbandoned: Refusal(409, "signing_session_abandoned")
        case .unknownItem: Refusal(422, "unknown_signing_item", field: "values")
        case .wrongSignature: Refusal(422, "wrong_signature", field: "values")
        case .wrongProof: Refusal(422, "wrong_proof")
        case .certificateNotFound: Refusal(422, "unknown_certificate", field: "certificate_id")
        case .certificateUnsuitable: Refusal(422, "certificate_unsuitable", field: "certificate")
        case .certificateOfAnother: Refusal(422, "certificate_of_another", field: "certificate")
        case .certificateNotAllowed: Refusal(409, "certificate_not_allowed")
        case .titleDiffers: Refusal(409, "title_differs")
        case .signerSignatureMissing: Refusal(409, "signer_signature_missing")
        case .signerUnavailable, .signerLost: Refusal(503, "signer_unavailable", details: ["retry_after": 2])
        case .certificateNotYetValid: Refusal(409, "certificate_not_yet_valid")
        case .certificateUntrusted: Refusal(409, "certificate_untrusted")
        case .certificateStatusUnknown(nil): Refusal(503, "certificate_status_unknown")
        case .certificateStatusUnknown(let silence?): Refusal(503, silence.code)
        case .certificateRevoked: Refusal(409, "certificate_revoked")
        case .authorityOffline: Refusal(503, "authority_offline")
        case .timeStampFailed: Refusal(503, "time_stamp_failed")
        case .passkeyRequired: Refusal(409, "passkey_required")
        case .passkeyMissing: Refusal(409, "passkey_missing")
        case .passkeyUnknown: Refusal(422, "passkey_unknown", field: "passkey")
        case .passkeyRefused(.wrongChallenge): Refusal(422, "passkey_wrong_challenge", field: "passkey")
        case .passkeyRefused(.unsupportedKey): Refusal(422, "passkey_unsupported", field: "passkey")
        case .passkeyRefused(.copied): Refusal(422, "passkey_copied", field: "passkey")
        case .passkeyRefused: Refusal(422, "passkey_refused", field: "passkey")
        case .passkeyChallengeOver: Refusal(410, "passkey_challenge_over")
        case .passkeysUnavailable: Refusal(409, "passkeys_unavailable")
        }
    }
}
