import Documents
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Office
import Platform
import Signatures

/// Documents that are signed by another program: the file goes out, and comes back with one signature more.
enum SignedFileRoutes {
    private static let group = "Signatures"
    private static let purpose = Schema.choice(["signer", "seal"])

    static let all: [Route] = [
        Route(
            .get, "/api/v1/documents/{id}/form-to-sign", "getFormToSign",
            """
            The document's file as it is to be signed by another program: with the fields for number, date, signature and seal, or with number \
            and date filled in. The same bytes every time, for whoever's turn it is.
            """, group: group, access: .signedIn(.signaturesWrite),
            query: [
                .required("purpose", Self.purpose), .required("version", .integer(1...Int64.max, "As it was read.")),
            ], answers: [.bytes], handler: Self.form),
        Route(
            .post, "/api/v1/documents/{id}/signed-file", "attachSignedFile",
            """
            Takes the file of `form-to-sign` back with one valid signature in the field that it has for it (`vanthu.signer`, `vanthu.seal`); \
            the document takes its step. The certificate must be the person's, or the organisation's, and allowed by the policy.
            """, group: group, access: .signedIn(.signaturesWrite),
            query: [
                .required("purpose", Self.purpose),
                .optional("channel", .choice(SignaturePolicy.Channel.allCases.map(\.rawValue), "inside without it")),
            ], body: .file, answers: [SignatureRoutes.signed], traits: .ifMatch, handler: Self.attach),
    ]

    private static func form(_ call: Call) async throws -> Response {
        let form = FormToSign(
            document: try call.id(), purpose: Self.purpose(call),
            version: call.query.integer("version") ?? 0, desk: call.services.desk)
        let bytes = try await form.read(as: call.caller).bytes
        return Response(
            status: .ok, headers: [.contentType: "application/pdf", .contentDisposition: "attachment"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static func attach(_ call: Call) async throws -> Response {
        let id = try call.id()
        let attach = AttachSignedFile(
            document: id, purpose: Self.purpose(call), version: call.version,
            channel: call.query.text("channel").flatMap { SignaturePolicy.Channel(rawValue: $0) } ?? .inside,
            desk: call.services.desk)
        // Whether it is the caller's turn at all, before any bytes are taken in.
        try await FormToSign(
            document: id, purpose: attach.purpose, version: call.version, desk: call.services.desk
        ).ensurePossible(as: call.caller)
        let body = try UploadBody(call.request, configuration: call.services.configuration)
        let blob = try await call.services.blobs.receive(body, limit: Int64(call.services.configuration.uploadLimit))
        guard blob.size > 0 else { throw Problem(400, "body_required") }
        let made = try await attach(blob, as: call.caller)
        return SignatureRoutes.answer(id, made.signature, made.outcome)
    }

    private static func purpose(_ call: Call) -> CertificatePurpose {
        call.query.text("purpose").flatMap { CertificatePurpose(rawValue: $0) } ?? .signer
    }
}
