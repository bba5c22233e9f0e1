import Exchange
import Foundation
import HTTPTypes
import Hummingbird
import Office
import Organisation
import Platform

/// Units, people and posts of one's own tenant, and the directory of all tenants.
enum OrganisationRoutes {
    private typealias Schemas = OrganisationSchemas
    private static let group = "Organisation"
    private static let reading = Route.Access.signedIn(.organisationRead)
    private static let writing = Route.Access.signedIn(.organisationWrite)

    static let all: [Route] = [
        Route(
            .get, "/api/v1/organisations", "listOrganisations", "Organisations that documents can be sent to.",
            group: group, access: reading, answers: [.page(Schemas.organisation, named: "OrganisationPage")]
        ) { try await $0.list(Dispatches.organisations) },
        Route(
            .get, "/api/v1/units", "listUnits", "Units in the order of the tree, parents before their children.",
            group: group, access: reading, query: [.after, .limit], answers: [.page(Schemas.unit, named: "UnitPage")]
        ) { call in
            try await call.page(OrganisationQueries.units(after: call.query.text("after"), limit: call.query.limit))
        },
        Route(
            .get, "/api/v1/units/{id}", "getUnit", "A unit and who holds posts in it today.", group: group,
            access: reading, answers: [.ok(Schemas.unitWithPosts)], traits: .tagged
        ) { call in try await call.object(OrganisationQueries.unit(call.id())) },
        Route(
            .get, "/api/v1/people", "listPeople", "People whose name holds what was typed, with or without accents.",
            group: group, access: reading,
            query: [.optional("q", .text(1...100, "Part of a name.")), .after, .limit],
            answers: [.page(Schemas.person, named: "PersonPage")]
        ) { call in
            try await call.page(
                OrganisationQueries.people(
                    named: call.query.text("q") ?? "", after: call.query.cursorID(), limit: call.query.limit))
        },
        Route(
            .get, "/api/v1/people/{id}", "getPerson", "A person with the posts of today and of the past.", group: group,
            access: reading, answers: [.ok(Schemas.personWithHistory)], traits: .tagged
        ) { call in try await call.object(OrganisationQueries.person(call.id())) },
        Route(
            .post, "/api/v1/units", "addUnit", "Adds a unit under another one. For administrators.", group: group,
            access: writing,
            body: .json(
                .object(
                    "NewUnit", .required("code", .text(1...32, "Capitals, digits, `.`, `_`, `-`.")),
                    .required("name", .text(1...200)), .required("kind", .choice(Schemas.unitKinds)),
                    .optional("parent_id", .id), .optional("symbol", .text(0...20)))),
            answers: [.created(Schemas.made)], traits: .idempotent, handler: Self.addUnit),
        Route(
            .post, "/api/v1/people", "addPerson", "Adds a person. For administrators.", group: group, access: writing,
            body: .json(
                .object(
                    "NewPerson", .required("full_name", .text(1...100)), .optional("email", .text(3...251)),
                    .optional("phone", .text(3...30)))),
            answers: [.created(Schemas.made)], traits: .idempotent, handler: Self.addPerson),
        Route(
            .post, "/api/v1/posts", "appoint", "Appoints a person to a post in a unit, from today. For administrators.",
            group: group, access: writing,
            body: .json(
                .object(
                    "NewPost", .required("person_id", .id), .required("unit_id", .id), .required("role", Schemas.role),
                    .required("title", .text(1...100)))),
            answers: [.created(Schemas.made)], traits: .idempotent, handler: Self.appoint),
        Route(
            .delete, "/api/v1/posts/{id}", "endPost", "Ends a post today. For administrators.", group: group,
            access: writing, answers: [.nothing]
        ) { call in
            let end = EndAppointment(post: try call.id())
            return try await call.act { try end(in: $0) }
        },
        Route(
            .put, "/api/v1/posts/{id}/title", "retitlePost",
            "Gives a post another title; its certificate with the former one is revoked. For administrators.",
            group: group,
            access: writing, body: .json(.object("PostTitle", .required("title", .text(1...100)))), answers: [.nothing]
        ) { call in
            let change = ChangeAppointment(post: try call.id(), title: try call.body.text("title"))
            return try await call.act { try change(in: $0) }
        },
    ]

    private static func addUnit(_ call: Call) async throws -> Response {
        let add = AddUnit(
            id: UUIDv7.make(), parent: call.body.optionalID("parent_id"), code: try call.body.text("code"),
            name: try call.body.text("name"), kind: try call.body.text("kind"),
            symbol: call.body.optionalText("symbol") ?? "")
        return try await call.act(.created, location: "/api/v1/units/\(add.id.text)") { transaction in
            try add(in: transaction)
            return Outcome(["id": .string(add.id.text)])
        }
    }

    private static func addPerson(_ call: Call) async throws -> Response {
        let add = AddPerson(
            id: UUIDv7.make(), fullName: try call.body.text("full_name"), email: call.body.optionalText("email"),
            phone: call.body.optionalText("phone"))
        return try await call.act(.created, location: "/api/v1/people/\(add.id.text)") { transaction in
            try add(in: transaction)
            return Outcome(["id": .string(add.id.text)])
        }
    }

    private static func appoint(_ call: Call) async throws -> Response {
        let appoint = Appoint(
            id: UUIDv7.make(), person: try call.body.id("person_id"), unit: try call.body.id("unit_id"),
            role: try call.body.text("role"), title: try call.body.text("title"))
        return try await call.act(.created, location: "/api/v1/people/\(appoint.person.text)") { transaction in
            try appoint(in: transaction)
            return Outcome(["id": .string(appoint.id.text)])
        }
    }
}
