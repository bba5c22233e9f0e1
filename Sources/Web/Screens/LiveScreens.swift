import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Office
import Platform
import Postgres
import ServiceLifecycle
import Workflow

/// Server-sent events: an open page hears that its work has changed and fetches what it shows anew.
enum LiveScreens {
    static let all: [Page] = [
        Page(.get, "/events", "events", handler: Self.events)
    ]

    private static func events(_ visit: Visit) async throws -> Response {
        let holders = try await visit.transaction { transaction in
            try transaction.rows(Pulse.mine, closing: true) { row in
                Pulses.Holder(tenant: try row.column(0), holder: try row.column(1))
            }
        }
        let changes = visit.pulses.changes(of: holders)
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
                // The server waits for open answers before anything else ends, so the stream must end by itself.
                for await _ in changes.cancelOnGracefulShutdown() {
                    try await writer.write(ByteBuffer(string: "event: work\ndata: {}\n\n"))
                }
                try await writer.finish(nil)
            })
    }
}
