import Documents
import Exchange
import Foundation
import Office
import Platform
import Postgres
import TestSupport
import Testing
import Workflow

/// The words of the office for tests: each act by the person who does it.
struct Travel {
    let database: TestDatabase
    let tenant: TestTenant

    /// A tenant with this year's three registers in a database whose types and flows are loaded.
    static func begin(in database: TestDatabase) async throws -> Travel {
        try await Self.loadConfiguration(database)
        return Travel(database: database, tenant: try await database.makeTenant())
    }

    private static func loadConfiguration(_ database: TestDatabase) async throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Config")
        func json(_ path: String) throws -> JSONText {
            JSONText(try String(contentsOf: folder.appending(path: path), encoding: .utf8))
        }
        let types = try json("document-types.json")
        let flows = try ["outgoing", "internal", "incoming"].map { ($0, try json("workflows/\($0).json")) }
        try await database.owner.transaction { transaction in
            _ = try transaction.run("SELECT pg_advisory_xact_lock(1)")
            _ = try LoadDocumentTypes(types: types)(in: transaction)
            for (name, moves) in flows { _ = try LoadFlow(flow: name, moves: moves)(in: transaction) }
        }
    }

    func act<Value: Sendable>(
        as person: TestPerson, _ body: @Sendable (borrowing Transaction) throws -> Value
    ) async throws -> Value {
        try await self.database.app.transaction(as: person.caller, body)
    }

    var thisYear: Int64 { Int64(Calendar(identifier: .gregorian).component(.year, from: Date())) }

    func register(_ direction: String) async throws -> UUID {
        let id = UUIDv7.make()
        let open = try OpenRegister(id: id, direction: direction, name: "Sổ \(direction)", year: self.thisYear)
        try await self.act(as: self.tenant.clerk) { open(in: $0) }
        return id
    }

    /// An internal document, drafted, agreed and approved: in state `signed`, waiting for its number.
    func approvedInternal(_ subject: String = "Phân công trực lễ") async throws -> (id: UUID, version: Int64) {
        let draft = CreateDraft(
            draft: try Draft(direction: "internal", type: "TB", subject: subject, signer: self.tenant.leader.post))
        try await self.act(as: self.tenant.specialist) { draft(in: $0) }
        var version: Int64 = 1
        let acts = [
            (self.tenant.specialist, "submit"), (self.tenant.head, "agree"), (self.tenant.leader, "agree"),
        ]
        for (person, action) in acts {
            let act = try ActOnDocument(
                document: draft.id, action: action, comment: nil, recipient: nil, version: version)
            version = try await self.act(as: person) { try act(in: $0) }.version
        }
        return (draft.id, version)
    }

    /// A paper document that came in and was registered.
    func registeredPaper(_ subject: String, in register: UUID, number: String = "12") async throws -> (
        id: UUID, number: Int64
    ) {
        let paper = RegisterPaper(
            register: register,
            entry: try IncomingEntry(
                type: "QD", subject: subject, organName: "Bộ Khoa học và Công nghệ", codeNumber: number,
                codeNotation: "QĐ-BKHCN", issuedOn: try #require(CalendarDate(year: 2026, month: 11, day: 2))),
            duplicateIsIntended: false)
        return (paper.id, try await self.act(as: self.tenant.clerk) { try paper(in: $0) })
    }

    /// An outgoing document, sealed and waiting for its issue. Signing and sealing have tests of their own.
    func sealedOutgoing(_ subject: String = "Về việc tăng ca") async throws -> (id: UUID, version: Int64) {
        let draft = CreateDraft(
            draft: try Draft(
                direction: "outgoing", type: "CV", subject: subject, signer: self.tenant.leader.post))
        try await self.act(as: self.tenant.specialist) { draft(in: $0) }
        let register = try await self.register("outgoing")
        try await self.arrange(
            """
            WITH moved AS (
                UPDATE documents.document AS d
                   SET state = 'sealed', register_id = \(register), year = date_part('year', current_date), number = 1,
                       code_number = '01', code_notation = 'X-VP', issued_on = current_date
                 WHERE d.id = \(draft.id)
                RETURNING d.tenant_id, d.id
            ), given AS (
                UPDATE workflow.task AS w SET step = 'sealed', holder_id = m.tenant_id FROM moved AS m WHERE w.document_id = m.id
            )
            INSERT INTO documents.reader (document_id, holder_id, reason) SELECT m.id, m.tenant_id, 'registry' FROM moved AS m
            """)
        return (draft.id, 1)
    }
}
