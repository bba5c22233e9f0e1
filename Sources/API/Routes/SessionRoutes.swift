import Foundation
import HTTPTypes
import Hummingbird
import Organisation
import Platform
import Postgres

/// Signing in and out, the password, and tokens for machines.
enum SessionRoutes {
    private static let group = "Sign-in"
    private static let own = Route.Access.signedIn(.account)

    static let all: [Route] = [
        Route(
            .post, "/api/v1/sessions", "signIn",
            "Signs a person in, to act in one of their posts; sets the cookie vanthu_session.", group: group,
            access: .anyone,
            body: .json(
                .object(
                    "SignIn", .required("login", .text(1...200, "`name@CODE`, such as `an.nv@BDHN`.")),
                    .required("password", .secret(1...1000)),
                    .optional("post_id", Schema.id.noted("The post to act in; without it the first one."))
                )),
            answers: [.created(.object("Session", all: OrganisationSchemas.identity + [Self.csrfToken]))],
            handler: Self.signIn),
        Route(
            .delete, "/api/v1/sessions/current", "signOut", "Ends the session.", group: group, access: own,
            answers: [.nothing], handler: Self.signOut),
        Route(
            .get, "/api/v1/me", "getMe", "Who is asking: person, post, other posts, organisation.", group: group,
            access: .signedIn(nil),
            answers: [
                .ok(
                    .object(
                        "Me",
                        all: OrganisationSchemas.identity + [
                            .required("csrf_token", Schema.text("For sessions; null for tokens.").orNull)
                        ]))
            ], handler: Self.me),
        Route(
            .put, "/api/v1/me/password", "changePassword", "Changes one's own password and ends one's other sessions.",
            group: group, access: own,
            body: .json(
                .object(
                    "PasswordChange", .required("current", .secret(1...1000)), .required("new", .secret(8...128)))),
            answers: [.nothing]
        ) { call in
            try await call.services.signIn.changePassword(
                as: try call.caller, from: try call.body.text("current"), to: try call.body.text("new"))
            return Response(status: .noContent)
        },
        Route(
            .get, "/api/v1/tokens", "listTokens", "One's own tokens that are in force.", group: group, access: own,
            answers: [.page(.object("Token", all: Self.tokenFields), named: "TokenPage")]
        ) { call in
            try await call.list(
                """
                SELECT k.id, k.name, to_json(k.scopes) AS scopes, k.created_at, k.last_used_at, k.expires_at
                  FROM platform.api_token AS k
                 WHERE k.account_id = platform.current_account() AND k.revoked_at IS NULL AND k.expires_at > now()
                 ORDER BY k.id DESC
                """)
        },
        Route(
            .post, "/api/v1/tokens", "issueToken", "Makes a token for a machine, which acts in the present post.",
            group: group, access: own,
            body: .json(
                .object(
                    "NewToken", .required("name", .text(1...100)),
                    .required("scopes", .list(.choice(Route.Scope.grantable.map(\.rawValue)), 1...20)),
                    .optional("expires_at", Schema.instant.noted("At most a year away; 90 days without it."))
                )),
            answers: [
                .created(
                    .object(
                        "IssuedToken", .required("id", .id),
                        .required("token", .text("The secret. It is shown once and stored nowhere.")),
                        .required("name", .text()), .required("scopes", .list(.text())),
                        .required("expires_at", .instant)))
            ], handler: Self.issueToken),
        Route(
            .delete, "/api/v1/tokens/{id}", "revokeToken", "Takes a token back.", group: group, access: own,
            answers: [.nothing]
        ) { call in
            let revoke = RevokeToken(id: try call.id())
            return try await call.act { try revoke(in: $0) }
        },
    ]

    private static let csrfToken = Schema.Property.required(
        "csrf_token", .text("To be sent as X-CSRF-Token with every change by cookie."))

    private static let tokenFields: [Schema.Property] = [
        .required("id", .id), .required("name", .text()), .required("scopes", .list(.text())),
        .required("created_at", .instant), .required("last_used_at", .instant.orNull),
        .required("expires_at", .instant),
    ]

    private static func signIn(_ call: Call) async throws -> Response {
        let open = OpenSession(signIn: call.services.signIn, database: call.services.database)
        let (secret, me) = try await open(
            login: try call.body.text("login"), password: try call.body.text("password"),
            post: call.body.optionalID("post_id"), address: call.address)
        var response = Self.answer(me, csrfToken: Credential.csrfToken(forSession: secret.text), status: .created)
        let age = call.services.configuration.sessionLifetime.components.seconds
        response.headers[.setCookie] = Self.cookie(secret.text, age: age, call)
        return response
    }

    private static func signOut(_ call: Call) async throws -> Response {
        guard let credential = call.credential, credential.kind == .session,
            try await call.services.signIn.closeSession(hash: credential.hash)
        else { throw Problem.unauthenticated }
        return Response(status: .noContent, headers: [.setCookie: Self.cookie("", age: 0, call)])
    }

    private static func me(_ call: Call) async throws -> Response {
        let me = try await call.services.database.json(as: try call.caller, OrganisationQueries.me)
        guard me.rowCount > 0 else { throw Problem.notFound }
        let session = call.credential.flatMap { $0.kind == .session ? $0.secret : nil }
        return Self.answer(me, csrfToken: session.map(Credential.csrfToken(forSession:)), status: .ok)
    }

    /// The object that the database wrote, with one more member at its end.
    private static func answer(_ me: JSONResult, csrfToken: String?, status: HTTPResponse.Status) -> Response {
        var bytes = me.bytes
        bytes.removeLast()
        bytes.append(contentsOf: ",\"csrf_token\":".utf8)
        (csrfToken.map { JSONValue.string($0) } ?? .null).write(into: &bytes)
        bytes.append(UInt8(ascii: "}"))
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static func cookie(_ secret: String, age: Int64, _ call: Call) -> String {
        SessionCookie.text(secret, age: age, call.services.configuration)
    }

    private static func issueToken(_ call: Call) async throws -> Response {
        let expires = call.body.optionalInstant("expires_at") ?? Instant.now + .seconds(90 * 86_400)
        let scopes = Array(Set(call.body.texts("scopes"))).sorted()
        let issue = IssueToken(name: try call.body.text("name"), scopes: scopes, expires: expires)
        return try await call.act(.created) { transaction in
            let secret = try issue(in: transaction)
            return Outcome([
                "id": .string(issue.id.text), "token": .string(secret.text), "name": .string(issue.name),
                "scopes": .array(scopes.map { .string($0) }), "expires_at": .string(expires.description),
            ])
        }
    }
}
