import API
import Documents
import Exchange
import Foundation
import Hummingbird
import Office
import Platform
import Postgres
import Signatures

/// What comes in: what waits to be registered (chờ vào sổ), the register of incoming documents, one delivery.
enum IncomingScreens {
    static let all: [Page] =
        [
            Page(.get, "/incoming", "incoming", for: .workers, handler: Self.incoming),
            Page(.get, "/deliveries/{id}", "delivery", for: .clerks) { visit in
                try await Self.delivery(visit, answer: nil)
            },
            Page(.post, "/deliveries/{id}", "settleDelivery", for: .clerks, handler: Self.settle),
            Page(.get, "/deliveries/{id}/files/{file}", "deliveryFile", for: .clerks, handler: Self.file),
        ] + PaperScreens.all

    /// Clerks find the register, or with `waiting` what others sent; everybody else what they may read, newest first, and with
    /// `view=book` the register.
    private static func incoming(_ visit: Visit) async throws -> Response {
        let reading = BookReading(visit.query, isIncoming: true)
        let query = visit.query
        let kept = visit.keptQuery
        return try await visit.screen("incoming/index", title: "incoming.title", answer: reading.answer) {
            transaction in
            let role: String? = try transaction.one("SELECT platform.current_role()") { row in try row.optional(0) }
            let isClerk = role == "clerk"
            var content: [String: JSONValue]
            if isClerk, query["waiting"] != nil {
                let state = query["state"].flatMap { ["registered", "returned"].contains($0) ? $0 : nil } ?? "waiting"
                let page = Deliveries.page(
                    state: state, before: query["after"].flatMap { UUID(text: $0) }, limit: 20)
                content = [
                    "is_waiting": true, "state": .string(state),
                    "deliveries_page": try Visit.value(of: transaction.json(page, as: .page(limit: 20))),
                ]
            } else if isClerk || query["view"] == "book" {
                content = try reading.content(opensAtEnd: isClerk, in: transaction)
            } else {
                content = try DocumentList.content(query, .incoming, in: transaction)
            }
            content["is_clerk_desk"] = .boolean(isClerk)
            content["pager_query"] = kept
            content["book_path"] = "/incoming"
            return content
        }
    }

    /// One delivery; as long as it waits, with the registers that are open and with what may be the same document; when `check` is asked
    /// for, with what a check of its signatures finds.
    private static func delivery(_ visit: Visit, answer: FormAnswer?) async throws -> Response {
        let id = try visit.id()
        let check = visit.query["check"] == nil ? nil : try await Self.check(id, visit)
        return try await visit.screen("incoming/delivery", title: "delivery.title", answer: answer) { transaction in
            guard case .object(var delivery) = try Visit.value(of: transaction.json(Deliveries.one(id))) else {
                throw Problem.notFound
            }
            if var main = delivery.objects("files").first(where: { $0.string("role") == "main" }) {
                main["address"] = .string("/deliveries/\(id.text)/files/\(main.text("id"))")
                delivery["main"] = .object(main)
            }
            var content: [String: JSONValue] = ["delivery": .object(delivery), "at_incoming": true]
            let types = try transaction.objects(DocumentQueries.types)
            content["type_name"] = types.first { $0["code"] == delivery["type"] }?["name"] ?? delivery["type"]
            content["check"] = check
            guard delivery.string("state") == "waiting" else { return content }
            content["open_registers"] = .array(try transaction.objects(PaperScreens.openRegisters).map { .object($0) })
            let duplicates = try PaperScreens.duplicates(
                number: delivery.string("code_number"), notation: delivery.string("code_notation"),
                organ: delivery.string("sender_name"),
                issuedOn: delivery.string("issued_on").flatMap { Fields.date($0) },
                in: transaction)
            content["duplicates"] = .array(duplicates.map { .object($0) })
            return content
        }
    }

    /// The signatures of what was sent.
    private static func check(_ id: UUID, _ visit: Visit) async throws -> JSONValue {
        do {
            return DocumentScreens.shown(
                try await visit.services.desk.signatures(ofDelivery: id, as: try visit.caller), in: visit.language)
        } catch is BlockingThreads.Overloaded {
            return ["is_busy": true]
        }
    }

    /// Vào sổ or trả lại, as the button that was pressed says.
    private static func settle(_ visit: Visit) async throws -> Response {
        let id = try visit.id()
        return try await visit.submit(
            { form in
                if form["act"] == "return" {
                    let sendBack = try ReturnDelivery(delivery: id, reason: form.text("reason"))
                    try await visit.transaction { try sendBack(in: $0) }
                    return visit.goOn(to: "/incoming?waiting=1", notice: "delivery_returned")
                }
                try form.require(["register_id"], dates: ["arrived_on"])
                let register = try RegisterDelivery(
                    delivery: id, register: form.id("register_id"), arrivedOn: form.date("arrived_on"),
                    note: form["note"])
                _ = try await visit.transaction { try register(in: $0) }
                return visit.goOn(to: "/documents/\(register.id.text)", notice: "registered")
            }, orShow: { answer in try await Self.delivery(visit, answer: answer) })
    }

    /// The bytes of one file of a delivery, for the clerk who has to know what is registered or sent back.
    private static func file(_ visit: Visit) async throws -> Response {
        let id = try visit.id()
        let file = try visit.id(1)
        let found = try await visit.transaction { try DeliveredFile.find(file, of: id, in: $0) }
        guard let found, let name = FileName(found.name) else { throw Problem.notFound }
        let download = Download(
            name: name, mediaType: found.mediaType, size: found.size, sha256: found.sha256.hexadecimal)
        return try download.response(to: visit.request, from: visit.services.blobs)
    }
}
