import API
import Foundation
import Hummingbird
import Office
import Organisation
import Platform
import Postgres
import Signatures

/// One's own things: who I am, password, sessions, delegations, and the post that I act in.
enum AccountScreens {
    static let all: [Page] = [
        Page(.get, "/me", "profile") { visit in
            try await visit.show(
                "account/profile", title: "account.title",
                [("profile", OrganisationQueries.profile, .object), ("certificates", CertificateQueries.mine, .array)])
        },
        Page(.get, "/me/password", "password") { visit in try await Self.passwordForm(visit, nil) },
        Page(.post, "/me/password", "changePassword", handler: Self.changePassword),
        Page(.get, "/me/sessions", "sessions") { visit in
            try await visit.show(
                "account/sessions", title: "account.sessions", [("sessions", Sessions.mine, .array)])
        },
        Page(.post, "/me/sessions/{id}/end", "endSession") { visit in
            let end = EndSession(id: try visit.id())
            try await visit.transaction { end(in: $0) }
            return visit.goOn(to: "/me/sessions", notice: "session_ended")
        },
        Page(.get, "/me/passkeys", "passkeys", handler: Self.passkeys),
        Page(.get, "/me/delegations", "delegations") { visit in
            try await Self.delegations(visit, named: visit.query["who"], nil)
        },
        Page(.post, "/me/delegations", "delegate", handler: Self.delegate),
        Page(.post, "/me/delegations/{id}/end", "endDelegation") { visit in
            let end = EndDelegation(id: try visit.id())
            try await visit.transaction { try end(in: $0) }
            return visit.goOn(to: "/me/delegations", notice: "delegation_ended")
        },
        Page(.post, "/post", "switchPost") { visit in
            let choose = SwitchPost(post: try visit.form.id("post"))
            try await visit.transaction { choose(in: $0) }
            return visit.goOn(to: LocalPath.checked(visit.form["next"]), notice: "post_chosen")
        },
    ]

    /// They are added and removed through the API, by the script of the page.
    private static func passkeys(_ visit: Visit) async throws -> Response {
        let all = try Visit.value(of: try await visit.transaction { try $0.json(PasskeyQueries.mine, as: .array) })
        return try await visit.show(
            "account/passkeys", title: "account.passkeys",
            also: [
                "passkeys": .array(all.elements.filter { $0["removed_at"].text == nil }),
                "removed": .array(all.elements.filter { $0["removed_at"].text != nil }),
                "is_available": .boolean(visit.services.desk.relyingParty != nil),
            ])
    }

    private static func passwordForm(_ visit: Visit, _ answer: FormAnswer?) async throws -> Response {
        try await visit.show("account/password", title: "account.password", answer: answer)
    }

    private static func changePassword(_ visit: Visit) async throws -> Response {
        try await visit.submit(
            { form in
                let current = try form.text("password_current")
                let new = try form.text("password")
                guard new == form["password_again"] else {
                    throw Problem(422, "passwords_differ", field: "password_again")
                }
                do {
                    try await visit.services.signIn.changePassword(as: try visit.caller, from: current, to: new)
                } catch SignInError.wrongLoginOrPassword {
                    // Not a matter of who is signed in, as 401 would have it, but of this field.
                    throw Problem(422, "wrong_password", field: "password_current")
                }
                return visit.goOn(to: "/me", notice: "password_changed")
            }, orShow: { answer in try await Self.passwordForm(visit, answer) })
    }

    /// - Parameter name: whom to choose from; without one the colleagues of the unit.
    private static func delegations(_ visit: Visit, named name: String?, _ answer: FormAnswer?) async throws -> Response
    {
        try await visit.show(
            "account/delegations", title: "account.delegations",
            [
                ("delegations", Delegations.mine, .array),
                ("people", OrganisationQueries.colleagues(named: name ?? "", limit: 30), .array),
            ], answer: answer)
    }

    private static func delegate(_ visit: Visit) async throws -> Response {
        // The button beside the name looks people up; what was typed stays.
        if visit.form["find"] != nil {
            return try await Self.delegations(
                visit, named: visit.form["who"], FormAnswer(fields: visit.form, problem: nil))
        }
        return try await visit.submit(
            { form in
                let post = try form.id("to_post_id")
                let start = try form.date("starts_at").map { Instant($0) } ?? Instant.now
                guard let last = try form.date("ends_at") else {
                    throw Problem(422, "invalid_input", issues: [.init(field: "ends_at", code: "required")])
                }
                // The last day counts whole.
                let give = try GiveDelegation(
                    toPost: post, startsAt: start, endsAt: Instant(last, secondsOfDay: 86_399),
                    reason: form["reason"] ?? ""
                )
                try await visit.transaction { give(in: $0) }
                return visit.goOn(to: "/me/delegations", notice: "delegated")
            }, orShow: { answer in try await Self.delegations(visit, named: visit.form["who"], answer) })
    }
}
