import Platform

/// What can go wrong on the way of a document, in the words of the people on it.
public enum WorkflowError: RefusalConvertible, Hashable {
    /// The flow knows no such action in the state the document is in.
    case actionNotPossible
    /// The step waits for somebody else.
    case notYourTurn
    case commentMissing
    case taskNotFound
    case taskNotOpen
    case nobodyToTakeIt(field: String)
    case leadMissing

    public var refusal: Refusal {
        switch self {
        case .actionNotPossible: Refusal(409, "action_not_possible", field: "action")
        case .notYourTurn: Refusal(403, "not_your_turn")
        case .commentMissing: Refusal(422, "required", field: "comment")
        case .taskNotFound: Refusal(404, "not_found")
        case .taskNotOpen: Refusal(409, "task_not_open")
        case .nobodyToTakeIt(let field): Refusal(422, "required", field: field)
        case .leadMissing: Refusal(422, "required", field: "lead")
        }
    }
}
