/// Why the agent did not do what a page asked for. The code is what the page gets; the words are the page's own.
public enum AgentError: Error, Hashable {
    /// The `Host` of the request is not this machine: somebody's name was made to point here (DNS rebinding).
    case hostRefused
    /// The page does not come from an address that the agent serves.
    case originRefused
    case notPaired
    /// The pairing code is wrong; after five of them there is none any more until the agent starts again.
    case wrongCode
    case pairingClosed
    case notFound
    case methodRefused
    case badRequest(field: String)
    case tooLarge
    /// Another signing is under way, or waits for its person.
    case busy
    /// No token holds this certificate now.
    case certificateUnknown
    case algorithmUnsupported
    /// The person said no, or nothing for two minutes.
    case declined
    case pinMissing
    case wrongPIN(left: TriesLeft)
    case pinLocked
    case tokenRemoved
    /// The certificate is there, its private key is not.
    case keyMissing
    /// What else the token or its module says: the function and its return value.
    case token(String)
    /// The module cannot be loaded.
    case module(String)

    var status: Int {
        switch self {
        case .badRequest: 400
        case .notPaired: 401
        case .originRefused, .wrongCode, .pairingClosed, .declined: 403
        case .notFound, .certificateUnknown: 404
        case .methodRefused: 405
        case .busy: 409
        case .tokenRemoved: 410
        case .tooLarge: 413
        case .hostRefused: 421
        case .algorithmUnsupported, .pinMissing, .wrongPIN: 422
        case .pinLocked: 423
        case .keyMissing, .token, .module: 502
        }
    }

    var code: String {
        switch self {
        case .hostRefused: "host_refused"
        case .originRefused: "origin_refused"
        case .notPaired: "not_paired"
        case .wrongCode: "wrong_code"
        case .pairingClosed: "pairing_closed"
        case .notFound: "not_found"
        case .methodRefused: "method_refused"
        case .badRequest: "bad_request"
        case .tooLarge: "too_large"
        case .busy: "busy"
        case .certificateUnknown: "certificate_unknown"
        case .algorithmUnsupported: "algorithm_unsupported"
        case .declined: "declined"
        case .pinMissing: "pin_missing"
        case .wrongPIN: "wrong_pin"
        case .pinLocked: "pin_locked"
        case .tokenRemoved: "token_removed"
        case .keyMissing: "key_missing"
        case .token: "token_failed"
        case .module: "module_failed"
        }
    }
}

/// What a token tells of the tries that are left: never a number, only these steps (PKCS #11, CK_TOKEN_INFO).
public enum TriesLeft: String, Sendable, Hashable, Codable {
    case enough
    /// At least one PIN was wrong since the last right one.
    case few
    /// The next wrong PIN locks the token.
    case last
    case none
}
