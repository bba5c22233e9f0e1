public import Foundation
public import Postgres

/// Proves that a tenant's audit trail is what was written, entry by entry.
///
/// It reads the chain in pages, so a trail of any length takes little memory, and as the application's own role, so it sees what the
/// application sees.
public struct AuditVerification: Sendable {
    /// One thing that is not as it was written.
    public struct Finding: Sendable, Hashable, CustomStringConvertible {
        /// What was done to the chain.
        public enum Kind: String, Sendable {
            /// The entry's text, or a column beside it, is not what was hashed.
            case changed
            /// Entries from here up to the next one are gone, or the last ones are.
            case removed
            /// The entry was written under another number.
            case reordered
            /// The entry does not follow the one before it.
            case unlinked
            /// The entry is written in a format this release does not know.
            case unknownFormat = "unknown_format"
        }

        public let tenant: UUID
        public let kind: Kind
        /// Number of the (first) entry concerned.
        public let sequence: Int64

        public init(tenant: UUID, kind: Kind, sequence: Int64) {
            self.tenant = tenant
            self.kind = kind
            self.sequence = sequence
        }

        public var description: String {
            "tenant \(self.tenant.uuidString.lowercased()), entry \(self.sequence): \(self.kind.rawValue)"
        }
    }

    /// What one chain turned out to be.
    public struct Result: Sendable {
        /// Entries that were read.
        public let entries: Int
        public let findings: [Finding]
        /// Hash of the last entry: to be published, so that a trail rewritten as a whole shows too.
        public let head: [UInt8]
    }

    private static let page = 1000

    private let database: Database

    public init(database: Database) {
        self.database = database
    }

    /// Verifies the trails of all tenants one after the other.
    public func verifyAll(_ report: (UUID, Result) async throws -> Void) async throws {
        let tenants = try await self.database.transaction { transaction in
            try transaction.rows("SELECT id FROM platform.tenant ORDER BY id") { row in try row.column(0, as: UUID.self)
            }
        }
        for tenant in tenants { try await report(tenant, try await self.verify(tenant: tenant)) }
    }

    /// Verifies the trail of one tenant up to the entry that was its last when this began.
    public func verify(tenant: UUID) async throws -> Result {
        try await self.verify(
            tenant, head: "SELECT seq, hash FROM platform.audit_head WHERE tenant_id = \(tenant)",
            entries: Self.entries(after:))
    }

    /// Verifies the trail of what was done to the installation as a whole (``InstallationAct``), which belongs to no tenant.
    public func verifyInstallation() async throws -> Result {
        try await self.verify(
            InstallationAct.noTenant, head: "SELECT seq, hash FROM platform.operation_head",
            entries: Self.operations(after:))
    }

    private func verify(_ tenant: UUID, head: SQL, entries page: @Sendable (Int64) -> SQL) async throws -> Result {
        let head = try await self.database.transaction(asSystemOf: tenant) { transaction in
            try transaction.first(head) { row in Link(sequence: try row.column(0), hash: try row.column(1)) }
        }
        // A tenant that never did anything has no head, and may have no entries either.
        let last = head ?? Link(sequence: 0, hash: Link.origin.hash)
        var walk = Walk(tenant: tenant)
        while true {
            let wanted = page(walk.previous.sequence)
            let entries = try await self.database.transaction(asSystemOf: tenant) { transaction in
                try transaction.rows(wanted, AuditEntry.init)
            }
            for entry in entries { walk.step(entry, isCovered: entry.sequence <= last.sequence) }
            if entries.count < Self.page { break }
        }
        if walk.covered.sequence < last.sequence {
            walk.find(.removed, walk.covered.sequence + 1)
        } else if walk.covered.hash != last.hash {
            walk.find(.unlinked, last.sequence)
        }
        return Result(entries: walk.count, findings: walk.findings, head: walk.previous.hash)
    }

    private static func entries(after sequence: Int64) -> SQL {
        """
        SELECT seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), action, subject_kind, subject_id, account_id,
               format, canonical, previous_hash, hash, tenant_id
          FROM platform.audit_entry
         WHERE seq > \(sequence)
         ORDER BY seq
         LIMIT \(Int64(Self.page))
        """
    }

    private static func operations(after sequence: Int64) -> SQL {
        """
        SELECT seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), action, subject_kind, subject_id, NULL::uuid,
               format, canonical, previous_hash, hash, \(InstallationAct.noTenant)::uuid
          FROM platform.operation_entry
         WHERE seq > \(sequence)
         ORDER BY seq
         LIMIT \(Int64(Self.page))
        """
    }

    /// Where the chain is: the entry walked over last.
    struct Link: Sendable {
        static let origin = Link(sequence: 0, hash: [UInt8](repeating: 0, count: 32))

        let sequence: Int64
        let hash: [UInt8]
    }

    /// The walk along a chain: pure, so it can be tried without a database.
    struct Walk {
        let tenant: UUID
        var previous = Link.origin
        /// The last entry that the head, as it was read first, already knew of.
        var covered = Link.origin
        var count = 0
        var findings: [Finding] = []

        init(tenant: UUID) { self.tenant = tenant }

        mutating func find(_ kind: Finding.Kind, _ sequence: Int64) {
            self.findings.append(Finding(tenant: self.tenant, kind: kind, sequence: sequence))
        }

        mutating func step(_ entry: AuditEntry, isCovered: Bool) {
            let isGap = entry.sequence != self.previous.sequence + 1
            if isGap { self.find(.removed, self.previous.sequence + 1) }
            if entry.format != 1 {
                self.find(.unknownFormat, entry.sequence)
            } else if let written = entry.writtenSequence, written != entry.sequence {
                self.find(.reordered, entry.sequence)
            } else if entry.digest != entry.hash || !entry.agrees {
                self.find(.changed, entry.sequence)
            } else if !isGap, entry.previousHash != self.previous.hash {
                self.find(.unlinked, entry.sequence)
            }
            self.previous = Link(sequence: entry.sequence, hash: entry.hash)
            if isCovered { self.covered = self.previous }
            self.count += 1
        }
    }
}
