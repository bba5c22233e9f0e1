import HTTPTypes
import Hummingbird
import Office
import Platform
import Signatures

/// One's own passkeys: the second factor beside the PIN of a soft key. For sessions only, as everything of an account.
enum PasskeyRoutes {
    private static let group = "Passkeys"
    private static let own = Route.Access.signedIn(.account)

    static let all: [Route] = [
        Route(
            .get, "/api/v1/me/passkeys", "listPasskeys",
            "One's own passkeys, those in force first; removed ones are kept as history.", group: group, access: own,
            answers: [.page(Self.passkey, named: "PasskeyPage")]
        ) { try await $0.list(PasskeyQueries.mine) },
        Route(
            .post, "/api/v1/me/passkey-challenges", "challengePasskey",
            """
            What an authenticator is to answer before a passkey is registered or removed: good for five minutes, once. Who has no passkey \
            yet gives the password anew; who has one proves with it (`proof`), so that an open session alone, or a stolen password, \
            changes nothing. Who has lost them all turns to the administrator of the system (`vanthu account remove-passkeys`).
            """, group: group, access: own,
            body: .json(
                .object(
                    "PasskeyWish", .optional("password", .secret(1...1000, "Of the person, for the first passkey.")))),
            answers: [.created(Self.challenge)]
        ) { call in
            if let password = call.body.optionalText("password") {
                do {
                    try await call.services.signIn.confirm(password, as: try call.caller)
                } catch SignInError.wrongLoginOrPassword {
                    throw Problem(422, "wrong_password", field: "password")
                }
            }
            let begin = try BeginPasskeyCeremony(isProven: call.body.optionalText("password") != nil)
            let party = call.services.desk.relyingParty
            return call.answer(try await call.transaction { try begin(for: party, in: $0) }, status: .created)
        },
        Route(
            .post, "/api/v1/me/passkeys", "registerPasskey",
            "Registers a passkey that answered the challenge. From then on a signature with a soft key asks for it.",
            group: group, access: own, body: .json(Self.registration), answers: [.created(OrganisationSchemas.made)]
        ) { call in
            let register = RegisterPasskey(
                name: try call.body.text("name"), attestation: try call.body.passkeyBytes("attestation"),
                clientData: try call.body.passkeyBytes("client_data"), proof: try call.body.passkeyAnswer("proof"))
            let party = call.services.desk.relyingParty
            return try await call.act(.created, location: "/api/v1/me/passkeys") { transaction in
                try register(for: party, in: transaction)
                return Outcome(["id": .string(register.id.text)])
            }
        },
        Route(
            .post, "/api/v1/me/passkeys/{id}/removal", "removePasskey",
            "Takes a passkey out of use, proven by it or another one. What it approved stays.", group: group,
            access: own, body: .json(.object("PasskeyRemoval", .optional("proof", Self.answer))), answers: [.nothing]
        ) { call in
            let remove = RemovePasskey(id: try call.id(), proof: try call.body.passkeyAnswer("proof"))
            let party = call.services.desk.relyingParty
            return try await call.act { try remove(for: party, in: $0) }
        },
    ]

    /// What `navigator.credentials.get` gave.
    static let answer = Schema.object(
        "PasskeyAssertion", .required("credential_id", .text(1...1400, "Base64url.")),
        .required("client_data", .text(1...22_000, "Base64url: `clientDataJSON`.")),
        .required("authenticator_data", .text(1...11_000, "Base64url.")),
        .required("signature", .text(1...1400, "Base64url.")))

    private static let registration = Schema.object(
        "NewPasskey", .required("name", .text(1...100, "Which telephone, which key.")),
        .required("client_data", .text(1...22_000, "Base64url: `clientDataJSON`.")),
        .required("attestation", .text(1...88_000, "Base64url: `attestationObject`.")),
        .optional(
            "proof",
            Self.answer.noted("Of a passkey that is there already, to the same challenge; wanted when there is one.")))

    private static let passkey = Schema.object(
        "Passkey", .required("id", .id), .required("name", .text()), .required("registered_at", .instant),
        .required("last_used_at", .instant.orNull), .required("removed_at", .instant.orNull))

    private static let challenge = Schema.object(
        "PasskeyChallenge", .required("challenge", .text("Base64url.")), .required("expires_at", .instant),
        .required("proof", .choice(["password", "passkey"], "What shows that the holder asks.")),
        .required("relying_party_id", .text()),
        .required(
            "user",
            .object(
                .required("id", .text("Base64url.")), .required("name", .text()), .required("display_name", .text()))),
        .required("credential_ids", .list(.text("Base64url."), nil, "Of the passkeys in force.")))

    /// What a passkey has to answer before a soft key signs.
    static let wanted = Schema.object(
        "WantedPasskey",
        .required("challenge", .text("Base64url; another one after every answer that was taken.")),
        .required("relying_party_id", Schema.text("Null when the server's public address has no name.").orNull),
        .required("credential_ids", .list(.text("Base64url."), nil, "Of the passkeys that may answer.")))
}

extension JSONObject {
    /// Bytes that came as base64url.
    func passkeyBytes(_ name: String) throws -> [UInt8] {
        guard let bytes = [UInt8](base64URL: try self.text(name)) else {
            throw SignaturesError.passkeyRefused(.malformed)
        }
        return bytes
    }

    /// What a passkey answered; `nil` when it is left out.
    func passkeyAnswer(_ name: String) throws -> PasskeyAnswer? {
        try self.object(name).map { answer in
            PasskeyAnswer(
                credentialID: try answer.passkeyBytes("credential_id"),
                assertion: PasskeyAssertion(
                    clientData: try answer.passkeyBytes("client_data"),
                    authenticatorData: try answer.passkeyBytes("authenticator_data"),
                    signature: try answer.passkeyBytes("signature")))
        }
    }
}
