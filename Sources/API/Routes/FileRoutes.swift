import Documents
import Foundation
import HTTPTypes
import Hummingbird
import Office
import Platform
import Postgres

/// The bytes of files, in and out, never whole in memory.
enum FileRoutes {
    private static let group = "Files"

    static let all: [Route] = [
        Route(
            .post, "/api/v1/documents/{id}/files", "uploadFile",
            "Attaches a file; the body is its bytes. A main file is a PDF and becomes the next version.", group: group,
            access: .signedIn(.documentsWrite),
            query: [
                .required("name", .text(1...255, "The file's name.")),
                .optional("role", .choice(["main", "attachment"], "attachment without it")),
            ], body: .file, answers: [.created(DocumentSchemas.uploaded)], handler: Self.upload),
        Route(
            .get, "/api/v1/files/{id}/content", "getFileContent", "The bytes of a file.", group: group,
            access: .signedIn(.documentsRead), answers: [.bytes], traits: [.tagged, .ranged]
        ) { call in
            let id = try call.id()
            return try await call.download { try ReadableFile.find(id, in: $0) }
        },
        Route(
            .get, "/api/v1/files/{id}/archive", "getArchivedFile",
            """
            The file with everything that proves its signatures: revocation data and time stamps put after it, renewed in time. It begins with \
            the bytes of the file itself, which it is where nothing had to be added.
            """, group: group,
            access: .signedIn(.documentsRead), answers: [.bytes], traits: [.tagged, .ranged]
        ) { call in
            let id = try call.id()
            return try await call.download { try ArchivedFile.find(id, in: $0) }
        },
    ]

    /// Asks first whether the caller may at all, so that a stranger cannot make the server swallow bytes; the use case asks again
    /// in the transaction that writes.
    private static func upload(_ call: Call) async throws -> Response {
        let id = try call.id()
        guard let name = FileName(call.query.text("name") ?? "") else {
            throw Problem(422, "invalid_file_name", field: "name")
        }
        let role = call.query.text("role").flatMap(FileRole.init) ?? .attachment
        let body = try UploadBody(call.request, configuration: call.services.configuration)
        try await call.transaction { transaction in
            let mayRead = try transaction.first(
                """
                SELECT true FROM documents.document AS d
                 WHERE d.id = \(id)
                   AND EXISTS (SELECT FROM documents.reader AS r
                                WHERE r.document_id = d.id AND r.holder_id = ANY ((SELECT platform.holders())::uuid[]))
                """, closing: true
            ) { row in try row.column(0, as: Bool.self) }
            guard mayRead == true else { throw Problem.notFound }
        }
        let blob = try await call.services.blobs.receive(body, limit: Int64(call.services.configuration.uploadLimit))
        guard blob.size > 0 else { throw Problem(400, "body_required") }
        let file = try await call.services.intake.accept(
            blob, name: name.text, mediaType: Self.mediaType(call.header(.contentType)), as: role)
        let upload = UploadFile(document: id, role: role, file: file)
        return try await call.act(.created, location: "/api/v1/files/\(upload.id.text)/content") { transaction in
            let outcome = try upload(in: transaction)
            return Outcome(
                [
                    "id": .string(upload.id.text), "name": .string(name.text), "size": .integer(blob.size),
                    "sha256": .string(blob.sha256), "version": .integer(outcome.version),
                ], version: outcome.version)
        }
    }

    /// What the sender says of an attachment, when it is a media type at all. It is never trusted: downloads are `nosniff`.
    static func mediaType(_ header: String?) -> String {
        let type = (header ?? "").prefix { $0 != ";" }.lowercased()
        let parts = type.split(separator: "/", omittingEmptySubsequences: false)
        let isType =
            parts.count == 2 && type.utf8.count <= 100
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-._".contains($0)) }
            }
        // What curl says of any bytes by itself means nothing.
        guard isType, type != "application/x-www-form-urlencoded" else { return "application/octet-stream" }
        return type
    }
}

extension Call {
    /// Streams the file that `find` finds in a transaction as the caller; 404 when it finds none.
    func download(_ find: @Sendable (borrowing Transaction) throws -> ReadableFile?) async throws -> Response {
        guard let file = try await self.transaction(find), let name = FileName(file.name) else {
            throw Problem.notFound
        }
        let download = Download(
            name: name, mediaType: file.mediaType, size: file.size, sha256: file.sha256.hexadecimal)
        return try download.response(to: self.request, from: self.services.blobs)
    }
}
