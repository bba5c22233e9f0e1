import Foundation
import PAdES
import Signatures
import Testing

/// An authority and certificates made by the code under test, and OpenSSL's command to judge them.
enum CryptoFixtures {
    static let start: Int64 = 1_767_225_600  // 2026-01-01
    static let validity = CertificateValidity(from: start, days: 3_650)
    static let secret = SecretBytes(Array("a server secret of thirty-two bytes or more".utf8))
    /// Cheap, so that the tests may derive often.
    static let cost = SoftKey.Cost(memoryKiB: 256, passes: 1)
    static let binding = KeyBinding(
        tenant: Array(repeating: 1, count: 16), key: Array(repeating: 2, count: 16),
        certificateFingerprint: Array(repeating: 3, count: 32))
    static let addresses = AuthorityAddresses(
        revocationList: "http://ca.example.vn/crl/issuing.crl", issuer: "http://ca.example.vn/issuing.cer",
        responder: "http://ca.example.vn/ocsp")
    static let person = DistinguishedName(
        organisation: "Bưu điện thành phố Hà Nội", organisationalUnit: "Ban Giám đốc", title: "Giám đốc",
        commonName: "Nguyễn Văn An")

    static func authority(_ kind: KeyPair.Kind) throws -> CertificateAuthority {
        var root = try CertificateAuthority.root(
            DistinguishedName(organisation: "Tổng công ty Bưu điện Việt Nam", commonName: "VNPost Root CA"),
            key: try KeyPair.generate(kind), validity: self.validity)
        root.addresses = self.addresses
        return try root.issueAuthority(
            DistinguishedName(organisation: "Tổng công ty Bưu điện Việt Nam", commonName: "VNPost Issuing CA"),
            key: try KeyPair.generate(kind), validity: self.validity)
    }

    static func pem(_ certificate: [UInt8]) -> [UInt8] {
        let body = Data(certificate).base64EncodedString(options: .lineLength64Characters)
        return Array("-----BEGIN CERTIFICATE-----\n\(body)\n-----END CERTIFICATE-----\n".utf8)
    }

    static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Runs OpenSSL's command in a folder that holds `files`.
    static func openssl(_ arguments: [String], files: [String: [UInt8]]) throws -> (status: Int32, text: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vanthu-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, bytes) in files { try Data(bytes).write(to: folder.appendingPathComponent(name)) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(self.openssl))
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
