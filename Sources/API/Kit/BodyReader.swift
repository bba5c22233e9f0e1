import HTTPTypes
import Hummingbird
import NIOCore

/// Takes a request's body in, within limits of size and time.
///
/// Time is looked at when a chunk arrives, so that it costs nothing; a connection that sends nothing at all is closed by its
/// idle time-out.
enum BodyReader {
    /// The bytes of a JSON body.
    static func json(of request: Request, configuration: APIConfiguration) async throws -> ByteBuffer {
        try await self.whole(of: request, limit: configuration.jsonLimit, configuration: configuration)
    }

    /// The bytes of a short body.
    ///
    /// - Throws: 413 when it is, or says that it is, longer than allowed; 408 when it takes too long; 400 when it ends early.
    static func whole(of request: Request, limit: Int, configuration: APIConfiguration) async throws -> ByteBuffer {
        let announced = try Self.announcedLength(of: request, limit: limit, code: "body_too_large")
        let start = ContinuousClock.now
        var whole = ByteBuffer()
        for try await var chunk in request.body {
            if whole.readableBytes == 0 { whole = chunk } else { whole.writeBuffer(&chunk) }
            guard whole.readableBytes <= limit else { throw Problem.payloadTooLarge() }
            if whole.readableBytes < announced ?? .max, ContinuousClock.now - start > configuration.bodyTime {
                throw Self.tooSlow
            }
        }
        if let announced, whole.readableBytes < announced { throw Problem(400, "body_incomplete") }
        return whole
    }

    /// What `Content-Length` announces; `nil` without one.
    static func announcedLength(of request: Request, limit: Int, code: String) throws(Problem) -> Int? {
        guard let header = request.headers[.contentLength] else { return nil }
        guard let length = Int(header), length >= 0 else { throw Problem(400, "malformed_request") }
        guard length <= limit else { throw .payloadTooLarge(code) }
        return length
    }

    static var tooSlow: Problem {
        var problem = Problem(408, "body_too_slow")
        problem.closesConnection = true
        return problem
    }
}

/// The chunks of an upload as they arrive, watched for length and pace.
struct UploadBody: AsyncSequence, Sendable {
    let body: RequestBody
    let announced: Int?
    let limit: Int
    let grace: Duration
    /// Bytes a second.
    let pace: Int

    init(_ request: Request, configuration: APIConfiguration) throws(Problem) {
        self.announced = try BodyReader.announcedLength(
            of: request, limit: configuration.uploadLimit, code: "too_large")
        self.body = request.body
        self.limit = configuration.uploadLimit
        self.grace = configuration.bodyTime
        self.pace = configuration.uploadPace
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(source: self.body.makeAsyncIterator(), upload: self, start: .now)
    }

    struct Iterator: AsyncIteratorProtocol {
        var source: RequestBody.AsyncIterator
        let upload: UploadBody
        let start: ContinuousClock.Instant
        var received = 0

        /// - Throws: 413 at the limit, 408 when it comes in too slowly, 400 when it ends before its announced length.
        mutating func next() async throws -> ByteBufferView? {
            guard let chunk = try await self.source.next() else {
                if let announced = self.upload.announced, self.received < announced {
                    throw Problem(400, "body_incomplete")
                }
                return nil
            }
            self.received += chunk.readableBytes
            guard self.received <= self.upload.limit else { throw Problem.payloadTooLarge("too_large") }
            let elapsed = ContinuousClock.now - self.start
            if elapsed > self.upload.grace, self.received / self.upload.pace < elapsed.components.seconds {
                throw BodyReader.tooSlow
            }
            return chunk.readableBytesView
        }
    }
}
