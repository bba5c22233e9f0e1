import Foundation
import HTTPTypes
import Hummingbird
import Office
import Platform
import Signatures

/// Keys and certificates of the internal CA, signing and sealing.
enum SignatureRoutes {
    private static let group = "Signatures"
    private static let reading = Route.Access.signedIn(.documentsRead)
    private static let writing = Route.Access.signedIn(.signaturesWrite)
    private static let pin = Schema.object(
        "PIN", .required("pin", .secret(6...64, "Not one character only; never stored, never logged.")))

    static let place = Schema.object(
        "SignaturePlace", .required("page", .integer(0...99_999, "The first is 0.")),
        .required("x", .number("Points from the left edge of the page as it is shown.")),
        .required("y", .number("Points from its lower edge.")))

    private static let revocation = Schema.object(
        "CertificateRevocation",
        .required(
            "reason",
            .choice(
                RevocationReason.allCases.map(\.rawValue),
                "Published, but for key_lost, which is told as key_compromise.")),
        .optional("note", .text(0...500, "Kept, not published.")))

    private static let signing = Schema.object(
        "SigningRequest", .required("pin", .secret(6...64, "Never stored, never logged.")),
        .optional(
            "place",
            Self.place.noted("The lower left corner of the signature; left out, the document's words say where.")))

    static let all: [Route] = [
        Route(
            .get, "/api/v1/signing-keys", "listSigningKeys",
            "Certificates of the caller's post and of the organisation, newest first.", group: group, access: reading,
            answers: [.page(Self.certificate, named: "SigningKeyPage")]
        ) { try await $0.list(CertificateQueries.mine) },
        Route(
            .get, "/api/v1/certificate-authorities", "listCertificateAuthorities",
            "The certificates of the internal CA's authorities, of today and of before, root first.", group: group,
            access: reading,
            answers: [.page(Self.authority, named: "CertificateAuthorityPage")]
        ) { try await $0.list(CertificateQueries.authorities) },
        Route(
            .post, "/api/v1/signing-keys", "enrolSigningKey", "Makes a key and a certificate for the caller's post.",
            group: group, access: writing, body: .json(Self.pin), answers: [.created(OrganisationSchemas.made)]
        ) { try await Self.enrol(.signer, $0) },
        Route(
            .post, "/api/v1/seal-keys", "enrolSealKey", "Makes the organisation's key and certificate. For clerks.",
            group: group, access: writing, body: .json(Self.pin), answers: [.created(OrganisationSchemas.made)]
        ) { try await Self.enrol(.seal, $0) },
        Route(
            .post, "/api/v1/signing-certificates/{id}/revocation", "revokeCertificate",
            "Revokes a certificate: one's own, as a clerk the organisation's, as an administrator any.", group: group,
            access: writing, body: .json(Self.revocation), answers: [.nothing]
        ) { call in
            let reason = RevocationReason(rawValue: try call.body.text("reason")) ?? .unspecified
            let revoke = RevokeCertificate(
                id: try call.id(),
                revocation: CertificateRevocation(reason: reason, note: call.body.optionalText("note") ?? ""))
            return try await call.act { try revoke(in: $0) }
        },
        Route(
            .post, "/api/v1/documents/{id}/signature", "signDocument",
            """
            Signs a document; for the signer it names. A wrong PIN says in `tries_left` how often it may still be tried. Where a passkey has to \
            answer (`passkey_required`), a signing session is prepared and completed instead.
            """,
            group: group, access: writing, body: .json(Self.signing), answers: [Self.signed], traits: .ifMatch
        ) { try await Self.sign(.signer, $0) },
        Route(
            .post, "/api/v1/documents/{id}/seal", "sealDocument",
            "Writes number and date into a numbered document and puts the organisation's seal on it. For clerks.",
            group: group, access: writing, body: .json(Self.pin), answers: [Self.signed], traits: .ifMatch
        ) { try await Self.sign(.seal, $0) },
    ]

    private static func sign(_ purpose: CertificatePurpose, _ call: Call) async throws -> Response {
        let id = try call.id()
        let sign = SignDocument(
            document: id, purpose: purpose, version: call.version,
            place: try call.body.object("place").map { place in
                SignaturePlace(page: Int(try place.integer("page")), x: try place.number("x"), y: try place.number("y"))
            }, desk: call.services.desk)
        let made = try await sign(pin: PIN(call.body.text("pin")), as: call.caller)
        return Self.answer(id, made.signature, made.outcome)
    }

    static let signed = Route.Answer.created(
        .object("SignedDocument", all: DocumentSchemas.standing + [.required("signature_id", .id)]))

    private static let certificate = Schema.object(
        "SigningKey", .required("id", .id), .required("purpose", .choice(["signer", "seal"])),
        .required("device", .choice(SigningDevice.allCases.map(\.rawValue))),
        .required("kind", .choice(CertificateKind.allCases.map(\.rawValue), "By the root that it leads to.")),
        .required("subject", .text()), .required("serial", .text()), .required("state", .choice(["valid", "revoked"])),
        .required("not_before", .instant), .required("not_after", .instant),
        .required("revoked_at", Schema.instant.orNull),
        .required("revocation_reason", Schema.choice(RevocationReason.allCases.map(\.rawValue)).orNull),
        .required(
            "tries_left",
            .integer(0...5, "PINs that may still be tried; at 0 the key is locked, or is not with the server.")))

    private static let authority = Schema.object(
        "CertificateAuthority", .required("id", .id),
        .required("kind", .choice(["root", "issuing", "responder", "time_stamp"])),
        .required("state", .choice(["active", "retired", "revoked"])),
        .required("subject", .text()), .required("certificate", .text("DER in base64.")),
        .required("not_after", .instant))

    private static func enrol(_ purpose: CertificatePurpose, _ call: Call) async throws -> Response {
        let enrol = EnrolKey(purpose: purpose, desk: call.services.desk)
        try await enrol(pin: PIN(call.body.text("pin")), as: call.caller)
        var response = call.answer(["id": .string(enrol.id.text)], status: .created)
        response.headers[.location] = "/api/v1/signing-keys"
        return response
    }

    static func answer(_ document: UUID, _ signature: UUID, _ outcome: ActOutcome) -> Response {
        let outcome = Outcome(document, outcome, ["signature_id": .string(signature.text)])
        var headers: HTTPFields = [
            .contentType: "application/json", .location: "/api/v1/documents/\(document.text)",
        ]
        if let etag = outcome.etag { headers[.eTag] = etag }
        return Response(
            status: .created, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: outcome.bytes)))
    }
}
