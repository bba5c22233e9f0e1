import Platform

/// What can go wrong in the organisation of a tenant, in the words of its administrators.
public enum OrganisationError: RefusalConvertible, Hashable {
    case postNotFound
    case unitNotFound
    case postHasEnded
    /// There is no such delegation of the caller's that still runs or is to come.
    case delegationNotFound
    case reasonTooLong

    public var refusal: Refusal {
        switch self {
        case .postNotFound: Refusal(404, "not_found")
        case .unitNotFound: Refusal(404, "not_found")
        case .postHasEnded: Refusal(409, "post_has_ended")
        case .delegationNotFound: Refusal(404, "not_found")
        case .reasonTooLong: Refusal(422, "too_long", field: "reason")
        }
    }
}
