import Platform

/// What can go wrong with keys and signatures, in the words of the person who signs.
public enum SignaturesError: RefusalConvertible, Hashable {
    case keyExists
    case keyMissing
    case certificateExpired
    /// The PIN is wrong; so many tries are left before the key locks.
    case wrongPIN(triesLeft: Int)
    /// Five wrong PINs: the key is locked until a new one is made.
    case keyLocked
    case pinTooWeak
    /// The file cannot take a signature; the reason is for the log.
    case notSignable(reason: String)
    /// The place asked for is not on a page of the file, or the signature would leave the page there.
    case placeOutsidePage

    public var refusal: Refusal {
        switch self {
        case .keyExists: Refusal(409, "key_exists")
        case .keyMissing: Refusal(409, "key_missing")
        case .certificateExpired: Refusal(409, "certificate_expired")
        case .wrongPIN(let triesLeft): Refusal(422, "wrong_pin", field: "pin", details: ["tries_left": triesLeft])
        case .keyLocked: Refusal(423, "key_locked", field: "pin")
        case .pinTooWeak: Refusal(422, "pin_too_weak", field: "pin")
        case .notSignable: Refusal(409, "not_signable")
        case .placeOutsidePage: Refusal(422, "place_outside_page", field: "place")
        }
    }
}
