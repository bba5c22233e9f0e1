import Foundation

/// A letter in LibreOffice's flat format, made into a PDF by LibreOffice.
struct Letter {
    let path: String

    /// The PDF's bytes, with the name of who will sign in the place of the template's. Throws when LibreOffice is missing or fails.
    func pdf(signedBy signer: String) async throws -> [UInt8] {
        let source: String
        do {
            source = try String(contentsOfFile: self.path, encoding: .utf8)
        } catch {
            throw APIClient.Failure.unexpected("the letter \(self.path) cannot be read; name one with --letter")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "vanthu-demo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let draft = folder.appending(path: "letter.fodt")
        try source.replacingOccurrences(of: "Nguyễn Văn An", with: signer).write(
            to: draft, atomically: true, encoding: .utf8)
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/soffice") else {
            throw APIClient.Failure.unexpected(
                "LibreOffice is missing: install it with apt-get install libreoffice-writer-nogui")
        }
        try await self.convert(draft, in: folder)
        guard let pdf = try? Data(contentsOf: folder.appending(path: "letter.pdf")) else {
            throw APIClient.Failure.unexpected("LibreOffice made no PDF of \(self.path)")
        }
        return Array(pdf)
    }

    private func convert(_ draft: URL, in folder: URL) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/soffice")
        process.arguments = [
            "-env:UserInstallation=\(folder.appending(path: "profile").absoluteString)", "--headless", "--convert-to",
            "pdf",
            "--outdir", folder.path, draft.path,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }
}
