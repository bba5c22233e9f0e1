import API
import Documents
import Foundation
import HTTPTypes
import Hummingbird
import Office
import Platform
import Postgres

/// Registering a paper document (vào sổ văn bản đến giấy), with the warning of what may be the same document before anything is kept.
enum PaperScreens {
    static let all: [Page] = [
        Page(.get, "/incoming/new", "registerPaper", for: .clerks) { visit in try await Self.form(visit, answer: nil) },
        Page(.post, "/incoming/new", "registerPaperForm", for: .clerks, handler: Self.register),
    ]

    /// The registers that a document of today can be entered in.
    static var openRegisters: SQL {
        """
        SELECT r.id, r.name, r.year, r.last_number + 1 AS next_number
          FROM (\(DocumentQueries.registers)) AS r
         WHERE r.direction = 'incoming' AND r.state = 'open' AND r.year = date_part('year', current_date)
         ORDER BY r.name COLLATE "vi-x-icu"
        """
    }

    /// What is there with this number and symbol, when one of it is of the same issuer or day: one and the same number and symbol is
    /// given by many organisations, and that alone warns of nothing.
    static func duplicates(
        number: String?, notation: String?, organ: String?, issuedOn: CalendarDate?,
        in transaction: borrowing Transaction
    ) throws -> [JSONObject] {
        guard let number, let notation else { return [] }
        let found = try transaction.objects(
            Incoming.possibleDuplicates(
                codeNumber: number, codeNotation: notation, organName: organ, issuedOn: issuedOn))
        return found.filter { $0.isTrue("is_same_organ") || $0.isTrue("is_same_date") }
    }

    private static func form(_ visit: Visit, answer: FormAnswer?) async throws -> Response {
        let typed = visit.form
        let isWarning = answer?.problem?.code == "possible_duplicate"
        return try await visit.screen("incoming/new", title: "paper.title", answer: answer) { transaction in
            transaction.queueClerksOnly()
            var content: [String: JSONValue] = [
                "types": .array(
                    try transaction.objects(DocumentQueries.types).map { type in
                        var type = type
                        type["is_chosen"] = .boolean(type.string("code") == typed["type"] ?? "CV")
                        return .object(type)
                    }),
                "open_registers": .array(
                    try transaction.objects(Self.openRegisters).map { register in
                        var register = register
                        register["is_chosen"] = .boolean(register.string("id") == typed["register_id"])
                        return .object(register)
                    }),
                "organs": .array(try transaction.objects(Incoming.organs).map { .object($0) }),
                "today": .string(try transaction.one("SELECT current_date::text") { row in try row.column(0) }),
            ]
            guard isWarning else { return content }
            content["is_warning"] = true
            content["confirmed_notation"] = .string(Self.notation(typed))
            content["duplicates"] = .array(
                try Self.duplicates(
                    number: typed["code_number"], notation: typed["code_notation"], organ: typed["organ_name"],
                    issuedOn: typed["issued_on"].flatMap { Fields.date($0) }, in: transaction
                ).map { .object($0) })
            return content
        }
    }

    /// What a confirmation was given for: changing number or symbol afterwards asks again.
    private static func notation(_ form: Fields) -> String {
        "\(form["code_number"] ?? "")/\(form["code_notation"] ?? "")"
    }

    private static func register(_ visit: Visit) async throws -> Response {
        try await visit.submit(
            { form in
                try form.require(
                    ["register_id", "type", "code_number", "code_notation", "issued_on", "organ_name", "subject"],
                    dates: ["issued_on", "arrived_on", "due_on"])
                guard let issuedOn = try form.date("issued_on") else { throw Problem(422, "invalid_input") }
                let entry = try IncomingEntry(
                    type: form.text("type"), subject: form.text("subject"), organName: form.text("organ_name"),
                    organCode: form["organ_code"], codeNumber: form.text("code_number"),
                    codeNotation: form.text("code_notation"), issuedOn: issuedOn, arrivedOn: form.date("arrived_on"),
                    urgency: form["urgency"], security: form["security"], signerName: form["signer_name"],
                    signerTitle: form["signer_title"], dueOn: form.date("due_on"),
                    pageCount: form.integer("page_count"),
                    note: form["note"])
                let isConfirmed = form["confirm_duplicate"] == Self.notation(form)
                let register = RegisterPaper(
                    register: try form.id("register_id"), entry: entry, duplicateIsIntended: isConfirmed)
                let number = try await visit.transaction { transaction in
                    if !isConfirmed {
                        transaction.queueClerksOnly()
                        let found = try Self.duplicates(
                            number: entry.codeNumber, notation: entry.codeNotation, organ: entry.organName,
                            issuedOn: issuedOn, in: transaction)
                        guard found.isEmpty else { throw DocumentsError.possibleDuplicate }
                    }
                    return try register(in: transaction)
                }
                let path = "/documents/\(register.id.text)"
                // The script brings the scan behind the record, and goes to the document when it is there.
                if visit.request.headers[.accept] == "application/json" {
                    return Self.registered(register.id, number: number, path: path)
                }
                return visit.goOn(to: path, notice: "registered")
            }, orShow: { answer in try await Self.form(visit, answer: answer) })
    }

    private static func registered(_ id: UUID, number: Int64, path: String) -> Response {
        let object: JSONValue = ["id": .string(id.text), "number": .integer(number), "href": .string(path)]
        var bytes: [UInt8] = []
        object.write(into: &bytes)
        return Response(
            status: .created,
            headers: [
                .contentType: "application/json", .location: path,
                .setCookie: Visit.noticeCookie("registered", age: 60),
            ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
