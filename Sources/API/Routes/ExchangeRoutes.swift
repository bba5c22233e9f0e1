import Documents
import Exchange
import Foundation
import HTTPTypes
import Hummingbird
import Office
import Platform
import Postgres

/// Numbering and issuing, what was sent where, and what others sent.
enum ExchangeRoutes {
    private static let group = "Exchange"
    private static let reading = Route.Access.signedIn(.exchangeRead)
    private static let writing = Route.Access.signedIn(.exchangeWrite)

    static let all: [Route] = [
        Route(
            .post, "/api/v1/documents/{id}/number", "numberDocument",
            "Gives a signed document its number and date. For clerks.",
            group: group, access: .signedIn(.documentsWrite),
            body: .json(.object("NumberRequest", .required("register_id", .id))),
            answers: [.created(.object("NumberedDocument", all: DocumentSchemas.standing + Self.numberFields))],
            traits: .ifMatch
        ) { call in
            let id = try call.id()
            let number = NumberDocument(document: id, register: try call.body.id("register_id"), version: call.version)
            return try await call.act(.created, location: "/api/v1/documents/\(id.text)") { transaction in
                let given = try number(in: transaction)
                return Outcome(id, given.outcome, Self.fields(given.number))
            }
        },
        Route(
            .post, "/api/v1/documents/{id}/issue", "issueDocument",
            "Issues a sealed document to other organisations and own units, or an internal one inside with its number. For clerks.",
            group: group, access: .signedIn(.documentsWrite),
            body: .json(
                .object(
                    "IssueRequest",
                    .optional("recipients", .list(.text(1...32), 0...1000, "Codes of organisations.")),
                    .optional("units", .list(.id, 0...1000, "Own units, whose heads are informed.")),
                    .optional("register_id", Schema.id.noted("Where an internal document gets its number.")))),
            answers: [
                .ok(
                    .object(
                        "IssuedDocument",
                        all: DocumentSchemas.standing + [
                            .required("notation", Schema.text().orNull), .required("dispatches", .list(Self.dispatch)),
                        ]))
            ], traits: [.ifMatch, .idempotent], handler: Self.issue),
        Route(
            .get, "/api/v1/documents/{id}/dispatches", "listDispatches", "Where a document went and what became of it.",
            group: group, access: .signedIn(.documentsRead), answers: [.page(Self.dispatch, named: "DispatchPage")]
        ) { call in
            let id = try call.id()
            return try await call.object(
                """
                SELECT coalesce((SELECT json_agg(s) FROM (\(Dispatches.of(id))) AS s), '[]') AS items, NULL::text AS next
                  FROM documents.document AS d
                 WHERE d.id = \(id)
                   AND EXISTS (SELECT FROM documents.reader AS r
                                WHERE r.document_id = d.id AND r.holder_id = ANY ((SELECT platform.holders())::uuid[]))
                """)
        },
        Route(
            .get, "/api/v1/deliveries", "listDeliveries", "What other organisations sent, newest first. For clerks.",
            group: group, access: reading,
            query: [.optional("state", .choice(["waiting", "registered", "returned"])), .after, .limit],
            answers: [.page(Self.summary, named: "DeliveryPage")]
        ) { call in
            try await call.page(
                Deliveries.page(state: call.query.text("state"), before: call.query.cursorID(), limit: call.query.limit)
            )
        },
        Route(
            .get, "/api/v1/deliveries/{id}", "getDelivery", "A delivery with its files. For clerks.", group: group,
            access: reading, answers: [.ok(Self.delivery)]
        ) { call in try await call.object(Deliveries.one(call.id())) },
        Route(
            .get, "/api/v1/deliveries/{id}/content", "getDeliveryContent", "The document that was sent. For clerks.",
            group: group, access: reading, answers: [.bytes], traits: [.tagged, .ranged]
        ) { call in
            let id = try call.id()
            return try await call.download { transaction in
                try transaction.first(
                    """
                    SELECT f.name, f.media_type, f.size, f.sha256
                      FROM exchange.delivery_file AS f
                      JOIN exchange.delivery AS v ON v.id = f.delivery_id
                     WHERE f.delivery_id = \(id) AND f.role = 'main' AND v.tenant_id = ANY ((SELECT platform.holders())::uuid[])
                    """, closing: true
                ) { row in
                    ReadableFile(
                        name: try row.column(0), mediaType: try row.column(1), size: try row.column(2),
                        sha256: try row.column(3))
                }
            }
        },
        Route(
            .post, "/api/v1/deliveries/{id}/registration", "registerDelivery",
            "Enters a delivery in an incoming register; the sender is told. For clerks.", group: group, access: writing,
            body: .json(.object("RegistrationRequest", .required("register_id", .id))),
            answers: [
                .created(.object("RegisteredDelivery", .required("document_id", .id), .required("number", .integer())))
            ], traits: .idempotent
        ) { call in
            let register = RegisterDelivery(delivery: try call.id(), register: try call.body.id("register_id"))
            return try await call.act(.created, location: "/api/v1/documents/\(register.id.text)") { transaction in
                let number = try register(in: transaction)
                return Outcome(["document_id": .string(register.id.text), "number": .integer(number)])
            }
        },
        Route(
            .post, "/api/v1/deliveries/{id}/return", "returnDelivery",
            "Sends a delivery back with the reason; the sender is told. For clerks.", group: group, access: writing,
            body: .json(.object("ReturnRequest", .required("reason", .text(1...2000, lines: true)))),
            answers: [.nothing]
        ) { call in
            let sendBack = try ReturnDelivery(delivery: call.id(), reason: call.body.text("reason"))
            return try await call.act { try sendBack(in: $0) }
        },
    ]

    private static func issue(_ call: Call) async throws -> Response {
        let id = try call.id()
        let issue = try IssueDocument(
            document: id, recipients: call.body.texts("recipients"),
            units: call.body.texts("units").compactMap { UUID(text: $0) },
            register: call.body.optionalID("register_id"), version: call.version)
        // The answer is read behind what was queued, and carries the commit unless an answer has to be kept.
        let isLast = call.idempotency == nil
        return try await call.act { transaction in
            _ = try issue(in: transaction)
            return Outcome(
                try transaction.json(
                    """
                    SELECT d.id, d.state, d.version, d.notation,
                           coalesce((SELECT json_agg(s) FROM (\(Dispatches.of(id))) AS s), '[]') AS dispatches,
                           '"' || d.version || '"' AS _etag
                      FROM documents.document AS d
                     WHERE d.id = \(id)
                    """, closing: isLast))
        }
    }

    private static let numberFields: [Schema.Property] = [
        .required("number", .integer()), .required("code_number", .text("01")),
        .required("code_notation", .text("BĐHN-VP")), .required("notation", .text("01/BĐHN-VP")),
        .required("issued_on", .date),
    ]

    private static func fields(_ number: GivenNumber) -> JSONObject {
        [
            "number": .integer(number.number), "code_number": .string(number.codeNumber),
            "code_notation": .string(number.codeNotation), "notation": .string(number.notation),
            "issued_on": .string(number.issuedOn.description),
        ]
    }

    private static let statusCode = Schema.choice(
        ["01", "02", "03", "04", "05", "06"], "đã đến, từ chối, đã tiếp nhận, đã phân công, đang xử lý, hoàn thành")

    private static let dispatch = Schema.object(
        "Dispatch", .required("id", .id), .required("receiver_id", .id), .required("receiver_name", .text()),
        .required("channel", .text()), .required("status_code", Self.statusCode), .required("status_at", .instant),
        .required("sent_at", .instant),
        .required(
            "history",
            .list(
                .object(
                    "DispatchStatus", .required("status_code", Self.statusCode), .required("at", .instant),
                    .required("person_name", .text()), .required("note", .text())))))

    private static let summaryFields: [Schema.Property] = [
        .required("id", .id), .required("state", .choice(["waiting", "registered", "returned"])),
        .required("sender_name", .text()), .required("sender_code", .text()), .required("type", .text()),
        .required("subject", .text()), .required("notation", .text()), .required("issued_on", .date),
        .required("urgency", DocumentSchemas.urgency), .required("arrived_at", .instant),
        .required("document_id", .id.orNull),
    ]
    private static let summary = Schema.object("DeliverySummary", all: Self.summaryFields)

    private static let delivery = Schema.object(
        "Delivery",
        all: Self.summaryFields + [
            .required("code_number", .text()), .required("code_notation", .text()),
            .required("handling", DocumentSchemas.security), .required("language", .text()),
            .required("signer_name", Schema.text().orNull), .required("signer_title", Schema.text().orNull),
            .required("page_count", .integer().orNull), .required("due_on", .date.orNull),
            .required("settled_at", .instant.orNull), .required("reason", Schema.text().orNull),
            .required(
                "files",
                .list(
                    .object(
                        "DeliveryFile", .required("id", .id), .required("role", .choice(["main", "attachment"])),
                        .required("name", .text()), .required("media_type", .text()), .required("size", .integer()),
                        .required("sha256", .text())))),
        ])
}
