import Foundation
import Postgres

/// One row of the audit trail as the verification reads it.
struct AuditEntry: Sendable {
    let sequence: Int64
    let at: String
    let action: String
    let subjectKind: String
    let subject: UUID?
    let account: UUID?
    let format: Int16
    let canonical: String
    let previousHash: [UInt8]
    let hash: [UInt8]
    let tenant: UUID
    private let written: Written?

    /// The fields of the canonical text that columns repeat.
    private struct Written: Decodable {
        let tenant: UUID
        let seq: Int64
        let at: String
        let action: String
        let subject_kind: String
        let subject: UUID?
        let account: UUID?
    }

    /// In the order of the verification's `SELECT`.
    init(_ row: borrowing Row) throws {
        self.sequence = try row.column(0)
        self.at = try row.column(1)
        self.action = try row.column(2)
        self.subjectKind = try row.column(3)
        self.subject = try row.optional(4)
        self.account = try row.optional(5)
        self.format = try row.column(6)
        self.canonical = try row.column(7)
        self.previousHash = try row.column(8)
        self.hash = try row.column(9)
        self.tenant = try row.column(10)
        self.written = try? JSONDecoder().decode(Written.self, from: Data(self.canonical.utf8))
    }

    /// The number the entry was written under; `nil` when its text is no longer an entry at all.
    var writtenSequence: Int64? { self.written?.seq }

    /// What the hash must be (format 1).
    var digest: [UInt8] {
        SHA256.digest([1] + self.previousHash + Array(self.canonical.utf8))
    }

    /// Whether the columns say the same as the text.
    var agrees: Bool {
        guard let written else { return false }
        return written.tenant == self.tenant && written.at == self.at && written.action == self.action
            && written.subject_kind == self.subjectKind && written.subject == self.subject
            && written.account == self.account
    }
}
