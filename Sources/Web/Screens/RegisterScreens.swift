import API
import Documents
import Foundation
import Hummingbird
import Office
import Platform
import Postgres

/// The register of outgoing documents with what waits at the clerks' desk, and the registers themselves.
enum RegisterScreens {
    static let all: [Page] = [
        Page(.get, "/outgoing", "outgoing", for: .workers, handler: Self.outgoing),
        Page(.get, "/registers", "registers", for: .clerks) { visit in try await Self.registers(visit, answer: nil) },
        Page(.post, "/registers", "openRegister", for: .clerks, handler: Self.open),
        Page(.get, "/registers/{id}/closure", "registerClosure", for: .clerks) { visit in
            let id = try visit.id()
            return try await visit.screen("registers/closure", title: "registers.close_title") { transaction in
                transaction.queueClerksOnly()
                let found = try transaction.objects(DocumentQueries.registers).first { $0.string("id") == id.text }
                guard let found else { throw Problem.notFound }
                return ["register": .object(found)]
            }
        },
        Page(.post, "/registers/{id}/closure", "closeRegister", for: .clerks) { visit in
            let close = CloseRegister(id: try visit.id())
            try await visit.transaction { try close(in: $0) }
            return visit.goOn(to: "/registers", notice: "register_closed")
        },
    ]

    /// Clerks find the register, or with `state` what waits for them; everybody else what they may read, newest first, and with
    /// `view=book` the register.
    private static func outgoing(_ visit: Visit) async throws -> Response {
        let reading = BookReading(visit.query, isIncoming: false)
        let query = visit.query
        let kept = visit.keptQuery
        return try await visit.screen("registers/outgoing", title: "outgoing.title", answer: reading.answer) {
            transaction in
            let role: String? = try transaction.one("SELECT platform.current_role()") { row in try row.optional(0) }
            let isClerk = role == "clerk"
            var content: [String: JSONValue]
            if isClerk, let step = query["state"].flatMap(RegistryDesk.Step.init) {
                let page = RegistryDesk.waiting(step, after: query["after"].flatMap { UUID(text: $0) }, limit: 20)
                content = [
                    "is_desk": true, "step": .string(step.rawValue),
                    "desk": try Visit.value(of: transaction.json(page, as: .page(limit: 20))),
                ]
            } else if isClerk || query["view"] == "book" {
                content = try reading.content(opensAtEnd: isClerk, in: transaction)
            } else {
                let direction: Direction = query["direction"] == "internal" ? .internal : .outgoing
                content = try DocumentList.content(query, direction, in: transaction)
                content["direction"] = .string(direction.rawValue)
            }
            if isClerk { content["counts"] = try Visit.value(of: transaction.json(Home.counts)) }
            content["is_clerk_desk"] = .boolean(isClerk)
            content["pager_query"] = kept
            content["book_path"] = "/outgoing"
            return content
        }
    }

    private static func registers(_ visit: Visit, answer: FormAnswer?) async throws -> Response {
        try await visit.screen("registers/index", title: "registers.title", answer: answer) { transaction in
            transaction.queueClerksOnly()
            return [
                "registers": .array(
                    try transaction.objects(DocumentQueries.registers).map { register in
                        var register = register
                        register["book"] = .string(register.string("direction") == "incoming" ? "incoming" : "outgoing")
                        return .object(register)
                    }),
                "this_year": .integer(
                    try transaction.one("SELECT date_part('year', current_date)::bigint") { row in try row.column(0) }),
            ]
        }
    }

    private static func open(_ visit: Visit) async throws -> Response {
        try await visit.submit(
            { form in
                try form.require(["direction", "name", "year"])
                guard let year = try form.integer("year") else { throw Problem(422, "invalid_input") }
                let open = try OpenRegister(
                    id: UUIDv7.make(), direction: form.text("direction"), name: form.text("name"), year: year,
                    isNumberedByType: form["series_by"] == "type",
                    symbolTemplate: form["symbol_template"] ?? "{type}-{organisation}",
                    letterTemplate: form["letter_template"] ?? "{organisation}-{unit}")
                try await visit.transaction { open(in: $0) }
                return visit.goOn(to: "/registers", notice: "register_opened")
            }, orShow: { answer in try await Self.registers(visit, answer: answer) })
    }
}
