import Foundation
import HTTPTypes
import Platform
import Postgres
import TestSupport
import Testing

@testable import API

/// Made from the list of routes: whatever takes an id is called with ids of another's things.
@Suite(.needsCluster, .database) struct IsolationTests {
    /// Things of one tenant, one of every kind that a route takes the id of.
    private struct Things {
        var ids: [String: String] = [:]

        /// The id that a route's path asks for, by the segment before the capture.
        func id(for route: Route) -> String? {
            let segments = route.path.split(separator: "/")
            guard let capture = segments.firstIndex(where: { $0.hasPrefix("{") }) else { return nil }
            return self.ids[String(segments[capture - 1])]
        }
    }

    private func things(of tenant: TestTenant, _ client: Client) async throws -> Things {
        var things = Things()
        let draft = try await client.draft(by: tenant.specialist)
        things.ids["documents"] = draft.id
        let file = try await client.send(
            .post, "/api/v1/documents/\(draft.id)/files?name=a.pdf&role=main", as: tenant.specialist, bytes: smallestPDF
        )
        things.ids["files"] = file.object.optionalText("id")
        let register = try await client.send(
            .post, "/api/v1/registers", as: tenant.clerk,
            json: ["direction": "incoming", "name": "Sổ đến", "year": .integer(Int64(Self.year))])
        things.ids["registers"] = register.object.optionalText("id")
        let token = try await client.send(
            .post, "/api/v1/tokens", as: tenant.specialist, json: ["name": "a", "scopes": ["documents:read"]])
        things.ids["tokens"] = token.object.optionalText("id")
        things.ids["units"] = tenant.office.text
        things.ids["people"] = tenant.head.id.text
        things.ids["posts"] = tenant.head.post.text
        let (task, delivery) = (UUIDv7.make(), UUIDv7.make())
        let (certificate, session, passkey) = (UUIDv7.make(), UUIDv7.make(), UUIDv7.make())
        let report = UUIDv7.make()
        let document = try #require(UUID(uuidString: draft.id))
        try await TestDatabase.current.superuser.transaction("SELECT platform.begin_system(\(tenant.id))") {
            transaction in
            transaction.queue(
                """
                INSERT INTO workflow.task (id, document_id, holder_id, role, step)
                VALUES (\(task), \(document), \(tenant.specialist.post), 'support', 'in_progress')
                """)
            transaction.queue(
                """
                INSERT INTO exchange.delivery (id, sender_id, sender_name, sender_code, dispatch_id, type_code, subject, code_number,
                    code_notation, issued_on, urgency, handling, language)
                VALUES (\(delivery), \(tenant.id), 'A', 'A', \(UUIDv7.make()), 'CV', 'Thử', '01', 'A-VP', current_date, 'normal',
                        'normal', 'vi')
                """)
            transaction.queue(
                """
                INSERT INTO signatures.verification (id, sha256, occasion, verdict, trust, report)
                SELECT \(report), f.sha256, 'arrival', 'NO_SIGNATURE', 'unknown', '{}'
                  FROM documents.file AS f WHERE f.document_id = \(document)
                """)
            transaction.queue(
                """
                INSERT INTO signatures.passkey (id, account_id, name, credential_id, algorithm, public_key, sign_count)
                VALUES (\(passkey), \(tenant.specialist.account), 'Điện thoại', \(Array(passkey.text.utf8)), -7, \([UInt8]([0])), 0)
                """)
        }
        things.ids["tasks"] = task.text
        things.ids["deliveries"] = delivery.text
        things.ids["signing-certificates"] = certificate.text
        things.ids["signing-sessions"] = session.text
        things.ids["passkeys"] = passkey.text
        things.ids["verifications"] = report.text
        return things
    }

    private static var year: Int { Calendar(identifier: .gregorian).component(.year, from: Date()) }

    private func call(_ client: Client, _ route: Route, id: String, as person: TestPerson) async throws -> Answer {
        var path = route.path.replacing("{id}", with: id)
        let values = ["purpose": "signer", "version": "1"]
        let query = route.query.filter(\.isRequired).map { "\($0.name)=\(values[$0.name] ?? "a")" }
        if !query.isEmpty { path += "?" + query.joined(separator: "&") }
        var headers: HTTPFields = [:]
        if route.traits.contains(.ifMatch) { headers[.ifMatch] = "\"1\"" }
        var body = route.bodySchema?.example()
        if route.name == "completeSigning" { body = ["pin": "246802"] }
        if route.name == "directDocument" { body = ["text": "a", "lead": ["unit_id": .string(person.unit.text)]] }
        var bytes: [UInt8]?
        if case .file = route.body { bytes = smallestPDF }
        return try await client.send(route.method, path, as: person, json: body, bytes: bytes, headers: headers)
    }

    /// Everything of a tenant that a request could change, as one hash.
    private func fingerprint(of tenant: TestTenant) async throws -> String {
        let tables = [
            "documents.document", "documents.file", "documents.reader", "documents.register", "workflow.task",
            "workflow.step", "workflow.direction", "organisation.unit", "organisation.person", "organisation.post",
            "exchange.delivery", "exchange.dispatch", "signatures.signature", "signatures.certificate",
            "signatures.signing_session", "signatures.signing_item", "signatures.remote_credential",
            "signatures.remote_request", "signatures.passkey", "signatures.passkey_challenge",
            "signatures.passkey_assertion", "signatures.verification", "platform.job",
            "platform.audit_entry",
        ]
        return try await TestDatabase.current.superuser.transaction { transaction in
            var all = ""
            for table in tables {
                all += try transaction.one(
                    "SELECT coalesce(md5(string_agg(md5(x::text), '' ORDER BY md5(x::text))), '') FROM \(unescaped: table) AS x WHERE tenant_id = \(tenant.id)"
                ) { row in try row.column(0) }
            }
            all += try transaction.one(
                "SELECT count(*)::text FROM platform.api_token WHERE tenant_id = \(tenant.id) AND revoked_at IS NULL"
            ) { row in try row.column(0) }
            return all
        }
    }

    @Test func anotherTenantsThingsDoNotExistAndStayAsTheyAre() async throws {
        let (mine, theirs) = (try await TestDatabase.current.makeTenant(), try await TestDatabase.current.makeTenant())
        try await Harness.make().serve { client in
            let things = try await self.things(of: theirs, client)
            let before = try await self.fingerprint(of: theirs)
            let people = [mine.clerk, mine.leader, mine.head, mine.specialist, mine.administrator]
            for route in API.routes where !route.captures.isEmpty && route.access != .anyone {
                let id = try #require(
                    things.id(for: route), "\(route.name) takes an id of a kind that this test does not know")
                var statuses: Set<Int> = []
                for person in people {
                    let answer = try await self.call(client, route, id: id, as: person)
                    // What an id that nobody has is answered is the measure: a foreign one must not look different.
                    let nobodys = try await self.call(client, route, id: UUIDv7.make().text, as: person)
                    #expect(
                        answer.status == nobodys.status && answer.code == nobodys.code, "\(route.name) \(person.role)")
                    #expect(
                        [403, 404].contains(answer.status), "\(route.name) as \(person.role): \(answer.code ?? "")")
                    statuses.insert(answer.status)
                }
                #expect(statuses.contains(404), "\(route.name) never answers 404")
            }
            #expect(try await self.fingerprint(of: theirs) == before)
        }
    }

    @Test func withoutTheRightADocumentOfOnesOwnTenantDoesNotExistEither() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let things = try await self.things(of: tenant, client)
            let before = try await self.fingerprint(of: tenant)
            for route in API.routes
            where ["/documents/{", "/files/{", "/verifications/{"].contains(where: route.path.contains) {
                let id = try #require(things.id(for: route))
                for person in [tenant.leader, tenant.head, tenant.clerk, tenant.administrator] {
                    let answer = try await self.call(client, route, id: id, as: person)
                    #expect(answer.status == 404, "\(route.name) as \(person.role): \(answer.code ?? "")")
                }
            }
            for path in ["/api/v1/documents", "/api/v1/search?q=th%E1%BB%AD", "/api/v1/tasks"] {
                #expect(try await client.send(.get, path, as: tenant.leader).items.isEmpty)
            }
            #expect(try await self.fingerprint(of: tenant) == before)
        }
    }

    @Test func nobodyGetsAnythingWithoutACredential() async throws {
        try await Harness.make().serve { client in
            for route in API.routes where route.access != .anyone {
                let path = route.path.replacing("{id}", with: UUIDv7.make().text)
                let answer = try await client.send(route.method, path, json: route.bodySchema?.example())
                #expect(answer.status == 401, "\(route.name)")
            }
        }
    }
}
