import API
import Foundation
import Hummingbird
import Office
import Platform
import Postgres
import Signatures

/// One's signing certificates, wherever their keys are, and registering those that a remote service keeps.
enum CertificateScreens {
    static let all: [Page] = [
        Page(.get, "/me/certificates", "certificates", for: .workers) { visit in try await Self.show(visit, nil) },
        Page(.post, "/me/certificates", "registerCertificates", for: .workers, handler: Self.register),
        Page(.post, "/me/certificates/{id}/withdrawal", "withdrawCertificate", for: .workers) { visit in
            let id = try visit.id()
            try await visit.transaction { try DeviceCertificate.withdraw(id, in: $0) }
            return visit.goOn(to: "/me/certificates", notice: "certificate_withdrawn")
        },
    ]

    private static func show(_ visit: Visit, _ answer: FormAnswer?) async throws -> Response {
        let desk = visit.services.desk
        return try await visit.screen("account/certificates", title: "account.certificates", answer: answer) {
            transaction in
            let all = try Visit.value(of: transaction.json(CertificateQueries.mine, as: .array)).elements
            let remote = try Visit.value(of: transaction.json(RemoteCredential.mine, as: .array)).elements
            let issuers = try CertificateQueries.issuers(in: transaction)
            let chosen = answer?.fields["provider"]
            return [
                "certificates": .array(all.map { Self.shown($0, remote, issuers, desk) }),
                "providers": .array(
                    desk.remote.providers.enumerated().map { index, provider in
                        [
                            "id": .string(provider.id), "name": .string(provider.name),
                            "is_chosen": .boolean(chosen.map { $0 == provider.id } ?? (index == 0)),
                        ]
                    }),
            ]
        }
    }

    private static func shown(
        _ certificate: JSONValue, _ remote: [JSONValue], _ issuers: [UUID: String], _ desk: SigningDesk
    ) -> JSONValue {
        let isOver = certificate["not_after"].text.flatMap { Instant($0) }.map { $0 < Instant.now } ?? false
        let state = certificate["state"].text == "valid" && isOver ? "expired" : certificate["state"].text ?? ""
        let isSoft = certificate["device"].text == "soft"
        let service = remote.first { $0["id"] == certificate["id"] }?["provider"].text
        let issuer = certificate["id"].text.flatMap { UUID(text: $0) }.flatMap { issuers[$0] } ?? ""
        return
            certificate
            .with("standing", .string(state))
            .with("issuer", .string(issuer))
            .with("is_locked", .boolean(isSoft && state == "valid" && certificate["tries_left"] == 0))
            .with("service", .string(service.map { SigningWays.service($0, desk) } ?? ""))
            .with("can_withdraw", .boolean(!isSoft && certificate["state"].text == "valid"))
    }

    private static func register(_ visit: Visit) async throws -> Response {
        try await visit.submit { form in
            let register = RegisterRemoteCertificates(
                purpose: form["purpose"].flatMap(CertificatePurpose.init) ?? .signer,
                provider: try form.text("provider"), user: form["user"] ?? "", credential: nil,
                desk: visit.services.desk)
            do {
                _ = try await register(as: visit.caller)
            } catch let error as RemoteSigningError where error.refusal.status >= 500 || error == .providerUnknown {
                // The service's trouble is told on this page, where it can be tried again.
                throw Problem(409, error.refusal.code, field: error.refusal.field)
            }
            return visit.goOn(to: "/me/certificates", notice: "certificates_registered")
        } orShow: { answer in
            try await Self.show(visit, answer)
        }
    }
}
