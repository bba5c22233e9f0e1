import Documents
import Foundation
import HTTPTypes
import Hummingbird
import Platform

/// The types of document, and the registers.
enum RegisterRoutes {
    private static let group = "Registers"

    static let all: [Route] = [
        Route(
            .get, "/api/v1/document-types", "listDocumentTypes", "The types of Decree 30/2020.", group: group,
            access: .signedIn(.documentsRead), answers: [.page(DocumentSchemas.type, named: "DocumentTypePage")]
        ) { try await $0.list(DocumentQueries.types) },
        Route(
            .get, "/api/v1/registers", "listRegisters", "The organisation's registers, newest year first.",
            group: group,
            access: .signedIn(.documentsRead), answers: [.page(DocumentSchemas.register, named: "RegisterPage")]
        ) { try await $0.list(DocumentQueries.registers) },
        Route(
            .post, "/api/v1/registers", "openRegister", "Opens a register. For clerks.", group: group,
            access: .signedIn(.documentsWrite), body: .json(DocumentSchemas.newRegister),
            answers: [.created(OrganisationSchemas.made)], traits: .idempotent
        ) { call in
            let body = call.body
            let open = try OpenRegister(
                id: UUIDv7.make(), direction: body.text("direction"), name: body.text("name"),
                year: body.integer("year"),
                isNumberedByType: body.optionalText("series_by") == "type",
                symbolTemplate: body.optionalText("symbol_template") ?? "{type}-{organisation}",
                letterTemplate: body.optionalText("letter_template") ?? "{organisation}-{unit}")
            return try await call.act(.created, location: "/api/v1/registers") { transaction in
                open(in: transaction)
                return Outcome(["id": .string(open.id.text)])
            }
        },
        Route(
            .post, "/api/v1/registers/{id}/closure", "closeRegister", "Closes a register for good. For clerks.",
            group: group, access: .signedIn(.documentsWrite), answers: [.nothing]
        ) { call in
            let close = CloseRegister(id: try call.id())
            return try await call.act { try close(in: $0) }
        },
    ]
}
