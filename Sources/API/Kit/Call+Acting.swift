import HTTPTypes
import Hummingbird
import Platform
import Postgres

/// Changes: one transaction as the caller.
extension Call {
    /// Runs `body` in one transaction as the caller.
    func transaction<Value: Sendable>(_ body: @Sendable (borrowing Transaction) throws -> Value) async throws -> Value {
        try await self.services.database.transaction(as: try self.caller, body)
    }

    /// Acts in one transaction and answers with what `body` gives.
    ///
    /// With an `Idempotency-Key` the key is claimed before and the answer kept after, in the same transaction: a request that is
    /// repeated gets the first one's answer, and a refused or failed one leaves the key free.
    ///
    /// - Parameters:
    ///   - status: the status of success.
    ///   - location: the address of what is created.
    func act(
        _ status: HTTPResponse.Status = .ok,
        location: String? = nil,
        _ body: @Sendable (borrowing Transaction) throws -> Outcome
    ) async throws -> Response {
        let idempotency = self.idempotency
        let kept = try await self.transaction { transaction -> KeptAnswer in
            if let idempotency, let earlier = try KeptAnswer(claiming: idempotency, in: transaction) { return earlier }
            let outcome = try body(transaction)
            let answer = KeptAnswer(
                status: Int32(status.code), body: outcome.bytes, etag: outcome.etag, location: location,
                isReplayed: false)
            if let idempotency { answer.keep(idempotency, in: transaction) }
            return answer
        }
        var headers: HTTPFields = [.contentType: "application/json"]
        if let etag = kept.etag { headers[.eTag] = etag }
        if let location = kept.location { headers[.location] = location }
        if kept.isReplayed { headers[.idempotencyReplayed] = "true" }
        return Response(
            status: .init(code: Int(kept.status)), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: kept.body)))
    }

    /// Acts in one transaction that has nothing to tell.
    func act(_ body: @Sendable (borrowing Transaction) throws -> Void) async throws -> Response {
        try await self.transaction(body)
        return Response(status: .noContent)
    }
}

/// What an act has to tell: a JSON document, and the ETag of what it left.
struct Outcome: Sendable {
    let bytes: [UInt8]
    let etag: String?

    /// - Parameter version: the row version that the act left.
    init(_ object: JSONObject, version: Int64? = nil) {
        self.bytes = JSONValue.object(object).bytes
        self.etag = version.map { EntityTag.of($0) }
    }

    init(_ result: JSONResult) {
        self.bytes = result.bytes
        self.etag = result.etag
    }
}

/// An answer as it is kept beside an act that may be asked for again.
private struct KeptAnswer: Sendable {
    let status: Int32
    let body: [UInt8]
    let etag: String?
    let location: String?
    let isReplayed: Bool

    init(status: Int32, body: [UInt8], etag: String?, location: String?, isReplayed: Bool) {
        (self.status, self.body, self.etag, self.location) = (status, body, etag, location)
        self.isReplayed = isReplayed
    }

    /// The answer of an earlier request with this key; `nil` when the key is now ours.
    init?(claiming key: Call.Idempotency, in transaction: borrowing Transaction) throws {
        let earlier = try transaction.first(
            """
            SELECT status, body, headers ->> 'etag', headers ->> 'location'
              FROM platform.claim_idempotency(\(key.key), \(key.fingerprint))
            """
        ) { row in
            KeptAnswer(
                status: try row.column(0), body: Array(try row.column(1, as: String.self).utf8),
                etag: try row.optional(2),
                location: try row.optional(3), isReplayed: true)
        }
        guard let earlier else { return nil }
        self = earlier
    }

    /// Queues it, so that it travels with the commit.
    func keep(_ key: Call.Idempotency, in transaction: borrowing Transaction) {
        let body = String(decoding: self.body, as: UTF8.self)
        transaction.queue(
            """
            SELECT platform.finish_idempotency(\(key.key), \(self.status), \(body),
                       jsonb_strip_nulls(jsonb_build_object('etag', \(self.etag)::text, 'location', \(self.location)::text)))
            """)
    }
}
