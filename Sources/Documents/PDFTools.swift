import Foundation
import Platform

/// Poppler's programs over files of people who may mean harm: run by `SandboxedProcess`, never in this process.
public enum PDFTools {
    /// The text of a PDF in NFC, at most 4 MB; nil when poppler cannot read the file.
    public static func text(of path: String) async throws -> String? {
        let output = try await SandboxedProcess.run(
            "/usr/bin/pdftotext", ["-q", "-enc", "UTF-8", "-eol", "unix", path, "-"], reading: path, limit: 4 << 20)
        guard output.status == 0 else { return nil }
        return String(decoding: output.bytes, as: UTF8.self)
            .precomposedStringWithCanonicalMapping
            .replacingOccurrences(of: "\u{0}", with: "")
    }

    /// Every word of the first page and of the last with its box, as poppler's XHTML; nil when poppler cannot read the file.
    public static func words(of path: String) async throws -> String? {
        let output = try await SandboxedProcess.run(
            "/usr/bin/pdftotext", ["-q", "-bbox", "-cropbox", "-enc", "UTF-8", path, "-"], reading: path,
            limit: 32 << 20)
        guard output.status == 0 else { return nil }
        return String(decoding: output.bytes, as: UTF8.self).precomposedStringWithCanonicalMapping
    }
}
