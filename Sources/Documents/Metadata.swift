import Foundation
import Platform
import Postgres

/// How quickly a document must be handled (độ khẩn; Decree 30/2020, annex I part I.III.2b).
public enum Urgency: String, CaseIterable, Sendable {
    /// Thường, KHẨN, THƯỢNG KHẨN, HOẢ TỐC.
    case normal, urgent, flash
    case veryUrgent = "very_urgent"
}

/// Which way a document goes (văn bản đi, văn bản đến, văn bản nội bộ).
public enum Direction: String, CaseIterable, Sendable {
    case outgoing, incoming, `internal`
}

/// How confidential a document is. Levels of state secrets are known only to be refused.
public enum Security: String, CaseIterable, Sendable {
    /// No restriction; LƯU HÀNH NỘI BỘ.
    case normal, `internal`
    /// MẬT, TỐI MẬT, TUYỆT MẬT.
    case secret, topSecret = "top_secret", strictlySecret = "strictly_secret"

    /// Parses what a client sent, in English codes or in the words of the stamp. Throws `.stateSecret` for a state secret.
    public static func admitted(_ text: String?) throws(DocumentsError) -> Security {
        guard let text else { return .normal }
        let folded = text.lowercased()
        if ["mật", "tối mật", "tuyệt mật", "mat", "toi_mat", "tuyet_mat"].contains(folded) { throw .stateSecret }
        guard let level = Security(rawValue: folded) else { throw .unknownValue(field: "security") }
        guard level == .normal || level == .internal else { throw .stateSecret }
        return level
    }
}

/// Checks of single fields; each names the field that is wrong.
public enum Field {
    /// Trims, and throws `.textMissing` or `.textTooLong` for a text outside `1...limit` characters.
    public static func required(_ text: String, _ field: String, limit: Int) throws(DocumentsError) -> String {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else { throw .textMissing(field: field) }
        guard trimmed.count <= limit else { throw .textTooLong(field: field) }
        return trimmed
    }

    /// The same for a text that may be absent; an empty text counts as absent.
    public static func optional(_ text: String?, _ field: String, limit: Int) throws(DocumentsError) -> String? {
        guard let trimmed = text?.trimmingCharacters(in: .whitespacesAndNewlines), !trimmed.isEmpty else { return nil }
        guard trimmed.count <= limit else { throw .textTooLong(field: field) }
        return trimmed
    }

    /// Throws `.dateOutOfRange` for a day before 2 September 1945 or after the year 2200: no document of the State is older.
    public static func date(_ date: CalendarDate?, _ field: String) throws(DocumentsError) -> CalendarDate? {
        guard let date else { return nil }
        guard (1945...2200).contains(date.year) else { throw .dateOutOfRange(field: field) }
        return date
    }

    /// Throws `.unknownValue` when the text is not one of the enumeration's.
    public static func known<Value: RawRepresentable<String>>(
        _ text: String?, _ field: String, otherwise value: Value
    ) throws(DocumentsError) -> Value {
        guard let text else { return value }
        guard let known = Value(rawValue: text) else { throw .unknownValue(field: field) }
        return known
    }
}
