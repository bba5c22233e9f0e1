import API
import Foundation
import Hummingbird
import Office
import Platform
import Postgres
import Signatures

/// Signing, sealing, and the keys that both need.
enum SigningScreens {
    static let all: [Page] = [
        Page(.get, "/documents/{id}/sign", "signForm", for: .workers) { visit in try await Self.signForm(visit, nil) },
        Page(.post, "/documents/{id}/sign", "sign", for: .workers, handler: Self.sign),
        Page(.get, "/documents/{id}/seal", "sealForm", for: .workers) { visit in try await Self.sealForm(visit, nil) },
        Page(.post, "/documents/{id}/seal", "seal", for: .workers, handler: Self.seal),
        Page(.get, "/documents/{id}/sign/token", "tokenSignForm", for: .workers) { visit in
            try await Self.tokenForm(visit, .signer)
        },
        Page(.get, "/documents/{id}/seal/token", "tokenSealForm", for: .workers) { visit in
            try await Self.tokenForm(visit, .seal)
        },
        Page(.get, "/documents/{id}/sign/upload", "signedFileForm", for: .workers) { visit in
            try await Self.uploadForm(visit, .signer)
        },
        Page(.get, "/documents/{id}/seal/upload", "sealedFileForm", for: .workers) { visit in
            try await Self.uploadForm(visit, .seal)
        },
        Page(.get, "/me/key", "keyForm", for: .workers) { visit in try await Self.keyForm(visit, .signer, nil) },
        Page(.post, "/me/key", "enrolKey", for: .workers) { visit in try await Self.enrol(visit, .signer) },
        Page(.get, "/seal-key", "sealKeyForm", for: .clerks) { visit in try await Self.keyForm(visit, .seal, nil) },
        Page(.post, "/seal-key", "enrolSealKey", for: .clerks) { visit in try await Self.enrol(visit, .seal) },
    ]

    private static let keys: (name: String, sql: SQL, shape: JSONShape) = ("keys", CertificateQueries.mine, .array)

    /// Whether a passkey has to answer beside the PIN, and whether there is one.
    private static func passkey(_ visit: Visit) -> (name: String, sql: SQL, shape: JSONShape) {
        ("passkey", PasskeyQueries.need(visit.services.desk.policy.secondFactor), .object)
    }

    /// The certificate of that purpose that can sign now.
    private static func key(_ purpose: CertificatePurpose, in content: [String: JSONValue]) -> JSONValue? {
        let now = Instant.now
        return content["keys"]?.elements.first { key in
            guard key["purpose"].text == purpose.rawValue, key["state"].text == "valid",
                key["tries_left"] != .integer(0),
                let end = key["not_after"].text.flatMap({ Instant($0) })
            else { return false }
            return end > now
        }
    }

    private static func usable(_ purpose: CertificatePurpose) -> (name: String, sql: SQL, shape: JSONShape) {
        ("usable", CertificateQueries.usable(purpose), .array)
    }

    private static func signForm(_ visit: Visit, _ answer: FormAnswer?) async throws -> Response {
        var ground = try await ActGround.read(
            visit, "sign", [Self.keys, Self.passkey(visit), Self.usable(.signer)])
        if answer == nil, let elsewhere = ground.rememberedWay(.signer) { return visit.goOn(to: elsewhere) }
        ground.addWays(.signer, here: .soft)
        var answer = answer
        ground.content["key"] = Self.key(.signer, in: ground.content)
        ground.content["by_delegation"] = .boolean(ground.isByDelegation)
        if ground.isOpen, ground.content["key"] != nil, !ground.isByDelegation {
            do {
                let proposal = try await visit.services.desk.proposal(for: ground.document, as: visit.caller)
                ground.content["place"] = PlaceField.content(proposal)
            } catch {
                let problem = Problem(error)
                guard problem.status < 500 else { throw error }
                if answer?.problem == nil { answer = FormAnswer(fields: Fields(), problem: problem) }
            }
        }
        return try Self.remembering(try ground.show("acts/sign", answer), .signer, visit)
    }

    /// Where the visitor has just chosen the key on the server, the browser remembers it.
    private static func remembering(
        _ response: Response, _ purpose: CertificatePurpose, _ visit: Visit
    ) throws -> Response {
        var response = response
        if visit.query["way"] == "soft" { visit.remember(.soft, purpose, in: &response) }
        return response
    }

    private static func sign(_ visit: Visit) async throws -> Response {
        try await visit.submit { form in
            let id = try visit.id()
            let sign = SignDocument(
                document: id, purpose: .signer, version: try form.version(), place: try PlaceField.place(form),
                desk: visit.services.desk)
            _ = try await sign(pin: PIN(form.text("pin")), as: visit.caller)
            return visit.done("sign", on: id, tab: "signatures")
        } orShow: { answer in
            try await Self.signForm(visit, answer)
        }
    }

    /// Signing with a token, by the script that talks to the agent on the visitor's machine: the one page that may connect there.
    private static func tokenForm(_ visit: Visit, _ purpose: CertificatePurpose) async throws -> Response {
        var ground = try await ActGround.read(visit, purpose.batchAction, [Self.usable(purpose)])
        ground.addWays(purpose, here: .token)
        let agent = visit.services.configuration.agentAddress
        ground.content["purpose"] = .string(purpose.rawValue)
        ground.content["agent"] = .string(agent)
        ground.content["by_delegation"] = .boolean(ground.isByDelegation)
        var response = try ground.show("acts/token", nil)
        response.headers[.contentSecurityPolicy] = WebResponder.policy(connectingTo: agent)
        visit.remember(.token, purpose, in: &response)
        return response
    }

    /// Signing with another program: the file goes out, and comes back by the script that sends files.
    private static func uploadForm(_ visit: Visit, _ purpose: CertificatePurpose) async throws -> Response {
        var ground = try await ActGround.read(visit, purpose.batchAction, [Self.usable(purpose)])
        ground.addWays(purpose, here: nil)
        ground.content["purpose"] = .string(purpose.rawValue)
        ground.content["by_delegation"] = .boolean(ground.isByDelegation)
        return try ground.show("acts/upload", nil)
    }

    private static func sealForm(_ visit: Visit, _ answer: FormAnswer?) async throws -> Response {
        var ground = try await ActGround.read(visit, "seal", [Self.keys, Self.passkey(visit), Self.usable(.seal)])
        if answer == nil, let elsewhere = ground.rememberedWay(.seal) { return visit.goOn(to: elsewhere) }
        ground.addWays(.seal, here: .soft)
        ground.content["key"] = Self.key(.seal, in: ground.content)
        ground.content["by_delegation"] = .boolean(ground.isByDelegation)
        return try Self.remembering(try ground.show("acts/seal", answer), .seal, visit)
    }

    private static func seal(_ visit: Visit) async throws -> Response {
        try await visit.submit { form in
            let id = try visit.id()
            let seal = SignDocument(
                document: id, purpose: .seal, version: try form.version(), desk: visit.services.desk)
            _ = try await seal(pin: PIN(form.text("pin")), as: visit.caller)
            return visit.done("seal", on: id, tab: "signatures")
        } orShow: { answer in
            try await Self.sealForm(visit, answer)
        }
    }

    private static func keyForm(
        _ visit: Visit, _ purpose: CertificatePurpose, _ answer: FormAnswer?
    ) async throws -> Response {
        let next = answer?.fields["next"] ?? visit.query["next"]
        let all = try await visit.transaction { try $0.json(Self.keys.sql, as: Self.keys.shape) }
        let keys = try Visit.value(of: all)
        return try await visit.show(
            "acts/key", title: purpose == .signer ? "acts.key" : "acts.seal_key",
            also: [
                "is_seal": .boolean(purpose == .seal), "next": .string(next.map { LocalPath.checked($0) } ?? ""),
                "action_path": .string(visit.request.uri.path),
                "keys": .array(keys.elements.filter { $0["purpose"].text == purpose.rawValue }),
                "can_sign": .boolean(Self.key(purpose, in: ["keys": keys]) != nil),
            ], answer: answer)
    }

    private static func enrol(_ visit: Visit, _ purpose: CertificatePurpose) async throws -> Response {
        try await visit.submit { form in
            let pin = try form.text("pin")
            guard form["pin_again"] == pin else {
                throw Problem(422, "invalid_input", issues: [.init(field: "pin_again", code: "pins_differ")])
            }
            try await EnrolKey(purpose: purpose, desk: visit.services.desk)(pin: PIN(pin), as: visit.caller)
            let next = form["next"].map { LocalPath.checked($0) } ?? visit.request.uri.path
            return visit.goOn(to: next, notice: "key_made")
        } orShow: { answer in
            try await Self.keyForm(visit, purpose, answer)
        }
    }
}

/// The place of a signature as people read it: the page from 1, millimetres from the left and the lower edge.
enum PlaceField {
    private static let pointsPerMillimetre = 72 / 25.4

    static func content(_ proposal: SignatureProposal) -> JSONValue {
        let box = proposal.signature
        let page = proposal.pages.indices.contains(box.page) ? proposal.pages[box.page] : nil
        func millimetres(_ points: Double) -> JSONValue { .string(Self.text(points / Self.pointsPerMillimetre)) }
        return [
            "page": .string(String(box.page + 1)), "x": millimetres(box.x), "y": millimetres(box.y),
            "pages": .integer(Int64(proposal.pages.count)),
            "width": millimetres(SignaturePlace.width), "height": millimetres(SignaturePlace.height),
            "page_width": millimetres(page?.width ?? 0), "page_height": millimetres(page?.height ?? 0),
            "seal_size": millimetres(proposal.seal.width), "seal_x": millimetres(proposal.seal.x),
            "seal_y": millimetres(proposal.seal.y),
        ]
    }

    /// Where the signer wants the signature; `nil` when it stays where the words of the document say.
    static func place(_ form: Fields) throws(Problem) -> SignaturePlace? {
        let names = ["page", "x", "y"]
        if names.allSatisfy({ form[$0] == nil || form[$0] == form["proposed_\($0)"] }) { return nil }
        guard let page = try form.integer("page"), let x = Self.number(form["x"]), let y = Self.number(form["y"]),
            (1...100_000).contains(page)
        else { throw Problem(422, "place_outside_page", field: "place") }
        return SignaturePlace(
            page: Int(page) - 1, x: x * Self.pointsPerMillimetre, y: y * Self.pointsPerMillimetre)
    }

    /// With a point or a comma.
    private static func number(_ text: String?) -> Double? {
        text.flatMap { Double($0.replacing(",", with: ".")) }.flatMap { $0.isFinite ? $0 : nil }
    }

    /// Tenths of a millimetre, never more than there is: rounding up could push the box off its page.
    private static func text(_ millimetres: Double) -> String {
        let tenths = Int((millimetres * 10 + 0.000_1).rounded(.down))
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}
