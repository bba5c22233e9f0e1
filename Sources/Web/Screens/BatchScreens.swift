import API
import Foundation
import HTTPTypes
import Hummingbird
import Office
import Platform
import Postgres
import Signatures

/// Signing, or sealing, several documents at once: they are looked at, prepared together, and signed under one proof of who signs.
enum BatchScreens {
    static let all: [Page] = [
        Page(.get, "/signing", "signingForm", for: .workers) { visit in
            try await Self.form(visit, BatchWish(visit.query), nil)
        },
        Page(.post, "/signing", "signTogether", for: .workers, handler: Self.sign),
    ]

    private static func form(_ visit: Visit, _ wish: BatchWish, _ answer: FormAnswer?) async throws -> Response {
        let read = try await visit.transaction { transaction in
            (
                me: try visit.frame(in: transaction),
                documents: try transaction.json(
                    DocumentsToSign.of(wish.documents, action: wish.purpose.batchAction), as: .array),
                certificates: try transaction.json(CertificateQueries.usable(wish.purpose), as: .array),
                passkey: try transaction.json(PasskeyQueries.need(visit.services.desk.policy.secondFactor))
            )
        }
        let me = try Visit.value(of: read.me)
        let rows = try Visit.value(of: read.documents).elements
        let ways = SigningWays(
            wish.purpose, certificates: try Visit.value(of: read.certificates).elements, documents: rows,
            desk: visit.services.desk)
        let way = ways.chosen(wish.way, visit)
        let isByDelegation = me["post"]["delegated_by"].text != nil
        let looks = isByDelegation ? [:] : try await Self.look(visit, wish.purpose, rows, ways, way)
        let documents = rows.map { Self.shown($0, looks[$0["id"].text ?? ""], wish, visit) }
        let address = { (way: SigningWays.Way) in wish.address(documents: wish.documents, way: way) }
        let isSeal = wish.purpose == .seal
        let agent = visit.services.configuration.agentAddress
        let ready = documents.filter { $0["is_ready"] == true }.count
        let several = isSeal ? "signing.seal_title" : "signing.title"
        var screen = Screen(
            "signing/batch", title: documents.count == 1 ? "action.\(wish.purpose.batchAction)" : several,
            [
                "me": me, "documents": .array(documents), "passkey": try Visit.value(of: read.passkey),
                "purpose": .string(wish.purpose.rawValue), "is_seal": .boolean(isSeal),
                "way": .string(way.name), "way_\(way.kind)": true, "has_key": .boolean(ways.hasKey),
                "ways": ways.links(way, visit, address: address), "by_delegation": .boolean(isByDelegation),
                "can_sign": .boolean(ready > 0 && !isByDelegation), "certificate": ways.certificate(of: way) ?? .null,
                "service": .string(
                    SigningWays.service(ways.certificate(of: way)?["provider"].text, visit.services.desk)),
                "agent": .string(agent), "key_page": .string(isSeal ? "/seal-key" : "/me/key"),
                "again": .string(address(.soft)),
                "elsewhere": .string(documents.count == 1 ? Self.elsewhere(documents[0], wish.purpose) : ""),
            ])
        if let problem = answer?.problem { screen.status = .init(code: problem.status) }
        var response = try visit.render(screen, answer: answer)
        if way == .token {
            response.headers[.contentSecurityPolicy] = WebResponder.policy(connectingTo: agent)
        }
        if wish.way == way.name { visit.remember(way, wish.purpose, in: &response) }
        return response
    }

    /// What stands in the way of each document, by its id; of a token whose certificate is not known yet only whose turn it is.
    private static func look(
        _ visit: Visit, _ purpose: CertificatePurpose, _ rows: [JSONValue], _ ways: SigningWays, _ way: SigningWays.Way
    ) async throws -> [String: PrepareSigning.Look] {
        let wishes = rows.compactMap { row -> PrepareSigning.Wish? in
            guard let id = row["id"].text.flatMap({ UUID(text: $0) }), case .integer(let version) = row["version"]
            else { return nil }
            return PrepareSigning.Wish(document: id, version: version)
        }
        guard !wishes.isEmpty, let certificate = ways.certificate(of: way) else { return [:] }
        let choice: PrepareSigning.Choice
        if way == .soft {
            choice = .soft
        } else {
            guard let id = certificate["id"].text.flatMap({ UUID(text: $0) }) else { return [:] }
            choice = .kept(id)
        }
        let prepare = try PrepareSigning(
            purpose: purpose, wishes: wishes, choice: choice, desk: visit.services.desk)
        let looks = try await prepare.look(as: visit.caller)
        return Dictionary(looks.map { ($0.document.text, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func shown(
        _ row: JSONValue, _ look: PrepareSigning.Look?, _ wish: BatchWish, _ visit: Visit
    ) -> JSONValue {
        var shown = row
        var refusal = look?.refusal
        if look == nil {
            if row["is_turn"] != true {
                refusal = Refusal(403, "not_your_turn")
            } else if row["file_id"].text == nil {
                refusal = Refusal(409, "main_file_missing")
            }
        }
        if let refusal {
            let words = Catalogue.words(for: refusal.code, status: refusal.status, in: visit.language)
            shown = shown.with("problem", ["title": .string(words.title), "detail": .string(words.detail)])
        }
        let id = row["id"].text ?? ""
        return
            shown
            .with("warnings", .array((look?.warnings ?? []).map { .string(visit.word("warning.\($0)")) }))
            .with("is_ready", .boolean(refusal == nil))
            .with("is_chosen", .boolean(wish.chosen.map { $0.contains { $0.document.text == id } } ?? true))
    }

    private static func elsewhere(_ document: JSONValue, _ purpose: CertificatePurpose) -> String {
        "/documents/\(document["id"].text ?? "")/\(purpose.batchAction)/upload"
    }

    private static func sign(_ visit: Visit) async throws -> Response {
        let wish = try BatchWish(visit.form)
        return try await visit.submit { form in
            guard let chosen = wish.chosen, !chosen.isEmpty else {
                throw Problem(422, "invalid_input", issues: [.init(field: "chosen", code: "required")])
            }
            guard let way = SigningWays.Way(wish.way), way != .token else {
                throw Problem(422, "invalid_input", issues: [.init(field: "way", code: "unknown_value")])
            }
            var response = try await Self.sign(chosen, way, wish.purpose, form, visit)
            visit.remember(way, wish.purpose, in: &response)
            return response
        } orShow: { answer in
            try await Self.form(visit, wish, answer)
        }
    }

    /// With the key on the server all of it; with a remote service as far as that goes without asking the person for anything more.
    private static func sign(
        _ chosen: [PrepareSigning.Wish], _ way: SigningWays.Way, _ purpose: CertificatePurpose, _ form: Fields,
        _ visit: Visit
    ) async throws -> Response {
        let desk = visit.services.desk
        let caller = try visit.caller
        var choice = PrepareSigning.Choice.soft
        var (asksNothing, sendsOTP) = (false, false)
        var pin: PIN?
        if case .remote(let id) = way {
            let known = try await visit.transaction { transaction in
                try transaction.json(CertificateQueries.usable(purpose), as: .array)
            }
            let certificate = try Visit.value(of: known).elements.first { $0["id"].text == id.text }
            choice = .kept(id)
            sendsOTP = certificate?["sends_otp"] == true
            asksNothing = certificate?["wants_pin"] == false && certificate?["wants_otp"] == false
        } else {
            // Before anything is prepared.
            pin = try PIN(form.text("pin"))
        }
        let prepare = try PrepareSigning(
            purpose: purpose, wishes: chosen, choice: choice, desk: desk)
        try await prepare(as: caller)
        let next = "/signing/\(prepare.id.text)"
        let remotely = SignRemotely(session: prepare.id, desk: desk)
        if let pin {
            do {
                _ = try await CompleteSigning(session: prepare.id, desk: desk)(.pin(pin), as: caller)
            } catch {
                // The page asks again, and prepares anew what may have changed by then.
                try await visit.transaction { try SigningSession.abandon(prepare.id, in: $0) }
                throw error
            }
            return visit.goOn(to: next)
        }
        // What goes wrong with the service is no reason to lose what is prepared: the next page shows it and lets one try again.
        do {
            if asksNothing { try await remotely(RemoteSecrets(pin: nil, otp: nil), as: caller) }
            if sendsOTP { try await remotely.sendOTP(as: caller) }
        } catch is RemoteSigningError {
            return visit.goOn(to: next)
        }
        return visit.goOn(to: next, notice: sendsOTP ? "otp_sent" : nil)
    }
}

/// What was chosen to be signed together, as addresses and forms carry it.
struct BatchWish: Sendable {
    let purpose: CertificatePurpose
    let documents: [UUID]
    /// Of those the ones that stay ticked, as they were shown; nil where nothing has been ticked off yet.
    let chosen: [PrepareSigning.Wish]?
    let way: String?

    /// Fields `purpose`, `document` (ids), `chosen` (`id|version`), `way`. More than a session takes, and the same twice, is left out.
    init(_ fields: Fields) throws(Problem) {
        self.purpose = fields["purpose"].flatMap(CertificatePurpose.init) ?? .signer
        var documents: [UUID] = []
        for id in try fields.ids("document") where !documents.contains(id) { documents.append(id) }
        self.documents = Array(documents.prefix(PrepareSigning.mostDocuments))
        self.way = fields["way"]
        guard fields["form"] != nil else {
            self.chosen = nil
            return
        }
        var chosen: [PrepareSigning.Wish] = []
        for text in fields.all("chosen") {
            let parts = text.split(separator: "|").map(String.init)
            guard parts.count == 2, let id = UUID(text: parts[0]), let version = Int64(parts[1]) else {
                throw Problem(400, "malformed_request")
            }
            if !chosen.contains(where: { $0.document == id }) {
                chosen.append(PrepareSigning.Wish(document: id, version: version))
            }
        }
        self.chosen = Array(chosen.prefix(PrepareSigning.mostDocuments))
    }

    /// Of the page that signs these documents.
    func address(documents: [UUID], way: SigningWays.Way?) -> String {
        Self.address(self.purpose, documents.map(\.text), way: way)
    }

    static func address(_ purpose: CertificatePurpose, _ documents: [String], way: SigningWays.Way? = nil) -> String {
        "/signing?purpose=\(purpose.rawValue)" + (way.map { "&way=\($0.name)" } ?? "")
            + documents.map { "&document=\($0)" }.joined()
    }
}

extension CertificatePurpose {
    /// As the flow names the act.
    var batchAction: String { self == .signer ? "sign" : "seal" }
}
