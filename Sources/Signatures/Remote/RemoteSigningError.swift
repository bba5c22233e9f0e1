import Platform

/// What can go wrong with a remote signing service, in the words of the person who signs.
public enum RemoteSigningError: RefusalConvertible, Hashable {
    /// The configuration is wrong; the text names the entry and the field, never a secret.
    case configuration(String)
    /// There is no such service in the configuration.
    case providerUnknown
    /// The service cannot be reached, or does not answer in time.
    case unreachable
    /// The service does not let the installation in: its account or token is wrong or has run out.
    case accessRefused
    /// The service refused, with its own code.
    case refused(code: String)
    /// What the service answered is not what its interface promises; the text says where.
    case badAnswer(String)
    case wrongPIN
    case wrongOTP
    /// The person said no in the service's own app.
    case declined
    /// Nobody confirmed in time.
    case expired
    /// The service signs so many documents at once.
    case batchTooLarge(limit: Int)
    case credentialUnknown
    case algorithmUnsupported
    /// The session's documents are with the service already.
    case underWay

    public var refusal: Refusal {
        switch self {
        case .configuration: Refusal(503, "remote_not_configured")
        case .providerUnknown: Refusal(404, "remote_provider_unknown", field: "provider")
        case .unreachable: Refusal(503, "remote_unreachable", details: ["retry_after": 10])
        case .accessRefused: Refusal(502, "remote_access_refused")
        case .refused: Refusal(502, "remote_refused")
        case .badAnswer: Refusal(502, "remote_bad_answer")
        case .wrongPIN: Refusal(422, "remote_wrong_pin", field: "pin")
        case .wrongOTP: Refusal(422, "remote_wrong_otp", field: "otp")
        case .declined: Refusal(409, "remote_declined")
        case .expired: Refusal(409, "remote_expired")
        case .batchTooLarge(let limit): Refusal(422, "remote_batch_too_large", details: ["limit": limit])
        case .credentialUnknown: Refusal(422, "remote_credential_unknown", field: "credential")
        case .algorithmUnsupported: Refusal(409, "remote_algorithm_unsupported")
        case .underWay: Refusal(409, "remote_under_way")
        }
    }
}
