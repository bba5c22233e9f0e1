import Foundation
import HTTPTypes
import Platform
import Postgres
import TestSupport
import Testing

@testable import API

/// What is issued is issued once.
@Suite(.needsCluster, .database) struct IssueTests {
    @Test func aDocumentIsIssuedOnceAndSaysWhereItWent() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        let other = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let draft = try await client.draft(by: tenant.specialist)
            let id = try #require(UUID(uuidString: draft.id))
            let year = Calendar(identifier: .gregorian).component(.year, from: Date())
            // Sealed, with the clerks' task: what goes before has tests of its own.
            try await TestDatabase.current.superuser.transaction("SELECT platform.begin_system(\(tenant.id))") {
                transaction in
                transaction.queue(
                    """
                    INSERT INTO documents.register (id, direction, name, year) VALUES (\(id), 'outgoing', 'Sổ đi', \(Int32(year)))
                    """)
                transaction.queue(
                    """
                    UPDATE documents.document SET state = 'sealed', register_id = id, year = \(Int32(year)), number = 1, code_number = '01',
                           code_notation = 'X-VP', issued_on = current_date WHERE id = \(id)
                    """)
                transaction.queue(
                    "UPDATE workflow.task SET step = 'sealed', holder_id = tenant_id WHERE document_id = \(id)")
                transaction.queue(
                    """
                    INSERT INTO documents.reader (document_id, holder_id, reason) VALUES (\(id), platform.current_tenant(), 'registry')
                    """)
            }
            func issue(_ key: String?) async throws -> Answer {
                var headers: HTTPFields = [.ifMatch: "\"1\""]
                headers[.idempotencyKey] = key
                return try await client.send(
                    .post, "/api/v1/documents/\(draft.id)/issue", as: tenant.clerk,
                    json: ["recipients": [.string(other.code)]], headers: headers)
            }
            let first = try await issue("phát hành")
            #expect(first.status == 422 && first.code == "invalid_idempotency_key")
            let issued = try await issue("issue-1")
            #expect(issued.status == 200, "\(issued.code ?? "")")
            #expect(
                issued.object.optionalText("state") == "issued" && issued.object.optionalText("notation") == "01/X-VP")
            #expect(issued.object.list("dispatches").count == 1)
            #expect(issued.etag == "\"\(issued.object.integerOrZero("version"))\"")
            let again = try await issue("issue-1")
            #expect(again.status == 200 && again.bytes == issued.bytes)
            let other = try await issue(nil)
            #expect(other.status == 412)
            let dispatches = try await client.send(.get, "/api/v1/documents/\(draft.id)/dispatches", as: tenant.clerk)
            #expect(dispatches.items.count == 1)
        }
    }
}
