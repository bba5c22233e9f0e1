import HTTPTypes
import Hummingbird
import Platform

/// A stored file that the caller may have.
package struct Download: Sendable {
    let name: FileName
    let mediaType: String
    let size: Int64
    /// 64 hexadecimal digits; the strong ETag of the bytes.
    let sha256: String

    package init(name: FileName, mediaType: String, size: Int64, sha256: String) {
        self.name = name
        self.mediaType = mediaType
        self.size = size
        self.sha256 = sha256
    }

    /// The file, or the part of it that was asked for, streamed piece by piece.
    ///
    /// Content is immutable, so `If-None-Match` and `If-Range` compare hashes. What a browser could run is never shown inline.
    package func response(to request: Request, from blobs: BlobStore) throws -> Response {
        let tag = EntityTag.of(sha256: self.sha256)
        var headers: HTTPFields = [
            .eTag: tag,
            .acceptRanges: "bytes",
            .cacheControl: "private, no-cache",
        ]
        if let known = request.headers[.ifNoneMatch], EntityTag.list(known, names: tag, weakly: true) {
            return Response(status: .notModified, headers: headers)
        }
        guard blobs.path(of: self.sha256) != nil else { throw BlobError.notFound }
        headers[.contentType] = self.mediaType
        headers[.contentDisposition] = self.name.contentDisposition(inline: self.mediaType == "application/pdf")
        var range = ByteRange(header: request.headers[.range], size: self.size)
        if let condition = request.headers[.ifRange], !EntityTag.list(condition, names: tag, weakly: false) {
            range = .whole
        }
        switch range {
        case .whole:
            return Response(status: .ok, headers: headers, body: self.body(0..<self.size, blobs))
        case .part(let part):
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(self.size)"
            return Response(status: .partialContent, headers: headers, body: self.body(part, blobs))
        case .unsatisfiable:
            var problem = Problem(416, "range_not_satisfiable")
            problem.contentRange = "bytes */\(self.size)"
            throw problem
        }
    }

    private func body(_ range: Range<Int64>, _ blobs: BlobStore) -> ResponseBody {
        let reader = blobs.read(self.sha256, range: range)
        return ResponseBody(contentLength: Int(range.count)) { writer in
            for try await piece in reader { try await writer.write(ByteBuffer(bytes: piece)) }
            try await writer.finish(nil)
        }
    }
}
