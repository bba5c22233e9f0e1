import Foundation
import Postgres

extension Schema {
    /// Checks `value` and gives it back cleaned: texts in NFC, absent for `null` in optional members.
    ///
    /// Every fault is added to `issues` with the path of its field (`lead.unit_id`, `support[2].post_id`), so that a person
    /// can mend a form in one go.
    func check(_ value: JSONValue, at path: String = "", issues: inout [Problem.Issue]) -> JSONValue {
        if value == .null, self.isNullable { return value }
        var issue: String?
        let result = self.checked(value, at: path, issue: &issue, issues: &issues)
        if let issue { issues.append(Problem.Issue(field: path, code: issue)) }
        return result
    }

    private func checked(
        _ value: JSONValue,
        at path: String,
        issue: inout String?,
        issues: inout [Problem.Issue]
    ) -> JSONValue {
        switch (self.kind, value) {
        case (.any, _): return value
        case (.boolean, .boolean), (.number, .number), (.number, .integer): return value
        case (.integer(let range), .integer(let number)):
            if let range, !range.contains(number) { issue = "out_of_range" }
            return value
        case (.list(let element, let count), .array(let elements)):
            if let count, elements.count < count.lowerBound { issue = "too_few" }
            if let count, elements.count > count.upperBound {
                issue = "too_many"
                return value
            }
            return .array(
                elements.enumerated().map { element.check($1, at: "\(path)[\($0)]", issues: &issues) }
            )
        case (.object(let properties), .object(let object)):
            return .object(self.checked(object, properties, at: path, issues: &issues))
        case (_, .string(let text)):
            guard let checked = self.checked(text, issue: &issue) else {
                issue = "wrong_type"
                return value
            }
            return .string(checked)
        default:
            issue = value == .null ? "required" : "wrong_type"
            return value
        }
    }

    private func checked(
        _ object: JSONObject,
        _ properties: [Property],
        at path: String,
        issues: inout [Problem.Issue]
    ) -> JSONObject {
        let prefix = path.isEmpty ? "" : path + "."
        var members: [JSONObject.Member] = []
        for property in properties {
            if let value = object[property.name] {
                let checked = property.schema.check(value, at: prefix + property.name, issues: &issues)
                members.append(JSONObject.Member(name: property.name, value: checked))
            } else if property.isRequired {
                issues.append(Problem.Issue(field: prefix + property.name, code: "required"))
            }
        }
        // A name that is not known is a mistake of the caller's; to drop it silently would hide it.
        if !self.isOpen, members.count < object.members.count {
            let known = Set(properties.map(\.name))
            for member in object.members.prefix(1000) where !known.contains(member.name) {
                issues.append(Problem.Issue(field: prefix + String(member.name.prefix(100)), code: "unknown_field"))
            }
        }
        return JSONObject(members)
    }

    /// The string cleaned, or `nil` when a value of this kind is no string.
    private func checked(_ text: String, issue: inout String?) -> String? {
        switch self.kind {
        case .text(let length, let lines):
            guard let cleaned = Text.cleaned(text, lines: lines) else {
                issue = "invalid_text"
                return text
            }
            issue = Self.issue(of: cleaned.unicodeScalars.count, in: length)
            return cleaned
        case .secret(let length):
            issue = text.unicodeScalars.contains("\0") ? "invalid_text" : nil
            issue = issue ?? Self.issue(of: text.unicodeScalars.count, in: length)
            return text
        case .id:
            if UUID(text: text) == nil { issue = "invalid_id" }
            return text
        case .date:
            guard let date = CalendarDate(text) else {
                issue = "invalid_date"
                return text
            }
            if !(1945...2100).contains(date.year) { issue = "date_out_of_range" }
            return text
        case .instant:
            guard let instant = Instant(text) else {
                issue = "invalid_time"
                return text
            }
            if !(1945...2100).contains(instant.date?.year ?? 0) { issue = "date_out_of_range" }
            return text
        case .choice(let values):
            if !values.contains(text) { issue = "unknown_value" }
            return text
        default: return nil
        }
    }

    private static func issue(of count: Int, in length: ClosedRange<Int>) -> String? {
        if count < length.lowerBound { return count == 0 ? "required" : "too_short" }
        return count > length.upperBound ? "too_long" : nil
    }
}
