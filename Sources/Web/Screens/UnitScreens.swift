import API
import Foundation
import Hummingbird
import Office
import Organisation
import Platform
import Postgres

/// The units of the organisation and their people; administrators also change them.
enum UnitScreens {
    private static let administrators = Page.Access.signedIn(["administrator"])

    static let all: [Page] = [
        Page(.get, "/units", "unitTree", handler: Self.tree),
        Page(.get, "/units/{id}", "unit") { visit in
            let id = try visit.id()
            return try await visit.show(
                "organisation/unit", title: "units.unit",
                [
                    ("unit", OrganisationQueries.unit(id), .object), ("line", OrganisationQueries.line(to: id), .array),
                    ("branch", OrganisationQueries.branch(under: id, after: nil, limit: 50), .page(limit: 50)),
                ])
        },
        Page(.get, "/units/{id}/name", "unitName", for: Self.administrators) { visit in
            try await Self.nameForm(visit, nil)
        },
        Page(.post, "/units/{id}/name", "renameUnit", for: Self.administrators, handler: Self.rename),
        Page(.get, "/units/{id}/new", "newUnit", for: Self.administrators) { visit in
            try await Self.newForm(visit, nil)
        },
        Page(.post, "/units/{id}/new", "addUnit", for: Self.administrators, handler: Self.add),
        Page(.get, "/units/{id}/appoint", "appointment", for: Self.administrators) { visit in
            try await Self.appointForm(visit, named: visit.query["who"], nil)
        },
        Page(.post, "/units/{id}/appoint", "appoint", for: Self.administrators, handler: Self.appoint),
        Page(.get, "/posts/{id}/end", "postEnd", for: Self.administrators) { visit in
            try await visit.show(
                "organisation/end-post", title: "units.end_post",
                [("post", OrganisationQueries.post(try visit.id()), .object)])
        },
        Page(.post, "/posts/{id}/end", "endPost", for: Self.administrators) { visit in
            let end = EndAppointment(post: try visit.id())
            try await visit.transaction { try end(in: $0) }
            return visit.goOn(
                to: (try visit.form.optionalID("unit")).map { "/units/\($0.text)" } ?? "/units", notice: "post_ended")
        },
    ]

    /// What is directly under a unit, and one level below that; the rest by its own address, so that the tree of a company with
    /// thousands of post offices opens as fast as that of a small one.
    private static func tree(_ visit: Visit) async throws -> Response {
        if let name = visit.query["q"] {
            return try await visit.show(
                "organisation/units", title: "units.title",
                [("found", OrganisationQueries.units(named: name, limit: 50), .array)],
                also: ["is_search": .boolean(true)])
        }
        let under = try visit.query.optionalID("under")
        return try await visit.show(
            "organisation/units", title: "units.title",
            [
                ("line", OrganisationQueries.line(to: under), .array),
                (
                    "branch",
                    OrganisationQueries.branch(under: under, after: visit.query["after"], limit: 100), .page(limit: 100)
                ),
            ],
            also: ["pager_query": .string(under.map { "under=\($0.text)&" } ?? "")])
    }

    private static func nameForm(_ visit: Visit, _ answer: FormAnswer?) async throws -> Response {
        try await visit.show(
            "organisation/name", title: "units.rename",
            [("unit", OrganisationQueries.unit(try visit.id()), .object)], answer: answer)
    }

    private static func rename(_ visit: Visit) async throws -> Response {
        let id = try visit.id()
        return try await visit.submit(
            { form in
                let rename = RenameUnit(id: id, name: try form.text("name", atMost: 200), symbol: form["symbol"] ?? "")
                try await visit.transaction { try rename(in: $0) }
                return visit.goOn(to: "/units/\(id.text)", notice: "unit_renamed")
            }, orShow: { answer in try await Self.nameForm(visit, answer) })
    }

    private static func newForm(_ visit: Visit, _ answer: FormAnswer?) async throws -> Response {
        try await visit.show(
            "organisation/new", title: "units.add",
            [("unit", OrganisationQueries.unit(try visit.id()), .object)], answer: answer)
    }

    private static func add(_ visit: Visit) async throws -> Response {
        let parent = try visit.id()
        return try await visit.submit(
            { form in
                let code = try form.text("code", atMost: 32).uppercased()
                guard code.utf8.allSatisfy(Self.isInCode) else {
                    throw Problem(422, "invalid_input", issues: [.init(field: "code", code: "invalid_text")])
                }
                let add = AddUnit(
                    id: UUIDv7.make(), parent: parent, code: code, name: try form.text("name", atMost: 200),
                    kind: try form.text("kind", atMost: 20), symbol: form["symbol"] ?? "")
                do {
                    try await visit.transaction { try add(in: $0) }
                } catch let error as DatabaseError where error.constraint == "unit_code_key" {
                    throw Problem(409, "already_exists", field: "code")
                }
                return visit.goOn(to: "/units/\(add.id.text)", notice: "unit_added")
            }, orShow: { answer in try await Self.newForm(visit, answer) })
    }

    /// Capitals, digits, `.`, `_`, `-`.
    private static func isInCode(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func appointForm(_ visit: Visit, named name: String?, _ answer: FormAnswer?) async throws -> Response
    {
        try await visit.show(
            "organisation/appoint", title: "units.appoint",
            [
                ("unit", OrganisationQueries.unit(try visit.id()), .object),
                (
                    "people",
                    OrganisationQueries.people(named: name ?? "", after: nil, limit: name == nil ? 0 : 30),
                    .page(limit: name == nil ? 0 : 30)
                ),
            ], answer: answer)
    }

    /// Somebody who is known already, or somebody new, in one transaction with the post.
    private static func appoint(_ visit: Visit) async throws -> Response {
        let unit = try visit.id()
        if visit.form["find"] != nil {
            return try await Self.appointForm(
                visit, named: visit.form["who"], FormAnswer(fields: visit.form, problem: nil))
        }
        return try await visit.submit(
            { form in
                let known = try form.optionalID("person_id")
                var new: AddPerson?
                if known == nil {
                    new = AddPerson(
                        id: UUIDv7.make(), fullName: try form.text("full_name", atMost: 100), email: form["email"],
                        phone: form["phone"])
                }
                let added = new
                guard let person = known ?? added?.id else { throw Problem.notFound }
                let appoint = Appoint(
                    id: UUIDv7.make(), person: person, unit: unit, role: try form.text("role", atMost: 20),
                    title: try form.text("title", atMost: 100))
                try await visit.transaction { transaction in
                    try added?(in: transaction)
                    try appoint(in: transaction)
                }
                return visit.goOn(to: "/units/\(unit.text)", notice: "appointed")
            }, orShow: { answer in try await Self.appointForm(visit, named: visit.form["who"], answer) })
    }
}

extension Fields {
    /// What was typed, in at most that many characters.
    ///
    /// - Throws: 422 `required`, `too_long` at the field.
    fileprivate func text(_ name: String, atMost limit: Int) throws(Problem) -> String {
        let text = try self.text(name)
        guard text.unicodeScalars.count <= limit else {
            throw Problem(422, "invalid_input", issues: [.init(field: name, code: "too_long")])
        }
        return text
    }
}
