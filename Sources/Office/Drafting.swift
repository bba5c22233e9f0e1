import Documents
import Foundation
import Platform
import Postgres
import Workflow

/// Creates a draft (dự thảo): the document, the drafter's right to read it, the first task and step. One round trip.
public struct CreateDraft: Sendable {
    public let id: UUID
    public let draft: Draft

    public init(id: UUID = UUIDv7.make(), draft: Draft) {
        self.id = id
        self.draft = draft
    }

    /// Queues everything. Who may draft: specialists, heads, clerks and leaders; an administrator has no work with content.
    public func callAsFunction(in transaction: borrowing Transaction) {
        transaction.queue(
            """
            SELECT platform.ensure(platform.current_role() IN ('specialist', 'head', 'clerk', 'leader'), 'VT403', 'may_not_draft')
            """)
        WriteDraft(id: self.id, draft: self.draft)(in: transaction)
        transaction.queue(
            """
            INSERT INTO workflow.task (document_id, holder_id, role, step) VALUES (\(self.id), platform.current_post(), 'act', 'draft')
            """)
        transaction.queue("SELECT workflow.take_step(\(self.id), 'create', '', 'draft', '')")
        transaction.queue(
            """
            SELECT platform.record('document.create', 'document', \(self.id), NULL,
                       jsonb_build_object('type', \(self.draft.type)::text, 'subject', \(self.draft.subject)::text))
            """)
    }
}

/// Changes a draft's fields while it is a draft and with its drafter.
public struct ChangeDraft: Sendable {
    public let id: UUID
    public let draft: Draft
    public let version: Int64

    public init(id: UUID, draft: Draft, version: Int64) {
        self.id = id
        self.draft = draft
        self.version = version
    }

    /// Throws `DocumentsError.notEditable` once it has been submitted, `.changedSinceRead`, `WorkflowError.notYourTurn`.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> ActOutcome {
        let held = try HeldDocument.hold(self.id, for: "submit", version: self.version, in: transaction)
        guard held.state == "draft" else { throw DocumentsError.notEditable }
        guard held.isCallersTurn else { throw WorkflowError.notYourTurn }
        RewriteDraft(id: self.id, draft: self.draft)(in: transaction)
        transaction.queue(
            """
            SELECT platform.record('document.change', 'document', \(self.id), NULL,
                       jsonb_build_object('type', \(self.draft.type)::text, 'subject', \(self.draft.subject)::text))
            """)
        return ActOutcome(state: "draft", version: held.version + 1)
    }
}

/// Attaches a received file. A main file only while the document is a draft with its drafter, or, for a paper document that came in,
/// by the clerk who has just registered it.
public struct UploadFile: Sendable {
    public let id: UUID
    public let document: UUID
    public let role: FileRole
    public let file: ReceivedFile

    public init(id: UUID = UUIDv7.make(), document: UUID, role: FileRole, file: ReceivedFile) {
        self.id = id
        self.document = document
        self.role = role
        self.file = file
    }

    /// Throws `DocumentsError.documentNotFound`, `.notEditable`, `WorkflowError.notYourTurn`.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> ActOutcome {
        let held = try HeldDocument.hold(self.document, for: "submit", version: nil, in: transaction)
        guard ["draft", "registered"].contains(held.state) else { throw DocumentsError.notEditable }
        guard held.isCallersTurn else { throw WorkflowError.notYourTurn }
        AttachFile(id: self.id, document: self.document, role: self.role, origin: .upload, file: self.file)(
            in: transaction)
        transaction.queue("SELECT documents.index_document(\(self.document))")
        transaction.queue(
            """
            SELECT platform.record('file.upload', 'document', \(self.document), NULL,
                       jsonb_build_object('file_id', \(self.id)::uuid, 'name', \(self.file.name)::text,
                                          'sha256', encode(\(self.file.sha256), 'hex')))
            """)
        return ActOutcome(state: held.state, version: self.role == .main ? held.version + 1 : held.version)
    }
}
