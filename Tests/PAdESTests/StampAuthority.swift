import Foundation
import PAdES
import Testing

/// A time-stamp authority by `openssl ts`, certified by the test root.
enum StampAuthority {
    private static let folder = Result { try Self.prepared() }

    private static func openssl(_ arguments: String...) throws {
        let output = try Tools.run("openssl", arguments)
        try #require(output.status == 0, "openssl \(arguments.first ?? ""): \(output.text)")
    }

    private static func prepared() throws -> TemporaryFolder {
        let pki = try TestPKI.shared.get()
        let folder = try TemporaryFolder()
        let settings = """
            [tsa]
            serial = \(folder.path("serial"))
            default_policy = 1.3.6.1.4.1.99999.1
            digests = sha256
            signer_digest = sha256
            ess_cert_id_alg = sha256
            [extension]
            extendedKeyUsage = critical,timeStamping
            keyUsage = critical,digitalSignature
            """
        try folder.write(Array(settings.utf8), "ts.cnf")
        try self.openssl(
            "req", "-newkey", "rsa:2048", "-nodes", "-keyout", folder.path("tsa.key"), "-out", folder.path("tsa.csr"),
            "-subj", "/C=VN/CN=TSA")
        try self.openssl(
            "x509", "-req", "-in", folder.path("tsa.csr"), "-CA", pki.folder.path("root.pem"), "-CAkey",
            pki.folder.path("root.key"), "-set_serial", "77", "-days", "100", "-extfile", folder.path("ts.cnf"),
            "-extensions", "extension", "-out", folder.path("tsa.pem"))
        return folder
    }

    /// A token over `data`. Without a nonce: all tokens are of one length.
    static func stamp(_ data: [UInt8]) throws -> TimeStampToken {
        let authority = try self.folder.get()
        let folder = try TemporaryFolder()
        try self.openssl(
            "ts", "-query", "-data", try folder.write(data, "data"), "-sha256", "-cert", "-no_nonce", "-out",
            folder.path("query"))
        // The command keeps its serial number in a file, which two at once would break.
        try self.lock.withLock {
            try self.openssl(
                "ts", "-reply", "-config", authority.path("ts.cnf"), "-section", "tsa", "-queryfile",
                folder.path("query"), "-signer", authority.path("tsa.pem"), "-inkey", authority.path("tsa.key"),
                "-token_out", "-out", folder.path("token"))
        }
        return try TimeStampToken(folder.read("token"))
    }

    private static let lock = NSLock()
}
