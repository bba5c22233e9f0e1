import Platform

/// What can go wrong with documents, in the words of the people who write and register them.
public enum DocumentsError: RefusalConvertible, Hashable {
    /// Not there, or not for the caller's eyes: the two are one answer.
    case documentNotFound
    case registerNotFound
    /// The document has changed since the caller read it.
    case changedSinceRead
    /// State secrets (Mật, Tối mật, Tuyệt mật) may not enter a networked system (Law on protection of state secrets).
    case stateSecret
    case textMissing(field: String)
    case textTooLong(field: String)
    case unknownValue(field: String)
    case dateOutOfRange(field: String)
    case notEditable
    case mainFileMissing
    case notAPDF
    case damagedPDF
    case encryptedPDF
    case possibleDuplicate
    case registerClosed
    case registerOfAnotherYear
    case registerOfAnotherDirection
    /// Another register of the year has given this number with this symbol already.
    case notationTaken
    case relatedToItself

    public var refusal: Refusal {
        switch self {
        case .documentNotFound: Refusal(404, "not_found")
        case .registerNotFound: Refusal(422, "unknown_register", field: "register_id")
        case .changedSinceRead: Refusal(412, "changed_since_read")
        case .stateSecret: Refusal(422, "state_secret_refused", field: "security")
        case .textMissing(let field): Refusal(422, "required", field: field)
        case .textTooLong(let field): Refusal(422, "too_long", field: field)
        case .unknownValue(let field): Refusal(422, "unknown_value", field: field)
        case .dateOutOfRange(let field): Refusal(422, "date_out_of_range", field: field)
        case .notEditable: Refusal(409, "not_editable")
        case .mainFileMissing: Refusal(409, "main_file_missing")
        case .notAPDF: Refusal(422, "not_a_pdf", field: "file")
        case .damagedPDF: Refusal(422, "damaged_pdf", field: "file")
        case .encryptedPDF: Refusal(422, "encrypted_pdf", field: "file")
        case .possibleDuplicate: Refusal(409, "possible_duplicate", field: "code_number")
        case .registerClosed: Refusal(409, "register_closed", field: "register_id")
        case .registerOfAnotherYear: Refusal(409, "register_of_another_year", field: "register_id")
        case .notationTaken: Refusal(409, "notation_taken", field: "register_id")
        case .relatedToItself: Refusal(422, "related_to_itself", field: "related_id")
        case .registerOfAnotherDirection: Refusal(422, "register_of_another_direction", field: "register_id")
        }
    }
}
