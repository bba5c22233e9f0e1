import HTTPTypes
import Hummingbird
import Platform
import Postgres

/// Reads: one statement, one round trip, bytes out.
extension Call {
    /// The first row as an object.
    ///
    /// - Throws: 404 when there is none, which is also the answer for what the caller may not see.
    func object(_ sql: SQL) async throws -> Response {
        let result = try await self.services.database.json(as: try self.caller, sql, as: .object)
        guard result.rowCount > 0 else { throw Problem.notFound }
        return self.answer(result)
    }

    /// All rows as `{"items":[…],"next":null}`, for lists that are short by nature.
    func list(_ sql: SQL) async throws -> Response {
        self.answer(try await self.services.database.json(as: try self.caller, sql, as: .page(limit: Int.max)))
    }

    /// A page of rows. The statement asks for one more than `limit` and has the column `_cursor`; the answer says where the
    /// next page is in `next` and in `Link` (RFC 8288).
    func page(_ sql: SQL) async throws -> Response {
        let limit = self.query.limit
        let result = try await self.services.database.json(as: try self.caller, sql, as: .page(limit: limit))
        var response = self.answer(result)
        if let next = Self.nextCursor(in: result.bytes) {
            response.headers[.link] = "<\(self.address(after: next))>; rel=\"next\""
        }
        return response
    }

    /// A result as an answer; 304 when the caller already has this version.
    func answer(_ result: JSONResult, status: HTTPResponse.Status = .ok) -> Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let version = result.etag {
            let etag = EntityTag.of(version, showing: result.bytes)
            headers[.eTag] = etag
            headers[.cacheControl] = "private, no-cache"
            if status == .ok, let known = self.header(.ifNoneMatch),
                EntityTag.list(known, names: etag, weakly: true)
            {
                headers[.contentType] = nil
                return Response(status: .notModified, headers: headers)
            }
        }
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: result.bytes)))
    }

    /// A value that was made here.
    func answer(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }

    /// The cursor at the end of a page's bytes, which the database wrote: `…,"next":"<cursor>"}`. Cursors hold nothing that
    /// JSON escapes.
    static func nextCursor(in bytes: [UInt8]) -> String? {
        guard bytes.suffix(2).elementsEqual("\"}".utf8) else { return nil }
        let body = bytes.dropLast(2)
        guard let quote = body.lastIndex(of: UInt8(ascii: "\"")),
            bytes[..<quote].suffix(7).elementsEqual("\"next\":".utf8)
        else { return nil }
        return String(decoding: body[(quote + 1)...], as: UTF8.self)
    }

    /// The address of this request with another `after`.
    private func address(after cursor: String) -> String {
        let kept = (self.request.uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("after=") }
        let query = (kept + ["after=\(cursor.percentEncoded)"]).joined(separator: "&")
        return "\(self.request.uri.path)?\(query)"
    }
}

extension String {
    /// As a value in a query (RFC 3986: all but unreserved characters).
    fileprivate var percentEncoded: String {
        self.utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
