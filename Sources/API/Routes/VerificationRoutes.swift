import HTTPTypes
import Hummingbird
import Office
import Platform
import Signatures

/// Verification of any file, for anybody.
enum VerificationRoutes {
    static let all: [Route] = [
        Route(
            .post, "/api/v1/verifications", "verifyFile",
            """
            Verifies the digital signatures of a PDF, a CMS message or an XML document; the body is its bytes. Needs no account, keeps \
            nothing, takes at most three seconds. `verdict` speaks of integrity and structure, `trust` of the certificate.
            """,
            group: "Verification", access: .anyone,
            query: [.optional("name", .text(1...255, "What the file is called; comes back as `file`."))], body: .file,
            answers: [.ok(VerificationSchemas.report)], handler: Self.verify)
    ]

    private static func verify(_ call: Call) async throws -> Response {
        try call.services.pace.take(call.address)
        let file = try await PassingFile(try UploadBody(call.request, configuration: call.services.configuration))
        guard file.size > 0 else { throw Problem(400, "body_required") }
        let answer = try await call.services.verification.answer(forFileAt: file.path)
        withExtendedLifetime(file) {}
        let name = call.query.text("name")
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: name.map { answer.json(named: $0) } ?? answer.json)))
    }
}
