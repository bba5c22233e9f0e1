import Foundation
import HTTPTypes
import Hummingbird
import Office
import PAdES
import Platform
import Postgres
import Signatures

/// Signing in two steps on any device: *prepare* fixes the bytes and says what is to be signed, *complete* takes the values.
enum SigningSessionRoutes {
    private static let group = "Signatures"
    private static let reading = Route.Access.signedIn(.documentsRead)
    private static let writing = Route.Access.signedIn(.signaturesWrite)
    private static let purpose = Schema.choice(["signer", "seal"])
    private static let devices = SigningDevice.allCases.filter { $0 != .soft }.map(\.rawValue)

    static let all: [Route] = [
        Route(
            .post, "/api/v1/signing-certificates", "registerSigningCertificate",
            "Registers a certificate whose key is on a token or at a remote service, for the caller's post or, for clerks, the organisation's seal.",
            group: group, access: writing, body: .json(Self.shownCertificate),
            answers: [.created(OrganisationSchemas.made)]
        ) { call in
            let device = try Self.device(call.body, purpose: call.body.text("purpose"))
            let desk = call.services.desk
            let kind = try await desk.kind(of: device)
            let made = try await call.transaction { try device.register(kind, in: $0).id }
            var response = call.answer(["id": .string(made.text)], status: .created)
            response.headers[.location] = "/api/v1/signing-keys"
            return response
        },
        Route(
            .delete, "/api/v1/signing-certificates/{id}", "withdrawSigningCertificate",
            "Takes a device's certificate out of use.", group: group, access: writing, answers: [.nothing]
        ) { call in
            let id = try call.id()
            return try await call.act { try DeviceCertificate.withdraw(id, in: $0) }
        },
        Route(
            .post, "/api/v1/signing-sessions", "prepareSigning",
            """
            Fixes the bytes of up to fifty documents and says, for each, what is to be signed. The key may be anywhere: a soft key (no \
            certificate is named), a registered certificate, or one that a device shows now. A document that cannot be signed is an item \
            with its problem; when none can, the first one's problem is the answer.
            """, group: group, access: writing, body: .json(Self.wish), answers: [.created(Self.session)]
        ) { try await Self.prepare($0) },
        Route(
            .get, "/api/v1/signing-sessions/{id}", "getSigningSession",
            "One's own signing session and how far it is.", group: group, access: reading, answers: [.ok(Self.session)]
        ) { call in try await call.object(Self.page(call.id(), call)) },
        Route(
            .post, "/api/v1/signing-sessions/{id}/completion", "completeSigning",
            """
            Takes signature values of a device, or the PIN of a soft key for all that is still to be signed. Each value is verified before \
            anything is kept; completing again gives the same answer. The problem of a single value is the answer's status; of several, \
            each item says its own. Where the session has a `passkey`, the PIN comes with its answer to the challenge; without a good one the \
            PIN is not tried.
            """, group: group, access: writing, body: .json(Self.proof), answers: [.ok(Self.session)]
        ) { try await Self.complete($0) },
        Route(
            .delete, "/api/v1/signing-sessions/{id}", "abandonSigning",
            "Gives up what is not signed yet.", group: group, access: writing, answers: [.nothing]
        ) { call in
            let id = try call.id()
            return try await call.act { try SigningSession.abandon(id, in: $0) }
        },
    ]

    private static func prepare(_ call: Call) async throws -> Response {
        let body = call.body
        let purpose = CertificatePurpose(rawValue: try body.text("purpose")) ?? .signer
        var choice = PrepareSigning.Choice.soft
        if let id = body.optionalID("certificate_id") {
            choice = .kept(id)
        } else if let shown = body.object("certificate") {
            choice = .shown(try Self.device(shown, purpose: purpose.rawValue))
        }
        let wishes = try body.list("documents").map { element in
            guard case .object(let wish) = element else { throw Problem.internalError }
            return PrepareSigning.Wish(
                document: try wish.id("document_id"), version: try wish.integer("version"),
                place: try wish.object("place").map { place in
                    SignaturePlace(
                        page: Int(try place.integer("page")), x: try place.number("x"), y: try place.number("y"))
                })
        }
        let prepare = try PrepareSigning(
            purpose: purpose, wishes: wishes, choice: choice,
            channel: body.optionalText("channel").flatMap { SignaturePolicy.Channel(rawValue: $0) } ?? .inside,
            algorithm: body.optionalText("algorithm").flatMap { SignatureAlgorithm(rawValue: $0) },
            desk: call.services.desk)
        try await prepare(as: call.caller)
        var response = try await call.object(Self.page(prepare.id, call))
        response.status = .created
        response.headers[.location] = "/api/v1/signing-sessions/\(prepare.id.text)"
        return response
    }

    private static func complete(_ call: Call) async throws -> Response {
        let id = try call.id()
        let complete = CompleteSigning(session: id, desk: call.services.desk)
        let proof: CompleteSigning.Proof
        if let pin = call.body.optionalText("pin") {
            guard call.body.list("values").isEmpty else { throw SignaturesError.wrongProof }
            proof = .pin(try PIN(pin), try call.body.passkeyAnswer("passkey"))
        } else {
            let values = try call.body.list("values").map { element in
                guard case .object(let value) = element else { throw Problem.internalError }
                guard let bytes = Data(base64Encoded: try value.text("value")) else {
                    throw SignaturesError.wrongSignature
                }
                return (item: try value.id("item_id"), value: [UInt8](bytes))
            }
            guard !values.isEmpty else { throw SignaturesError.wrongProof }
            proof = .values(values)
        }
        let outcomes = try await complete(proof, as: call.caller)
        if outcomes.count == 1, case .failure(let error) = outcomes[0].result { throw error }
        return try await call.object(Self.page(id, call))
    }

    /// The session as it is shown to its owner.
    static func page(_ id: UUID, _ call: Call) -> SQL {
        let desk = call.services.desk
        return SigningSession.page(id, rule: desk.policy.secondFactor, for: desk.relyingParty)
    }

    private static func device(_ body: JSONObject, purpose: String) throws -> DeviceCertificate {
        func bytes(_ text: String) throws -> [UInt8] {
            guard let data = Data(base64Encoded: text) else { throw SignaturesError.certificateUnsuitable }
            return [UInt8](data)
        }
        return try DeviceCertificate(
            purpose: CertificatePurpose(rawValue: purpose) ?? .signer,
            device: SigningDevice(rawValue: try body.text("device")) ?? .token,
            certificate: try bytes(try body.text("certificate")), chain: try body.texts("chain").map { try bytes($0) })
    }

    private static let certificateFields: [Schema.Property] = [
        .required("device", .choice(Self.devices)),
        .required("certificate", .text(1...20_000, "DER in base64.")),
        .optional("chain", .list(.text(1...20_000, "DER in base64."), 0...8, "The issuers, nearest first.")),
    ]

    private static let shownCertificate = Schema.object(
        "ShownCertificate", all: [.required("purpose", Self.purpose)] + Self.certificateFields)

    private static let wish = Schema.object(
        "SigningWish", .required("purpose", Self.purpose),
        .required(
            "documents",
            .list(
                .object(
                    .required("document_id", .id),
                    .required("version", .integer(1...Int64.max, "As it was read: of another one nothing is signed.")),
                    .optional("place", SignatureRoutes.place)), 1...PrepareSigning.mostDocuments)),
        .optional("certificate_id", Schema.id.noted("Of a certificate in the list of signing keys.")),
        .optional("certificate", .object("DeviceCertificate", all: Self.certificateFields)),
        .optional(
            "algorithm",
            .choice(
                SignatureAlgorithm.allCases.map(\.rawValue),
                "Left out: what suits the key, or what its remote service does best. PKCS#1 v1.5 only where the device can do nothing else."
            )),
        .optional(
            "channel",
            .choice(
                SignaturePolicy.Channel.allCases.map(\.rawValue),
                "Where it will go: the policy asks more of what leaves.")))

    private static let proof = Schema.object(
        "SigningProof", .optional("pin", .secret(6...64, "Of a soft key. Never stored, never logged.")),
        .optional("passkey", PasskeyRoutes.answer.noted("The answer to the session's challenge, where it has one.")),
        .optional(
            "values",
            .list(
                .object(
                    .required("item_id", .id),
                    .required("value", .text(1...4_000, "Base64; ECDSA as DER or as r ‖ s."))),
                1...PrepareSigning.mostDocuments)))

    static let session = Schema.object(
        "SigningSession", .required("id", .id), .required("purpose", Self.purpose),
        .required("device", .choice(SigningDevice.allCases.map(\.rawValue))), .required("certificate_id", .id),
        .required("certificate_subject", .text()), .required("created_at", .instant), .required("expires_at", .instant),
        .required("state", .choice(["open", "done", "abandoned", "expired"])),
        .required(
            "passkey",
            PasskeyRoutes.wanted.noted("What a passkey has to answer beside the PIN; null when none has to.").orNull),
        .required("items", .list(Self.item)))

    private static let item = Schema.object(
        "SigningItem", .required("id", .id), .required("document_id", .id),
        .required("state", .choice(["prepared", "completed", "refused"])),
        .required("algorithm", Schema.choice(SignatureAlgorithm.allCases.map(\.rawValue)).orNull),
        .required(
            "digest", Schema.text("Base64: the hash of the signed attributes, for devices that sign hashes.").orNull),
        .required("signed_attributes", Schema.text("Base64: the DER that is hashed and signed.").orNull),
        .required("file_name", Schema.text().orNull),
        .required("warnings", .list(.text(), nil, "Such as `title_differs`.")),
        .required("problem", Schema.text("The code of what went wrong last.").orNull),
        .required("problem_status", Schema.integer().orNull), .required("signature_id", Schema.id.orNull),
        .required("document_state", Schema.text().orNull), .required("document_version", Schema.integer().orNull))
}
