import HTTPTypes
import Hummingbird
import Platform

/// What those who run the server ask: does it live, is it ready, how does it do, what can it do.
enum OperationRoutes {
    static let all: [Route] = [
        Route(
            .get, "/healthz", "health", "Whether the process lives.", group: "Operation", access: .anyone,
            answers: [.ok(Self.status)]
        ) { $0.answer(["status": "ok"]) },
        Route(
            .get, "/readyz", "readiness", "Whether the database can be reached and its schema is current.",
            group: "Operation", access: .anyone, answers: [.ok(Self.status)], handler: Self.readiness),
        Route(
            .get, "/metrics", "metrics", "Counters and histograms as Prometheus text.", group: "Operation",
            access: .anyone,
            answers: [.init(status: .ok, schema: nil, mediaType: "text/plain", note: "Prometheus text 0.0.4.")]
        ) { call in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: call.services.metrics.render())))
        },
        Route(
            .get, "/openapi.json", "openapi", "This description, made from the routes that are served.",
            group: "Operation", access: .anyone, answers: [.ok(.any, "An OpenAPI 3.1 document.")]
        ) { call in
            Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "public, max-age=60"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: call.services.document)))
        },
    ]

    private static let status = Schema.object("Status", .required("status", .choice(["ok"])))

    private static func readiness(_ call: Call) async throws -> Response {
        guard try await call.services.isSchemaCurrent() else {
            throw Problem.unavailable("schema_outdated", retryAfter: 10)
        }
        return call.answer(["status": "ok"])
    }
}
