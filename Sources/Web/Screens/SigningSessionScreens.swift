import API
import Foundation
import Hummingbird
import Office
import Platform
import Postgres
import Signatures

/// A signing session as its owner sees it: what became of each document, what a remote service still asks for, what it is waited for. It has
/// an address of its own, so that it outlives a reload and a restart.
enum SigningSessionScreens {
    static let all: [Page] = [
        Page(.get, "/signing/{id}", "signingSession", for: .workers) { visit in try await Self.show(visit, nil) },
        Page(.post, "/signing/{id}", "signAtService", for: .workers, handler: Self.sign),
    ]

    private static func show(_ visit: Visit, _ answer: FormAnswer?) async throws -> Response {
        let id = try visit.id()
        let desk = visit.services.desk
        return try await visit.screen("signing/session", title: "signing.session", answer: answer) { transaction in
            let page = SigningSession.page(id, rule: desk.policy.secondFactor, for: desk.relyingParty)
            let session = try Visit.value(of: try transaction.json(page))
            let purpose = session["purpose"].text.flatMap(CertificatePurpose.init) ?? .signer
            let standing = try transaction.json(RemoteRequest.standing(of: id))
            let remote = standing.bytes.isEmpty ? JSONValue.null : try Visit.value(of: standing)
            let ids = session["items"].elements.compactMap { $0["document_id"].text.flatMap { UUID(text: $0) } }
            let documents = try transaction.json(DocumentsToSign.of(ids, action: purpose.batchAction), as: .array)
            return Self.content(
                session, purpose, remote, try Visit.value(of: documents).elements, visit)
        }
    }

    private static func content(
        _ session: JSONValue, _ purpose: CertificatePurpose, _ remote: JSONValue, _ documents: [JSONValue],
        _ visit: Visit
    ) -> [String: JSONValue] {
        let isUnderWay = remote["is_under_way"] == true
        let isOpen = session["state"].text == "open"
        let items = session["items"].elements.map { item -> JSONValue in
            let document = documents.first { $0["id"] == item["document_id"] } ?? .null
            var shown: JSONObject = [
                "document_id": item["document_id"], "notation": document["notation"], "subject": document["subject"],
            ]
            shown["is_done"] = .boolean(item["state"].text == "completed")
            let isPrepared = item["state"].text == "prepared"
            shown["is_waiting"] = .boolean(isPrepared && isOpen && isUnderWay)
            let isNew = isPrepared && isOpen && !isUnderWay && item["problem"].text == nil
            shown["is_prepared"] = .boolean(isNew)
            if item["state"].text != "completed", shown["is_waiting"] != true, !isNew {
                var status = 410
                if case .integer(let number) = item["problem_status"] { status = Int(number) }
                let code =
                    item["problem"].text
                    ?? (session["state"].text == "abandoned" ? "signing_session_abandoned" : "signing_session_expired")
                let words = Catalogue.words(for: code, status: status, in: visit.language)
                shown["problem"] = ["title": .string(words.title), "detail": .string(words.detail)]
            }
            return .object(shown)
        }
        let left = items.filter { $0["is_done"] != true }.compactMap { $0["document_id"].text }
        let asks = isOpen && !isUnderWay && session["device"].text == "remote"
        return [
            "session": session, "items": .array(items), "remote": remote, "is_seal": .boolean(purpose == .seal),
            "total": .integer(Int64(items.count)), "done": .string(String(items.count - left.count)),
            "is_waiting": .boolean(isOpen && isUnderWay), "asks": .boolean(asks),
            "service": .string(SigningWays.service(remote["provider"].text, visit.services.desk)),
            "again": .string(
                left.isEmpty || asks || (isOpen && isUnderWay) ? "" : BatchWish.address(purpose, left)),
            "is_single": .boolean(items.count == 1),
            "only": items.count == 1 ? items[0]["document_id"] : .null,
        ]
    }

    /// What a remote service asks of the person: a one-time code to be sent, or everything that it wants to know.
    private static func sign(_ visit: Visit) async throws -> Response {
        try await visit.submit { form in
            let id = try visit.id()
            let sign = SignRemotely(session: id, desk: visit.services.desk)
            let here = "/signing/\(id.text)"
            do {
                if form["act"] == "otp" {
                    try await sign.sendOTP(as: visit.caller)
                    return visit.goOn(to: here, notice: "otp_sent")
                }
                try await sign(RemoteSecrets(pin: form["pin"], otp: form["otp"]), as: visit.caller)
            } catch let error as RemoteSigningError where error.refusal.status >= 500 && form["act"] != "otp" {
                // It is noted at every document of the session.
                return visit.goOn(to: here)
            } catch let error as RemoteSigningError where error.refusal.status >= 500 {
                throw Problem(409, error.refusal.code)
            }
            return visit.goOn(to: here)
        } orShow: { answer in
            try await Self.show(visit, answer)
        }
    }
}
