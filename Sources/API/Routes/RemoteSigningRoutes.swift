import Foundation
import HTTPTypes
import Hummingbird
import Office
import PAdES
import Platform
import Signatures

/// Signing at a remote service: which there are, one's certificates there, and signing what a session has prepared.
enum RemoteSigningRoutes {
    private static let group = "Signatures"
    private static let reading = Route.Access.signedIn(.documentsRead)
    private static let writing = Route.Access.signedIn(.signaturesWrite)

    static let all: [Route] = [
        Route(
            .get, "/api/v1/remote-providers", "listRemoteProviders",
            "The remote signing services of this installation.",
            group: group, access: reading, answers: [.ok(Self.providers)]
        ) { call in
            let providers = call.services.desk.remote.providers.map { provider -> JSONValue in
                ["id": .string(provider.id), "name": .string(provider.name), "shape": .string(provider.shape.rawValue)]
            }
            return call.answer(["providers": .array(providers)])
        },
        Route(
            .get, "/api/v1/remote-certificates", "listRemoteCertificates",
            "One's certificates at remote services, newest first, and what a signature with them takes.", group: group,
            access: reading, answers: [.page(Self.certificate, named: "RemoteCertificatePage")]
        ) { try await $0.list(RemoteCredential.mine) },
        Route(
            .post, "/api/v1/remote-certificates", "registerRemoteCertificates",
            """
            Asks a remote service for the certificates of a user and registers those of the caller's own name, or for clerks the \
            organisation's.
            """, group: group, access: writing, body: .json(Self.wish), answers: [.created(Self.registered)]
        ) { call in
            let body = call.body
            let register = RegisterRemoteCertificates(
                purpose: CertificatePurpose(rawValue: try body.text("purpose")) ?? .signer,
                provider: try body.text("provider"), user: try body.text("user"),
                credential: body.optionalText("credential"), desk: call.services.desk)
            let ids = try await register(as: call.caller)
            var response = call.answer(["ids": .array(ids.map { .string($0.text) })], status: .created)
            response.headers[.location] = "/api/v1/remote-certificates"
            return response
        },
        Route(
            .post, "/api/v1/signing-sessions/{id}/otp", "sendRemoteOTP",
            "Has the remote service of the session's certificate send an OTP.", group: group, access: writing,
            answers: [.nothing]
        ) { call in
            try await SignRemotely(session: call.id(), desk: call.services.desk).sendOTP(as: call.caller)
            return Response(status: .noContent)
        },
        Route(
            .post, "/api/v1/signing-sessions/{id}/remote-signature", "signRemotely",
            """
            Has the remote service sign everything that is still to be signed, under one authorisation. Where the person confirms in an \
            app, the items stay `prepared` and are completed in the background; ask for the session to see how far it is.
            """, group: group, access: writing, body: .json(Self.secrets), answers: [.ok(SigningSessionRoutes.session)]
        ) { call in
            let id = try call.id()
            let secrets = RemoteSecrets(pin: call.body.optionalText("pin"), otp: call.body.optionalText("otp"))
            try await SignRemotely(session: id, desk: call.services.desk)(secrets, as: call.caller)
            return try await call.object(SigningSessionRoutes.page(id, call))
        },
    ]

    private static let providers = Schema.object(
        "RemoteProviders",
        .required(
            "providers",
            .list(
                .object(
                    .required("id", .text()), .required("name", .text()),
                    .required("shape", .choice(["csc1", "csc2", "national"]))))))

    private static let certificate = Schema.object(
        "RemoteCertificate", .required("id", .id), .required("purpose", .choice(["signer", "seal"])),
        .required("kind", .choice(CertificateKind.allCases.map(\.rawValue))), .required("subject", .text()),
        .required("serial", .text()), .required("not_after", .instant), .required("provider", .text()),
        .required("credential", .text()),
        .required(
            "algorithms", .list(.choice(SignatureAlgorithm.allCases.map(\.rawValue)), nil, "The best first.")),
        .required("batch", .integer(1...1_000_000, "Documents that one authorisation may sign.")),
        .required("wants_pin", .boolean), .required("wants_otp", .boolean), .required("sends_otp", .boolean),
        .required("is_elsewhere", Schema.boolean.noted("The person confirms in an app or on a page of the service.")))

    private static let wish = Schema.object(
        "RemoteCertificateWish", .required("purpose", .choice(["signer", "seal"])),
        .required("provider", .text(1...50)),
        .required("user", .text(0...100, "Who the person is to the service: CCCD, tax number; may be empty.")),
        .optional("credential", .text(1...200, "This one alone.")))

    private static let registered = Schema.object("RegisteredCertificates", .required("ids", .list(.id)))

    private static let secrets = Schema.object(
        "RemoteSecrets", .optional("pin", .secret(1...64, "Never stored, never logged.")),
        .optional("otp", .secret(1...64, "Never stored, never logged.")))
}
