import Foundation
import HTTPTypes
import Platform
import TestSupport
import Testing

@testable import API

/// A PDF of one empty page, as small as they come.
let smallestPDF: [UInt8] = {
    var text = "%PDF-1.4\n"
    var offsets: [Int] = []
    for (index, object) in [
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ].enumerated() {
        offsets.append(text.utf8.count)
        text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
    }
    let start = text.utf8.count
    text += "xref\n0 4\n0000000000 65535 f \n"
    for offset in offsets { text += String(format: "%010d 00000 n \n", offset) }
    text += "trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n"
    return Array(text.utf8)
}()

@Suite(.needsCluster, .database) struct FileTests {
    private func upload(
        _ client: Client, to document: String, as person: TestPerson, _ bytes: [UInt8], name: String = "a.pdf",
        role: String = "main", type: String = "application/pdf"
    ) async throws -> Answer {
        let name = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return try await client.send(
            .post, "/api/v1/documents/\(document)/files?name=\(name)&role=\(role)", as: person, bytes: bytes,
            headers: [.contentType: type])
    }

    @Test func whatWasUploadedComesBackByteForByteUnderItsName() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let draft = try await client.draft(by: tenant.specialist)
            let made = try await self.upload(
                client, to: draft.id, as: tenant.specialist, smallestPDF, name: "Công va\u{306}n.pdf")
            #expect(made.status == 201)
            #expect(made.object.optionalText("name") == "Công văn.pdf")
            #expect(made.object.optionalText("sha256") == SHA256.digest(smallestPDF).hexadecimal)
            let path = try #require(made.headers[.location])
            let read = try await client.send(.get, path, as: tenant.specialist)
            #expect(read.status == 200 && read.bytes == smallestPDF)
            #expect(read.headers[.contentType] == "application/pdf")
            #expect(read.headers[.contentDisposition]?.contains("filename*=UTF-8''C%C3%B4ng%20v%C4%83n.pdf") == true)
            #expect(read.etag == "\"\(SHA256.digest(smallestPDF).hexadecimal)\"")
            let document = try await client.send(.get, "/api/v1/documents/\(draft.id)", as: tenant.specialist)
            #expect(document.object.integerOrZero("page_count") == 1)
        }
    }

    @Test func aPartOfAFileIsServed() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await Harness.make().serve { client in
            let draft = try await client.draft(by: tenant.specialist)
            let made = try await self.upload(
                client, to: draft.id, as: tenant.specialist, bytes, name: "bảng.xls", role: "attachment", type: "a/b")
            let path = try #require(made.headers[.location])
            func get(_ headers: HTTPFields) async throws -> Answer {
                try await client.send(.get, path, as: tenant.specialist, headers: headers)
            }
            let whole = try await get([:])
            #expect(whole.bytes == bytes && whole.headers[.acceptRanges] == "bytes")
            let part = try await get([.range: "bytes=300000-599999"])
            #expect(part.status == 206 && part.bytes == Array(bytes[300_000..<600_000]))
            #expect(part.headers[.contentRange] == "bytes 300000-599999/700000")
            #expect(part.headers[.contentLength] == "300000")
            let last = try await get([.range: "bytes=-5"])
            #expect(last.bytes == Array(bytes.suffix(5)))
            let several = try await get([.range: "bytes=0-1,5-6"])
            #expect(several.status == 200)
            let beyond = try await get([.range: "bytes=700000-"])
            #expect(beyond.status == 416 && beyond.headers[.contentRange] == "bytes */700000")
            let changed = try await get([.range: "bytes=0-9", .ifRange: "\"other\""])
            #expect(changed.status == 200)
            let same = try await get([.range: "bytes=0-9", .ifRange: whole.etag ?? ""])
            #expect(same.status == 206)
            let known = try await get([.ifNoneMatch: whole.etag ?? ""])
            #expect(known.status == 304 && known.bytes.isEmpty)
            let head = try await client.send(.head, path, as: tenant.specialist)
            #expect(head.status == 200 && head.bytes.isEmpty && head.headers[.contentLength] == "700000")
        }
    }

    @Test(arguments: ["../../etc/passwd", "..", "a/b.pdf", "a\\b.pdf", "a\0.pdf", String(repeating: "x", count: 300)])
    func aNameThatLeadsOutIsRefused(name: String) async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let draft = try await client.draft(by: tenant.specialist)
            let answer = try await self.upload(client, to: draft.id, as: tenant.specialist, smallestPDF, name: name)
            #expect(answer.status == 422)
            #expect(["invalid_file_name", "invalid_parameter"].contains(answer.code))
        }
    }

    @Test func aMainFileMustBeASoundPDF() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        try await Harness.make().serve { client in
            let draft = try await client.draft(by: tenant.specialist)
            func refusal(_ bytes: [UInt8]) async throws -> String? {
                try await self.upload(client, to: draft.id, as: tenant.specialist, bytes).code
            }
            #expect(try await refusal(Array("PK\u{3}\u{4} no pdf".utf8)) == "not_a_pdf")
            #expect(try await refusal(Array(smallestPDF.dropLast(60))) == "damaged_pdf")
            #expect(try await refusal([]) == "body_required")
            let document = try await client.send(.get, "/api/v1/documents/\(draft.id)", as: tenant.specialist)
            #expect(document.object.list("files").isEmpty && document.object.integerOrZero("version") == 1)
        }
    }

    @Test func aFileOverTheLimitIsRefusedAndLeavesNothing() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        let harness = try await Harness.make { $0.uploadLimit = 100_000 }
        try await harness.serve { client in
            let draft = try await client.draft(by: tenant.specialist)
            let answer = try await self.upload(
                client, to: draft.id, as: tenant.specialist, [UInt8](repeating: 0, count: 100_001), role: "attachment")
            #expect(answer.status == 413 && answer.code == "too_large")
            #expect(answer.headers[.connection] == "close")
            let left = FileManager.default.enumerator(atPath: harness.folder)?.compactMap { $0 as? String } ?? []
            #expect(left.filter { $0.hasPrefix("incoming/") && !$0.hasSuffix(".gate") } == [])
        }
    }

    @Test func whoMayNotReadTheDocumentCannotMakeTheServerSwallowBytes() async throws {
        let tenant = try await TestDatabase.current.makeTenant()
        let harness = try await Harness.make()
        try await harness.serve { client in
            let draft = try await client.draft(by: tenant.specialist)
            let answer = try await self.upload(client, to: draft.id, as: tenant.leader, smallestPDF)
            #expect(answer.status == 404)
            let stored = FileManager.default.enumerator(atPath: harness.folder)?.compactMap { $0 as? String } ?? []
            #expect(!stored.contains { $0.hasSuffix(SHA256.digest(smallestPDF).hexadecimal) })
        }
    }

    @Test func aFullDiskAnswers507() {
        let problem = Problem(BlobError.noSpace)
        #expect(problem.status == 507 && problem.code == "no_space")
    }

    @Test(arguments: [
        (nil, "application/octet-stream"), ("text/plain; charset=utf-8", "text/plain"),
        ("x", "application/octet-stream"),
        ("application/x-www-form-urlencoded", "application/octet-stream"), ("a/b\"c", "application/octet-stream"),
        ("IMAGE/PNG", "image/png"),
    ])
    func aMediaTypeIsTakenOnlyWhenItIsOne(header: String?, type: String) {
        #expect(FileRoutes.mediaType(header) == type)
    }
}

extension JSONObject {
    func integerOrZero(_ name: String) -> Int64 { self.optionalInteger(name) ?? 0 }
}
