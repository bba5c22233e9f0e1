import Foundation
import HTTPTypes
import Hummingbird
import Platform
import Synchronization

/// The files that pages need beside themselves: our own styles and script, and Bootstrap, pdf.js and Chart.js as Debian packages
/// them. Read at the start, packed once, and named by their content, so that browsers keep them for good.
public struct Assets: Sendable {
    private struct Asset: Sendable {
        let mediaType: String
        let bytes: [UInt8]
        let packed: Packed?
        let version: String
    }

    /// Packed when somebody first asks for it, so that the server starts at once.
    private final class Packed: Sendable {
        private let bytes = Mutex<[UInt8]?>(nil)

        func callAsFunction(_ plain: [UInt8]) -> [UInt8]? {
            self.bytes.withLock { packed in
                if packed == nil { packed = Gzip.packed(plain) }
                return packed
            }
        }
    }

    private let files: [String: Asset]

    /// What comes from Debian's packages, and where it is there.
    private static let packaged = [
        "bootstrap.css": "/usr/share/javascript/bootstrap5/css/bootstrap.min.css",
        "pdf.js": "/usr/share/javascript/pdf/build/pdf.js",
        "pdf.worker.js": "/usr/share/javascript/pdf/build/pdf.worker.js",
        "chart.js": "/usr/share/javascript/chart.js/chart.min.js",
    ]

    private static let mediaTypes = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "png": "image/png",
        "webmanifest": "application/manifest+json",
    ]

    /// - Throws: ``PagesError`` for a file that is not there; of Debian's it names the package to install.
    init(folder: String) throws {
        var paths = Self.packaged
        for (ending, _) in Self.mediaTypes {
            for name in try PagesFolder.files(in: folder, extension: ending) { paths[name] = "\(folder)/\(name)" }
        }
        var files: [String: Asset] = [:]
        for (name, path) in paths {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw PagesError(
                    file: path,
                    problem:
                        "cannot be read; scripts/run installs Debian's libjs-bootstrap5, libjs-pdf and libjs-chart.js")
            }
            let bytes = [UInt8](data)
            let ending = name.split(separator: ".").last.map(String.init) ?? ""
            let packed = ending == "png" ? nil : Packed()
            files[name] = Asset(
                mediaType: Self.mediaTypes[ending] ?? "application/octet-stream", bytes: bytes, packed: packed,
                version: String(SHA256.digest(bytes).hexadecimal.prefix(12)))
        }
        self.files = files
    }

    /// The address of a file, which changes with its content.
    func address(of name: String) throws -> String {
        guard let file = self.files[name] else { throw PagesError(file: name, problem: "is no file of the pages") }
        return "/assets/\(name)?v=\(file.version)"
    }

    /// The file as an answer; `nil` when there is none of that name.
    func response(_ name: Substring, to request: Request) -> Response? {
        guard let file = self.files[String(name)] else { return nil }
        let tag = "\"\(file.version)\""
        var headers: HTTPFields = [
            .contentType: file.mediaType, .eTag: tag, .vary: "Accept-Encoding",
            .cacheControl: request.uri.query == "v=\(file.version)"
                ? "public, max-age=31536000, immutable" : "no-cache",
        ]
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        var bytes = file.bytes
        if request.headers[.acceptEncoding]?.contains("gzip") == true, let packed = file.packed?(file.bytes) {
            headers[.contentEncoding] = "gzip"
            bytes = packed
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
